"""Renaming by tags: all or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicome.errors import ColumnError, FileAccessError, FileExistsAlreadyError
from dicome.files.place import move
from dicome.inspect.rename import plan_rename, rename
from dicome.inspect.tags import Wanted, parse_tags
from tests.inspect.making import classic

TAGS: list[Wanted] = [one for one in parse_tags("SeriesNumber:InstanceNumber") if one is not None]


def files(folder: Path, *numbers: int) -> list[Path]:
    return [classic(folder / f"IM_{n:04}", {0x00200013: str(n), 0x00080018: f"1.2.{n}"}) for n in numbers]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_values_joined(tmp_path: Path) -> None:
    rename(plan_rename(files(tmp_path, 1, 2, 3), TAGS))
    assert names(tmp_path) == {"301_1.dcm", "301_2.dcm", "301_3.dcm"}


def test_hostile_values_stay_in_the_folder(tmp_path: Path) -> None:
    path = classic(tmp_path / "a", {0x0008103E: "../../etc/pass\x1bwd"})
    (target,) = plan_rename([path], [one for one in parse_tags("SeriesDescription") if one]).values()
    assert target.parent == tmp_path
    assert target.name.isprintable()
    assert "/" not in target.name


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_tag_stops_all(tmp_path: Path, value: str | None) -> None:
    paths = [*files(tmp_path, 1, 2), classic(tmp_path / "IM_0003", {0x00200013: value})]
    with pytest.raises(ColumnError, match=r"InstanceNumber.*nothing was renamed"):
        plan_rename(paths, TAGS)


def test_equal_names_stop_all(tmp_path: Path) -> None:
    paths = [*files(tmp_path, 1), classic(tmp_path / "copy", {0x00200013: "1"})]
    with pytest.raises(FileExistsAlreadyError, match=r"IM_0001 and .*copy would both be called 301_1.dcm"):
        plan_rename(paths, TAGS)


def test_a_name_that_another_file_has(tmp_path: Path) -> None:
    (tmp_path / "301_1.dcm").write_text("mine")
    with pytest.raises(FileExistsAlreadyError, match=r"301_1.dcm: exists already"):
        plan_rename(files(tmp_path, 1), TAGS)


def test_names_that_change_places(tmp_path: Path) -> None:
    one = classic(tmp_path / "301_1.dcm", {0x00200013: "2"})
    two = classic(tmp_path / "301_2.dcm", {0x00200013: "3"})
    three = classic(tmp_path / "301_3.dcm", {0x00200013: "1"})
    content = {path: path.read_bytes() for path in (one, two, three)}
    rename(plan_rename([one, two, three], TAGS))
    assert names(tmp_path) == {"301_1.dcm", "301_2.dcm", "301_3.dcm"}
    assert [two.read_bytes(), three.read_bytes(), one.read_bytes()] == [content[one], content[two], content[three]]


@pytest.mark.parametrize("problem", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_all_are_put_back(tmp_path: Path, problem: BaseException, fails_at: int) -> None:
    paths = files(tmp_path, 1, 2, 3)
    before = {path: path.read_bytes() for path in paths}
    calls = 0

    def failing(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise problem
        move(source, target)

    with pytest.raises(type(problem)):
        rename(plan_rename(paths, TAGS), failing)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_cannot_be_put_back_is_named(tmp_path: Path) -> None:
    paths = files(tmp_path, 1, 2)

    def failing(source: Path, target: Path) -> None:
        if source != paths[0]:
            raise OSError("gone")
        move(source, target)

    with pytest.raises(FileAccessError, match=r"301_1.dcm \(was .*IM_0001\)"):
        rename(plan_rename(paths, TAGS), failing)


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    paths = files(tmp_path, 1, 2)
    plan = plan_rename(paths, TAGS)
    (tmp_path / "301_2.dcm").write_text("mine")
    with pytest.raises(FileExistsAlreadyError):
        rename(plan)
    assert names(tmp_path) == {"IM_0001", "IM_0002", "301_2.dcm"}
    assert (tmp_path / "301_2.dcm").read_text() == "mine"
