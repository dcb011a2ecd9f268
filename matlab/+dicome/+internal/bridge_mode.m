function mode = bridge_mode()
    % BRIDGE_MODE  Who answers requests: 'worker', 'system' or 'py'
    %
    % The environment variable DICOME_BRIDGE chooses. Without it: a worker process that stays in Octave
    % (not on Windows, which lacks waitpid), a Python started for each call elsewhere. MATLAB has no worker.
    %
    % ERRORS
    %   dicome:argument

    mode = lower(getenv('DICOME_BRIDGE'));
    if ~any(strcmp(mode, {'', 'worker', 'system', 'py'}))
        error('dicome:argument', ...
              'the environment variable DICOME_BRIDGE is "%s"; use one of: worker, system, py', mode);
    end
    if strcmp(mode, 'py') && dicome.internal.is_octave()
        error('dicome:argument', ...
              'the environment variable DICOME_BRIDGE is "py", which MATLAB alone has; use worker or system');
    end
    can_stay = dicome.internal.is_octave() && isunix();
    if isempty(mode) && can_stay
        mode = 'worker';
    elseif isempty(mode) || (strcmp(mode, 'worker') && ~can_stay)
        mode = 'system';
    end
end
