function tests = test_prompts()
    % TEST_PROMPTS  'Prompt' for Order and Combine: what is shown, and what becomes of the answers

    tests = localfunctions();
end

function test_nobody_is_asked_without_prompt()
    request = dicome.internal.read_request('echo', {'Order', [2, 1, 3, 4]});
    answered = dicome.internal.answer_prompts(request, @(kind, lines) error('test:asked', kind));
    assert(isequal(answered, request));
end

function test_order()
    restore = use_fake(); %#ok<NASGU>
    expected = {'1  Column', '2  Row', '3  Plane', '4  Echo'};
    request = asked({'order', 'PROMPT'}, {'order'}, {expected}, {[1, 2, 4, 3]});
    assert(isequal(request.order, [1, 2, 4, 3]));
    assert(isempty(request.combine));
end

function test_combine_is_asked_after_order()
    restore = use_fake(); %#ok<NASGU>
    first = {'1  Column', '2  Row', '3  Plane', '4  Echo'};
    second = {'1  Column', '2  Row', '3  Echo', '4  Plane'};
    request = asked({'Combine', 'Prompt', 'Order', 'Prompt'}, {'order', 'combine'}, ...
                    {first, second}, {[1, 2, 4, 3], 4});
    assert(isequal(request.order, [1, 2, 4, 3]));
    assert(isequal(request.combine, [0, 0, 0, 1]));
end

function test_combine_is_shown_in_a_given_order()
    restore = use_fake(); %#ok<NASGU>
    lines = {'1  Echo', '2  Plane', '3  Row', '4  Column'};
    request = asked({'Combine', 'Prompt', 'Order', 4:-1:1}, {'combine'}, {lines}, {[2, 4]});
    assert(isequal(request.combine, [0, 1, 0, 1]));
end

function test_no_answer_changes_nothing()
    restore = use_fake(); %#ok<NASGU>
    lines = {'1  Column', '2  Row', '3  Plane', '4  Echo'};
    request = asked({'Combine', 'Prompt', 'Order', 'Prompt'}, {'order', 'combine'}, ...
                    {lines, lines}, {[], []});
    assert(isempty(request.order));
    assert(isequal(request.combine, [0, 0, 0, 0]));
end

function test_an_impossible_answer()
    restore = use_fake(); %#ok<NASGU>
    order = dicome.internal.read_request('echo', {'Order', 'Prompt'});
    combine = dicome.internal.read_request('echo', {'Combine', 'Prompt'});
    for answer = {[1, 2, 3], [1, 2, 3, 3], [1, 2, 3, 5]}
        raises(@() dicome.internal.answer_prompts(order, @(~, ~) answer{1}), 'dicome:argument');
    end
    for answer = {1, 5, [2, 9]}
        raises(@() dicome.internal.answer_prompts(combine, @(~, ~) answer{1}), 'dicome:argument');
    end
end

function request = asked(options, kinds, lines, answers)
    % The request after these questions, no others, in this sequence, got these answers
    asked_so_far('start');
    request = dicome.internal.read_request('echo', options);
    script = struct('kinds', {kinds}, 'lines', {lines}, 'answers', {answers});
    request = dicome.internal.answer_prompts(request, @(kind, shown) reply(kind, shown, script));
    assert(isequal(asked_so_far('count'), numel(kinds)));
    assert(isequal(request.verb, 'read'));
end

function answer = reply(kind, shown, script)
    k = asked_so_far('next');
    assert(isequal(kind, script.kinds{k}));
    assert(isequal(shown, script.lines{k}), '%s', strjoin(shown, '; '));
    answer = script.answers{k};
end

function count = asked_so_far(action)
    persistent number
    switch action
        case 'start'
            number = 0;
        case 'next'
            number = number + 1;
    end
    count = number;
end
