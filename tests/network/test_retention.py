"""What is deleted, what never is, and clocks that jump."""

from __future__ import annotations

import shutil
import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicome.cli.main import main
from dicome.network.config import Retention
from dicome.network.nights import HOLD, Nights
from dicome.network.recovery import recover
from dicome.network.retention import DAY, clean, delete, expired
from dicome.network.state import State, Study
from tests.network.test_sending import sent_to
from tests.support.servers import Lines, config, mr_file, running, stored, wait_for

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

NOW = 1_700_000_000.0


def study(uid: str, days: float, *, state: str = "settled", pinned: bool = False, size: int = 100) -> Study:
    return Study(uid, state, NOW - days * DAY, NOW - days * DAY, pinned, 1, size)


STUDIES = [
    study("old", 31),
    study("arriving", 40, state="arriving"),
    study("unrouted", 40, state="complete"),
    study("pinned", 40, pinned=True),
    study("new", 29),
    study("newest", 1),
]


def names(retention: Retention, free: int = 1 << 40) -> list[str]:
    return [one.study.uid for one in expired(STUDIES, retention, NOW, free)]


def test_only_old_settled_unpinned_studies_go() -> None:
    assert names(Retention(30 * DAY)) == ["old"]
    assert names(Retention(None)) == []
    assert names(Retention(0.5 * DAY)) == ["old", "new", "newest"]


def test_the_oldest_make_room_when_space_is_short() -> None:
    assert names(Retention(None, keep_free=1000), free=1000) == []
    assert names(Retention(None, keep_free=1000), free=950) == ["old"]
    assert names(Retention(None, keep_free=1000), free=850) == ["old", "new"]
    assert names(Retention(30 * DAY, keep_free=1000), free=0) == ["old", "new", "newest"]


def test_a_clock_that_runs_back_deletes_nothing() -> None:
    assert expired(STUDIES, Retention(DAY), NOW - 100 * DAY, 1 << 40) == []


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_nights_are_kept_once() -> None:
    nights = Nights((2, 30), None, at("2024-05-01 03:00"), lambda _: None)
    assert not nights.due(at("2024-05-01 23:59"))
    assert not nights.due(at("2024-05-02 02:29"))
    assert nights.due(at("2024-05-02 02:30"))
    assert nights.due(at("2024-05-02 09:00"))  # the server was off at night
    nights.cleaned(at("2024-05-02 09:00"))
    assert not nights.due(at("2024-05-02 23:00"))
    assert nights.due(at("2024-05-03 02:31"))


@pytest.mark.parametrize("jump", [400 * DAY, -400 * DAY, 2 * 3600.0])
def test_a_jump_of_the_clock_holds_deletions_for_a_day(jump: float) -> None:
    doubts: list[str] = []
    nights = Nights((2, 30), NOW, NOW, doubts.append)
    assert nights.trusts(NOW, 0.0)
    assert nights.trusts(NOW + 60, 60.0)
    assert not nights.trusts(NOW + 120 + jump, 120.0)
    assert not nights.trusts(NOW + 180 + jump, 180.0)
    assert "the clock jumped by" in doubts[0]
    steady = 120.0 + HOLD
    assert nights.trusts(NOW + steady + jump, steady)


@pytest.mark.parametrize(("gap", "trusted"), [(3600.0, True), (2 * DAY, True), (40 * DAY, False), (-DAY, False)])
def test_a_clock_that_is_far_off_at_the_start_must_prove_itself(gap: float, trusted: bool) -> None:
    doubts: list[str] = []
    assert Nights((2, 30), NOW, NOW, doubts.append).trusts(NOW + gap, 0.0) is trusted
    told = {40 * DAY: "the clock is 960 h ahead of the last sign of life", -DAY: "the clock is 24 h behind the last"}
    assert [told.get(gap, "-") in doubt for doubt in doubts] == ([] if trusted else [True])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[Path, State]]:
    """A store with the studies 1.1, 1.2 and 1.3 of 31 days ago, settled."""
    root = tmp_path / "store"
    with running(config(root)) as server:
        files = [mr_file(tmp_path / f"{n}.dcm", f"1.{n}.1", f"1.{n}") for n in (1, 2, 3)]
        sent_to(server.ports[0].port, files)
        wait_for(lambda: len(server.state.studies("settled")) == 3)
    age(root, 31)
    state = State(root)
    yield root, state
    state.close()


