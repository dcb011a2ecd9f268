function path = program_path(name, source)
    % PROGRAM_PATH  Full path of a program that the user has named
    %
    % INPUTS
    %   name    [char] path of a program, or its name for a search along the PATH
    %   source  [char] where the name comes from, for the message
    %
    % ERRORS
    %   dicome:pythonMissing

    path = dicome.internal.on_path(name);
    if isempty(path)
        error('dicome:pythonMissing', ...
              ['%s names the Python program "%s", and there is no such file.\n', ...
               'In a terminal, `dicome matlab` prints the line to type here.'], source, name);
    end
end
