"""simple_storage, runDicom and send_image: switches, places, and staying alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from dicome.errors import ArgumentError
from dicome.network.ctn import Rule, by_kind, by_rules, read_rules
from dicome.network.head import Head
from dicome.network.keeping import Kept, keep_running, running_pid
from dicome.network.sending import echo
from dicome.network.store import Arrival
from dicome.network.wire import PeerError
from tests.network.test_sending import destination, sent_to
from tests.support.servers import ENHANCED_MR, LOOPBACK, MR, body_of, free_port, mr_file, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Dicome = Callable[..., subprocess.CompletedProcess[str]]


def arrival(sop_class: str = MR, texts: dict[int, str] | None = None) -> Arrival:
    return Arrival(Path("x"), Head(sop_class, "1.2.3.4", "1.2.3", texts or {}), "MR SCANNER", "STORE", "storage")


@pytest.mark.parametrize(
    ("sop_class", "path"),
    [
        (MR, "MR/1.2.3.4"),
        ("1.2.840.10008.5.1.4.1.1.2", "CT/1.2.3.4"),
        ("1.2.840.10008.5.1.4.1.1.3.1", "USMF/1.2.3.4"),
        ("1.2.840.10008.5.1.4.1.1.481.5", "RTPLAN/1.2.3.4"),
        (ENHANCED_MR, "1.2.3.4"),
    ],
)
def test_a_directory_for_each_kind(sop_class: str, path: str) -> None:
    assert by_kind(arrival(sop_class)) == PurePosixPath(path)


def test_a_naming_file(tmp_path: Path) -> None:
    file = tmp_path / "names"
    file.write_text("A\nC\nD 0010 0010 nobody\nD 0010 0020 no id\n\nF 0020 0011 0\nF 0020 0013 0\n")
    rules = read_rules(file)
    assert rules[2:4] == (Rule("D", 0x00100010, "nobody"), Rule("D", 0x00100020, "no id"))
    texts = {0x00100010: " Doe^Jane Ann", 0x00200011: "301", 0x00200013: "7"}
    assert by_rules(rules)(arrival(texts=texts)) == PurePosixPath("MR_SCANNER/STORE/Doe_Jane_Ann/no_id/3017")
    assert by_rules(rules[:1])(arrival()) == PurePosixPath("MR_SCANNER/1.2.3.4")


@pytest.mark.parametrize("value", ["../../etc", "/etc/passwd", "..", "a/b", "\x00"])
def test_values_never_become_paths(value: str) -> None:
    rules = (Rule("D", 0x00100010, "x"), Rule("F", 0x00100010, "x"))
    path = by_rules(rules)(arrival(texts={0x00100010: value}))
    assert len(path.parts) == 2
    assert not {"..", "/", "."} & set(path.parts)


@pytest.mark.parametrize("line", ["X", "D 0010", "D 0010 0020", "F zzzz 0020 x", "D 10010 0020 x"])
def test_a_wrong_line_is_told(line: str, tmp_path: Path) -> None:
    (tmp_path / "names").write_text(f"A\n{line}\n")
    with pytest.raises(ArgumentError, match="line 2: "):
        read_rules(tmp_path / "names")


@contextmanager
def storage(tmp_path: Path, *switches: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """simple_storage on a free port."""
    command = [sys.executable, "-m", "dicome", "simple_storage", *switches, "-x", str(tmp_path / "base"), "0"]
    (tmp_path / "base").mkdir(exist_ok=True)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DICOME_CONFIG": str(tmp_path / "c.toml")},
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline().split()[2].rstrip(",")), process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_simple_storage_takes_all_of_its_switches(dicome: Dicome, tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.4")
    log = tmp_path / "log"
    switches = ("-c", "STORE", "-d", "DUL", "-f", "-i", "-j", "-p", "-s", "-t", "2", "-u", "0", "-v", "-w", "-z", "1")
    with storage(tmp_path, *switches, "-m", "16384", "-l", str(log)) as (port, process):
        assert dicome("send_image", "-a", "ME", "-c", "STORE", LOOPBACK, port, file).returncode == 0
        done = dicome("send_image", "-t", "-v", LOOPBACK, port, file, tmp_path / "missing")
        assert done.returncode == 1
        assert "-t changes nothing" in done.stderr
        assert process.wait(20) == 0  # two trips
        assert process.stderr is not None
        told = process.stderr.read()
    assert [
        f"{flag} changes nothing" in told for flag in ("-d", "-f", "-i", "-j", "-p", "-s", "-u", "-v", "-w", "-z")
    ] == [True] * 10
    assert body_of(tmp_path / "base/MR/1.2.3.4") == body_of(file)
    assert '"calling": "ME"' in log.read_text()


def test_kill_and_abort_switches(tmp_path: Path) -> None:
    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}") for n in range(3)]
    with storage(tmp_path, "-k", "-a") as (port, _):
        results = sent_to(port, files)
        assert [one.error for one in results[:1]] == [""]
    assert [path for path in (tmp_path / "base").rglob("*") if path.name.startswith("1.2.3")] == []


def test_a_header_sends_a_study_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "g5").mkdir()
    (tmp_path / "c.toml").write_text(f'[locations]\nroots = ["{tmp_path / "g5"}"]\n')
    extra = [(0x001021B0, "LT", f"#-#{tmp_path}/g5/scan")]
    with storage(tmp_path) as (port, _):
        sent_to(port, [mr_file(tmp_path / "a", "1.2.3.4", extra=extra)])
        wait_for((tmp_path / "g5/scan/1.2.3.4").is_file, 30)
    assert (tmp_path / "base/MR/1.2.3.4").is_file()


@pytest.mark.parametrize(
    ("switches", "told"),
    [
        (["-c", "A" * 17, "0"], "is no AE title"),
        (["-t", "x", "0"], "-t x: expected a number"),
        (["99999"], "port 99999"),
        (["-x", "/no/such/place", "0"], "no such directory"),
        (["-n", "/no/such/names", "0"], "no such naming file"),
    ],
)
def test_wrong_switches_are_told(switches: list[str], told: str, dicome: Dicome) -> None:
    done = dicome("simple_storage", *switches)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


class Runs:
    """runDicom with a state of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "run.log"
        self.port = free_port()
        self.environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
        (folder / "base").mkdir()

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dicome", "runDicom", "--log", str(self.log), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False, timeout=60)

    @property
    def switches(self) -> tuple[str, ...]:
        return ("-s", "-l", str(self.folder / "log"), "-x", str(self.folder / "base"), str(self.port))

    def answers(self) -> bool:
        try:
            return echo(destination(self.port)) == 0
        except PeerError:
            return False

    def started(self) -> list[int]:
        lines = self.log.read_text().splitlines()
        return [int(line.split("process ")[1].rstrip(")")) for line in lines if "storage started" in line]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    found = Runs(tmp_path)
    yield found
    found("-kill")


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")
def test_run_dicom_keeps_simple_storage_running(runs: Runs) -> None:
    assert runs(*runs.switches).returncode == 0
    wait_for(runs.answers, 30)
    second = runs(*runs.switches)
    assert second.returncode == 1
    assert "is running already" in second.stderr
    (first,) = runs.started()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(runs.started()) == 2, 30)
    wait_for(runs.answers, 30)
    assert runs("-restart").returncode == 0
    wait_for(lambda: len(runs.started()) == 3 and runs.answers(), 30)
    assert runs("-kill").returncode == 0
    assert not runs.answers()
    again = runs("-kill")
    assert again.returncode == 1
    assert "is not running" in again.stderr
    text = runs.log.read_text()
    assert "killed by signal 9" in text
    assert text.count("was shut down") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")
