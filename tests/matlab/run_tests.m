function run_tests(name)
    % RUN_TESTS  Run the test functions of one file; the number of failures is the exit code
    %
    % INPUTS
    %   name  [char] of the file, without .m; its first function gives localfunctions()

    here = fileparts(mfilename('fullpath'));
    addpath(here, fullfile(here, '..', '..', 'matlab'));
    tests = feval(name);
    failures = 0;
    for k = 1:numel(tests)
        label = func2str(tests{k});
        if ~strncmp(label, 'test', 4)
            continue
        end
        try
            tests{k}();
            fprintf('ok %s\n', label);
        catch problem
            failures = failures + 1;
            fprintf('FAILED %s: [%s] %s\n', label, problem.identifier, problem.message);
            for frame = problem.stack(:).'
                fprintf('    %s:%d\n', frame.name, frame.line);
            end
        end
    end
    dicome.internal.worker('stop');
    exit(failures);
end
