function info = make_info(reply)
    % MAKE_INFO  The second output of DICOMEREAD, from the reply to a reading
    %
    % INPUTS
    %   reply  [struct] from call_python
    %
    % OUTPUTS
    %   info  [struct] see DICOMEREAD

    book = dicome.internal.make_book(reply);
    info = dicome.internal.build_struct(book, reply.header.root);
    info.MatlabNames = dicome.internal.cell_of_text(reply.names);
    info.MatlabIndexes = axis_labels(reply);
    info.MatlabItems = reply.numbers.items;
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
