"""A tour of dicome in one minute: `make demo`, or `make demo FILE=scan.dcm` with a file of your own.

Makes a test image (or takes yours), reads it back, says what its dimensions are, shows a part of the header, and writes
a .mat file and a picture into demo-output/. Where Octave is installed, reads it there as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import reduce
from pathlib import Path

import numpy as np

import dicome

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = Path("demo-output")

FIELDS = (
    "Manufacturer",
    "ManufacturerModelName",
    "SeriesDescription",
    "NumberOfFrames",
    "PerFrameFunctionalGroupsSequence.Item_1.FrameContentSequence.Item_1.DimensionIndexValues",
    "PerFrameFunctionalGroupsSequence.Item_1.MREchoSequence.Item_1.EffectiveEchoTime",
    "PerFrameFunctionalGroupsSequence.Item_1.PlanePositionSequence.Item_1.ImagePositionPatient",
    "PerFrameFunctionalGroupsSequence.Item_1.PrivatePerFrameSq.Item_1.MRScaleSlope",
)
"""What the excerpt of the header shows, where the file has it."""


def main(arguments: list[str]) -> int:
    OUTPUT.mkdir(exist_ok=True)
    try:
        path = Path(arguments[0]) if arguments else make_phantom()
        read(path)
        export(path)
    except dicome.DicomeError as error:
        print(f"dicome: {error}", file=sys.stderr)
        return 1
    return read_in_octave(path)


def make_phantom() -> Path:
    """An image as a Philips scanner writes it: its frames are not in the order of the array."""
    path = OUTPUT / "phantom.dcm"
    path.unlink(missing_ok=True)
    headline(f"dicome.write_phantom('{path}', ...)")
    dicome.write_phantom(path, slices=6, echoes=3, types=("M", "P"), dynamics=4)
    print(f"6 slices, 3 echoes, magnitude and phase, 4 dynamics: {path.stat().st_size / 1e6:.1f} MB")
    return path


def read(path: Path) -> None:
    headline(f"img, info = dicome.dicomeread('{path}')")
    img, info = dicome.dicomeread(path)
    for name, size in zip(info.MatlabNames, img.shape, strict=True):
        print(f"  {size:5d}  {name}")
    print(f"{img.dtype}, {img.nbytes / 1e6:.1f} MB, from {np.nanmin(img):.4g} to {np.nanmax(img):.4g}")

    headline("info")
    for name in FIELDS:
        value = field(info, name)
        if value is not None:
            print(f"info.{name} = {value}")

    headline("image = dicome.open(...)")
    image = dicome.open(path)
    for axis in image.axes:
        labels = axis.labels if len(axis) <= 8 else (*axis.labels[:6], "...", axis.labels[-1])
        print(f"{axis.name}: {', '.join(labels)} {axis.unit}".rstrip())
    print("what the order rests on:", *image.evidence, sep="\n  ")


def export(path: Path) -> None:
    headline("dicome.export(image, ...)")
    image = dicome.open(path)
    for suffix in (".mat", ".png"):
        print("wrote", *dicome.export(image, OUTPUT / f"{path.stem}{suffix}", force=True))


def read_in_octave(path: Path) -> int:
    """The same in Octave. Paths go by the environment, so that no character of theirs needs quoting."""
    headline("[imag, info] = dicomeread(file)   in Octave")
    octave = shutil.which("octave-cli")
    if octave is None:
        print("Octave is not installed. To see this part: sudo apt install octave")
        return 0
    code = """
        addpath (getenv ('DICOME_MATLAB'));
        [imag, info] = dicomeread (getenv ('DICOME_FILE'));
        for k = 1:ndims (imag)
            printf ('  %5d  %s\\n', size (imag, k), info.MatlabNames{k});
        end
        printf ('%s, from %.4g to %.4g\\n', class (imag), min (imag(:)), max (imag(:)));
    """
    paths = {"DICOME_MATLAB": str(ROOT / "matlab"), "DICOME_FILE": str(path), "DICOME_PYTHON": sys.executable}
    command = [octave, "--quiet", "--norc", "--no-history", "--eval", code]
    return subprocess.run(command, env={**os.environ, **paths}, check=False).returncode


def field(info: object, name: str) -> object:
    """The value of a dotted name in a header, or None."""
    try:
        return reduce(getattr, name.split("."), info)
    except AttributeError:
        return None


def headline(text: str) -> None:
    print(f"\n--- {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
