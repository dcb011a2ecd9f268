"""Starting and ending the server, as a user of a shell sees it; and the files it gives."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dicome.errors import FileAccessError
from dicome.gui.app import STATIC, static_files
from dicome.gui.server import bind
from dicome.phantom import Phantom
from tests.support.pages import TOKEN, Server

Run = Callable[..., subprocess.CompletedProcess[str]]
LONGEST = 300


def test_it_prints_the_address_and_ends_with_ctrl_c(serve: Callable[..., Server]) -> None:
    server = serve()
    assert server.lines[0] == f"dicome is at http://127.0.0.1:{server.port}/?token={TOKEN}"
    assert f"ssh -L {server.port}:127.0.0.1:{server.port}" in server.lines[1]
    assert server.interrupt() == 0
    assert server.lines[-1] == "Ended."
    assert not any("Traceback" in line for line in server.lines)
    with pytest.raises(OSError, match="refused"):
        server.ask("/")


def test_ctrl_c_waits_until_a_job_has_put_things_in_order(
    serve: Callable[..., Server], phantom: Phantom, tmp_path: Path
) -> None:
    source = tmp_path / "many"
    source.mkdir()
    content = phantom.path.read_bytes()
    for number in range(60):
        (source / f"{number:03d}").write_bytes(content.replace(b"2.25.", b"2.26.", number))
    server = serve()
    options = {"source": str(source), "destination": str(tmp_path / "out"), "quiet_for": 0, "everything": True}
    plan = server.work("/api/move/plan", {"options": options})["result"]
    studies = [one["uid"] for one in plan["studies"]]
    server.ask("/api/move/run", {"key": plan["key"], "studies": studies})
    assert server.interrupt() == 0
    there = [path for folder in (source, tmp_path / "out") for path in folder.rglob("*") if path.is_file()]
    images = [path for path in there if path.name != "info" and path.suffix != ".jsonl"]
    assert len(images) == 60
    # The journal says how the run ended, so that nothing has to be finished by the next one.
    (journal,) = (tmp_path / "out" / ".dicome-move").glob("*.jsonl")
    assert b'{"end": "' in journal.read_bytes()


def test_a_port_in_use_is_told(dicome: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = dicome("gui", "--no-browser", "--port", port)
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_told(dicome: Run, tmp_path: Path) -> None:
    with socket.socket() as other:  # in use, so that it ends in any case
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = dicome("gui", "--no-browser", "--port", other.getsockname()[1], tmp_path / "nothing.dcm")
    assert done.returncode == 1
    assert "nothing.dcm: no such file" in done.stderr


def test_without_a_port_a_free_one_is_found() -> None:
    first, second = bind(None), bind(None)
    with first, second:
        assert first.proto == socket.IPPROTO_TCP  # by which asyncio knows to send at once; see bind
        assert first.getsockname()[1] != second.getsockname()[1]
        with pytest.raises(FileAccessError):
            bind(first.getsockname()[1])


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_ports_that_are_none(dicome: Run, port: str) -> None:
    done = dicome("gui", "--no-browser", f"--port={port}")
    assert done.returncode == 1
    assert "expected 1 to 65535" in done.stderr


def test_a_token_that_is_too_short_is_refused() -> None:
    environment = {**os.environ, "DICOME_GUI_TOKEN": "short"}
    command = [sys.executable, "-m", "dicome", "gui", "--no-browser"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "DICOME_GUI_TOKEN must be" in done.stderr


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "starlette.py").write_text("raise ImportError('not installed')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "dicome", "gui", "--no-browser"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("pip install 'dicome[gui]'")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the system always has a browser")
def test_without_a_display_no_browser_is_looked_for(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "dicome", "gui", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
    assert lines[2] == "No browser was found here: open the address above in yours.\n"


def test_the_browser_gets_a_ticket_and_not_the_token(tmp_path: Path) -> None:
    """Other users of the machine see the command lines of its processes."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{seen}.part"\nmv "{seen}.part" "{seen}"\n')
    browser.chmod(0o755)
    environment = {**os.environ, "BROWSER": str(browser), "DISPLAY": ":0", "DICOME_GUI_TOKEN": TOKEN}
    command = [sys.executable, "-m", "dicome", "gui", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        for _ in range(100):
            if seen.exists():
                break
            subprocess.run([sys.executable, "-c", "import time; time.sleep(0.05)"], check=True)
        address = seen.read_text()
        process.send_signal(signal.SIGINT)
    assert TOKEN in first
    assert TOKEN not in address
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?ticket=[\w-]{32}", address)


@pytest.mark.parametrize("name", ["gui", "dcm_movegui"])
def test_help_imports_neither_the_server_nor_numpy(name: str) -> None:
    code = f"import sys; from dicome.cli.main import main; main(['{name}', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "examples:" in done.stdout
    assert not {"starlette", "uvicorn", "numpy", "asyncio"} & set(done.stdout.split())


# -- files of the page -------------------------------------------------------------------------------------------------


def _scripts() -> list[Path]:
    return sorted(STATIC.rglob("*.js"))


def test_the_page_has_its_files() -> None:
    names = set(static_files())
    assert {"index.html", "main.js", "base.css", "view/page.js", "move/page.js", "header/page.js"} <= names
    imported = {
        name for path in _scripts() for name in re.findall(r'from "/static/([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert imported <= names
    linked = set(re.findall(r'"/static/([^"]+)"', (STATIC / "index.html").read_text(encoding="utf-8")))
    assert linked <= names


@pytest.mark.parametrize("path", _scripts(), ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_script_is_short_and_makes_no_html_of_text(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= LONGEST
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code)


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in static_files().values():
        found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org"}, path


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("path", _scripts(), ids=lambda path: path.relative_to(STATIC).as_posix())
def test_scripts_have_no_errors_of_syntax(path: Path) -> None:
    done = subprocess.run(
        ["node", "--check", "--input-type=module"],
        input=path.read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
