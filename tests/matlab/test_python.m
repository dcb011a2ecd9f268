function tests = test_python()
    % TEST_PYTHON  Which Python is used, how it is chosen, and what is said where there is none

    tests = localfunctions();
end

function test_the_environment_names_a_python_that_is_not_there()
    gone = set_variable('DICOME_PYTHON', scratch('no such', 'python')); %#ok<NASGU>
    message = raises(@() dicomeread('x'), 'dicome:pythonMissing');
    assert(~isempty(strfind(message, scratch('no such', 'python'))), '%s', message);
    assert(~isempty(strfind(message, 'DICOME_PYTHON')), '%s', message);
end

function test_no_python_anywhere()
    unset = set_variable('DICOME_PYTHON', ''); %#ok<NASGU>
    path = set_variable('PATH', scratch('empty')); %#ok<NASGU>
    message = raises(@() dicomeread('x'), 'dicome:pythonMissing');
    assert(~isempty(strfind(message, 'dicome.setup(''')), '%s', message);
    assert(~isempty(strfind(message, 'pip install dicome')), '%s', message);
end

function test_a_python_without_the_package()
    bare = scratch('bare python');
    write_program(bare, 'echo "$0: No module named dicome" >&2; exit 1');
    for mode = {'worker', 'system'}
        how = set_variable('DICOME_BRIDGE', mode{1}); %#ok<NASGU>
        here = set_variable('DICOME_PYTHON', bare); %#ok<NASGU>
        message = raises(@() dicomeread('x'), 'dicome:packageMissing');
        assert(~isempty(strfind(message, ['"' bare '" -m pip install dicome'])), '%s', message);
        clear how here;
    end
end

function test_a_python_that_cannot_start()
    broken = scratch('broken python');
    write_program(broken, 'echo "a library is missing" >&2; exit 127');
    here = set_variable('DICOME_PYTHON', broken); %#ok<NASGU>
    message = raises(@() dicomeread('x'), 'dicome:bridge');
    assert(~isempty(strfind(message, 'a library is missing')), '%s', message);
end

function test_setup_remembers_a_python_that_works()
    fake = getenv('DICOME_FAKE_PYTHON');
    unset = set_variable('DICOME_PYTHON', ''); %#ok<NASGU>
    path = set_variable('PATH', ['/usr/bin' pathsep() '/bin']); %#ok<NASGU>
    assert(isequal(dicome.setup(fake), fake));
    assert(isequal(dicome.internal.find_python(), fake));
    assert(isequal(dicome.setup(), fake));
    assert(isequal(size(dicomeread('uint8')), [2, 3, 4]));
    versions = dicome.version();
    assert(isequal(versions.protocol, 1) && ~isempty(versions.dicome) && versions.python(1) == '3');
    raises(@() dicome.setup(scratch('no such')), 'dicome:pythonMissing');
    assert(isequal(dicome.internal.find_python(), fake), 'a choice that fails is not remembered');
    rmpref('dicome', 'python');
end

function test_setup_takes_text_only()
    raises(@() dicome.setup(3), 'dicome:argument');
end

function test_the_bridge_within_matlab_is_refused_in_octave()
    if dicome.internal.is_octave()
        how = set_variable('DICOME_BRIDGE', 'py'); %#ok<NASGU>
        message = raises(@() dicomeread('x'), 'dicome:argument');
        assert(~isempty(strfind(message, 'DICOME_BRIDGE')), '%s', message);
    end
end

function test_setup_forgets()
    setpref('dicome', 'python', scratch('gone'));
    before = getenv('DICOME_PYTHON');
    unset = set_variable('DICOME_PYTHON', ''); %#ok<NASGU>
    message = raises(@() dicomeread('x'), 'dicome:pythonMissing');
    assert(~isempty(strfind(message, 'dicome.setup')), '%s', message);
    setenv('DICOME_PYTHON', before);
    dicome.setup('');
    assert(~ispref('dicome', 'python'));
end

function test_python_beside_the_installed_files()
    files = scratch('venv', 'lib', 'python3.12', 'site-packages', 'dicome', 'matlab');
    program = scratch('venv', 'bin', 'python3');
    mkdir(fileparts(program));
    write_program(program, 'exit 0');
    internal = fullfile(files, '+dicome', '+internal');
    mkdir(internal);
    here = fileparts(which('dicomeread'));
    for name = {'find_python.m', 'on_path.m'}
        write_file(fullfile(internal, name{1}), fileread(fullfile(here, '+dicome', '+internal', name{1})));
    end
    unset = set_variable('DICOME_PYTHON', ''); %#ok<NASGU>
    rmpath(here);
    addpath(files);
    back = onCleanup(@() swap_path(files, here)); %#ok<NASGU>
    found = dicome.internal.find_python();
    assert(isequal(found, program), '%s', found);
end

function swap_path(old, new)
    rmpath(old);
    addpath(new);
end

function test_a_module_beside_the_images_is_not_imported()
    write_file(scratch('numpy.py'), 'raise SystemExit("the wrong numpy")');
    before = cd(getenv('DICOME_SCRATCH'));
    back = onCleanup(@() cd(before)); %#ok<NASGU>
    mode = set_variable('DICOME_BRIDGE', 'system'); %#ok<NASGU>
    message = raises(@() dicomeread('no such file'), 'dicome:fileMissing');
    assert(~isempty(strfind(message, 'no such file')), '%s', message);
end

function write_program(path, command)
    write_file(path, ['#!/bin/sh' newline() command newline()]);
    assert(system(['chmod +x ''' strrep(path, '''', '''\''''') '''']) == 0);
end

function write_file(path, text)
    file = fopen(path, 'w');
    fwrite(file, text);
    fclose(file);
end
