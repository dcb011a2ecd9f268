"""One file to another place: what is left where the system refuses a step."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from dicome.moving.transfer import copy_to
from tests.moving.faults import Faults, injected

if TYPE_CHECKING:
    from pathlib import Path


def copied(folder: Path, faults: Faults) -> None:
    with injected(faults):
        copy_to(str(folder / "a"), str(folder / "b"), str(folder / ".part"), lambda _: None)


def refused(folder: Path, number: int) -> bool:
    """Whether the copy fails where that change of the disk is refused; then nothing may be left of it."""
    try:
        copied(folder, Faults(number, errno.EACCES))
    except PermissionError:
        assert [path.name for path in folder.iterdir()] == ["a"], f"change {number} was refused"
        return True
    (folder / "b").unlink()
    (folder / ".part").unlink(missing_ok=True)
    return False


def test_nothing_is_left_of_a_copy_wherever_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"image")
    counting = Faults()
    copied(tmp_path, counting)
    (tmp_path / "b").unlink()
    assert sum(refused(tmp_path, number) for number in range(counting.count)) >= 2


def test_a_name_that_is_taken_stays_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"image")
    (tmp_path / "b").write_bytes(b"another")
    with pytest.raises(FileExistsError):
        copied(tmp_path, Faults())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"image", "b": b"another"}
