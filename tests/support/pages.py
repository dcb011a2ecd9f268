"""The local page in tests: its server in a process of its own, requests to it, and a real browser to look at it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOKEN = "a-token-for-tests-only"


@dataclass
class Reply:
    """status, headers (in lower case) and body of a reply."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def array(self) -> tuple[dict[str, Any], NDArray[Any]]:
        """Facts and array of a binary reply, read by its description alone."""
        (length,) = struct.unpack_from("<I", self.body)
        assert (4 + length) % 8 == 0
        facts = json.loads(self.body[4 : 4 + length])
        kind = {"u": "uint", "i": "int", "f": "float"}[facts["dtype"][0]]
        dtype = np.dtype(f"{kind}{8 * int(facts['dtype'][1:])}").newbyteorder("<")
        return facts, np.frombuffer(self.body, dtype, offset=4 + length).reshape(facts["shape"])


@dataclass
class Server:
    """``dicome gui`` (or another program) at work. lines: what it has printed so far."""

    folder: Path
    arguments: Sequence[str] = ()
    program: str = "gui"
    port: int = 0
    token: str = TOKEN
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    def start(self) -> Server:
        command = [sys.executable, "-m", "dicome", self.program, "--no-browser", "--port", str(self.port)]
        environment = {**os.environ, "DICOME_GUI_TOKEN": self.token, "DICOME_CONFIG": str(self.folder / "config.toml")}
        self.process = subprocess.Popen(
            [*command, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=environment,
        )
        assert self.process.stdout is not None
        while not self.lines or not self.lines[-1].startswith("Ctrl-C"):
            line = self.process.stdout.readline()
            assert line, f"the server ended: {self.lines}"
            self.lines.append(line.rstrip())
        self.port = int(self.address.split("/")[2].split(":")[1])
        self._wait()
        return self

    @property
    def address(self) -> str:
        """With the token."""
        return self.lines[0].split()[-1]

    def _wait(self) -> None:
        end = time.monotonic() + 20
        while not self.answers():
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            return self.ask("/api/alive").status == 200
        except OSError:
            return False

    def ask(
        self,
        path: str,
        given: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        method: str | None = None,
        token: str | None = None,
    ) -> Reply:
        """A GET, or with ``given`` a POST of JSON, as the page sends it; ``headers`` go over the usual ones."""
        token = self.token if token is None else token
        usual = {"Host": f"127.0.0.1:{self.port}", "Cookie": f"dicome-{token[:6]}={token}" if token else ""}
        if given is not None:
            usual["Content-Type"] = "application/json"
        sent = {name: text for name, text in {**usual, **(headers or {})}.items() if text}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = given if isinstance(given, (bytes, type(None))) else json.dumps(given).encode()
        connection.request(method or ("GET" if given is None else "POST"), path, body, sent)
        answer = connection.getresponse()
        found = Reply(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        connection.close()
        return found

    def open(self, *paths: Path, series: str | None = None) -> dict[str, Any]:
        """Facts of an image."""
        found = self.ask("/api/open", {"paths": [str(path) for path in paths], "series": series})
        assert found.status == 200, found.body
        facts: dict[str, Any] = found.json
        return facts

    def work(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """A job to its end."""
        found = self.ask(path, given)
        assert found.status == 200, found.body
        job: dict[str, Any] = found.json
        while job["state"] == "running":
            time.sleep(0.02)
            job = self.ask(f"/api/job?key={job['key']}").json
        return job

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=30)
        self.lines += out.splitlines()
        code = self.process.returncode
        self.process = None
        return code

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None
