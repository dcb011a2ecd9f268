"""Names of their own for many files, whatever lies in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from dicome.files.naming import clash_key
from dicome.files.taken import Taken

BASE = PurePosixPath("P1/scan")


def test_numbers_go_up_and_round_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "P1").mkdir()
    (tmp_path / "P1" / "SCAN (2).NII").touch()
    taken = Taken(tmp_path, {clash_key("P1/scan (4)")})
    assert [taken.number(BASE, ".nii") for _ in range(3)] == [1, 3, 5]
    assert taken.number(PurePosixPath("P1/Scan"), ".nii") == 6


def test_what_comes_meanwhile_is_seen(tmp_path: Path) -> None:
    taken = Taken(tmp_path, set())
    path = tmp_path / "P1" / "scan.nii"
    assert not taken.is_in_the_way(path)
    path.parent.mkdir()
    path.touch()
    assert taken.is_in_the_way(path)
    assert not taken.is_in_the_way(path, [path])
    taken.add([tmp_path / "P1" / "Other.nii"])
    assert taken.is_in_the_way(tmp_path / "P1" / "other.NII")
    taken.remove([tmp_path / "P1" / "OTHER.nii"])
    assert not taken.is_in_the_way(tmp_path / "P1" / "other.NII")


def test_a_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 500 series of one name, the last would otherwise look through 499 names."""
    listed: list[Path] = []
    usual = Path.iterdir

    def watched(path: Path) -> Iterator[Path]:
        listed.append(path)
        return usual(path)

    monkeypatch.setattr(Path, "iterdir", watched)
    (tmp_path / "P1").mkdir()
    taken = Taken(tmp_path, set())
    assert [taken.number(BASE, ".nii") for _ in range(50)] == list(range(1, 51))
    assert listed == [tmp_path / "P1"]
