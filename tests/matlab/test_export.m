function tests = test_export()
    % TEST_EXPORT  dicome.export: files as the real engine writes them, and what of the options reaches Python

    tests = localfunctions();
end

function asked = echo(varargin)
    restore = use_fake(); %#ok<NASGU>
    files = dicome.export('a.dcm', '/x/b.mat', varargin{:});
    assert(isequal(files{1}, '/x/b.mat'));
    asked = files{2}(4:end);
end

function test_a_picture_is_written()
    out = scratch('scan.png');
    files = dicome.export(scratch('scan.dcm'), out);
    assert(isequal(files, {out}));
    assert(isfile(out));
    message = raises(@() dicome.export(scratch('scan.dcm'), out), 'dicome:fileExists');
    assert(~isempty(strfind(message, out)), '%s', message);
    files = dicome.export({scratch('scan.dcm')}, out, 'force', true);
    assert(isequal(files, {out}));
    delete(out);
end

function test_relative_to_the_folder_one_is_in()
    before = cd(getenv('DICOME_SCRATCH'));
    back = onCleanup(@() cd(before)); %#ok<NASGU>
    files = dicome.export('scan.dcm', 'here.png');
    assert(isequal(files, {fullfile(pwd(), 'here.png')}), '%s', files{1});
    delete('here.png');
end

function test_what_is_written_can_be_read()
    out = scratch('scan.mat');
    dicome.export(scratch('scan.dcm'), out, 'Order', [2, 1, 3, 4]);
    found = load(out);
    imag = dicomeread(scratch('scan.dcm'));
    assert(isequal(found.imag, permute(imag, [2, 1, 3, 4])));
    assert(isequal(found.info.MatlabNames(1:2), {'Row', 'Column'}));
    delete(out);
end

function test_one_series_of_a_folder()
    folder = scratch('two series');
    mkdir(folder);
    made = onCleanup(@() remove_scan(folder)); %#ok<NASGU>
    copy(scratch('scan.dcm'), fullfile(folder, 'scan.dcm'));
    [imag, info] = dicomeread(scratch('scan.dcm'));
    assert(isequal(dicomeread(folder, 'Series', double(info.SeriesNumber)), imag));
    assert(isequal(dicomeread(folder, 'series', info.SeriesInstanceUID), imag));
    message = raises(@() dicomeread(folder, 'Series', 77), 'dicome:series');
    assert(~isempty(strfind(message, 'no series 77')), '%s', message);
    out = scratch('series.png');
    files = dicome.export(folder, out, 'Series', double(info.SeriesNumber));
    assert(isequal(files, {out}));
    delete(out);
    raises(@() dicome.export(folder, out, 'Series', 77), 'dicome:series');
end

function copy(source, target)
    % Octave's copyfile asks a shell, which trips over the names of folders here
    from = fopen(source, 'r');
    bytes = fread(from, Inf, '*uint8');
    fclose(from);
    to = fopen(target, 'w');
    fwrite(to, bytes);
    fclose(to);
end

function remove_scan(folder)
    delete(fullfile(folder, 'scan.dcm'));
    rmdir(folder);
end

function test_options_reach_python()
    assert(isequal(echo(), '{}'));
    assert(isequal(echo('ORDER', [2, 1, 3], 'scale', 'dv'), '{''order'': (2, 1, 3), ''scale'': ''dv''}'));
    assert(isequal(echo('Order', {'Row', 'Column'}), '{''order'': (''Row'', ''Column'')}'));
    assert(isequal(echo('Combine', logical([0, 1])), '{''combine'': (0, 1)}'));
    assert(isequal(echo('Split', 'Echo', 'V73', 1), '{''split'': ''Echo'', ''v73'': True}'));
    assert(isequal(echo('window', 'file', 'Sort', true), '{''window'': ''file'', ''sort'': True}'));
    assert(isequal(echo('FullInfo', true, 'Compress', true, 'Force', false), ...
                   '{''full_info'': True, ''compress'': True}'));
end

function test_wrong_arguments()
    message = raises(@() dicome.export('a.dcm'), 'dicome:argument');
    assert(~isempty(strfind(message, 'file_out')), '%s', message);
    raises(@() dicome.export(3, 'b.mat'), 'dicome:argument');
    message = raises(@() dicome.export('a.dcm', 3), 'dicome:argument');
    assert(~isempty(strfind(message, 'double of size [1 1]')), '%s', message);
    message = raises(@() dicome.export('a.dcm', 'b.mat', 'Foo', 3), 'dicome:unknownOption');
    assert(~isempty(strfind(message, 'FullInfo')), '%s', message);
    raises(@() dicome.export('a.dcm', 'b.mat', 7, 3), 'dicome:unknownOption');
    raises(@() dicome.export('a.dcm', 'b.mat', 'Order'), 'dicome:argument');
    raises(@() dicome.export('a.dcm', 'b.mat', 'Force', 'yes'), 'dicome:argument');
    message = raises(@() dicome.export(scratch('scan.dcm'), 'b.pgn'), 'dicome:argument');
    assert(~isempty(strfind(message, 'did you mean .png')), '%s', message);
    raises(@() dicome.export('nothing.dcm', 'b.png'), 'dicome:fileMissing');
    raises(@() dicome.export(scratch('scan.dcm'), scratch('nowhere', 'b.png')), 'dicome:fileMissing');
end
