function tests = test_options()
    % TEST_OPTIONS  The arguments of dicomeread, and what of them reaches Python

    tests = localfunctions();
end

function test_options_in_any_sequence_and_case()
    args = {'noSCALE', 'COMBINE', [0, 0, 1], 'order', {'Row', 'Column', 'Plane'}, 'Class', 'double'};
    options = dicome.internal.parse_options(args);
    expected = struct('order', {{'Row', 'Column', 'Plane'}}, 'combine', [0, 0, 1], 'scale', 'none', ...
                      'incomplete', [], 'series', [], 'class', 'double');
    assert(isequal(options, expected));
    assert(isequal(dicome.internal.parse_options([args(2:end), args(1)]), expected));
end

function test_without_options()
    options = dicome.internal.parse_options({});
    assert(all(structfun(@isempty, options)));
end

function test_an_unknown_option_names_the_known_ones()
    message = raises(@() dicomeread('a.dcm', 'Framez', 3), 'dicome:unknownOption');
    assert(~isempty(strfind(message, '"Framez"')), '%s', message);
    for name = {'Noscale', 'Order', 'Combine', 'Scale', 'Incomplete', 'Series', 'Class'}
        assert(~isempty(strfind(message, name{1})), '%s', message);
    end
    raises(@() dicomeread('a.dcm', 3), 'dicome:unknownOption');
end

function test_a_missing_value()
    message = raises(@() dicomeread('a.dcm', 'Noscale', 'Order'), 'dicome:argument');
    assert(~isempty(strfind(message, 'Order')), '%s', message);
end

function test_contradicting_scales()
    raises(@() dicomeread('a.dcm', 'Scale', 'fp', 'Noscale'), 'dicome:argument');
    raises(@() dicomeread('a.dcm', 'Noscale', 'Scale', 'dv'), 'dicome:argument');
    options = dicome.internal.parse_options({'Noscale', 'Scale', 'None'});
    assert(isequal(options.scale, 'none'));
end

function test_what_is_no_file()
    raises(@() dicomeread(), 'dicome:argument');
    message = raises(@() dicomeread(42), 'dicome:argument');
    assert(~isempty(strfind(message, 'double of size [1 1]')), '%s', message);
    raises(@() dicomeread({}), 'dicome:argument');
    raises(@() dicomeread({'a.dcm', 3}), 'dicome:argument');
    raises(@() dicomeread(''), 'dicome:argument');
end

function test_bad_values_are_refused_with_the_good_ones()
    restore = use_fake(); %#ok<NASGU>
    message = raises(@() dicomeread('echo', 'Incomplete', 'maybe'), 'dicome:argument');
    assert(~isempty(strfind(message, 'pad, trim, error')), '%s', message);
    message = raises(@() dicomeread('echo', 'Class', 'int8'), 'dicome:argument');
    assert(~isempty(strfind(message, 'single, double')), '%s', message);
    raises(@() dicomeread('echo', 'Order', [1, 2.5, 3]), 'dicome:argument');
    raises(@() dicomeread('echo', 'Order', single(0.1)), 'dicome:argument');
    raises(@() dicomeread('echo', 'Combine', [0, NaN, 1]), 'dicome:argument');
    raises(@() dicomeread('echo', 'Series', [301, 302]), 'dicome:argument');
    raises(@() dicomeread('echo', 'Series', 0.5), 'dicome:argument');
end

function test_numbers_of_any_class_reach_python()
    restore = use_fake(); %#ok<NASGU>
    assert_sent({'Order', [3, 1, 2]}, 'order=(3, 1, 2)');
    assert_sent({'Order', single([3, 1, 2])}, 'order=(3, 1, 2)');
    assert_sent({'Order', int8([3, 1, 2])}, 'order=(3, 1, 2)');
    assert_sent({'Order', [3; 1; 2]}, 'order=(3, 1, 2)');
    assert_sent({'Order', 1}, 'order=(1,)');
    assert_sent({'Combine', logical([0, 0, 1])}, 'combine=(0, 0, 1)');
    assert_sent({'Order', {'Row', 'Column'}}, 'order=(''Row'', ''Column'')');
    assert_sent({'Order', {'Row'; 'Column'}}, 'order=(''Row'', ''Column'')');
    assert_sent({'Order', 'Row'}, 'order=(''Row'',)');
end

function test_words_reach_python()
    restore = use_fake(); %#ok<NASGU>
    assert_sent({}, 'order=None, combine=None, scale=None, incomplete=''pad'', array_class=None');
    assert_sent({'Noscale'}, 'scale=''none''');
    assert_sent({'Scale', 'DV'}, 'scale=''DV''');
    assert_sent({'Incomplete', 'Trim'}, 'incomplete=''trim''');
    assert_sent({'Class', 'Double'}, 'array_class=''float64''');
    assert_sent({}, 'series=None');
    assert_sent({'Series', 301}, 'series=301');
    assert_sent({'Series', int16(301)}, 'series=301');
    assert_sent({'Series', '1.2.3'}, 'series=''1.2.3''');
end

function assert_sent(args, expected)
    [~, info] = dicomeread('echo', args{:});
    assert(~isempty(strfind(info.Request, expected)), 'expected %s in %s', expected, info.Request);
end

function test_files_are_made_absolute()
    restore = use_fake(); %#ok<NASGU>
    before = cd(getenv('DICOME_SCRATCH'));
    back = onCleanup(@() cd(before)); %#ok<NASGU>
    [~, info] = dicomeread({'echo', '/a/b.dcm', '~/c'});
    for path = {scratch('echo'), '/a/b.dcm', [getenv('HOME') '/c']}
        sent = strrep(path{1}, '''', '\''');
        assert(~isempty(strfind(strrep(info.Request, '\''', ''''), strrep(sent, '\''', ''''))), ...
               '%s in %s', path{1}, info.Request);
    end
end
