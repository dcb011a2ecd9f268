function pids = worker_pids()
    % WORKER_PIDS  Processes that this Octave has started and that still run

    pids = [];
    lists = glob(sprintf('/proc/%d/task/*/children', getpid()));
    for k = 1:numel(lists)
        found = sscanf(fileread(lists{k}), '%d').';
        for pid = found
            status = fileread(sprintf('/proc/%d/status', pid));
            if isempty(regexp(status, 'State:\s+Z', 'once'))
                pids(end + 1) = pid; %#ok<AGROW>
            end
        end
    end
end
