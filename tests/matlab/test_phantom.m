function tests = test_phantom()
    % TEST_PHANTOM  From a DICOM file to the workspace, with the real engine; the phantom knows its truth

    tests = localfunctions();
end

function value = truth()
    value = load(scratch('truth.mat'));
end

function yes = close_to(found, expected)
    error_of = abs(double(found) - expected);
    yes = isequal(size(found), size(expected)) && max(error_of(:)) <= 1e-6 * max(abs(expected(:)));
end

function test_values_names_labels()
    [imag, info] = dicomeread(scratch('scan.dcm'));
    assert(isa(imag, 'single') && isequal(size(imag), [8, 6, 3, 4, 2, 2]));
    assert(close_to(imag, truth().values));
    assert(isequal(info.MatlabNames, {'Column', 'Row', 'In-Stack Position Number', ...
                                      'Temporal Position Index', 'ImageTypeMR', 'Effective Echo Time'}));
    labels = {{'1', '2', '3'}, {'1', '2', '3', '4'}, {'M', 'P'}, {'2.3', '4.6'}};
    assert(isequal(info.MatlabIndexes, labels));
    assert(isequal(info.MatlabItems, double(truth().items)) && isa(info.MatlabItems, 'double'));
    assert(isequal(info.MatlabScale, 'fp'));
    assert(iscellstr(info.MatlabEvidence) && ~isempty(info.MatlabEvidence));
end

function test_code_written_for_the_old_dicomeread()
    [~, info] = dicomeread(scratch('scan.dcm'));
    items = fieldnames(info.PerFrameFunctionalGroupsSequence);
    assert(numel(items) == 48);
    h = info.PerFrameFunctionalGroupsSequence.(items{info.MatlabItems(2, 3, 2, 1)});
    index = h.FrameContentSequence.Item_1.DimensionIndexValues;
    assert(isa(index, 'uint32') && size(index, 2) == 1);
    assert(close_to(h.PlanePositionSequence.Item_1.ImagePositionPatient, truth().position_of_slice_2(:)), ...
           'Image Position of slice 2');
    assert(abs(h.MREchoSequence.Item_1.EffectiveEchoTime - 2.3) < 1e-12);
    assert(isequal(h.PrivatePerFrameSq.Item_1.MRScaleSlope, single(truth().slope(2, 3, 2, 1))));
    first = info.PerFrameFunctionalGroupsSequence.Item_1;
    assert(isequal(size(first.PlaneOrientationSequence.Item_1.ImageOrientationPatient), [6, 1]));
end

function test_header_of_the_file()
    [~, info] = dicomeread(scratch('scan.dcm'));
    assert(isequal(info.Filename, scratch('scan.dcm')), '%s', info.Filename);
    found = dir(getenv('DICOME_SCRATCH'));
    assert(isequal(info.FileSize, found(strcmp({found.name}, 'scan.dcm')).bytes));
    assert(isequal({info.Format, info.Width, info.Height}, {'DICOM', 6, 8}));
    assert(isequal(info.Rows, uint16(8)) && isequal(info.Columns, uint16(6)));
    assert(isequal(info.NumberOfFrames, 48) && isa(info.NumberOfFrames, 'double'));
    assert(isstruct(info.PatientName) && ischar(info.PatientName.FamilyName));
    pointer = info.DimensionIndexSequence.Item_1.DimensionIndexPointer;
    assert(isa(pointer, 'uint16') && isequal(size(pointer), [1, 2]));
end

function test_stored_values()
    stored = truth().stored;
    [imag, info] = dicomeread(scratch('scan.dcm'), 'Noscale');
    assert(isa(imag, 'uint16') && isequal(double(imag), double(stored)));
    assert(isequal(info.MatlabScale, 'pv'));
    assert(isequal(dicomeread(scratch('scan.dcm'), 'scale', 'NONE'), imag));
end

function test_display_values()
    imag = dicomeread(scratch('scan.dcm'), 'Scale', 'dv');
    assert(close_to(imag, truth().display));
    message = raises(@() dicomeread(scratch('scan.dcm'), 'Scale', 'xy'), 'dicome:argument');
    assert(~isempty(strfind(message, 'fp, dv, rwv')), '%s', message);
end

function test_double()
    values = truth().values;
    imag = dicomeread(scratch('scan.dcm'), 'Class', 'double');
    error_of = abs(imag - values);
    assert(isa(imag, 'double') && max(error_of(:)) <= 1e-12 * max(abs(values(:))));
end

