function report_scan(file, target)
    % REPORT_SCAN  Write down what dicomeread gives, one line for each value, for another program to compare
    %
    % A line is path, class, size and value, with tabs between them; numbers with 17 digits, text as the
    % numbers of its bytes.
    %
    % INPUTS
    %   file    [char] to read
    %   target  [char] to write

    [imag, info] = dicomeread(file);
    out = fopen(target, 'w');
    closer = onCleanup(@() fclose(out)); %#ok<NASGU>
    put(out, 'imag.class', class(imag));
    put(out, 'imag.size', size(imag));
    put(out, 'imag.mean', mean(double(imag(:))));
    put(out, 'info', info);
end

function put(out, path, value)
    if isstruct(value)
        for name = fieldnames(value).'
            put(out, [path '.' name{1}], value.(name{1}));
        end
    elseif iscell(value)
        for k = 1:numel(value)
            put(out, sprintf('%s.%d', path, k), value{k});
        end
    else
        shown = sprintf('%.17g ', double(value));
        fprintf(out, '%s\t%s\t%s\t%s\n', path, class(value), mat2str(size(value)), shown);
    end
end
