"""Servers for tests, on loopback and free ports, that end with the block; and small objects to send to them."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dicome.enhanced.encode import data_set
from dicome.network.config import Config, Limits, Listener, Route
from dicome.network.log import Log
from dicome.network.serving import Running, serving

MR, ENHANCED_MR, RAW = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("4", "4.1", "66"))
EXPLICIT = "1.2.840.10008.1.2.1"
LOOPBACK = "127.0.0.1"


def mr_object(
    uid: str,
    study: str = "1.2.3",
    *,
    sop_class: str = MR,
    pixels: int = 64,
    extra: list[tuple[int, str, Any]] | None = None,
) -> bytes:
    """A data set with what a server looks at, and some pixels."""
    elements = [
        (0x00080016, "UI", sop_class),
        (0x00080018, "UI", uid),
        (0x0020000D, "UI", study),
        (0x7FE00010, "OW", bytes(range(256)) * (pixels // 256) + bytes(pixels % 256)),
        *(extra or []),
    ]
    return data_set(sorted(elements))


def mr_file(path: Path, uid: str, study: str = "1.2.3", **options: Any) -> Path:
    """The same as a file."""
    sop_class = options.get("sop_class", MR)
    body = mr_object(uid, study, **options)
    meta = data_set([(0x00020002, "UI", sop_class), (0x00020003, "UI", uid), (0x00020010, "UI", EXPLICIT)])
    head = data_set([(0x00020000, "UL", len(meta))])
    path.write_bytes(bytes(128) + b"DICM" + head + meta + body)
    return path


def config(folder: Path, *, limits: Limits | None = None, route: Route | None = None, **changes: Any) -> Config:
    """An enhanced and a classic listener on free ports of loopback, quick to decide that a study is complete."""
    listeners = tuple(Listener(kind, 0, LOOPBACK, enhanced=kind == "enhanced") for kind in ("enhanced", "classic"))
    usual = Config(folder, listeners, limits or Limits(keep_free=0), route or Route(stable=0.2), status=None)
    return replace(usual, **changes)


class Lines:
    """What a server has logged."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.log = Log(stream=self._stream)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def events(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if line["event"] == name]


@contextmanager
def running(settings: Config, lines: Lines | None = None) -> Iterator[Running]:
    """A server in this process."""
    with serving(settings, (lines or Lines()).log) as server:
        yield server


def stored(folder: Path) -> list[Path]:
    """Files of all studies in a store."""
    return sorted(path for path in folder.glob("[!.]*/*") if path.is_file())


def body_of(path: Path) -> bytes:
    """The data set of a Part 10 file: what follows group 0002."""
    data = path.read_bytes()
    assert data[128:132] == b"DICM"
    length = int.from_bytes(data[140:144], "little")
    return data[144 + length :]


def wait_for(condition: Any, seconds: float = 30.0) -> Any:
    """Waits until a function gives something true, and gives it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {condition}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def program(*command: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Another server's process, once it listens; ended with the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _listens(port) or process.poll() is not None)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def breaking(times: int, server: int) -> Iterator[tuple[int, list[int]]]:
    """A relay to a server's port that breaks off its first ``times`` connections after 60,000 bytes.

    Gives its own port, and a list with the number of connections so far.
    """
    count = [0]
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((LOOPBACK, 0)))
        threads: list[threading.Thread] = []

        def start(work: Any, *arguments: Any) -> None:
            threads.append(threading.Thread(target=work, args=arguments, daemon=True))
            threads[-1].start()

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client = stack.enter_context(listener.accept()[0])
                    count[0] += 1
                    other = stack.enter_context(socket.create_connection((LOOPBACK, server)))
                    start(_pump, client, other, 60_000 if count[0] <= times else 1 << 40)
                    start(_pump, other, client, 1 << 40)

        start(accept)
        yield listener.getsockname()[1], count
        listener.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)


def _pump(source: socket.socket, target: socket.socket, limit: int) -> None:
    passed = 0
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            passed += len(data)
            if passed > limit:
                break
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def answering(data: bytes) -> Iterator[tuple[int, list[int]]]:
    """Something that is no DICOM server: it answers whatever it is sent with these bytes, and waits.

    Gives its port, and a list with the number of connections so far.
    """
    count = [0]
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((LOOPBACK, 0)))

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client = stack.enter_context(listener.accept()[0])
                    count[0] += 1
                    client.recv(65536)
                    client.sendall(data)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1], count
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
