function tests = test_examcard()
    % TEST_EXAMCARD  dcmexamcard: structs of the real engine, and every kind of value from a made-up one

    tests = localfunctions();
end

function test_a_series()
    info = dcmexamcard(scratch('XX_0003'));
    names = {'File', 'PDF_EXAM_PARS', 'COILSTATE', 'PDF_USED_PRESCAN_RESPONSES', ...
             'PDF_PRESCAN_COIL_PARS', 'NEW'};
    assert(isequal(fieldnames(info).', names));
    assert(isequal(info.File.series_number, 301));
    assert(isequal(info.PDF_EXAM_PARS.EX_GEO_fov, 130));
    assert(isequal(info.PDF_EXAM_PARS.EX_PROC_image_types, [2; 4; 4; 4]));
    assert(isequal(info.PDF_EXAM_PARS.IF_str_total_scan_time, '00:10.5'));
    assert(isequal(info.COILSTATE.coils.Item_2.part_number, '452213278105'));
    pair = info.PDF_USED_PRESCAN_RESPONSES.Item_2;
    assert(isequal(pair.RequestResponsePair_CoilSelectionRequest_CoilSelectionResponse_.response.channels, ...
                   uint8([1; 0])));
    assert(isempty(info.PDF_PRESCAN_COIL_PARS));
    assert(isequal(info.NEW, uint8([1; 2; 250])));
end

function test_words_of_the_study_beside()
    info = dcmexamcard(scratch('XX_0003'), 'WORDS', true);
    assert(isequal(info.PDF_EXAM_PARS.EX_ACQ_scan_mode, 'MS'));
    assert(isequal(info.PDF_EXAM_PARS.EX_PROC_image_types, {'MODULUS', 'NO', 'NO', 'NO'}));
    info = dcmexamcard(scratch('XX_0003'), 'Words', true, 'Card', scratch('some.ExamCard'));
    assert(isequal(info.PDF_EXAM_PARS.EX_ACQ_scan_mode, 'MS'));
end

function test_a_study_and_its_card()
    info = dcmexamcard(scratch('XX_0004'), 'ExtractTo', scratch('.'));
    assert(isfile(info.Extracted));
    assert(isequal(info.ExamCardBlob.scans.Item_1.state, 'Completed'));
    assert(isequal(info.Scans.Item_2.Name, 'T2'));
    again = dcmexamcard(info.Extracted);
    assert(isequal(again.Card.Release, '5.7.1.2'));
    assert(isequal(again.Scans, info.Scans));
    assert(isequal(again.Scans.Item_1.Parameters.EX_ACQ_flip_angle, 90));
    assert(isequal(again.Scans.Item_1.Sheet{8}, sprintf('Flip angle (deg) =\t\t90;')));
    delete(info.Extracted);
end

function test_damage_is_warned_of()
    lastwarn('');
    info = dcmexamcard(scratch('XX_0005'));
    assert(~isempty(strfind(lastwarn(), 'PDF_EXAM_PARS')), '%s', lastwarn());
    assert(isequal(info.PDF_EXAM_PARS.EX_GEO_fov, 130));
end

function test_every_kind_of_value()
    restore = use_fake(); %#ok<NASGU>
    info = dcmexamcard('a', 'words', 1, 'card', 'b', 'extractto', '/c');
    assert(~isempty(strfind(info.Request, 'words=True')), '%s', info.Request);
    assert(~isempty(strfind(info.Request, 'extract=PosixPath(''/c'')')), '%s', info.Request);
    assert(isequal(info.Outer.Inner.Three, [1; 2; 3]));
    assert(isequal(info.Outer.Inner.Bytes, uint8(7)));
    assert(isstruct(info.Outer.Empty));
    assert(isempty(fieldnames(info.Outer.Empty)));
    assert(isequal(info.Texts.Cell, {'a', '', 'b'}));
    assert(isequal(info.Texts.One, {'x'}));
    assert(iscell(info.Texts.None));
    assert(isempty(info.Texts.None));
    assert(isempty(info.Texts.Nothing));
    assert(strncmp(info.Texts.Text, 'J', 1));
end

function test_wrong_arguments()
    raises(@() dcmexamcard(), 'dicome:argument');
    raises(@() dcmexamcard(3), 'dicome:argument');
    raises(@() dcmexamcard({'a', 'b'}), 'dicome:argument');
    message = raises(@() dcmexamcard('a', 'Foo', 3), 'dicome:unknownOption');
    assert(~isempty(strfind(message, 'ExtractTo')), '%s', message);
    raises(@() dcmexamcard('a', 7, 3), 'dicome:unknownOption');
    raises(@() dcmexamcard('a', 'Words'), 'dicome:argument');
    raises(@() dcmexamcard('a', 'Words', 'yes'), 'dicome:argument');
    raises(@() dcmexamcard('a', 'Card', 3), 'dicome:argument');
    raises(@() dcmexamcard(scratch('nothing')), 'dicome:fileMissing');
    raises(@() dcmexamcard(scratch('XX_0003'), 'Card', scratch('XX_0003')), 'dicome:notDicom');
end
