function values = read_raw(path, shape)
    % READ_RAW  Read an image too large for a variable of a .mat file
    %
    % INPUTS
    %   path   [char] file of numbers, little endian, first dimension fastest
    %   shape  [struct] .class [char] of the numbers, .size [double] of the array
    %
    % ERRORS
    %   dicome:bridge

    file = fopen(path, 'r', 'ieee-le');
    if file < 0
        error('dicome:bridge', 'cannot read %s', path);
    end
    closer = onCleanup(@() fclose(file));
    wanted = [reshape(shape.size, 1, []), 1];
    values = fread(file, prod(wanted), ['*' shape.class]);
    if numel(values) < prod(wanted)
        error('dicome:bridge', '%s holds %d numbers; expected %d', path, numel(values), prod(wanted));
    end
    values = reshape(values, wanted);
end
