function restore = use_fake()
    % USE_FAKE  Have requests answered by fake_bridge.py until the output is cleared

    restore = set_variable('DICOME_PYTHON', getenv('DICOME_FAKE_PYTHON'));
end
