function texts = cell_of_text(texts)
    % CELL_OF_TEXT  A list of strings, as jsondecode gives it, as a row of char

    if isempty(texts) && ~iscell(texts)
        texts = {};
    elseif ischar(texts)
        texts = {texts};
    end
    texts = reshape(texts, 1, []);
    blank = cellfun('isempty', texts);
    texts(blank) = {''};
end
