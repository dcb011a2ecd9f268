function request = read_request(file_in, args)
    % READ_REQUEST  What DICOMEREAD asks of Python, from its arguments
    %
    % INPUTS
    %   file_in  [char|cell] as in DICOMEREAD
    %   args     [cell] the further arguments of DICOMEREAD
    %
    % OUTPUTS
    %   request  [struct] .verb, .files [cell], .cwd and one field for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    options = dicome.internal.parse_options(args);
    request = struct('verb', 'read', 'cwd', pwd());
    request.files = file_list(dicome.internal.plain_text(file_in));
    for name = fieldnames(options).'
        request.(name{1}) = sendable(options.(name{1}));
    end
end

function value = sendable(value)
    % Octave's jsonencode refuses single numbers that are not whole
    if isnumeric(value) || islogical(value)
        value = double(value);
    end
end

function files = file_list(file_in)
    if ischar(file_in) && size(file_in, 1) == 1
        files = {file_in};
    elseif iscellstr(file_in) && ~isempty(file_in)
        files = file_in(:).';
    else
        error('dicome:argument', ...
              'file_in is a %s of size %s; expected a file name, a cell array of file names or a folder', ...
              class(file_in), mat2str(size(file_in)));
    end
end
