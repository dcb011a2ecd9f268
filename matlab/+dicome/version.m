function versions = version()
    % VERSION  Show the versions of dicome and of its Python
    %
    % SIGNATURES
    %   DICOME.VERSION()
    %   versions = DICOME.VERSION()
    %
    % OUTPUTS
    %   versions  [struct] .dicome, .python [char] versions; .executable [char] path of the Python program;
    %             .protocol [double] number of the way in which the two talk to each other
    %
    % ERRORS
    %   dicome:pythonMissing, dicome:packageMissing   says what to type
    %
    % EXAMPLE
    %   dicome.version
    %
    % See also DICOMEREAD, DICOME.SETUP

    reply = dicome.internal.call_python(struct('verb', 'version'));
    versions = struct('dicome', reply.version, ...
                      'python', reply.python, ...
                      'executable', reply.executable, ...
                      'protocol', reply.protocol);
    if nargout < 1
        fprintf('dicome %s with Python %s: %s\n', versions.dicome, versions.python, versions.executable);
        clear versions;
    end
end
