function request = convert_request(directory, args)
    % CONVERT_REQUEST  What DCMS2E asks of Python, from its arguments
    %
    % INPUTS
    %   directory  as in DCMS2E
    %   args       [cell] names, each followed by a value
    %
    % OUTPUTS
    %   request  [struct] .verb, .files [cell], .cwd and one field for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    request = dicome.internal.read_request(directory, {});
    request.verb = 'dcms2e';
    for k = 1:2:numel(args)
        field = option(args{k});
        if k == numel(args)
            error('dicome:argument', 'option %s needs a value behind it', args{k});
        end
        request.(field) = checked(args{k}, field, dicome.internal.plain_text(args{k + 1}));
    end
end

function field = option(given)
    known = {'Output', 'Par', 'Force'};
    fields = {'target', 'par', 'force'};
    given = dicome.internal.plain_text(given);
    if ~ischar(given)
        error('dicome:unknownOption', 'found a %s where an option is expected: one of %s', ...
              class(given), strjoin(known, ', '));
    end
    found = find(strcmpi(given, known));
    if isempty(found)
        error('dicome:unknownOption', 'unknown option "%s"; use one of: %s', given, strjoin(known, ', '));
    end
    field = fields{found};
end

function value = checked(name, field, value)
    if strcmp(field, 'force')
        if ~isscalar(value) || ~(islogical(value) || isnumeric(value))
            error('dicome:argument', 'option %s is a %s of size %s; expected true or false', ...
                  name, class(value), mat2str(size(value)));
        end
        value = logical(value);
    elseif ~ischar(value) || size(value, 1) ~= 1
        error('dicome:argument', 'option %s is a %s of size %s; expected the name of a file', ...
              name, class(value), mat2str(size(value)));
    end
end
