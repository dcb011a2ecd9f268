function value = option_flag(name, value)
    % OPTION_FLAG  The value of an option that is true or false
    %
    % INPUTS
    %   name   [char] of the option, for the message
    %   value  what was given
    %
    % OUTPUTS
    %   value  [logical] scalar
    %
    % ERRORS
    %   dicome:argument

    if ~isscalar(value) || ~(islogical(value) || isnumeric(value))
        error('dicome:argument', 'option %s is a %s of size %s; expected true or false', ...
              name, class(value), mat2str(size(value)));
    end
    value = logical(value);
end
