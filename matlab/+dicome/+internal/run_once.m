function output = run_once(python, request)
    % RUN_ONCE  Start Python for one request and wait until it ends
    %
    % INPUTS
    %   python   [char] path of the Python program
    %   request  [char] path of the request file
    %
    % OUTPUTS
    %   output  [char] what Python printed: nothing, or why it did not get as far as a reply

    command = [quoted(python) ' -m dicome.bridge ' quoted(request)];
    if ispc()
        % cmd would take the first and the last quote away from a line that begins with one
        command = ['call ' command ' < NUL'];
    else
        command = [command ' < /dev/null'];
        if ~dicome.internal.is_octave()
            % MATLAB puts its own libraries before those of Python
            command = ['env -u LD_LIBRARY_PATH -u DYLD_LIBRARY_PATH ' command];
        end
    end
    [~, output] = system([command ' 2>&1']);
end

function text = quoted(text)
    if ispc()
        text = ['"' text '"'];
    else
        text = ['''' strrep(text, '''', '''\''''') ''''];
    end
end
