"""dcm_move ended by SIGKILL at every change of the disk: no file is lost, and the next run finishes or puts back."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from dicome.moving.journal import FOLDER, unfinished
from tests.moving.killing import NEVER, run
from tests.moving.making import contents, image, tree, without_pixels, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")

KILLED = -signal.SIGKILL
STEP = 3
"""Every third change: with 1 all of them are tried, which takes minutes."""


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is such a place: a run syncs its files, and here are hundreds of runs."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    folder = tmp_path / "incoming"
    for study in ("1", "2"):
        for k in range(2):
            name = f"{study}/IM_{k}"
            write(folder / name, image(study=study, instance=k + 1, position=f"0\\0\\{k}", payload=k))
    write(folder / "1" / "XX_0", without_pixels(study="1"))
    write(folder / "1" / "IM_9", bytes(128) + b"DICM" + b"\xff" * 30)
    write(folder / "2" / "IM_9", image(study="2", instance=1, uid="1.2.3.301.1", position="0\\0\\0", payload=9))
    write(folder / "2" / "notes.txt", b"notes")
    return folder


def undo_all(target: Path, across: bool = False) -> None:
    while any((target / FOLDER).glob("*.jsonl")):
        assert run(NEVER, "--undo", target, across=across) == 0


@pytest.mark.parametrize(
    ("switches", "across"), [((), False), ((), True), (("-c", "-f"), False), (("-u", "-d"), False)]
)
def test_a_killed_run_loses_nothing_and_is_finished(
    switches: tuple[str, ...], across: bool, incoming: Path, tmp_path: Path
) -> None:
    before, counted = tree(incoming), contents(incoming)
    target = tmp_path / "sorted"
    command: list[str | Path] = ["-s", incoming, "-R", "-a", *switches, target]
    assert run(NEVER, *command, across=across) == 1  # one header is invalid
    expected = tree(target)
    assert len(expected) == 7 + 2 * (switches[:1] != ("-u",))  # files, info files
    undo_all(target, across)
    assert tree(incoming) == before
    for at in count(step=STEP):
        code = run(at, *command, across=across)
        found = contents(tmp_path)
        assert all(found[one] >= number for one, number in counted.items()), at
        assert run(NEVER, *command, across=across) in (0, 1)
        assert tree(target) == expected, at
        assert unfinished(target) == []
        if "-c" not in switches:
            assert contents(tmp_path) == counted, at
        undo_all(target, across)
        assert tree(incoming) == before, at
        if code != KILLED:
            break
    assert at > 20


@pytest.mark.parametrize(("switches", "across"), [((), True), (("-c",), False)])
def test_a_killed_run_is_undone_at_once(
    switches: tuple[str, ...], across: bool, incoming: Path, tmp_path: Path
) -> None:
    before = tree(incoming)
    target = tmp_path / "sorted"
    for at in count(step=STEP):
        code = run(at, "-s", incoming, "-R", "-a", *switches, target, across=across)
        undo_all(target, across)
        assert tree(tmp_path) == {f"incoming/{name}": content for name, content in before.items()}, at
        if code != KILLED:
            break
    assert at > 20


@pytest.mark.parametrize(("switches", "across"), [((), False), ((), True), (("-c",), False)])
def test_a_killed_undo_loses_nothing_and_is_finished(
    switches: tuple[str, ...], across: bool, incoming: Path, tmp_path: Path
) -> None:
    before, counted = tree(incoming), contents(incoming)
    target = tmp_path / "sorted"
    (tmp_path / "empty").mkdir()
    for at in count(step=STEP):
        assert run(NEVER, "-s", incoming, "-R", "-a", *switches, target, across=across) == 1
        code = run(at, "--undo", target, across=across)
        found = contents(tmp_path)
        assert all(found[one] >= number for one, number in counted.items()), at
        # Any run into the destination finishes it; this one has nothing else to do.
        assert run(NEVER, "-s", tmp_path / "empty", "-a", target, across=across) == 0
        undo_all(target, across)  # where it had not begun
        assert tree(incoming) == before, at
        if code != KILLED:
            break
    assert at > 10


def test_a_run_that_is_killed_from_outside(incoming: Path, tmp_path: Path) -> None:
    for k in range(300):
        write(incoming / "3" / f"IM_{k:04d}", image(study="3", instance=k + 1, position=f"0\\0\\{k}", payload=k))
    counted, before = contents(incoming), tree(incoming)
    target = tmp_path / "sorted"
    command = [sys.executable, "-m", "dicome", "dcm_move", "-s", str(incoming), "-R", "-a", str(target)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not (target / "0003" / "0301").exists():
            pass
        process.kill()
    assert contents(tmp_path).keys() == counted.keys()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert contents(tmp_path) == counted
    undo_all(target)
    assert tree(incoming) == before
