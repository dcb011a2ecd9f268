"""Runs the tests written in the MATLAB language (test_*.m beside this file) in Octave, one start for each file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(path.stem for path in HERE.glob("test_*.m"))


def write_phantoms(folder: Path) -> None:
    """A whole scan and a stopped one, and what is true of the whole one."""
    from scipy.io import savemat

    from dicome.phantom import write_phantom

    whole = write_phantom(
        folder / "scan.dcm", rows=8, columns=6, slices=3, echoes=2, dynamics=4, types=("M", "P"), frame_order="shuffled"
    )
    write_phantom(folder / "cut.dcm", rows=8, columns=6, slices=3, dynamics=4, stop_after=10)
    (folder / "a folder").mkdir()
    shutil.copy(whole.path, folder / "a folder" / "scan.dcm")
    known = {
        "values": whole.values,
        "display": whole.display,
        "stored": whole.stored,
        "items": whole.item_numbers,
        "slope": whole.scale_slope,
        "position_of_slice_2": (whole.affine @ (0, 0, 1, 1))[:3],
    }
    savemat(folder / "truth.mat", known)


def write_scan(folder: Path) -> None:
    """A scan of four dimensions."""
    from dicome.phantom import write_phantom

    write_phantom(folder / "scan.dcm", rows=8, columns=6, slices=3, echoes=2)


def write_two_scans(folder: Path) -> None:
    """The same, and others whose names have dots."""
    write_scan(folder)
    for name in ("a.b.dcm", "0001.0301"):
        shutil.copy(folder / "scan.dcm", folder / name)


def write_raw_data(folder: Path) -> None:
    """A series with its study beside it, and a card."""
    from tests.philips.samples import COILS, RESPONSES
    from tests.support.raw_files import SCAN, as_exam, card, group, raw_file, study_xml

    whole = card("Brain", [("T1", group(*SCAN)), ("T2", group(*SCAN))])
    blobs = [("PDF_EXAM_PARS", as_exam()), ("COILSTATE", COILS), ("PDF_USED_PRESCAN_RESPONSES", RESPONSES)]
    (folder / "XX_0003").write_bytes(raw_file([*blobs, ("PDF_PRESCAN_COIL_PARS", b""), ("NEW", bytes([1, 2, 250]))]))
    (folder / "XX_0004").write_bytes(raw_file([("ExamCardBlob", study_xml("Brain", whole))], series=0))
    (folder / "XX_0005").write_bytes(raw_file([("PDF_EXAM_PARS", as_exam()[:-60])]))
    (folder / "some.ExamCard").write_bytes(whole)


def write_fmri(folder: Path) -> None:
    """What dcms2e takes, and the PAR file of another scan."""
    from tests.multiframe.scan import make_scan

    make_scan(folder / "02 Rest")
    make_scan(folder / "other", dynamics=2)
    for path in (folder / "other.par", folder / "other.rec"):
        path.rename(folder / f"wrong{path.suffix}")


PREPARATIONS = {
    "test_dcm2par": write_two_scans,
    "test_dcms2e": write_fmri,
    "test_examcard": write_raw_data,
    "test_export": write_scan,
    "test_phantom": write_phantoms,
}


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, octave: str, environment: dict[str, str]) -> None:
    if name in PREPARATIONS:
        PREPARATIONS[name](Path(environment["DICOME_SCRATCH"]))
    command = [octave, "--norc", "--quiet", "--eval", f"cd('{HERE}'); run_tests('{name}')"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, said
    assert "FAILED" not in done.stdout, said
    assert done.stdout.count("ok test_") == (HERE / f"{name}.m").read_text(encoding="utf-8").count("\nfunction test_")
    assert sorted(Path(environment["TMPDIR"]).iterdir()) == [], "temporary files were left behind"
