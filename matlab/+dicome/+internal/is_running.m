function yes = is_running(process)
    % IS_RUNNING  Whether a worker still runs; one that has ended is laid to rest (Octave only)
    %
    % INPUTS
    %   process  [struct] from start_worker

    yes = waitpid(process.pid, WNOHANG()) == 0;
end
