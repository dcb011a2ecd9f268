function found = on_path(name)
    % ON_PATH  Full path of a program, '' where there is none
    %
    % INPUTS
    %   name  [char] path of a program, or its name for a search along the PATH

    found = '';
    if any(name == '/') || any(name == filesep())
        folders = {''};
    else
        folders = strsplit(getenv('PATH'), pathsep());
    end
    endings = {''};
    if ispc()
        endings = {'', '.exe'};
    end
    for k = 1:numel(folders)
        for ending = endings
            path = fullfile(folders{k}, [name ending{1}]);
            if isfile(path)
                found = path;
                return
            end
        end
    end
end
