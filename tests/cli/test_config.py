"""``dicome config``: shows, allows and disallows directories, and keeps what else the file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dicome.cli.main import main
from dicome.configuration import read_configuration, site_file, user_file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings" / "config.toml"
    monkeypatch.setenv("DICOME_CONFIG", str(path))
    return path


def test_nothing_is_allowed_by_default(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0
    said = capsys.readouterr().out
    assert f"{file}  (not there)" in said
    assert "no directory" in said
    assert not file.exists()


def test_allow_and_disallow(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data ä"
    data.mkdir()
    assert main(["config", "allow", str(data)]) == 0
    assert main(["config", "allow", str(data)]) == 0
    assert read_configuration().roots == (data,)
    capsys.readouterr()
    assert main(["config", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["locations"]["roots"] == [str(data)]
    assert main(["config", "disallow", str(data)]) == 0
    assert read_configuration().roots == ()


def test_comments_and_other_tables_stay(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    file.write_text("# mine\n[other]\nx = 1  # so\n")
    assert main(["config", "allow", str(tmp_path)]) == 0
    text = file.read_text()
    assert "# mine\n[other]\nx = 1  # so\n" in text
    assert read_configuration().roots == (tmp_path,)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["allow"], "takes a directory"),
        (["show", "/tmp"], "takes no directory"),
        (["allow", "/no/such/place"], "no such directory"),
        (["allow", "/"], "whole disk"),
        (["disallow", "/tmp"], "is not allowed in"),
    ],
)
def test_what_cannot_be_done(
    arguments: list[str], problem: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", *arguments]) == 1
    assert problem in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[locations", "not TOML"),
        ("[locations]\nroots = '/data'", "should be a list"),
        ("locations = 1", "should be a list"),
        ("[locations]\nroots = ['data']", "no absolute path"),
    ],
)
def test_a_file_that_is_not_as_it_should_be(
    text: str, problem: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.parent.mkdir()
    file.write_text(text)
    assert main(["config"]) == 1
    assert problem in capsys.readouterr().err
    assert file.read_text() == text


def test_path_is_that_of_the_platform_without_a_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DICOME_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_file().name == "config.toml"
    assert user_file().parent.name == "dicome"
    assert site_file() != user_file()
