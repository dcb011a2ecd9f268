"""Every example in the README runs as it stands, beside a scan.dcm of 5 dimensions."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicome import dcms2e
from dicome.cli.main import PROGRAMS
from dicome.parrec.write import write_par
from dicome.phantom import write_phantom
from tests.moving.making import LONG_AGO
from tests.multiframe.scan import make_scan
from tests.support import raw_files
from tests.support.servers import config, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SERVES = {"gui", "dcm_movegui"}
"""Commands that go on until somebody stops them."""
TESTED_ELSEWHERE = ("make ", "pip install", "dask ")
"""Lines that set things up; continuous integration runs them, and tests/files/test_cluster.py what needs a cluster."""


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [code for name, code in BLOCK.findall(text) if name == language]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=4, echoes=2, dynamics=3)
    write_phantom(tmp_path / "other.dcm", rows=10, columns=8, slices=4, series={"InstanceNumber": 2})
    study = {"StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.4"}
    for number in (1, 2):
        own = {"SeriesInstanceUID": f"1.2.5.{number}", "SOPInstanceUID": f"1.2.6.{number}", "SeriesNumber": number}
        write_phantom(tmp_path / f"nex{number}.dcm", rows=10, columns=8, slices=4, series={**study, **own})
    write_par(tmp_path / "scan.dcm", tmp_path / "old.PAR")
    make_scan(tmp_path / "02_Resting")
    for name in ("sent.dcm", "mine.dcm"):
        dcms2e(tmp_path / "02_Resting", tmp_path / name)
    card = raw_files.card("Brain", [(name, raw_files.group(*raw_files.SCAN)) for name in ("T1", "T2")])
    (tmp_path / "XX_0003").write_bytes(raw_files.raw_file([("PDF_EXAM_PARS", raw_files.as_exam())]))
    (tmp_path / "XX_0004").write_bytes(
        raw_files.raw_file([("ExamCardBlob", raw_files.study_xml("Brain", card))], series=0)
    )
    (tmp_path / "Brain.ExamCard").write_bytes(card)
    for path in tmp_path.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))  # dcm_move leaves alone what might still be arriving
    return tmp_path


def test_there_are_examples_in_all_languages() -> None:
    assert all(blocks(language) for language in ("python", "matlab", "sh"))


@pytest.mark.parametrize("code", blocks("python"))
def test_python(code: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", blocks("matlab"))
def test_octave(code: str, folder: Path, octave: str) -> None:
    script = f"addpath('{ROOT / 'matlab'}');\n{code}"
    done = subprocess.run(
        [octave, "--norc", "--quiet", "--eval", script],
        cwd=folder,
        env={**os.environ, "DICOME_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _serve_and_stop(arguments: list[str], folder: Path) -> None:
    """Until it says that it is there; then Ctrl-C."""
    pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install 'dicome[gui]'")
    environment = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    with subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert any(line.startswith("Ctrl-C") for line in iter(process.stdout.readline, ""))
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


@pytest.fixture
def godzilla(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server called so in the configuration, which is that of README.md but for places and ports."""
    (text,) = blocks("toml")
    settings = folder / "server.toml"
    text = text.replace("/godzilla2", str(folder)).replace("/g5", str(folder))
    with running(config(folder / "dicom", status=("127.0.0.1", 0))) as server:
        settings.write_text(text.replace("port = 11112\n", f"port = {server.ports[0].port}\n"), encoding="utf-8")
        monkeypatch.setenv("DICOME_CONFIG", str(settings))
        (folder / "study").mkdir()
        shutil.copy(folder / "scan.dcm", folder / "study")
        yield


NEED_A_SERVER = {"serve", "clean", "send_dicom"}


@pytest.mark.parametrize("line", [line for code in blocks("sh") for line in code.splitlines()])
def test_shell(line: str, folder: Path, request: pytest.FixtureRequest) -> None:
    if NEED_A_SERVER.intersection(line.split()[:2]):
        request.getfixturevalue("godzilla")
    command = line.split("#")[0].strip()
    program, *words = shlex.split(command)
    if (program != "dicome" and program not in PROGRAMS) or "--scheduler" in words:
        assert command.startswith((*TESTED_ELSEWHERE, "dicome batch"))
        return
    arguments = [sys.executable, "-m", "dicome", *([] if program == "dicome" else [program]), *words]
    if "--undo" in words:
        subprocess.run([*arguments[:4], "-s", ".", "-a", words[1]], cwd=folder, capture_output=True, check=True)
    if SERVES & {program, *words}:
        _serve_and_stop(arguments, folder)
        return
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
