function options = parse_options(args)
    % PARSE_OPTIONS  Options of DICOMEREAD, in any sequence and case
    %
    % INPUTS
    %   args  [cell] 'Noscale', and names each followed by a value
    %
    % OUTPUTS
    %   options  [struct] .order, .combine, .scale, .incomplete, .series, .class; [] where not given.
    %            Whether they fit the image is for Python to say
    %
    % ERRORS
    %   dicome:unknownOption, dicome:argument

    options = struct('order', [], 'combine', [], 'scale', [], 'incomplete', [], ...
                     'series', [], 'class', []);
    keep_stored = false;
    k = 1;
    while k <= numel(args)
        name = option_name(args{k});
        if strcmp(name, 'noscale')
            keep_stored = true;
            k = k + 1;
        elseif k == numel(args)
            error('dicome:argument', 'option %s needs a value behind it', args{k});
        else
            options.(name) = dicome.internal.plain_text(args{k + 1});
            k = k + 2;
        end
    end
    if keep_stored
        options.scale = stored_scale(options.scale);
    end
end

function name = option_name(given)
    known = {'Noscale', 'Order', 'Combine', 'Scale', 'Incomplete', 'Series', 'Class'};
    given = dicome.internal.plain_text(given);
    if ~ischar(given)
        error('dicome:unknownOption', 'found a %s where an option is expected: one of %s', ...
              class(given), strjoin(known, ', '));
    end
    found = strcmpi(given, known);
    if ~any(found)
        error('dicome:unknownOption', 'unknown option "%s"; use one of: %s', ...
              given, strjoin(known, ', '));
    end
    name = lower(known{found});
end

function scale = stored_scale(scale)
    if ~isempty(scale) && ~any(strcmpi(scale, {'none', 'pv'}))
        error('dicome:argument', 'Noscale and Scale ''%s'' contradict each other; give one of them', ...
              scale);
    end
    scale = 'none';
end
