function tests = test_values()
    % TEST_VALUES  What Python made up arrives as it is: arrays, numbers, text, nested structs

    tests = localfunctions();
end

function test_every_class_of_image()
    restore = use_fake(); %#ok<NASGU>
    classes = {'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', ...
               'float32', 'float64'};
    matlab_names = [classes(1:8), {'single', 'double'}];
    for k = 1:numel(classes)
        imag = dicomeread(classes{k});
        assert(isa(imag, matlab_names{k}), 'class %s for %s', class(imag), classes{k});
        expected = cast(made_up(), 'double');
        if any(strcmp(classes{k}, {'int8', 'uint8'}))
            bits = [256, 0];
            expected = mod(expected, bits(1));
            if strcmp(classes{k}, 'int8')
                expected(expected > 127) = expected(expected > 127) - 256;
            end
        end
        assert(isequal(double(imag), expected), 'values of %s', classes{k});
    end
end

function values = made_up()
    [r, c, p] = ndgrid(1:2, 1:3, 1:4);
    values = 100 * p + 10 * r + c;
end

function test_logical_image()
    restore = use_fake(); %#ok<NASGU>
    imag = dicomeread('bool');
    assert(islogical(imag));
    assert(isequal(imag, mod(made_up(), 2) == 1));
end

function test_any_order_in_memory()
    restore = use_fake(); %#ok<NASGU>
    assert(isequal(dicomeread('rows-first'), single(made_up())));
    assert(isequal(dicomeread('rows-last'), single(made_up())));
end

function test_an_image_too_large_for_a_variable()
    restore = use_fake(); %#ok<NASGU>
    dicome.internal.worker('stop');  % its lowered limit must not stay
    imag = dicomeread('raw');
    dicome.internal.worker('stop');
    assert(isa(imag, 'single'));
    assert(isequal(imag, single(made_up())));
end

function test_a_single_frame()
    restore = use_fake(); %#ok<NASGU>
    [imag, info] = dicomeread('flat');
    assert(isequal(imag, single([111, 112, 113; 121, 122, 123])));
    assert(isequal(info.MatlabNames, {'Column', 'Row'}));
    assert(iscell(info.MatlabIndexes) && isempty(info.MatlabIndexes));
    assert(isequal(info.MatlabItems, 1));
    assert(iscell(info.MatlabEvidence) && isempty(info.MatlabEvidence));
end

function test_names_and_labels()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('texts');
    assert(isequal(info.MatlabNames, {'Column', 'Row', 'Plane'}));
    assert(isequal(info.MatlabIndexes, {{'plane 1', 'plane 2', 'plane 3', 'plane 4'}}));
    assert(isequal(info.MatlabItems, [1; 2; 3; 4]) && isa(info.MatlabItems, 'double'));
    assert(isequal(info.MatlabEvidence, {'made up'}));
    assert(isequal(info.MatlabScale, 'fp'));
end

function test_text()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('texts');
    euro = char([226, 130, 172]);  % the bytes of UTF-8: Octave has them as they are
    smile = char([240, 159, 152, 128]);
    u = char([195, 188]);
    awkward = ['J' u 'rgen "J" O''Neil' char(10) '100 % \n done\ ' euro smile char(9) 'end'];
    assert(isequal(info.Awkward, awkward), '%s', info.Awkward);
    assert(isequal(info.Several, 'ORIGINAL\PRIMARY\M'));
    assert(isequal(info.Blank, ' '));
    assert(isequal(info.Digits, '007') && ischar(info.Digits));
    assert(isequal(info.WithNul, ['a' char([226, 144, 128]) 'b']));
    assert(isequal(info.HalfSurrogate, 'a?b'));
end

function test_nothing_is_an_empty_double()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('texts');
    for name = {'Nothing', 'NoNumbers', 'NoItems'}
        value = info.(name{1});
        assert(isa(value, 'double') && isequal(size(value), [0, 0]), '%s', name{1});
    end
end

function test_names_of_persons()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('texts');
    assert(isequal(fieldnames(info.PatientName), {'FamilyName'; 'GivenName'; 'NamePrefix'}));
    assert(isequal(info.PatientName.FamilyName, ['M' char([195, 188]) 'ller']));
    assert(isequal(info.PatientName.GivenName, 'Anna'));
    assert(isequal(info.EmptyName, struct('FamilyName', '')));
end

function test_every_class_of_number()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('number-classes');
    for name = {'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'}
        least = intmin(name{1});
        most = intmax(name{1});
        assert(isequal(info.(['One_' name{1}]), most) && isa(info.(['One_' name{1}]), name{1}));
        assert(isequal(info.(['Two_' name{1}]), [least; most]) && isa(info.(['Two_' name{1}]), name{1}));
    end
    assert(isequal(info.One_float32, single(0.1)) && isa(info.One_float32, 'single'));
    assert(isequal(info.One_float64, 0.1) && isa(info.One_float64, 'double'));
    assert(isnan(info.Special(1)) && isequal(info.Special(2:4), [Inf; -Inf; 0]));
    assert(1 / info.Special(4) == -Inf);
    assert(isequal(info.BigEndian, uint16([1; 258])));
end

function test_tags_are_rows_of_group_and_element()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('number-classes');
    assert(isequal(info.OneTag, uint16([24, 36999])));
    assert(isequal(info.TwoTags, uint16([32, 37207; 8197, 4256])));
    assert(isa(info.TwoTags, 'uint16'));
end

function test_frames_of_several_shapes()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('frames');
    items = info.PerFrameFunctionalGroupsSequence;
    assert(isequal(info.Rows, uint16(2)));
    assert(isequal(fieldnames(items), {'Item_1'; 'Item_2'; 'Item_3'; 'Item_4'; 'Item_5'}));
    names = {'Position', 'Label', 'Tags', 'Ragged', 'SometimesEmpty', 'Operator'};
    assert(isequal(fieldnames(items.Item_1), names.'));
    assert(isequal(items.Item_3, struct('Position', [4; 5; 6], 'Label', 'control', ...
                                        'Tags', uint16([5, 6; 7, 8]), 'Ragged', 3, ...
                                        'SometimesEmpty', 'x', ...
                                        'Operator', struct('FamilyName', 'B', 'GivenName', 'C'))));
    assert(isequal(items.Item_1.Label, 'label'));
    assert(isequal(items.Item_1.Tags, uint16([1, 2; 3, 4])));
    assert(isequal(items.Item_1.Ragged, [1; 2]));
    assert(isequal(items.Item_1.SometimesEmpty, []));
    assert(isequal(items.Item_1.Operator, struct('FamilyName', 'A')));
end

function test_nested_items()
    restore = use_fake(); %#ok<NASGU>
    [~, info] = dicomeread('frames');
    items = info.PerFrameFunctionalGroupsSequence;
    times = [1.5, 2.5, 3.5];
    numbers = [2, 4, 5];
    constant = struct('Speed', 9, 'Text', 'same');
    for k = 1:3
        h = items.(sprintf('Item_%d', numbers(k)));
        varying = struct('Time', times(k), 'Kind', uint16(7));
        assert(isequal(h.Position, [30 * k - 20; 30 * k - 10; 30 * k]));
        assert(isequal(h.Nested, struct('Item_1', varying, 'Item_2', constant)));
        assert(isequal(h.Deep.Item_1.Inner.Item_1, varying));
        assert(isequal(h.Same.Item_1, constant) && isequal(size(h.Same), [1, 1]));
        assert(isequal(h.None, []));
        assert(isstruct(h.NoFields.Item_1) && isempty(fieldnames(h.NoFields.Item_1)));
    end
end
