function files = export(file_in, file_out, varargin)
    % EXPORT  Write a scan in another format
    %
    % SIGNATURES
    %   files = DICOME.EXPORT(file_in, file_out)
    %   files = DICOME.EXPORT(file_in, file_out, 'Name', value, ...)
    %
    % INPUTS
    %   file_in   [char|cell] a file, a folder of files of one series, or a cell array of such files
    %   file_out  [char] file to write; its suffix says the format: .mat, .h5, .nii, .nii.gz, .par, .png
    %   Names, in any sequence and in upper or lower case:
    %   Order       [double|cell] all dimensions in the wanted sequence, by number or by name
    %   Combine     [double] one 0 or 1 for each dimension, after Order: 1 combines it with its left neighbour
    %   Scale       [char] which values: 'fp', 'dv', 'rwv' or 'none', as in dicomeread
    %   Split       [char] name of a dimension: one file for each position of it
    %   Incomplete  [char] for a scan that was stopped: 'pad' (default), 'trim' or 'error'
    %   Series      [double|char] which one of a folder of several: its number, or the begin of its UID
    %   FullInfo    [logical] the header of every frame nested, item by item, as well (.mat)
    %   V73         [logical] MATLAB 7.3 (HDF5), whatever the size; Octave has info of it in s.__refs_.info
    %   Compress    [logical] smaller files, written slower
    %   Force       [logical] replace existing files
    %   Window      [char] grey values of a .png: 'percentiles' (default) or 'file'
    %   Of .par files only (the .rec file is written beside):
    %   Version            [char] 'V4.2' (default), 'V4.1', 'V4' or 'V3'
    %   Sort               [logical] slices within volumes (PAR to PAR; DICOM is always sorted)
    %   NoContrastColumns  [logical] without the columns of a contrast agent
    %   Check              [logical] read the pair back and compare it, before it gets its name
    %
    % OUTPUTS
    %   files  [1 x n cell] of char: the files written, file_out or the first of several in front
    %
    % ERRORS
    %   dicome:argument        an unknown suffix, or an option that does not fit the image or the format
    %   dicome:unknownOption   no such option
    %   dicome:fileExists      a file would be overwritten
    %   dicome:fileMissing, dicome:fileAccess   no such file or folder; no permission or no room
    %   and those of DICOMEREAD
    %
    % EXAMPLE
    %   files = dicome.export('scan.dcm', 'scan.mat');
    %   files = dicome.export('scan.dcm', 'scan.mat', 'Scale', 'none', 'Force', true);
    %
    % See also DICOMEREAD

    if nargin < 2
        error('dicome:argument', 'dicome.export needs two files: dicome.export(file_in, file_out)');
    end
    reply = dicome.internal.call_python(dicome.internal.export_request(file_in, file_out, varargin));
    files = dicome.internal.cell_of_text(reply.files);
end
