function values = shared_values(book)
    % SHARED_VALUES  The values of a header that several data sets share
    %
    % Each is made once. What a value is made of stands before it.
    %
    % INPUTS
    %   book  [struct] the tables of a header, see make_book
    %
    % OUTPUTS
    %   values  [cell] one for each row of book.values: [], char, numeric, cell of char or struct

    kinds = book.values(:, 1);
    places = book.values(:, 2);
    book.shared = cell(numel(kinds), 1);
    book.shared(kinds == 1) = book.texts(places(kinds == 1));
    for k = find(kinds == 2).'
        book.shared{k} = dicome.internal.number_array(book, places(k));
    end
    for k = find(kinds == 4).'
        book.shared{k} = reshape(book.texts(dicome.internal.number_array(book, places(k))), 1, []);
    end
    for k = find(kinds == 3).'
        book.shared{k} = dicome.internal.build_struct(book, places(k));
    end
    values = book.shared;
end
