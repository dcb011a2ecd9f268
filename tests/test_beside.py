"""Files that appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from dicome.beside import folder_beside, written_beside
from dicome.errors import DamagedFileError, FileAccessError, FileExistsAlreadyError, FileMissingError


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "out file.txt"
    with written_beside(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
        assert temporary.parent == tmp_path
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_when_it_does_not(stop: type[BaseException], tmp_path: Path) -> None:
    def write_half() -> None:
        with written_beside(tmp_path / "out") as temporary:
            temporary.write_text("half")
            raise stop

    with pytest.raises(stop):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_came_into_being_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def write() -> None:
        with written_beside(target) as temporary:
            temporary.write_text("ours")
            target.write_text("theirs")

    with pytest.raises(FileExistsAlreadyError, match="came into being"):
        write()
    assert target.read_text() == "theirs"


def test_a_full_disk_is_told_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with (
        pytest.raises(FileAccessError, match="needs 11 bytes, and 10 are free"),
        written_beside(tmp_path / "x", size=11),
    ):
        pytest.fail("the block must not run")


def test_an_error_of_the_system_names_the_target(tmp_path: Path) -> None:
    with (
        pytest.raises(FileAccessError, match=r"out: cannot be written: No space left"),
        written_beside(tmp_path / "out"),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(FileExistsAlreadyError, match="is a folder"), written_beside(tmp_path, force=True):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("number", [30, 13])
def test_a_refusal_names_the_target_and_no_temporary_file(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OSError(number, "Refused", str(tmp_path / ".out.x.part"))

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    for opened in (written_beside, folder_beside):
        with pytest.raises(FileAccessError, match="out: ") as caught, opened(tmp_path / "out"):
            pytest.fail("the block must not run")
        assert ".part" not in str(caught.value)


def test_no_permission_names_the_folder_however_the_target_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / ".out.x.part"))  # absolute, as tempfile has it

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    monkeypatch.chdir(tmp_path)
    for target in ("out", tmp_path / "out"):
        with (
            pytest.raises(FileAccessError, match=f"out: no permission to write in the folder {tmp_path}"),
            written_beside(target),
        ):
            pytest.fail("the block must not run")


def test_an_error_of_ours_passes_as_it_is(tmp_path: Path) -> None:
    for error in (FileMissingError("gone"), DamagedFileError("cut")):
        with pytest.raises(type(error), match=str(error)), written_beside(tmp_path / "out"):
            raise error


def test_a_folder_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "a folder"
    with folder_beside(target) as temporary:
        (temporary / "one").write_text("1")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["one"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    def write_half() -> None:
        with folder_beside(tmp_path / "out") as temporary:
            (temporary / "one").write_text("1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_added_to_only_when_asked(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "mine").write_text("mine")
    with pytest.raises(FileExistsAlreadyError, match="holds files already"), folder_beside(target):
        pytest.fail("the block must not run")
    with folder_beside(target, force=True) as temporary:
        (temporary / "one").write_text("1")
    assert sorted(path.name for path in target.iterdir()) == ["mine", "one"]