function test_order_by_number_and_by_name()
    values = truth().values;
    order = [2, 1, 5, 6, 4, 3];
    [imag, info] = dicomeread(scratch('scan.dcm'), 'Order', order);
    assert(close_to(imag, permute(values, order)));
    assert(isequal(info.MatlabNames, {'Row', 'Column', 'ImageTypeMR', 'Effective Echo Time', ...
                                      'Temporal Position Index', 'In-Stack Position Number'}));
    assert(isequal(info.MatlabItems, permute(double(truth().items), [3, 4, 2, 1])));
    assert(isequal(info.MatlabIndexes{1}, {'M', 'P'}));
    assert(isequal(dicomeread(scratch('scan.dcm'), 'ORDER', info.MatlabNames), imag));
end

function test_combine_after_order()
    values = truth().values;
    [imag, info] = dicomeread(scratch('scan.dcm'), ...
                              'combine', [0, 0, 0, 0, 0, 1], 'order', [1, 2, 3, 4, 6, 5]);
    expected = reshape(permute(values, [1, 2, 3, 4, 6, 5]), [8, 6, 3, 4, 4]);
    assert(close_to(imag, expected));
    assert(isequal(info.MatlabNames{5}, 'Effective Echo TimexImageTypeMR'));
    assert(isequal(info.MatlabIndexes{3}, {'2.3/M', '4.6/M', '2.3/P', '4.6/P'}));
    assert(isequal(size(info.MatlabItems), [3, 4, 4]));
end

function test_an_order_that_does_not_fit_names_the_dimensions()
    message = raises(@() dicomeread(scratch('scan.dcm'), 'Order', [1, 2, 3]), 'dicome:argument');
    assert(~isempty(strfind(message, '5 ''ImageTypeMR''')), '%s', message);
    message = raises(@() dicomeread(scratch('scan.dcm'), 'Combine', [0, 1]), 'dicome:argument');
    assert(~isempty(strfind(message, '5 ''ImageTypeMR''')), '%s', message);
end

function test_prompt_shows_names_sizes_and_labels()
    request = dicome.internal.read_request(scratch('scan.dcm'), {'Order', 'Prompt'});
    shown = {'1  Column (8)', '2  Row (6)', '3  In-Stack Position Number (3): 1, 2, 3', ...
             '4  Temporal Position Index (4): 1, 2, 3, 4', '5  ImageTypeMR (2): M, P', ...
             '6  Effective Echo Time (2): 2.3, 4.6'};
    request = dicome.internal.answer_prompts(request, @(kind, lines) answer_if(isequal(lines, shown), lines));
    assert(isequal(request.order, 6:-1:1));
end

function numbers = answer_if(expected, lines)
    assert(expected, '%s', strjoin(lines, '; '));
    numbers = 6:-1:1;
end

function test_a_stopped_scan()
    lastwarn('', '');
    imag = dicomeread(scratch('cut.dcm'));
    [message, identifier] = lastwarn();
    assert(isequal(identifier, 'dicome:reading') && ~isempty(message));
    assert(isequal(size(imag), [8, 6, 3, 4]));
    missing = isnan(reshape(imag(1, 1, :, :), 3, 4));
    assert(isequal(missing, logical([0, 0, 0, 0; 0, 0, 0, 1; 0, 0, 0, 1])));
    [~, info] = dicomeread(scratch('cut.dcm'));
    assert(isequal(info.MatlabItems == 0, missing));
    assert(isequal(size(dicomeread(scratch('cut.dcm'), 'Incomplete', 'trim')), [8, 6, 3, 3]));
    raises(@() dicomeread(scratch('cut.dcm'), 'incomplete', 'error'), 'dicome:grid');
end

function test_files_folders_and_relative_paths()
    whole = dicomeread(scratch('scan.dcm'));
    before = cd(getenv('DICOME_SCRATCH'));
    back = onCleanup(@() cd(before)); %#ok<NASGU>
    assert(isequal(dicomeread('scan.dcm'), whole));
    assert(isequal(dicomeread('./scan.dcm'), whole));
    assert(isequal(dicomeread({'scan.dcm'}), whole));
    assert(isequal(dicomeread('a folder'), whole));
end

function test_what_is_not_there_or_no_dicom()
    message = raises(@() dicomeread(scratch('nothing.dcm')), 'dicome:fileMissing');
    assert(~isempty(strfind(message, scratch('nothing.dcm'))), '%s', message);
    raises(@() dicomeread(scratch('truth.mat')), 'dicome:notDicom');
end
