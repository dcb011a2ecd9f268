function request = convert_request(directory, args)
    % CONVERT_REQUEST  What DCMS2E asks of Python, from its arguments
    %
    % INPUTS
    %   directory  as in DCMS2E
    %   args       [cell] names, each followed by a value
    %
    % OUTPUTS
    %   request  [struct] .verb, .files [cell], .cwd and one field for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    request = dicome.internal.read_request(directory, {});
    request.verb = 'dcms2e';
    request = dicome.internal.named_options(request, args, {'Output', 'target', 'the name of a file'
                                                            'Par', 'par', 'the name of a file'
                                                            'Force', 'force', 'flag'});
end
