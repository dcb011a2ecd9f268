function book = make_book(reply)
    % MAKE_BOOK  The tables of a reply, ready to build structs from
    %
    % Structs come as tables, see pybackend/dicome/bridge/tables.py; here they become a book: .groups,
    % .fields, .values, .arrays [double], .pools [cell of numeric], .names, .texts [cell of char] and
    % .shared [cell], the values that data sets share.
    %
    % INPUTS
    %   reply  [struct] from call_python
    %
    % OUTPUTS
    %   book  [struct] for build_struct

    numbers = reply.numbers;
    book = struct();
    for name = {'groups', 'fields', 'values', 'arrays'}
        book.(name{1}) = double(numbers.(name{1}));
    end
    book.pools = {};
    while isfield(numbers, sprintf('pool%d', numel(book.pools) + 1))
        book.pools{end + 1} = numbers.(sprintf('pool%d', numel(book.pools) + 1));
    end
    book.names = dicome.internal.cell_of_text(reply.header.names);
    book.texts = dicome.internal.cell_of_text(reply.header.texts);
    book.shared = dicome.internal.shared_values(book);
end
