function answered = worker(action, python, request)
    % WORKER  A Python process that stays, so that a second request costs milliseconds (Octave only)
    %
    % SIGNATURES
    %   answered = worker('ask', python, request)
    %   worker('abandon')
    %   worker('stop')
    %
    % INPUTS
    %   'ask'      has a request answered; starts the process first where none runs
    %   'abandon'  ends the process if it is still busy: after Ctrl-C nobody waits for its reply
    %   'stop'     ends the process
    %   python     [char] path of the Python program
    %   request    [char] path of the request file
    %
    % OUTPUTS
    %   answered  [logical] false where the process ended before it could take requests
    %
    % ERRORS
    %   dicome:bridge  the process ended while it worked

    persistent process guard busy
    answered = false;
    if isempty(busy)
        busy = false;
    end
    if strcmp(action, 'stop') || busy || (strcmp(action, 'ask') && ~is_fit(process, python))
        guard = [];  % ends the process, as does leaving Octave
        process = [];
    end
    busy = false;
    if ~strcmp(action, 'ask')
        return
    end
    busy = true;
    if isempty(process)
        process = dicome.internal.start_worker(python);
        guard = onCleanup(@() dicome.internal.stop_worker(process));
        if isempty(dicome.internal.worker_line(process))
            return
        end
    end
    fputs(process.in, [jsonencode(struct('id', 1, 'request', request)) newline()]);
    fflush(process.in);
    if isempty(dicome.internal.worker_line(process))
        error('dicome:bridge', ['Python (%s) ended while it worked on the request: it was stopped ', ...
                                'from outside, or ran out of memory'], python);
    end
    busy = false;
    answered = true;
end

function yes = is_fit(process, python)
    yes = ~isempty(process) && strcmp(process.python, python) && dicome.internal.is_running(process);
end
