% Read a scan: the array, what its dimensions are, and the header of one frame.

[imag, info] = dicomeread('scan.dcm');

for k = 1:numel(info.MatlabNames)
    fprintf('%5d  %s\n', size(imag, k), info.MatlabNames{k});
end

items = fieldnames(info.PerFrameFunctionalGroupsSequence);
number = info.MatlabItems(1);
frame = info.PerFrameFunctionalGroupsSequence.(items{number});
fprintf('the first frame of the array is item %d of the file, at\n', number);
disp(frame.PlanePositionSequence.Item_1.ImagePositionPatient.');
