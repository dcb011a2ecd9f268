function values = number_array(book, row)
    % NUMBER_ARRAY  An array of a header: rows x data sets, or rows x columns x data sets
    %
    % INPUTS
    %   book  [struct] the tables of a header, see make_book
    %   row   [double] of the array in book.arrays

    place = book.arrays(row, :);
    values = book.pools{place(1)}(place(2) + (0:prod(place(3:5)) - 1));
    if place(4) == 1
        values = reshape(values, place(3), place(5));
    else
        values = reshape(values, place(3:5));
    end
end
