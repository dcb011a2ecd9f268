function message = raises(action, identifier)
    % RAISES  Carry an action out that must end in an error of this identifier; its message
    %
    % INPUTS
    %   action      [function_handle] without arguments
    %   identifier  [char] of the error

    try
        action();
    catch problem
        assert(strcmp(problem.identifier, identifier), 'expected %s, came [%s] %s', ...
               identifier, problem.identifier, problem.message);
        message = problem.message;
        return
    end
    error('test:noError', 'expected an error %s, came none', identifier);
end
