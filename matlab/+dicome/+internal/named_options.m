function request = named_options(request, args, known)
    % NAMED_OPTIONS  Options that are names with values, checked, as fields of a request
    %
    % INPUTS
    %   request  [struct] to add to
    %   args     [cell] names, each followed by a value
    %   known    [n x 3 cell] of char, a row for each option: its name (case does not matter), the field of
    %            the request, what its value is: 'flag', or words for a text such as 'the name of a file'
    %
    % OUTPUTS
    %   request  [struct] with one field more for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    for k = 1:2:numel(args)
        place = dicome.internal.option_number(args{k}, known(:, 1)');
        if k == numel(args)
            error('dicome:argument', 'option %s needs a value behind it', args{k});
        end
        value = dicome.internal.plain_text(args{k + 1});
        request.(known{place, 2}) = checked(args{k}, known{place, 3}, value);
    end
end

function value = checked(name, purpose, value)
    if strcmp(purpose, 'flag')
        value = dicome.internal.option_flag(name, value);
    elseif ~ischar(value) || size(value, 1) ~= 1
        error('dicome:argument', 'option %s is a %s of size %s; expected %s', ...
              name, class(value), mat2str(size(value)), purpose);
    end
end
