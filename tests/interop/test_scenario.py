"""The Kirby Center's two servers, end to end, as processes.

A scanner that prefers enhanced MR sends to both ports, a tag in Study Description sends the files to their place, and
an old study is gone after the night.

The scanner is pynetdicom, which knows nothing of us; the server is `dicome serve` with a configuration file.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydicom import dcmread

from tests.support.servers import ENHANCED_MR, EXPLICIT, LOOPBACK, MR, body_of, free_port, mr_file, stored, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = 86400.0


def scanner(port: int, enhanced: Sequence[Path], classic: Sequence[Path]) -> str:
    """Sends as a Philips scanner does: offers both kinds, and takes enhanced MR where the server does."""
    from pynetdicom import AE

    entity = AE(ae_title="MRSCANNER1")
    for sop_class in (ENHANCED_MR, MR):
        entity.add_requested_context(sop_class, EXPLICIT)
    association = entity.associate(LOOPBACK, port, ae_title="GODZILLA")
    assert association.is_established
    accepted = {str(context.abstract_syntax) for context in association.accepted_contexts}
    kind = "enhanced" if ENHANCED_MR in accepted else "classic"
    for file in enhanced if kind == "enhanced" else classic:
        assert association.send_c_store(dcmread(file)).Status == 0x0000
    association.release()
    return kind


@contextmanager
def serve(path: Path) -> Iterator[None]:
    """The server as a process, until the block ends."""
    command = [sys.executable, "-m", "dicome", "serve", "--config", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert [process.stdout.readline().split(":")[0] for _ in range(2)] == ["enhanced", "classic"]
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture
def g5() -> Iterator[Path]:
    """A directory with a short name: Study Description holds 64 characters."""
    with tempfile.TemporaryDirectory(prefix="g5") as folder:
        yield Path(folder)


def configuration(folder: Path, g5: Path, enhanced: int, classic: int) -> Path:
    path = folder / "server.toml"
    path.write_text(
        f"""
        [store]
        folder = "{folder}/dicom"
        [listeners.enhanced]
        port = {enhanced}
        address = "{LOOPBACK}"
        [listeners.classic]
        port = {classic}
        address = "{LOOPBACK}"
        [locations]
        roots = ["{g5}"]
        [route]
        stable = "1s"
        [retention]
        retain = "30d"
        at = "02:30"
        [log]
        file = "{folder}/server.log"
        """,
        encoding="utf-8",
    )
    return path


def synthetic(folder: Path, description: str, study: str) -> tuple[list[Path], list[Path]]:
    """A study as one enhanced file, and as classic ones."""
    extra: list[tuple[int, str, Any]] = [(0x00081030, "LO", description)]
    enhanced = [mr_file(folder / "e", f"{study}.1", study, sop_class=ENHANCED_MR, pixels=90_000, extra=extra)]
    return enhanced, [mr_file(folder / f"c{n}", f"{study}.2.{n}", study, pixels=9000, extra=extra) for n in range(10)]


def real(folder: Path, corpus: Path, description: str, study: str) -> tuple[list[Path], list[Path]]:
    """The same of a scanner: one scan that was exported both ways."""
    enhanced = sorted((corpus / "enhanced/dcm_qa_philips_asl_enh/Enhanced").glob("301*"))
    classic = sorted((corpus / "classic/philips_301_ASL_MultiPhase").glob("*.dcm"))
    assert enhanced
    assert classic
    copies: tuple[list[Path], list[Path]] = ([], [])
    for files, found in zip((enhanced, classic), copies, strict=True):
        for number, file in enumerate(files[:20]):
            data = dcmread(file)
            data.StudyDescription, data.StudyInstanceUID = description, study
            found.append(folder / f"{len(copies[0])}-{number}")
            data.save_as(found[-1])
    return copies


def time_passes(store: Path, days: float) -> None:
    """What the server noted lies so many days further back."""
    base = sqlite3.connect(store / ".dicome/state.sqlite")
    base.execute("UPDATE studies SET first = first - ?, last = last - ?", (days * DAY, days * DAY))
    base.execute("UPDATE meta SET value = value - ? WHERE key = 'cleaned'", (DAY,))
    base.commit()
    base.close()


@pytest.mark.parametrize("source", ["synthetic", "real"])
def test_the_two_servers_of_the_kirby_center(
    source: str, tmp_path: Path, g5: Path, request: pytest.FixtureRequest
) -> None:
    place = g5 / "scan_20190502"
    place.mkdir()
    (tmp_path / "source").mkdir()

    def made(description: str, study: str) -> tuple[list[Path], list[Path]]:
        folder = tmp_path / "source" / study
        folder.mkdir()
        if source == "real":
            return real(folder, request.getfixturevalue("corpus"), description, study)
        return synthetic(folder, description, study)

    enhanced_port, classic_port = free_port(), free_port()
    settings = configuration(tmp_path, g5, enhanced_port, classic_port)
    store, log = tmp_path / "dicom", tmp_path / "server.log"
    first = made(f"#-#{place}", "1.2.1")  # the directory is there
    second = made(f"Brain #-#{place}/subj1", "1.2.2")  # its parent is
    third = made(f"#-#{g5}/../elsewhere/subj1", "1.2.3")  # an error: the files stay
    with serve(settings):
        assert scanner(enhanced_port, *first) == "enhanced"
        assert scanner(classic_port, *second) == "classic"
        assert scanner(enhanced_port, *third) == "enhanced"
        wait_for(lambda: log.read_text().count('"action": "copy"') == 3, 30)
    names = {path.name.split(".")[0] for path in stored(store) if path.parent.name == "1.2.2"}
    assert names == {"MR"}
    assert {path.name.split(".")[0] for path in stored(store) if path.parent.name != "1.2.2"} == {"MRe"}
    files = [path for path in place.iterdir() if path.is_file()]
    assert sorted(map(body_of, files)) == sorted(map(body_of, (store / "1.2.1").iterdir()))
    assert sorted(map(body_of, (place / "subj1").iterdir())) == sorted(map(body_of, (store / "1.2.2").iterdir()))
    assert len(list((place / "subj1").iterdir())) == len(second[1])
    assert not (g5.parent / "elsewhere").exists()
    told = [line for line in log.read_text().splitlines() if "not routed" in line]
    assert len(told) == 1
    assert "it holds '..'" in told[0]
    assert "elsewhere" not in told[0]

    time_passes(store, 31)
    fourth = made("Brain", "1.2.4")
    with serve(settings):
        scanner(enhanced_port, *fourth)
        wait_for(lambda: log.read_text().count('"event": "deleted"') == 3, 30)
        wait_for(lambda: {path.parent.name for path in stored(store)} == {"1.2.4"})
    assert len(list((place / "subj1").iterdir())) == len(second[1])  # what was copied is the user's
