"""A server that is killed in the middle of load: what was answered with success is there and whole, nothing is half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from dicome.network.outgoing import examine
from dicome.network.requestor import Patience
from dicome.network.sending import Pace, send
from tests.network.test_sending import destination
from tests.support.servers import body_of, free_port, mr_file, stored, wait_for

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 4
SENDERS = 3
OBJECTS = 120


class Victim:
    """``dicome serve`` in a process of its own, on one port, as often as need be."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.root = folder / "store"
        self._config = folder / "server.toml"
        self._config.write_text(
            f'[store]\nfolder = "{self.root}"\n[listeners.enhanced]\nport = {self.port}\naddress = "127.0.0.1"\n'
            f'[route]\nstable = "0.5s"\n[log]\nfile = "{folder / "log"}"\n'
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, first: str = "") -> None:
        """first: code to run before."""
        code = f"{first}\nimport sys; from dicome.cli.main import main; sys.exit(main())"
        command = [sys.executable, "-c", code, "serve", "--config", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith(b"enhanced: port")

    def end(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
def test_kill_9_in_the_middle_of_load_loses_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    groups = [
        [mr_file(source / f"{s}-{n}", f"1.2.{s}.{n}", f"1.2.{s}", pixels=30_000) for n in range(OBJECTS)]
        for s in range(SENDERS)
    ]
    answered: set[str] = set()
    over = threading.Event()
    victim = Victim(tmp_path)
    victim.start()

    def work(files: list[Path]) -> None:
        """Sends all, again and again what was not answered, until everything was."""
        left = [examine(file) for file in files]
        while left and not over.is_set():
            for sent in send(left, destination(victim.port), Pace(0.05), Patience(2, 5, 5)):
                if not sent.error:
                    answered.add(sent.path.name)
            left = [one for one in left if one.path.name not in answered]

    threads = [threading.Thread(target=work, args=(group,)) for group in groups]
    for thread in threads:
        thread.start()
    try:
        for kill in range(1, KILLS + 1):
            # In the first half, so that on a busy machine there is still load when the kill comes.
            wait_for(lambda part=kill / (2 * KILLS): len(answered) >= part * SENDERS * OBJECTS, 60)
            victim.end(signal.SIGKILL)
            assert any(thread.is_alive() for thread in threads)
            missing = [name for name in set(answered) if not _is_whole(victim.root, source, name)]
            assert missing == []
            victim.start()
        for thread in threads:
            thread.join(60)
    finally:
        over.set()
        code = victim.end(signal.SIGTERM)
    assert code == 0
    assert len(answered) == SENDERS * OBJECTS
    assert len(stored(victim.root)) == SENDERS * OBJECTS
    assert all(_is_whole(victim.root, source, name) for name in answered)
    assert list((victim.root / ".dicome/incoming").iterdir()) == []


def _is_whole(root: Path, source: Path, name: str) -> bool:
    sender, number = name.split("-")
    path = root / f"1.2.{sender}" / f"MR.1.2.{sender}.{number}"
    return path.is_file() and body_of(path) == body_of(source / name)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_a_disk_that_takes_no_more_refuses_large_objects_and_keeps_small_ones(tmp_path: Path) -> None:
    """The system itself refuses to write more than 2 MB into a file, as a full disk would."""
    victim = Victim(tmp_path)
    victim.start("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))")
    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}", pixels=3_000_000 * (n % 2) + 1000) for n in range(6)]
    sent = list(send([examine(file) for file in files], destination(victim.port), Pace(0.0)))
    assert victim.end(signal.SIGTERM) == 0
    assert ["out of resources (A700): the disk is full" in one.error for one in sent] == [False, True] * 3
    assert [path.name for path in stored(victim.root)] == ["MR.1.2.3.0", "MR.1.2.3.2", "MR.1.2.3.4"]
    assert list((victim.root / ".dicome/incoming").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
def test_what_was_stored_and_not_noted_is_found_again(tmp_path: Path) -> None:
    victim = Victim(tmp_path)
    victim.start()
    file = mr_file(tmp_path / "a", "1.2.3.1")
    (sent,) = send([examine(file)], destination(victim.port))
    assert not sent.error
    victim.end(signal.SIGKILL)
    for path in (victim.root / ".dicome").glob("state.sqlite*"):
        path.unlink()  # worse than any crash
    (victim.root / ".dicome/incoming/half.part").write_bytes(b"half")
    victim.start()
    log = tmp_path / "log"
    wait_for(lambda: '"event": "complete", "study": "1.2.3"' in log.read_text())
    assert '"half": 1, "found": 1, "gone": 0' in log.read_text()
    assert victim.end(signal.SIGTERM) == 0
    assert len(stored(victim.root)) == 1
