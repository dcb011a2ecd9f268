function folder = make_folder()
    % MAKE_FOLDER  A new private folder for the files of one request
    %
    % ERRORS
    %   dicome:system

    folder = [tempname() '_dicome'];
    if dicome.internal.is_octave() && isunix()
        before = umask(77);
        restore = onCleanup(@() umask(before));
    end
    [made, message] = mkdir(folder);
    if ~made
        error('dicome:system', 'no folder for temporary files can be made: %s: %s', folder, message);
    end
    if ~dicome.internal.is_octave() && isunix()
        fileattrib(folder, '-r -w -x', 'g o');
    end
end
