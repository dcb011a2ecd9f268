function tests = test_calls()
    % TEST_CALLS  How requests travel: the worker, single starts, errors, warnings, what is left behind

    tests = localfunctions();
end

function test_a_worker_stays()
    restore = use_fake(); %#ok<NASGU>
    dicomeread('uint8');
    first = worker_pids();
    dicomeread('uint8');
    assert(numel(first) == 1 && isequal(worker_pids(), first), 'one process for both calls');
    dicome.internal.worker('stop');
    assert(isempty(worker_pids()));
end

function test_a_killed_worker_is_started_again()
    restore = use_fake(); %#ok<NASGU>
    dicomeread('uint8');
    first = worker_pids();
    names = SIG();
    kill(first, names.KILL);
    pause(0.1);
    assert(isequal(size(dicomeread('uint8')), [2, 3, 4]));
    second = worker_pids();
    assert(numel(second) == 1 && second ~= first);
end

function test_another_python_needs_another_worker()
    restore = use_fake(); %#ok<NASGU>
    dicomeread('uint8');
    first = worker_pids();
    clear restore;
    dicome.internal.call_python(struct('verb', 'version'));
    second = worker_pids();
    assert(numel(second) == 1 && second ~= first);
end

function test_a_worker_that_dies_at_work()
    restore = use_fake(); %#ok<NASGU>
    message = raises(@() dicomeread('died'), 'dicome:bridge');
    assert(~isempty(strfind(message, 'memory')), '%s', message);
    assert(isequal(size(dicomeread('uint8')), [2, 3, 4]), 'the next call works');
end

function test_without_a_worker_all_is_the_same()
    restore = use_fake(); %#ok<NASGU>
    [with_worker, info_with_worker] = dicomeread('frames');
    dicome.internal.worker('stop');
    mode = set_variable('DICOME_BRIDGE', 'system'); %#ok<NASGU>
    [alone, info_alone] = dicomeread('frames');
    assert(isempty(worker_pids()));
    assert(isequal(alone, with_worker) && isequal(info_alone, info_with_worker));
    raises(@() dicomeread('refused'), 'dicome:grid');
    raises(@() dicomeread('died'), 'dicome:bridge');
    assert_no_leftovers();
end

function test_an_unknown_mode()
    mode = set_variable('DICOME_BRIDGE', 'telepathy'); %#ok<NASGU>
    message = raises(@() dicomeread('x'), 'dicome:argument');
    assert(~isempty(strfind(message, 'telepathy')), '%s', message);
end

function test_what_python_prints_does_no_harm()
    restore = use_fake(); %#ok<NASGU>
    assert(isequal(size(dicomeread('noisy')), [2, 3, 4]));
    assert(isequal(size(dicomeread('noisy')), [2, 3, 4]));
    mode = set_variable('DICOME_BRIDGE', 'system'); %#ok<NASGU>
    assert(isequal(size(dicomeread('noisy')), [2, 3, 4]));
end

function test_one_output_asks_for_no_header()
    restore = use_fake(); %#ok<NASGU>
    raises(@() dicomeread('texts'), 'dicome:internal');  % the fake refuses to make one in vain
    [~, info] = dicomeread('texts'); %#ok<ASGLU>
    imag = dicomeread('uint8');
    assert(isa(imag, 'uint8'));
end

function test_errors_keep_their_identifier_and_text()
    restore = use_fake(); %#ok<NASGU>
    message = raises(@() dicomeread('refused'), 'dicome:grid');
    quotes = {char([226, 128, 156]), char([226, 128, 157])};
    e = char([195, 169]);
    expected = ['40 frames make no grid: 100 % of \n %d are doubled in ' quotes{1} e quotes{2}];
    assert(isequal(message, expected), '%s', message);
end

function test_an_error_inside_names_its_reason_and_on_demand_its_place()
    restore = use_fake(); %#ok<NASGU>
    message = raises(@() dicomeread('stumbled'), 'dicome:internal');
    assert(~isempty(strfind(message, 'RuntimeError: the reason')), '%s', message);
    assert(isempty(strfind(message, 'Traceback')), '%s', message);
    debug = set_variable('DICOME_DEBUG', '1'); %#ok<NASGU>
    message = raises(@() dicomeread('stumbled'), 'dicome:internal');
    assert(~isempty(strfind(message, 'Traceback')), '%s', message);
end

function test_warnings_are_raised()
    restore = use_fake(); %#ok<NASGU>
    lastwarn('', '');
    dicomeread('warned');
    [message, identifier] = lastwarn();
    trace = warning('query', 'backtrace');
    assert(isequal(trace.state, 'on'));
    assert(isequal(identifier, 'dicome:reading'));
    assert(isequal(message, '3 frames are missing, 100 % of \n'), '%s', message);
end

function test_a_verb_and_a_protocol_that_nobody_speaks()
    raises(@() dicome.internal.call_python(struct('verb', 'dance')), 'dicome:protocol');
end

function test_nothing_is_left_behind()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('frames'); %#ok<ASGLU>
    assert_no_leftovers();
    for name = {'refused', 'stumbled', 'died'}
        raises(@() dicomeread(name{1}), dicome_identifier(name{1}));
        assert_no_leftovers();
    end
    dicomeread('raw');
    dicome.internal.worker('stop');
    assert_no_leftovers();
end

function identifier = dicome_identifier(name)
    known = struct('refused', 'dicome:grid', 'stumbled', 'dicome:internal', 'died', 'dicome:bridge');
    identifier = known.(name);
end

function assert_no_leftovers()
    found = dir(getenv('TMPDIR'));
    assert(numel(found) == 2, 'left behind: %s', strjoin({found.name}, ', '));
end

function test_the_folder_is_private()
    folder = dicome.internal.make_folder();
    remove = onCleanup(@() dicome.internal.remove_folder(folder)); %#ok<NASGU>
    found = stat(folder);
    assert(strcmp(strtrim(found.modestr), 'drwx------'), '%s', found.modestr);
    clear remove;
    before = umask(22);
    umask(before);
    dicome.internal.remove_folder(dicome.internal.make_folder());
    after = umask(before);
    assert(after == before, 'the umask of the session stays as it was');
end
