function remove_folder(folder)
    % REMOVE_FOLDER  Remove the folder of a request and the files that may lie in it
    %
    % Not rmdir(folder, 's'), which asks the user in Octave; not Octave's delete, for which [ ] in a path
    % is a pattern.

    names = {'request.json', 'reply.json', 'numeric.mat', 'image.raw'};
    for k = 1:numel(names)
        path = fullfile(folder, names{k});
        if isfile(path)
            if dicome.internal.is_octave()
                unlink(path);
            else
                delete(path);
            end
        end
    end
    if isfolder(folder)
        rmdir(folder);
    end
end
