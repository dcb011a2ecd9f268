function file = dcms2e(directory, varargin)
    % DCMS2E  Classic files and PAR/REC of an fMRI scan to one Enhanced MR file
    %
    % Makes the file that the scanner would have sent, had the scan not more than 16,384 images. The folder
    % holds the classic files of the first dynamic, one per slice; PAR and REC file of the same scan (sorted
    % or not) have the name of the folder and lie beside it. The scan has several dynamics of one echo and
    % one type; anything else is refused with the reason.
    %
    % SIGNATURES
    %   file = DCMS2E(directory)
    %   file = DCMS2E(directory, 'Name', value, ...)
    %
    % INPUTS
    %   directory  [char] folder of the classic files of the first dynamic
    %   Names, in any sequence and in upper or lower case:
    %   Output     [char] file to write; without it directory.dcm
    %   Par        [char] the PAR file; without it directory.par
    %   Force      [logical] replace an existing file
    %
    % OUTPUTS
    %   file  [char] the file written
    %
    % ERRORS
    %   dicome:series         the files are not of one scan, or of one that cannot be converted
    %   dicome:damagedFile    the REC file is too short
    %   dicome:fileMissing    there is no such folder, PAR or REC file
    %   dicome:fileExists     a file would be overwritten
    %   dicome:argument, dicome:unknownOption
    %
    % EXAMPLE
    %   file = dcms2e('02_Resting');    % 02_Resting/, 02_Resting.par and .rec to 02_Resting.dcm
    %
    % See also DICOMEREAD, DCM2PAR

    if nargin < 1
        error('dicome:argument', 'dcms2e needs a folder: file = dcms2e(directory)');
    end
    reply = dicome.internal.call_python(dicome.internal.convert_request(directory, varargin));
    file = reply.files;
    if iscell(file)
        file = file{1};
    end
end
