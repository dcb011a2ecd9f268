"""Directories that a header asks for: only existing ones below allowed roots, and no way out by links or '..'."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicome.files.destination import find_location


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "g5" / "kirby"
    (path / "scan 1").mkdir(parents=True)
    (path / "scan").mkdir()
    (tmp_path / "g5" / "secret").mkdir()
    return path


@pytest.mark.parametrize("text", ["", "no mark", "#-/g5", "# - #/g5"])
def test_a_text_without_the_mark_asks_for_nothing(text: str, root: Path) -> None:
    assert find_location(text, [root]) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#-#{root}/scan", "scan"),
        ("seen by Dr. Who #-#{root}/scan", "scan"),
        ("#-#{root}/scan \r\nsecond line", "scan"),
        ("#-#{root}/scan 1", "scan 1"),
        ("#-#{root}/scan of the knee", "scan"),
        ("#-#{root}", "."),
        ("#-#{root}/./scan/", "scan"),
    ],
)
def test_the_directory_is_what_follows(text: str, name: str, root: Path) -> None:
    found = find_location(text.format(root=root), [root])
    assert found is not None
    assert found.path == (root / name).resolve()
    assert found.problem == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("#-#", "no directory behind"),
        ("#-#\n{root}/scan", "no directory behind"),
        ("#-#\u00a0", "no directory behind"),
        ("#-# \x1f", "no directory behind"),
        ("#-#'\u3000'", "no directory behind"),
        ("#-#scan", "no absolute path"),
        ("#-#{root}/../secret", "holds '..'"),
        ("#-#{root}/scan/../../secret", "holds '..'"),
        ("#-#{root}\x1b/scan", "no name of a directory"),
        ("#-#{root}/\u202enacs", "no name of a directory"),
        ("#-#/" + "a" * 2000, "no name of a directory"),
        ("#-#{root}/missing", "no such directory"),
        ("#-#{root}/../secret/missing", "holds '..'"),
        ("#-#/etc", "not below an allowed directory"),
        ("#-#/no/such/place", "not below an allowed directory"),
        ("#-#{root}by/scan", "not below an allowed directory"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, problem: str, root: Path) -> None:
    found = find_location(text.format(root=root), [root])
    assert found is not None
    assert found.path is None
    assert problem in found.problem


def test_nothing_is_allowed_by_default(root: Path) -> None:
    found = find_location(f"#-#{root}/scan", [])
    assert found is not None
    assert found.path is None
    assert "dicome config allow" in found.problem


def test_links_out_of_the_root_are_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "way-out").symlink_to(tmp_path / "g5" / "secret")
    (root / "within").symlink_to(root / "scan")
    out, within = (find_location(f"#-#{root}/{name}", [root]) for name in ("way-out", "within"))
    assert out is not None
    assert out.path is None
    assert within is not None
    assert within.path == (root / "scan").resolve()


def test_a_root_that_is_a_link_counts_for_where_it_leads(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    found = find_location(f"#-#{tmp_path}/link/scan", [tmp_path / "link"])
    assert found is not None
    assert found.path == (root / "scan").resolve()


def test_a_file_is_no_directory(root: Path) -> None:
    (root / "file").write_text("")
    found = find_location(f"#-#{root}/file", [root], make_last=True)
    assert found is not None
    assert found.path is None


def test_only_the_last_part_is_made_and_only_where_asked(root: Path) -> None:
    assert find_location(f"#-#{root}/new/deep", [root], make_last=True).path is None  # type: ignore[union-attr]
    assert not (root / "new").exists()
    found = find_location(f"#-#{root}/new and a sentence", [root], make_last=True)
    assert found is not None
    assert found.path == (root / "new").resolve()
    assert (root / "new").is_dir()


def test_nothing_is_made_behind_a_link(root: Path, tmp_path: Path) -> None:
    (root / "way-out").symlink_to(tmp_path / "g5" / "secret")
    found = find_location(f"#-#{root}/way-out/new", [root], make_last=True)
    assert found is not None
    assert found.path is None
    assert not (tmp_path / "g5" / "secret" / "new").exists()


def test_a_directory_that_cannot_be_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    found = find_location(f"#-#{root}/scan", [root])
    assert found is not None
    assert found.path is None
    assert "writable" in found.problem
