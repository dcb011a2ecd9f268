"""send_dicom sends to other programs: DCMTK's storescp, and pynetdicom."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.servers import (
    ENHANCED_MR,
    LOOPBACK,
    RAW,
    body_of,
    free_port,
    mr_file,
    program,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Dicome = Callable[..., subprocess.CompletedProcess[str]]


def test_echo_without_files(dicome: Dicome, dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    port = free_port()
    with program(dcmtk("storescp"), "-od", str(tmp_path), str(port), port=port):
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", port)
    assert done.returncode == 0, done.stderr
    assert "success" in done.stdout


def test_enhanced_classic_and_raw_objects_go_in_one_association(
    dicome: Dicome, dcmtk: Callable[[str], str], tmp_path: Path
) -> None:
    got = tmp_path / "got"
    got.mkdir()
    folder = tmp_path / "Ärger mit Blanks"
    folder.mkdir()
    for number, sop_class in enumerate((ENHANCED_MR, RAW, *["1.2.840.10008.5.1.4.1.1.4"] * 10)):
        mr_file(folder / f"{number}", f"1.2.3.{number}", sop_class=sop_class, pixels=300_000)
    (folder / "notes.txt").write_text("not DICOM")
    port = free_port()
    with program(dcmtk("storescp"), "--bit-preserving", "-od", str(got), str(port), port=port):
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", port, folder)
    assert done.returncode == 0, done.stderr
    assert "12 sent, 0 failed, 1 other files left out" in done.stdout
    found = sorted(path.name for path in got.iterdir())
    assert found == sorted(["MRe.1.2.3.0", "RAW.1.2.3.1", *(f"MR.1.2.3.{number}" for number in range(2, 12))])
    assert body_of(got / "MRe.1.2.3.0") == body_of(folder / "0")


def test_real_files_arrive_byte_for_byte(
    dicome: Dicome, dcmtk: Callable[[str], str], corpus: Path, tmp_path: Path
) -> None:
    files = [
        corpus / "enhanced/nitest-balls1/DICOM/T2_.dcm",
        *sorted((corpus / "classic/philips_801_DTI").glob("*.dcm"))[:5],
        *sorted((corpus / "raw/dcm_qa_philips_enh/enh").glob("*Raw.dcm"))[:2],
    ]
    port = free_port()
    got = tmp_path / "got"
    got.mkdir()
    with program(dcmtk("storescp"), "--bit-preserving", "+xa", "-od", str(got), str(port), port=port):
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", port, *files)
    assert done.returncode == 0, done.stderr
    assert sorted(body_of(path) for path in got.iterdir()) == sorted(body_of(path) for path in files)


def test_what_takes_implicit_vr_only_gets_that(dicome: Dicome, dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a.dcm", "1.2.3.1")
    port = free_port()
    got = tmp_path / "got"
    got.mkdir()
    with program(dcmtk("storescp"), "+xi", "--bit-preserving", "-od", str(got), str(port), port=port):
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", port, file)
    assert done.returncode == 0, done.stderr
    assert "implicit VR" in done.stderr
    from pydicom import dcmread

    (found,) = got.iterdir()
    assert dcmread(found).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"
    assert dcmread(found).PixelData == dcmread(file).PixelData


def test_big_endian_pixels_are_turned_for_what_takes_implicit_vr_only(
    dicome: Dicome, dcmtk: Callable[[str], str], tmp_path: Path
) -> None:
    from pydicom import dcmread

    eight = bytes(range(8))
    lut: list[tuple[int, str, Any]] = [(0x00283002, "US", [2, 0, 16]), (0x00283006, "OW", eight)]
    extra = [(0x00280010, "US", 300), (0x00283000, "SQ", [lut]), (0x00660016, "OF", eight), (0x00660022, "OD", eight)]
    little = mr_file(tmp_path / "little.dcm", "1.2.3.1", pixels=5000, extra=extra)
    big = tmp_path / "big.dcm"
    subprocess.run([dcmtk("dcmconv"), "+tb", str(little), str(big)], check=True)
    port = free_port()
    got = tmp_path / "got"
    got.mkdir()
    with program(dcmtk("storescp"), "+xi", "--bit-preserving", "-od", str(got), str(port), port=port):
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", port, big)
    assert done.returncode == 0, done.stderr
    (path,) = got.iterdir()
    found, sent = dcmread(path), dcmread(little)
    assert found.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"
    assert found.PixelData == sent.PixelData
    assert found.Rows == 300
    assert found.ModalityLUTSequence[0].LUTData == eight
    assert found.PointCoordinatesData == eight
    assert found.DoublePointCoordinatesData == eight


@pytest.mark.parametrize("associations", [1, 3])
def test_small_pdus_and_several_associations(
    associations: int, dicome: Dicome, dcmtk: Callable[[str], str], tmp_path: Path
) -> None:
    files = [mr_file(tmp_path / f"{number}", f"1.2.3.{number}", pixels=50_000) for number in range(12)]
    port = free_port()
    got = tmp_path / "got"
    got.mkdir()
    command = (dcmtk("storescp"), "--fork", "-pdu", "4096", "--bit-preserving", "-od", str(got), str(port))
    with program(*command, port=port):
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", port, "--associations", associations, *files)
    assert done.returncode == 0, done.stderr
    assert sorted(body_of(path) for path in got.iterdir()) == sorted(body_of(path) for path in files)


def test_pynetdicom_receives(dicome: Dicome, tmp_path: Path) -> None:
    from pynetdicom import AE, AllStoragePresentationContexts, evt

    received = []

    def handle(event: evt.Event) -> int:
        received.append(event.request.DataSet.getvalue())
        return 0x0000

    file = mr_file(tmp_path / "a.dcm", "1.2.3.1", pixels=700_000)
    entity = AE()
    entity.supported_contexts = AllStoragePresentationContexts[:120]
    handlers = [(evt.EVT_C_STORE, handle)]
    server = entity.start_server((LOOPBACK, 0), block=False, evt_handlers=handlers)
    try:
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", server.socket.getsockname()[1], file)
    finally:
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert received == [body_of(file)]
