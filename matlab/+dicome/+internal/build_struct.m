function result = build_struct(book, row)
    % BUILD_STRUCT  Structs of a header, one for each data set of a group, field by field
    %
    % Fields with the same value in all data sets are filled at once; a column of numbers or of choices
    % becomes a column of cells; cell2struct turns the cells into structs without a loop over data sets.
    %
    % INPUTS
    %   book  [struct] the tables of a header, see make_book
    %   row   [double] of the group in book.groups
    %
    % OUTPUTS
    %   result  [m x 1 struct]

    count = book.groups(row, 1);
    fields = book.fields(book.groups(row, 2) + (0:book.groups(row, 3) - 1), :);
    cells = cell(count, size(fields, 1));
    same = fields(:, 2) == 1;
    if any(same)
        cells(:, same) = repmat(reshape(book.shared(fields(same, 3)), 1, []), count, 1);
    end
    for k = find(~same).'
        cells(:, k) = column(book, fields(k, :));
    end
    result = cell2struct(cells, book.names(fields(:, 1)), 2);
end

function cells = column(book, field)
    switch field(2)
        case 2  % numbers
            cells = number_cells(book, field(3));
        case 3  % choices
            distinct = book.shared(field(3) + (0:field(4) - 1));
            cells = distinct(dicome.internal.number_array(book, field(5)));
        case 4  % an item of a sequence
            cells = num2cell(dicome.internal.build_struct(book, field(3)));
        otherwise  % items of several shapes
            cells = {numbered_items(book, field)};
    end
    cells = cells(:);
end

function cells = number_cells(book, row)
    values = dicome.internal.number_array(book, row);
    if ndims(values) == 3
        cells = num2cell(values, [1, 2]);
    elseif size(values, 1) > 1
        cells = num2cell(values, 1);
    else
        cells = num2cell(values);
    end
end

function items = numbered_items(book, field)
    parts = field(3) + (0:field(4) - 1);
    numbers = field(5) + (0:field(4) - 1);
    cells = cell(0, 1);
    for k = 1:field(4)
        cells(book.shared{numbers(k)}) = num2cell(book.shared{parts(k)});
    end
    names = cellstr(reshape(sprintf('Item_%-15d', 1:numel(cells)), 20, []).');
    items = cell2struct(cells(:), names, 1);
end
