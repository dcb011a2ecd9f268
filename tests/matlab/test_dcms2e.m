function tests = test_dcms2e()
    % TEST_DCMS2E  One enhanced file of classic files and PAR/REC, and what is refused

    tests = localfunctions();
end

function test_the_file_beside_the_folder()
    file = dcms2e(scratch('02 Rest'));
    assert(strcmp(file, scratch('02 Rest.dcm')), '%s', file);
    [imag, info] = dicomeread(file);
    assert(isequal(size(imag), [16, 12, 4, 3]));
    assert(strcmp(info.MatlabNames{4}, 'Temporal Position Index'));
    message = raises(@() dcms2e(scratch('02 Rest')), 'dicome:fileExists');
    assert(~isempty(strfind(message, '02 Rest.dcm')), '%s', message);
    assert(strcmp(dcms2e(scratch('02 Rest'), 'force', true), file));
    delete(file);
end

function test_other_names()
    out = scratch('other.dcm');
    assert(strcmp(dcms2e(scratch('02 Rest'), 'Output', out, 'Par', scratch('02 Rest.par')), out));
    assert(isfile(out));
    delete(out);
end

function test_what_is_refused()
    raises(@() dcms2e(), 'dicome:argument');
    raises(@() dcms2e(3), 'dicome:argument');
    raises(@() dcms2e({scratch('02 Rest'), scratch('two')}), 'dicome:argument');
    message = raises(@() dcms2e(scratch('02 Rest'), 'Scale', 'none'), 'dicome:unknownOption');
    assert(~isempty(strfind(message, 'Output, Par, Force')), '%s', message);
    raises(@() dcms2e(scratch('02 Rest'), 'Output', 3), 'dicome:argument');
    raises(@() dcms2e(scratch('02 Rest'), 'Force'), 'dicome:argument');
    raises(@() dcms2e(scratch('nothing')), 'dicome:fileMissing');
    message = raises(@() dcms2e(scratch('02 Rest'), 'Par', scratch('wrong.par')), 'dicome:series');
    assert(~isempty(strfind(message, 'number of dynamics')), '%s', message);
end
