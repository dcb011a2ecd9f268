function [imag, info] = dicomeread(file_in, varargin)
    % DICOMEREAD  Read enhanced-MR DICOM with correct order and dimensions
    %
    % Reads the frames of an enhanced DICOM file (or of several files of one series) into one array
    % whose dimensions are those of the scan: slices, echoes, dynamics, b-values, ...
    %
    % SIGNATURES
    %   imag = DICOMEREAD(file_in)
    %   [imag, info] = DICOMEREAD(file_in)
    %   [...] = DICOMEREAD(file_in, 'Noscale')
    %   [...] = DICOMEREAD(file_in, 'Order', order)
    %   [...] = DICOMEREAD(file_in, 'Combine', flags)
    %   [...] = DICOMEREAD(file_in, 'Scale', scale)
    %   [...] = DICOMEREAD(file_in, 'Incomplete', what)
    %   [...] = DICOMEREAD(folder, 'Series', series)
    %   [...] = DICOMEREAD(file_in, 'Class', class)
    %   Options go together, in any sequence and in upper or lower case.
    %
    % INPUTS
    %   file_in  [char|cell] a file, a folder of files of one series, or a cell array of such files;
    %            or a PAR (or XML) file of Philips, the REC file beside it
    %   order    [double|cell|char] all dimensions in the wanted sequence, by number or by name;
    %            'Prompt' asks
    %   flags    [double|char] one 0 or 1 for each dimension: 1 combines it with the one to its left.
    %            Counted after Order; 'Prompt' asks
    %   scale    [char] which values: 'fp' floating-point values of the reconstruction (Philips),
    %            'dv' display values (rescale slope), 'rwv' real-world values, 'none' stored integers.
    %            Without it: fp where the scan has them, else dv
    %   what     [char] for a scan that was stopped: 'pad' fills with NaN (default), 'trim' drops the
    %            incomplete position, 'error' refuses
    %   series   [double|char] which one of a folder of several series: its Series Number, or the begin
    %            of its Series Instance UID; without it, an error lists them
    %   class    [char] 'single' (default) or 'double'
    %   'Noscale' keeps the stored integers and their class, as 'Scale', 'none' does
    %
    % OUTPUTS
    %   imag  [numeric] rows x columns [x samples] x the dimensions in info.MatlabNames
    %   info  [struct] the header as dicominfo gives it, and
    %         .MatlabNames     [1 x n cell] names of the dimensions of imag; the first are Column and Row
    %         .MatlabIndexes   [1 x m cell] labels along each dimension, without Column and Row
    %         .MatlabItems     [double] number of the frame at each position, 0 where it is missing:
    %                          the k of PerFrameFunctionalGroupsSequence.Item_k
    %         .MatlabEvidence  [1 x k cell] what the order of the frames rests on
    %         .MatlabScale     [char] which values imag holds: 'fp', 'dv', 'rwv' or 'pv' (stored)
    %   With one output the header is not read, which is faster.
    %
    % ERRORS
    %   dicome:fileMissing     there is no such file
    %   dicome:notDicom        the file is no DICOM file, or one without images
    %   dicome:damagedFile     the file contradicts itself
    %   dicome:unsupported     DICOM that dicome does not read; dicome:missingCodec if a package helps
    %   dicome:grid            the frames make no array without losing one
    %   dicome:series          the files do not belong together, or the folder holds several series
    %   dicome:argument        an option that does not fit the image
    %   dicome:unknownOption   no such option
    %   dicome:pythonMissing, dicome:packageMissing   says what to type
    %
    % EXAMPLE
    %   [imag, info] = dicomeread('scan.dcm');
    %   items = fieldnames(info.PerFrameFunctionalGroupsSequence);
    %   % header of slice 9, echo 2, dynamic 7
    %   h = info.PerFrameFunctionalGroupsSequence.(items{info.MatlabItems(9, 2, 7)});
    %
    % See also DICOME.SETUP, DICOME.VERSION

    if nargin < 1
        error('dicome:argument', 'dicomeread needs a file: [imag, info] = dicomeread(file_in)');
    end
    request = dicome.internal.read_request(file_in, varargin);
    request = dicome.internal.answer_prompts(request, @dicome.internal.ask_user);
    request.header = nargout > 1;
    reply = dicome.internal.call_python(request);
    imag = reply.imag;
    if request.header
        info = dicome.internal.make_info(reply);
    end
end
