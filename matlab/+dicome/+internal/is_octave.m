function yes = is_octave()
    % IS_OCTAVE  Whether this is Octave, and not MATLAB

    persistent known
    if isempty(known)
        known = exist('OCTAVE_VERSION', 'builtin') ~= 0;
    end
    yes = known;
end
