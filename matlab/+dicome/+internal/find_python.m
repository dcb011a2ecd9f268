function python = find_python()
    % FIND_PYTHON  Path of the Python program to use
    %
    % In this sequence: the environment variable DICOME_PYTHON, what dicome.setup has remembered, the Python
    % into which these files were installed with the package, python3 or python on the PATH.
    %
    % ERRORS
    %   dicome:pythonMissing

    if ~isempty(getenv('DICOME_PYTHON'))
        python = dicome.internal.program_path(getenv('DICOME_PYTHON'), ...
                                              'the environment variable DICOME_PYTHON');
        return
    end
    if ispref('dicome', 'python')
        python = dicome.internal.program_path(getpref('dicome', 'python'), ...
                                              'the setting that dicome.setup has stored');
        return
    end
    python = first_program([beside_these_files(), {'python3', 'python'}]);
    if isempty(python)
        error('dicome:pythonMissing', ...
              ['no Python was found. Install Python 3.10 or newer and the package dicome\n', ...
               '(in a terminal: python3 -m pip install dicome), then type here\n', ...
               '    dicome.setup(''/path/to/python3'')']);
    end
end

function found = first_program(candidates)
    found = '';
    for k = 1:numel(candidates)
        found = dicome.internal.on_path(candidates{k});
        if ~isempty(found)
            return
        end
    end
end

function candidates = beside_these_files()
    % PREFIX/lib/python3.x/site-packages/dicome/matlab/+dicome/+internal, on Windows PREFIX\Lib\...
    folder = fileparts(mfilename('fullpath'));
    for k = 1:4
        [folder, name] = fileparts(folder);
    end
    candidates = {};
    if ~strcmp(name, 'dicome') || isempty(strfind(folder, 'site-packages')) %#ok<STREMP>
        return
    end
    if ispc()
        prefix = fileparts(fileparts(folder));
        candidates = {fullfile(prefix, 'python.exe'), fullfile(prefix, 'Scripts', 'python.exe')};
    else
        prefix = fileparts(fileparts(fileparts(folder)));
        candidates = {fullfile(prefix, 'bin', 'python3')};
    end
end
