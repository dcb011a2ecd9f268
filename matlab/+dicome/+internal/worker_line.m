function line = worker_line(process)
    % WORKER_LINE  Wait for a line of a worker; '' when it has ended (Octave only)
    %
    % The pipe does not block (a blocking one would not let Ctrl-C through), so it is looked at again and
    % again: every half millisecond at first, seldomer later.
    %
    % INPUTS
    %   process  [struct] from start_worker

    line = '';
    started = tic();
    while isempty(line) || line(end) ~= newline()
        running = dicome.internal.is_running(process);  % asked first: its last words may follow
        fclear(process.out);
        piece = fgets(process.out);
        if ischar(piece)
            line = [line piece]; %#ok<AGROW>
        elseif ~running
            line = '';
            return
        else
            pause(min(0.005, 0.0005 + toc(started) / 50));
        end
    end
end
