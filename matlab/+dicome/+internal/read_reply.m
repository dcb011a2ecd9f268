function reply = read_reply(folder, python, output)
    % READ_REPLY  Read what Python has put into a folder; raise what it refused, pass on what it warned of
    %
    % INPUTS
    %   folder  [char] the folder of the request
    %   python  [char] path of the Python program, for messages
    %   output  [char] what Python printed
    %
    % OUTPUTS
    %   reply  [struct] the reply; .numbers [struct] where there are arrays, .numbers.imag the image
    %
    % ERRORS
    %   dicome:<kind>, dicome:protocol, dicome:packageMissing, dicome:bridge

    path = fullfile(folder, 'reply.json');
    if ~isfile(path)
        no_reply(python, output);
    end
    reply = jsondecode(fileread(path));
    expected = dicome.internal.protocol();
    if reply.protocol ~= expected
        error('dicome:protocol', ...
              ['the package dicome of %s speaks protocol %d, these .m files speak %d: they come from\n', ...
               'different versions. In a terminal, `dicome matlab` prints the folder that fits.'], ...
              python, reply.protocol, expected);
    end
    pass_on(dicome.internal.cell_of_text(reply.warnings));
    if ~reply.ok
        refuse(reply);
    end
    if isfile(fullfile(folder, 'numeric.mat'))
        reply.numbers = load(fullfile(folder, 'numeric.mat'));
    end
    if isfield(reply, 'raw')
        reply.numbers.imag = dicome.internal.read_raw(fullfile(folder, 'image.raw'), reply.raw);
    end
end

function pass_on(said)
    before = warning('query', 'backtrace');
    restore = onCleanup(@() warning(before.state, 'backtrace'));
    warning('off', 'backtrace');  % the lines of these files would tell nobody anything
    for k = 1:numel(said)
        warning('dicome:reading', '%s', said{k});
    end
end

function refuse(reply)
    message = reply.message;
    if ~isempty(reply.details)
        if isempty(getenv('DICOME_DEBUG'))
            message = sprintf('%s\n(setenv(''DICOME_DEBUG'', ''1'') shows where)', message);
        else
            message = sprintf('%s\n%s', message, reply.details);
        end
    end
    error(['dicome:' reply.kind], '%s', message);
end

function no_reply(python, output)
    output = strtrim(output);
    if ~isempty(regexp(output, 'No module named ''?dicome', 'once'))
        error('dicome:packageMissing', ...
              ['%s lacks the package dicome. In a terminal, type\n', ...
               '    "%s" -m pip install dicome\n', ...
               'or choose another Python here: dicome.setup(''/path/to/python3'')'], python, python);
    end
    if isempty(output)
        output = 'it was stopped from outside, ran out of memory, or is no Python';
    end
    error('dicome:bridge', 'Python (%s) gave no reply: %s', python, output);
end
