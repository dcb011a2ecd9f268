function numbers = ask_user(kind, lines)
    % ASK_USER  Let the user choose dimensions: in a dialog where there is a screen, else by typing
    %
    % INPUTS
    %   kind   [char] 'order': all dimensions in the wanted sequence; 'combine': those to combine with the
    %          one before
    %   lines  [cell of char] one for each dimension
    %
    % OUTPUTS
    %   numbers  [double] of dimensions; [] for no change
    %
    % ERRORS
    %   dicome:cancelled

    if has_dialogs()
        numbers = by_dialog(kind, lines);
    else
        numbers = by_typing(kind, lines);
    end
end

function yes = has_dialogs()
    if dicome.internal.is_octave()
        yes = have_window_system() && isguirunning();
    else
        yes = usejava('desktop');
    end
end

function numbers = by_dialog(kind, lines)
    if strcmp(kind, 'combine')
        numbers = 1 + choose('Which are combined with the one above?', lines(2:end), 'multiple');
        return
    end
    left = 1:numel(lines);
    numbers = [];
    while numel(left) > 1
        title = sprintf('Which is dimension %d?', numel(numbers) + 1);
        k = choose(title, lines(left), 'single');
        numbers(end + 1) = left(k); %#ok<AGROW>
        left(k) = [];
    end
    numbers = [numbers, left];
end

function chosen = choose(title, lines, mode)
    [chosen, accepted] = listdlg('Name', 'dicomeread', 'PromptString', title, 'ListString', lines, ...
                                 'SelectionMode', mode, 'ListSize', [480, 200]);
    if ~accepted
        error('dicome:cancelled', 'the choice of dimensions was cancelled');
    end
end

function numbers = by_typing(kind, lines)
    fprintf('%s\n', lines{:});
    if strcmp(kind, 'order')
        question = 'All numbers in the new order (Enter leaves it as it is): ';
    else
        question = 'Numbers of those to combine with the one above (Enter: none): ';
    end
    numbers = sscanf(regexprep(input(question, 's'), '[^0-9]+', ' '), '%d').';
end
