function path = scratch(varargin)
    % SCRATCH  Path in the folder that the test run has for itself

    path = fullfile(getenv('DICOME_SCRATCH'), varargin{:});
end
