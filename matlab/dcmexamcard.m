function info = dcmexamcard(file_in, varargin)
    % DCMEXAMCARD  What is inside a Philips raw data file or ExamCard
    %
    % Raw data files (XX_0001, RAW.<uid>) hold what was set on the scanner, in blobs of parameters; that of a
    % study holds the ExamCard as scanned.
    %
    % SIGNATURES
    %   info = DCMEXAMCARD(file_in)
    %   info = DCMEXAMCARD(file_in, 'Name', value, ...)
    %
    % INPUTS
    %   file_in  [char] raw data file of a series or a study, or a .ExamCard file
    %   Names, in any sequence and in upper or lower case:
    %   Words      [logical] enums as their words where these are known, not as numbers (default false). The
    %              words come from the study's ExamCard beside the file
    %   Card       [char] another ExamCard or study file for the words
    %   ExtractTo  [char] folder into which the ExamCard of a study goes; never overwrites, numbers the name
    %
    % OUTPUTS
    %   info  [struct] blob -> parameter -> value
    %         .PDF_EXAM_PARS, .COILSTATE, ...  [struct] the blobs of a series: numbers double, in columns;
    %                     several texts as a cell; what is not understood as bytes (uint8); [] for empty
    %         .File       [struct] release, series, numbers and UIDs of a raw data file
    %         .ExamCardBlob  [struct] of a study: what was scanned
    %         .Card       [struct] of an ExamCard: what it says of itself
    %         .Scans      [struct] .Item_1, .Item_2, ...: each with .Name, .Method, .Parameters, .Sheet (the
    %                     lines of the protocol sheet as the console exports them), .Fields
    %         .Extracted  [char] the file that was written
    %
    % ERRORS
    %   dicome:fileMissing     there is no such file
    %   dicome:notDicom        it is no raw data file and no ExamCard
    %   dicome:damagedFile     nothing of it can be read; what can be read with a warning is given
    %   dicome:argument, dicome:unknownOption
    %
    % EXAMPLE
    %   info = dcmexamcard('XX_0003');
    %   angle = info.PDF_EXAM_PARS.EX_ACQ_flip_angle;
    %   info = dcmexamcard('XX_0004', 'ExtractTo', '.');
    %   fprintf('%s\n', info.Scans.Item_1.Sheet{:});
    %
    % See also DICOMEREAD

    if nargin < 1
        error('dicome:argument', 'dcmexamcard needs a file: info = dcmexamcard(file_in)');
    end
    reply = dicome.internal.call_python(dicome.internal.card_request(file_in, varargin));
    info = dicome.internal.build_struct(dicome.internal.make_book(reply), reply.header.root);
end
