function request = card_request(file_in, args)
    % CARD_REQUEST  What DCMEXAMCARD asks of Python, from its arguments
    %
    % INPUTS
    %   file_in  as in DCMEXAMCARD
    %   args     [cell] names, each followed by a value
    %
    % OUTPUTS
    %   request  [struct] .verb, .files [cell], .cwd and one field for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    request = dicome.internal.read_request(file_in, {});
    request.verb = 'examcard';
    for k = 1:2:numel(args)
        field = option(args{k});
        if k == numel(args)
            error('dicome:argument', 'option %s needs a value behind it', args{k});
        end
        request.(field) = checked(args{k}, field, dicome.internal.plain_text(args{k + 1}));
    end
end

function field = option(given)
    known = {'Words', 'Card', 'ExtractTo'};
    fields = {'words', 'card', 'extract_to'};
    found = dicome.internal.option_number(given, known);
    field = fields{found};
end

function value = checked(name, field, value)
    if strcmp(field, 'words')
        value = dicome.internal.option_flag(name, value);
    elseif ~ischar(value) || size(value, 1) ~= 1
        error('dicome:argument', 'option %s is a %s of size %s; expected the name of a file or folder', ...
              name, class(value), mat2str(size(value)));
    end
end
