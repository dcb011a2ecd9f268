function number = option_number(given, known)
    % OPTION_NUMBER  Which of the known options a name means, in upper or lower case
    %
    % INPUTS
    %   given  what stands where the name of an option is expected
    %   known  [cell] of char: the names
    %
    % OUTPUTS
    %   number  [double] place of the name in known
    %
    % ERRORS
    %   dicome:unknownOption, which lists them

    given = dicome.internal.plain_text(given);
    if ~ischar(given)
        error('dicome:unknownOption', 'found a %s where an option is expected: one of %s', ...
              class(given), strjoin(known, ', '));
    end
    number = find(strcmpi(given, known));
    if isempty(number)
        error('dicome:unknownOption', 'unknown option "%s"; use one of: %s', given, strjoin(known, ', '));
    end
end
