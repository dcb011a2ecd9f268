function restore = set_variable(name, value)
    % SET_VARIABLE  Set an environment variable until the output is cleared

    before = getenv(name);
    setenv(name, value);
    restore = onCleanup(@() setenv(name, before));
end
