"""The work, over the network on loopback: 200 classic files, and one large enhanced one, sent and received.

DCMTK's programs have TCP_NODELAY=1 on both ends. A server is up before the time is taken; a sender's start counts.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dicome.others.programs import find
from tests.benchmarks.measure import CannotError, Clock, Scan
from tests.support.servers import LOOPBACK, free_port, mr_file, program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILES = 200

os.environ["TCP_NODELAY"] = "1"


def _tool(name: str) -> str:
    found = find(name)
    if not found:
        raise CannotError(f"{name} is not installed")
    return found


@contextlib.contextmanager
def _storescp(folder: Path) -> Iterator[int]:
    port = free_port()
    with program(_tool("storescp"), "-od", str(folder), str(port), port=port):
        yield port


@contextlib.contextmanager
def _pynetdicom_server(folder: Path) -> Iterator[int]:
    port = free_port()
    with program(sys.executable, "-m", "pynetdicom", "storescp", str(port), "-od", str(folder), port=port):
        yield port


@contextlib.contextmanager
def _dicome_server(folder: Path) -> Iterator[int]:
    port = free_port()
    settings = folder / "server.toml"
    settings.write_text(
        f'[store]\nfolder = "{folder}/store"\n[listeners.enhanced]\nport = {port}\naddress = "{LOOPBACK}"\n'
        f'[log]\nfile = "{folder}/log"\n'
    )
    with program(sys.executable, "-m", "dicome", "serve", "--config", str(settings), port=port):
        yield port


def _small_files(folder: Path) -> list[Path]:
    """200 classic files of scanners, or made ones of their size."""
    corpus = os.environ.get("DICOME_CORPUS")
    found = sorted((Path(corpus) / "classic").rglob("*.dcm"))[:FILES] if corpus else []
    if len(found) == FILES:
        return found
    return [mr_file(folder / f"{n}.dcm", f"1.2.3.{n}", pixels=32_768) for n in range(FILES)]


def _time(command: list[str], clock: Clock) -> None:
    os.sync()
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    clock.set(time.perf_counter() - begin)
    if done.returncode != 0:
        raise CannotError((done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1])


def _send(
    server: Callable[[Path], contextlib.AbstractContextManager[int]], sender: str, clock: Clock, big: Path | None
) -> None:
    with tempfile.TemporaryDirectory(prefix="dicome-net-") as name:
        folder, source = Path(name) / "got", Path(name) / "source"
        folder.mkdir()
        source.mkdir()
        files = [big] if big is not None else _small_files(source)
        with server(folder) as port:
            subprocess.run([_tool("echoscu"), LOOPBACK, str(port)], check=True, capture_output=True)
            _time(_command(sender, port, files), clock)
        got = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 10_000]
        if len(got) < len({path.read_bytes()[-20_000:] for path in files}):
            raise CannotError(f"{len(got)} of {len(files)} files arrived")


def _command(sender: str, port: int, files: list[Path]) -> list[str]:
    names = [str(file) for file in files]
    if sender == "dicome":
        return [str(Path(sys.executable).with_name("send_dicom")), "--quiet", "-s", LOOPBACK, "-p", str(port), *names]
    if sender == "pynetdicom":
        return [sys.executable, "-m", "pynetdicom", "storescu", LOOPBACK, str(port), str(_one_folder(files))]
    return [_tool(sender), LOOPBACK, str(port), *names]


def _one_folder(files: list[Path]) -> Path:
    """pynetdicom's program takes one path: a folder of links beside the results."""
    folder = Path(tempfile.mkdtemp(prefix="dicome-links-"))
    for number, file in enumerate(files):
        (folder / f"{number}.dcm").symlink_to(file)
    return folder


def receive_dicome(scan: Scan, clock: Clock) -> None:
    _send(_dicome_server, "storescu", clock, None)


def receive_dcmtk(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "storescu", clock, None)


def receive_pynetdicom(scan: Scan, clock: Clock) -> None:
    _send(_pynetdicom_server, "storescu", clock, None)


def receive_big_dicome(scan: Scan, clock: Clock) -> None:
    _send(_dicome_server, "dcmsend", clock, scan.path)


def receive_big_dcmtk(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "dcmsend", clock, scan.path)


def send_dicome(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "dicome", clock, None)


def send_dcmtk(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "storescu", clock, None)


def send_pynetdicom(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "pynetdicom", clock, None)


def send_big_dicome(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "dicome", clock, scan.path)


def send_big_storescu(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "storescu", clock, scan.path)


def send_big_dcmsend(scan: Scan, clock: Clock) -> None:
    _send(_storescp, "dcmsend", clock, scan.path)


def both_big_dicome(scan: Scan, clock: Clock) -> None:
    _send(_dicome_server, "dicome", clock, scan.path)
