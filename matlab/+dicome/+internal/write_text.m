function write_text(path, text)
    % WRITE_TEXT  Write text as UTF-8
    %
    % ERRORS
    %   dicome:system

    if dicome.internal.is_octave()
        bytes = uint8(text);
    else
        bytes = unicode2native(text, 'UTF-8');
    end
    file = fopen(path, 'w');
    if file < 0
        error('dicome:system', 'cannot write %s', path);
    end
    closer = onCleanup(@() fclose(file));
    if fwrite(file, bytes, 'uint8') < numel(bytes)
        error('dicome:system', 'cannot write %s: the disk may be full', path);
    end
end