def age(root: Path, days: float) -> None:
    """Time passes, for a store."""
    base = sqlite3.connect(root / ".dicome/state.sqlite")
    base.execute("UPDATE studies SET last = last - ?, first = first - ?", (days * DAY, days * DAY))
    base.execute("UPDATE meta SET value = value - ? WHERE key = 'cleaned'", (2 * DAY,))
    base.commit()
    base.close()


def test_deleting_leaves_no_trace_and_spares_what_changed(store: tuple[Path, State]) -> None:
    root, state = store
    one, two, three = state.studies()
    state.pin(two.uid, True)
    (root / "1.3/MR.1.3.1").touch()
    with state.transaction() as base:
        base.execute("UPDATE studies SET state = 'arriving' WHERE uid = '1.3'")
    assert [delete(root, state, each) for each in (one, two, three)] == [True, False, False]
    assert [path.parent.name for path in stored(root)] == ["1.2", "1.3"]
    assert list((root / ".dicome/trash").iterdir()) == []
    assert [each.uid for each in state.studies()] == ["1.2", "1.3"]


def test_a_folder_that_is_a_link_is_not_followed(store: tuple[Path, State], tmp_path: Path) -> None:
    root, state = store
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis").touch()
    shutil.rmtree(root / "1.1")
    (root / "1.1").symlink_to(precious)
    clean(root, state, Retention(30 * DAY), time.time())
    assert (precious / "thesis").exists()


def test_one_that_cannot_be_deleted_keeps_no_other(
    store: tuple[Path, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, state = store
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "1.1":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    lines = Lines()
    with running(config(root, retention=Retention(30 * DAY)), lines):
        wait_for(lambda: len(lines.events("deleted")) == 2)
    assert [(line["study"], line["reason"]) for line in lines.events("not deleted")] == [("1.1", "Permission denied")]
    assert [path.parent.name for path in stored(root)] == ["1.1"]
    assert [one.uid for one in state.studies()] == ["1.1"]
    assert main(["clean", "--config", str(write_config(tmp_path / "server.toml", root))]) == 1
    printed = capsys.readouterr()
    assert f"{root / '1.1'}: cannot be deleted: Permission denied" in printed.err
    assert "0 studies deleted" in printed.out


def test_a_folder_that_cannot_be_looked_into_stops_no_start_and_forgets_nothing(
    store: tuple[Path, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, state = store
    (root / "lost+found").mkdir()
    iterdir = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path.name in ("lost+found", "1.1"):
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    (root / "1.3" / "MR.1.3.1").unlink()
    assert recover(root, state) == {"half": 0, "found": 0, "gone": 1}
    assert [one.uid for one in state.studies()] == ["1.1", "1.2"]


def test_the_server_deletes_at_night(store: tuple[Path, State]) -> None:
    root, state = store
    state.pin("1.2", True)
    with running(config(root, retention=Retention(30 * DAY))) as server:
        wait_for(lambda: len(stored(root)) == 1)
        assert [one.uid for one in server.state.studies()] == ["1.2"]


def write_config(path: Path, root: Path) -> Path:
    listener = '[listeners.enhanced]\nport = 0\naddress = "127.0.0.1"'
    path.write_text(f'[store]\nfolder = "{root}"\n{listener}\n[retention]\nretain = "30d"\n')
    return path


def test_clean_from_the_command_line(
    store: tuple[Path, State], tmp_path: Path, dicome: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    root, _ = store
    where = ("--config", write_config(tmp_path / "server.toml", root))
    assert dicome("clean", *where, "--pin", "1.2").returncode == 0
    unknown = dicome("clean", *where, "--pin", "9.9")
    assert unknown.returncode == 1
    assert "no such study" in unknown.stderr
    dry = dicome("clean", *where, "--dry-run")
    assert "1.1: would be deleted (arrived 31.0 days ago" in dry.stdout
    assert "2 studies would be deleted" in dry.stdout
    assert len(stored(root)) == 3
    done = dicome("clean", *where)
    assert "2 studies deleted" in done.stdout
    assert [path.parent.name for path in stored(root)] == ["1.2"]
    listed = dicome("clean", *where, "--list")
    assert "1.2  settled  31.0 days  1 objects" in listed.stdout
    assert "pinned" in listed.stdout
    assert '"studies": []' in dicome("clean", *where, "--json").stdout


def test_clean_without_a_store_says_so(tmp_path: Path, dicome: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = dicome("clean", "--config", write_config(tmp_path / "server.toml", tmp_path / "none"))
    assert done.returncode == 1
    assert "no server has worked there yet" in done.stderr
