function process = start_worker(python)
    % START_WORKER  Start a Python that answers requests (Octave only)
    %
    % Its first line comes when it is ready; where it cannot start, it ends without one.
    %
    % INPUTS
    %   python  [char] path of the Python program
    %
    % OUTPUTS
    %   process  [struct] .in, .out [double] ends of its pipes, .pid [double], .python [char]

    [in, out, pid] = popen2(python, {'-m', 'dicome.bridge', '--worker'});
    process = struct('in', in, 'out', out, 'pid', pid, 'python', python);
end
