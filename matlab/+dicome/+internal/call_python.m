function reply = call_python(request, python)
    % CALL_PYTHON  Put one request to the Python package and give its reply
    %
    % All that goes over lies in a private folder that vanishes when this function ends, however it ends.
    %
    % INPUTS
    %   request  [struct] .verb and what belongs to it, see dicome.bridge.protocol
    %   python   [char] path of the Python program; without it, the one in use
    %
    % OUTPUTS
    %   reply  [struct] the reply; .imag and .numbers where the verb gives arrays
    %
    % ERRORS
    %   dicome:<kind>  what Python refused, dicome:pythonMissing, dicome:packageMissing, dicome:bridge

    mode = dicome.internal.bridge_mode();
    if nargin < 2
        python = dicome.internal.find_python();
    else
        mode = 'system';
    end
    folder = dicome.internal.make_folder();
    cleaner = onCleanup(@() clean_up(folder, mode));
    request.protocol = dicome.internal.protocol();
    path = fullfile(folder, 'request.json');
    dicome.internal.write_text(path, jsonencode(request));
    output = '';
    switch mode
        case 'worker'
            if ~dicome.internal.worker('ask', python, path)
                output = dicome.internal.run_once(python, path);
            end
        case 'py'
            py.dicome.bridge.answer_one(path);
        otherwise
            output = dicome.internal.run_once(python, path);
    end
    reply = dicome.internal.read_reply(folder, python, output);
    if isfield(reply, 'numbers') && isfield(reply.numbers, 'imag')
        reply.imag = reply.numbers.imag;
    end
end

function clean_up(folder, mode)
    if strcmp(mode, 'worker')
        dicome.internal.worker('abandon');
    end
    dicome.internal.remove_folder(folder);
end