def test_switches_from_a_file_one_a_line(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "switches").write_text("\n".join(runs.switches) + "\n")
    assert runs("--switches-from", str(tmp_path / "switches")).returncode == 0
    wait_for(runs.answers, 30)


def test_help_names_the_defaults(dicome: Dicome) -> None:
    done = dicome("runDicom", "-help")
    assert done.returncode == 0
    assert "-l /tmp/simple_storage.log -s -f -c DICOM_STORAGE -u 0 3010" in done.stdout
    assert "/usr/local/sbin/runDicom.HOSTNAME" in done.stdout


def test_what_does_not_understand_its_switches_is_not_started_again(tmp_path: Path) -> None:
    told: list[str] = []
    kept = Kept((sys.executable, "-c", "raise SystemExit(2)"), (), tmp_path / "pid", tmp_path / "log")
    assert keep_running(kept, threading.Event(), told.append) == 2
    assert "not started again" in told[-1]
    assert not kept.pid_file.exists()


@pytest.mark.parametrize("text", ["", "x", "1", "999999999 5\n[]", "{us} 1\n[]", "-1 0"])
def test_a_stale_file_counts_for_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(text.replace("{us}", str(os.getpid())))
    assert running_pid(tmp_path / "pid") is None


def test_the_pause_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dicome.network import keeping

    monkeypatch.setattr(keeping, "SHORTEST", 0.01)
    monkeypatch.setattr(keeping, "LONGEST", 0.04)
    told: list[str] = []
    stop = threading.Event()
    kept = Kept((sys.executable, "-c", "raise SystemExit(1)"), (), tmp_path / "pid", tmp_path / "log")
    thread = threading.Thread(target=keep_running, args=(kept, stop, told.append))
    thread.start()
    wait_for(lambda: sum("again in" in line for line in told) >= 4)
    stop.set()
    thread.join()
    assert [line.rsplit("in ", 1)[1] for line in told if "again in" in line][:4] == [
        "0.02 s",
        "0.04 s",
        "0.04 s",
        "0.04 s",
    ]
