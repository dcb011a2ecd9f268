function python = setup(python)
    % SETUP  Choose the Python that dicome uses, once
    %
    % Tries the Python out and remembers it for later sessions. The environment variable DICOME_PYTHON
    % goes before what is remembered.
    %
    % SIGNATURES
    %   DICOME.SETUP(python)
    %   python = DICOME.SETUP()
    %
    % INPUTS
    %   python  [char] path of the Python program that has the package dicome; '' forgets the choice.
    %           In a shell, `dicome matlab` prints the line to type
    %
    % OUTPUTS
    %   python  [char] path of the Python program in use
    %
    % ERRORS
    %   dicome:argument        python is no text
    %   dicome:pythonMissing   there is no such program
    %   dicome:packageMissing  it lacks the package dicome; the message says what to type
    %
    % EXAMPLE
    %   dicome.setup('/home/me/venv/bin/python')
    %
    % See also DICOMEREAD, DICOME.VERSION

    chosen = nargin > 0 && ~isempty(python);
    if chosen
        python = dicome.internal.plain_text(python);
        if ~ischar(python) || size(python, 1) ~= 1
            error('dicome:argument', 'python is a %s of size %s; expected the path of the Python program', ...
                  class(python), mat2str(size(python)));
        end
        python = dicome.internal.program_path(python, 'the argument of dicome.setup');
    else
        if nargin > 0 && ispref('dicome', 'python')
            rmpref('dicome', 'python');
        end
        python = dicome.internal.find_python();
    end
    reply = dicome.internal.call_python(struct('verb', 'version'), python);
    if chosen
        setpref('dicome', 'python', python);
    end
    if nargout < 1
        fprintf('dicome %s with Python %s: %s\n', reply.version, reply.python, python);
        clear python;
    end
end
