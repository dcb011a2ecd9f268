"""Read a scan: the array, what its dimensions are, and the header of one frame."""

import dicome

img, info = dicome.dicomeread("scan.dcm")

for name, size in zip(info.MatlabNames, img.shape, strict=True):
    print(f"{size:5d}  {name}")

number = info.MatlabItems.flat[0]
frame = info.PerFrameFunctionalGroupsSequence[f"Item_{number}"]
print("the first frame of the array is item", number, "of the file, at", frame.PlanePositionSequence.Item_1)
