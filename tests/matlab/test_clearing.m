function tests = test_clearing()
    % TEST_CLEARING  In a file of its own: a test file does not survive being cleared

    tests = localfunctions();
end

function test_a_worker_goes_when_functions_are_cleared()
    restore = use_fake(); %#ok<NASGU>
    dicomeread('uint8');
    assert(numel(worker_pids()) == 1);
    clear functions; %#ok<CLFUNC>
    assert(isempty(worker_pids()));
end
