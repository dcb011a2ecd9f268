function request = card_request(file_in, args)
    % CARD_REQUEST  What DCMEXAMCARD asks of Python, from its arguments
    %
    % INPUTS
    %   file_in  as in DCMEXAMCARD
    %   args     [cell] names, each followed by a value
    %
    % OUTPUTS
    %   request  [struct] .verb, .files [cell], .cwd and one field for each option
    %
    % ERRORS
    %   dicome:argument, dicome:unknownOption

    request = dicome.internal.read_request(file_in, {});
    request.verb = 'examcard';
    text = 'the name of a file or folder';
    request = dicome.internal.named_options(request, args, {'Words', 'words', 'flag'
                                                            'Card', 'card', text
                                                            'ExtractTo', 'extract_to', text});
end
