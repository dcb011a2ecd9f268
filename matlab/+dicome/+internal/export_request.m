function request = export_request(file_in, file_out, args)
    % EXPORT_REQUEST  What DICOME.EXPORT asks of Python, from its arguments
    %
    % INPUTS
    %   file_in, file_out  as in DICOME.EXPORT
    %   args               [cell] names, each followed by a value
    %
    % OUTPUTS
    %   request  [struct] .verb, .files [cell], .target, .cwd and one field for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    request = dicome.internal.read_request(file_in, {});
    request.verb = 'export';
    request.target = dicome.internal.plain_text(file_out);
    if ~ischar(request.target) || size(request.target, 1) ~= 1
        error('dicome:argument', 'file_out is a %s of size %s; expected the name of the file to write', ...
              class(request.target), mat2str(size(request.target)));
    end
    for k = 1:2:numel(args)
        [field, is_flag] = option(args{k});
        if k == numel(args)
            error('dicome:argument', 'option %s needs a value behind it', args{k});
        end
        value = dicome.internal.plain_text(args{k + 1});
        if is_flag
            value = dicome.internal.option_flag(args{k}, value);
        elseif isnumeric(value) || islogical(value)
            value = double(value);
        end
        request.(field) = value;
    end
end

function [field, is_flag] = option(given)
    known = {'Order', 'Combine', 'Scale', 'Split', 'Incomplete', 'Series', 'Version', 'Window', ...
             'FullInfo', 'V73', 'Compress', 'Sort', 'NoContrastColumns', 'Check', 'Force'};
    fields = {'order', 'combine', 'scale', 'split', 'incomplete', 'series', 'version', 'window', ...
              'full_info', 'v73', 'compress', 'sort', 'no_contrast_columns', 'check', 'force'};
    found = dicome.internal.option_number(given, known);
    field = fields{found};
    is_flag = found >= 9;
end
