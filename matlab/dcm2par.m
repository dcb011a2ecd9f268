function files = dcm2par(file_in, varargin)
    % DCM2PAR  Write scans as Philips PAR/REC
    %
    % Writes enhanced MR files (or classic series, or PAR/REC of another version) as pairs of PAR and REC
    % file, character for character what the scanner writes wherever the file holds the fact.
    %
    % SIGNATURES
    %   files = DCM2PAR(file_in)
    %   files = DCM2PAR(file_in, 'Name', value, ...)
    %
    % INPUTS
    %   file_in  [char|cell] a file, the folder of a classic series, or a cell array of these: a pair of each
    %   Names, in any sequence and in upper or lower case:
    %   Version    [char] of the format: 'V4.2' (default), 'V4.1', 'V4' or 'V3'
    %   Folder     [char] where the pairs go; without it beside each input
    %   Check      [logical] read each pair back and compare it, before it gets its name
    %   Force      [logical] replace existing files
    %
    % OUTPUTS
    %   files  [1 x n cell] of char: the files written, PAR and REC of each input
    %
    % ERRORS
    %   dicome:unsupported    what a PAR file would say wrong: colour, frames its keys cannot tell apart, ...
    %   dicome:argument       an option that cannot be carried out
    %   dicome:unknownOption  no such option
    %   dicome:fileExists     a file would be overwritten
    %   and those of DICOMEREAD
    %
    % EXAMPLE
    %   files = dcm2par('scan.dcm', 'Version', 'V4.1');   % scan.PAR, scan.REC
    %
    % See also DICOMEREAD, DICOME.EXPORT

    if nargin < 1
        error('dicome:argument', 'dcm2par needs a file: dcm2par(file_in)');
    end
    inputs = dicome.internal.plain_text(file_in);
    if ~iscell(inputs)
        inputs = {inputs};
    end
    [folder, options] = without_folder(varargin);
    files = {};
    for k = 1:numel(inputs)
        written = dicome.export(inputs{k}, target_of(inputs{k}, folder), options{:});
        files = [files, written(:)']; %#ok<AGROW>
    end
end

function [folder, options] = without_folder(options)
    folder = '';
    names = {'Version', 'Folder', 'Check', 'Force'};
    for k = 1:2:numel(options)
        name = dicome.internal.plain_text(options{k});
        if ~ischar(name) || ~any(strcmpi(name, names))
            shown = name;
            if ~ischar(shown)
                shown = class(shown);
            end
            error('dicome:unknownOption', 'unknown option "%s"; use one of: %s', shown, strjoin(names, ', '));
        end
    end
    at = find(strcmpi('Folder', options(1:2:end)), 1);
    if isempty(at)
        return
    end
    if numel(options) < 2 * at
        error('dicome:argument', 'option %s needs a value behind it', options{2 * at - 1});
    end
    folder = dicome.internal.plain_text(options{2 * at});
    if ~ischar(folder) || size(folder, 1) ~= 1
        error('dicome:argument', 'option Folder is a %s of size %s; expected the name of a folder', ...
              class(folder), mat2str(size(folder)));
    end
    options(2 * at - 1:2 * at) = [];
end

function target = target_of(name, folder)
    name = dicome.internal.plain_text(name);
    if ~ischar(name) || isempty(name)
        error('dicome:argument', 'file_in is a %s; expected the name of a file or folder', class(name));
    end
    while numel(name) > 1 && any(name(end) == '/\')
        name(end) = [];
    end
    [where, stem, suffix] = fileparts(name);
    if ~isfolder(name) && strcmpi(suffix, '.gz')
        [~, stem, suffix] = fileparts(stem);
    end
    % A number is no suffix: the files of one study differ in it (0001.0301, MRe.1.2.840).
    if isfolder(name) || ~isempty(regexp(suffix, '^\.\d+$', 'once'))
        stem = [stem, suffix];
    end
    if ~isempty(folder)
        where = folder;
    end
    target = fullfile(where, [stem, '.PAR']);
end
