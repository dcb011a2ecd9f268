function request = answer_prompts(request, ask)
    % ANSWER_PROMPTS  Ask the user where Order or Combine is 'Prompt'
    %
    % INPUTS
    %   request  [struct] from read_request
    %   ask      [function_handle] numbers = ask(kind, lines): what the user says to 'order' or 'combine',
    %            [] to leave it as it is; lines [cell of char] describe the dimensions
    %
    % OUTPUTS
    %   request  [struct] with numbers in place of 'Prompt'
    %
    % ERRORS
    %   dicome:argument

    if strcmpi(request.order, 'Prompt')
        request.order = [];
        lines = dimension_lines(request);
        request.order = permutation(ask('order', lines), numel(lines));
    end
    if strcmpi(request.combine, 'Prompt')
        lines = dimension_lines(request);
        request.combine = flags(ask('combine', lines), numel(lines));
    end
end

function lines = dimension_lines(request)
    request.verb = 'dimensions';
    request.combine = [];
    reply = dicome.internal.call_python(request);
    lines = dicome.internal.cell_of_text(reply.lines);
end

function order = permutation(order, count)
    if ~isempty(order) && ~isequal(sort(reshape(order, 1, [])), 1:count)
        error('dicome:argument', 'the order given is %s; expected each of 1 to %d once', ...
              mat2str(order), count);
    end
end

function result = flags(numbers, count)
    if any(numbers < 2 | numbers > count)
        error('dicome:argument', ...
              ['the dimensions to combine are given as %s; expected numbers from 2 to %d: the first ', ...
               'has none to its left'], mat2str(numbers), count);
    end
    result = zeros(1, count);
    result(numbers) = 1;
end
