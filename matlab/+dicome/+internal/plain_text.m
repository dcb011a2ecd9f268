function value = plain_text(value)
    % PLAIN_TEXT  Strings of newer MATLAB as char, or as a cell array of char where there are several

    if isa(value, 'string')
        value = cellstr(value);
        if numel(value) == 1
            value = value{1};
        end
    end
end
