"""Damaged and hostile input: an error of ours that says where, or a result; nothing else, and nothing left behind."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pydicom
import pytest

import dicome
from dicome.multiframe.compare import compare
from dicome.phantom import write_phantom
from tests.multiframe.scan import make_scan

ROUNDS = 12


def hurt(content: bytes, chance: random.Random) -> bytes:
    """The bytes cut off, with a gap, or with some of them changed."""
    found = bytearray(content)
    kind = chance.random()
    if kind < 0.3:
        del found[chance.randrange(len(found)) :]
    elif kind < 0.5:
        at = chance.randrange(len(found))
        del found[at : at + chance.randrange(1, 40)]
    else:
        for _ in range(chance.choice([1, 1, 3, 10])):
            found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def survives(work: Callable[[], object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(dicome.DicomeError):
            work()


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_a_scan(seed: int, tmp_path: Path) -> None:
    scan = make_scan(tmp_path / "run", slices=2, dynamics=2, rows=6, columns=4)
    parts = [*sorted(scan.folder.iterdir()), scan.par, scan.rec]
    whole = {path: path.read_bytes() for path in parts}
    chance = random.Random(seed)
    out = tmp_path / "out.dcm"
    for _ in range(ROUNDS):
        part = chance.choice(parts)
        part.write_bytes(hurt(whole[part], chance))
        survives(lambda: dicome.dcms2e(scan.folder, out, force=True))
        survives(lambda: dicome.merge(scan.folder, out, force=True))
        survives(lambda: compare(parts[0], parts[1]))
        part.write_bytes(whole[part])
    assert {path.name for path in tmp_path.iterdir()} <= {"run", "run.par", "run.rec", "out.dcm"}


@pytest.mark.parametrize("seed", range(3))
def test_enhanced_files(seed: int, tmp_path: Path) -> None:
    path = write_phantom(tmp_path / "a.dcm", rows=6, columns=4, slices=2, dynamics=2).path
    whole, other = path.read_bytes(), path.with_name("b.dcm")
    other.write_bytes(whole)
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        path.write_bytes(hurt(whole, chance))
        survives(lambda: dicome.split(path, tmp_path / "out", every=True, force=True))
        survives(lambda: compare(path, other))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("announced", [2, 9])
def test_another_number_of_frames_than_items(announced: int, tmp_path: Path) -> None:
    path = write_phantom(tmp_path / "a.dcm", rows=6, columns=4, slices=4).path
    whole = pydicom.dcmread(path)
    whole.NumberOfFrames = announced
    whole.save_as(tmp_path / "b.dcm")
    for pair in ((path, tmp_path / "b.dcm"), (tmp_path / "b.dcm", path)):
        survives(lambda pair=pair: compare(*pair))  # type: ignore[misc]
    with pytest.raises(dicome.DicomeError):
        dicome.split(tmp_path / "b.dcm", tmp_path / "out", every=True)


def test_a_sequence_that_differs_between_files(tmp_path: Path) -> None:
    """Operating modes stand in the shared groups, of real scans always the same."""
    path = write_phantom(tmp_path / "a.dcm", rows=6, columns=4, slices=2).path
    first, _ = dicome.split(path, tmp_path / "classic")
    one = pydicom.dcmread(first)
    one[0x2005, 0x140F][0].OperatingModeSequence[1].OperatingMode = "IEC_FIRST_LEVEL"
    one.save_as(first)
    made = pydicom.dcmread(dicome.merge(tmp_path / "classic", tmp_path / "out.dcm"))
    modes = [
        frame.MRTimingAndRelatedParametersSequence[0].OperatingModeSequence[1].OperatingMode
        for frame in made.PerFrameFunctionalGroupsSequence
    ]
    assert modes == ["IEC_FIRST_LEVEL", "IEC_NORMAL"]


def test_numbers_that_are_none(tmp_path: Path) -> None:
    path = write_phantom(tmp_path / "a.dcm", rows=6, columns=4, slices=2).path
    whole = pydicom.dcmread(path)
    for frame in whole.PerFrameFunctionalGroupsSequence:
        frame.MREchoSequence[0].EffectiveEchoTime = float("nan")
    whole.save_as(path)
    files = dicome.split(path, tmp_path / "classic")
    assert len(files) == 2
