% Dimensions in another order, and several made one.

imag = dicomeread('scan.dcm');
disp(size(imag));

% Echoes before dynamics, by number; names work as well.
[imag, info] = dicomeread('scan.dcm', 'Order', [1 2 3 5 4]);
disp(size(imag));
disp(info.MatlabNames);

% The last dimension merged into the one to its left.
[imag, info] = dicomeread('scan.dcm', 'Combine', [0 0 0 0 1]);
disp(size(imag));
disp(info.MatlabNames{end});
