"""Take a part of a large scan: only the frames in it are read."""

import dicome

image = dicome.open("scan.dcm")
axis = image.names.index("Effective Echo Time")

key: list[slice | int] = [slice(None)] * len(image.shape)
key[axis] = 0
first_echo = image[tuple(key)]
print(f"{image.names} {image.shape}: the first echo alone is {first_echo.shape}, {first_echo.nbytes / 1e6:.2f} MB")
