function tests = test_dcm2par()
    % TEST_DCM2PAR  PAR/REC pairs of one scan and of several, and what of the options is refused

    tests = localfunctions();
end

function test_a_pair_beside_the_scan()
    files = dcm2par(scratch('scan.dcm'));
    assert(isequal(files, {scratch('scan.PAR'), scratch('scan.REC')}));
    message = raises(@() dcm2par(scratch('scan.dcm')), 'dicome:fileExists');
    assert(~isempty(strfind(message, 'scan.PAR')), '%s', message);
    assert(isequal(size(dicomeread(scratch('scan.PAR'))), [8, 6, 3, 2]));
    assert(isequal(dicomeread(scratch('scan.PAR'), 'Noscale'), dicomeread(scratch('scan.dcm'), 'Noscale')));
    delete(files{:});
end

function test_several_into_a_folder()
    mkdir(scratch('out'));
    inputs = {scratch('scan.dcm'), scratch('a.b.dcm')};
    files = dcm2par(inputs, 'version', 'V4', 'Folder', scratch('out'), 'Check', true);
    assert(numel(files) == 4);
    assert(isequal(files{3}, fullfile(scratch('out'), 'a.b.PAR')), '%s', files{3});
    [~, info] = dicomeread(files{1});
    assert(strcmp(info.Format, 'PAR/REC V4'));
    dcm2par(scratch('scan.dcm'), 'Folder', scratch('out'), 'Force', true);
    [~, info] = dicomeread(files{1});
    assert(strcmp(info.Format, 'PAR/REC V4.2'));
end

function test_a_name_that_ends_in_a_number_stays_whole()
    files = dcm2par(scratch('0001.0301'));
    assert(strcmp(files{1}, scratch('0001.0301.PAR')), '%s', files{1});
    delete(files{:});
end

function test_what_is_refused()
    raises(@() dcm2par(), 'dicome:argument');
    raises(@() dcm2par(3), 'dicome:argument');
    message = raises(@() dcm2par(scratch('scan.dcm'), 'Scale', 'none'), 'dicome:unknownOption');
    assert(~isempty(strfind(message, 'Version, Folder, Check, Force')), '%s', message);
    raises(@() dcm2par(scratch('scan.dcm'), 'Version', 'V9'), 'dicome:argument');
    raises(@() dcm2par(scratch('scan.dcm'), 'Version', 4.1), 'dicome:argument');
    message = raises(@() dcm2par(scratch('scan.dcm'), 'Folder'), 'dicome:argument');
    assert(~isempty(strfind(message, 'Folder needs a value')), '%s', message);
    raises(@() dcm2par(scratch('scan.dcm'), 'Folder', 3), 'dicome:argument');
    assert(~isfile(scratch('scan.PAR')));
    raises(@() dcm2par(scratch('nothing.dcm')), 'dicome:fileMissing');
    picture = scratch('scan.png');
    message = raises(@() dicome.export(scratch('scan.dcm'), picture, 'Sort', true), 'dicome:argument');
    assert(~isempty(strfind(message, '.par')), '%s', message);
end
