function info = make_info(reply)
    % MAKE_INFO  The second output of DICOMEREAD, from the reply to a reading
    %
    % The header comes as tables, see pybackend/dicome/bridge/tables.py; here they become a book: .groups,
    % .fields, .values, .arrays [double], .pools [cell of numeric], .names, .texts [cell of char] and
    % .shared [cell], the values that data sets share.
    %
    % INPUTS
    %   reply  [struct] from call_python
    %
    % OUTPUTS
    %   info  [struct] see DICOMEREAD

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
    info = dicome.internal.build_struct(book, reply.header.root);
    info.MatlabNames = dicome.internal.cell_of_text(reply.names);
    info.MatlabIndexes = axis_labels(reply);
    info.MatlabItems = numbers.items;
    info.MatlabEvidence = dicome.internal.cell_of_text(reply.evidence);
    info.MatlabScale = reply.scale;
end

function labels = axis_labels(reply)
    texts = dicome.internal.cell_of_text(reply.labels);
    ends = cumsum(reshape(reply.label_counts, 1, []));
    starts = [1, ends + 1];
    labels = cell(1, numel(ends));
    for k = 1:numel(ends)
        labels{k} = texts(starts(k):ends(k));
    end
end
