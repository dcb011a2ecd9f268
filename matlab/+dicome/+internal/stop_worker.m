function stop_worker(process)
    % STOP_WORKER  End a worker: by the end of its input, then by signals (Octave only)
    %
    % INPUTS
    %   process  [struct] from start_worker

    fclose(process.in);
    fclose(process.out);
    names = SIG();
    steps = {0.3, names.TERM; 1, names.KILL};
    for k = 1:size(steps, 1)
        started = tic();
        while toc(started) < steps{k, 1}
            if ~dicome.internal.is_running(process)
                return
            end
            pause(0.005);
        end
        kill(process.pid, steps{k, 2});
    end
    waitpid(process.pid);
end
