"""Opening files: what is found where, and what is no file to open."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import open_file
from dicome.dicom.pixels import open_pixels
from dicome.enhanced.encode import EXPLICIT, Encoding, data_set, header
from dicome.errors import DamagedFileError, FileAccessError, FileMissingError, NotDicomError, UnsupportedError
from dicome.series import open_series
from tests.support.files import (
    BIG_UID,
    DEFLATED_UID,
    EXPLICIT_UID,
    IMPLICIT_UID,
    PIXEL_DATA,
    enhanced,
    enhanced_body,
    head,
    part10,
    plain_frames,
)

BODIES = {
    EXPLICIT_UID: enhanced_body(plain_frames(3)),
    IMPLICIT_UID: enhanced_body(plain_frames(3), encoding=Encoding(implicit=True)),
    BIG_UID: enhanced_body(plain_frames(3), encoding=Encoding(big_endian=True)),
    DEFLATED_UID: enhanced_body(plain_frames(3)),
}


# -- what is found -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid", BODIES)
def test_every_transfer_syntax_gives_the_same_table_and_pixels(uid: str, tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(BODIES[uid], uid))
    file = open_file(path)
    assert file.frames is not None
    assert (file.syntax.uid, file.note, file.size) == (uid, "", path.stat().st_size)
    columns = ItemColumns(file.source, file.frames)
    assert columns.column("MREchoSequence.EffectiveEchoTime")[0].tolist() == [10, 20, 30]
    assert columns.column("FrameContentSequence.DimensionIndexValues")[0].tolist() == [[1, 1], [1, 2], [1, 3]]
    assert open_pixels(file).block(0, 3).ravel().tolist() == list(range(12))
    assert (file.number(0x00280010), file.number(0x00280008), file.text(0x00080060)) == (2, 3, "MR")


def test_numbers_and_texts_of_the_top_level(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    elements = [
        (0x00080060, "CS", "MR "), (0x00101010, "AS", None), (0x00180087, "DS", "1.5\\2"), (0x00189073, "FD", 2.7),
        (0x00200013, "IS", " 12"), (0x00280010, "US", [3, 4]), (0x00189082, "FD", float("nan")),
    ]  # fmt: skip
    path.write_bytes(part10(data_set(elements)))
    file = open_file(path)
    assert [file.number(tag) for tag, _, _ in elements] == [None, None, 1, 2, 12, 3, None]
    assert [file.text(tag) for tag in (0x00080060, 0x00101010, 0x00200013, 0x00081111)] == ["MR", "", "12", ""]
    assert file.element(0x00081111) is None


def test_meta_group(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(BODIES[EXPLICIT_UID], meta=[(0x00020013, "SH", "K\xf6ln")]))
    file = open_file(path)
    found = {e.tag: file.meta_source.data[e.offset : e.end].tobytes() for e in file.meta}
    assert sorted(found) == [0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020013]
    assert found[0x00020010].rstrip(b"\0").decode() == EXPLICIT_UID


def test_header_only_file(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(data_set([(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66"), (0x00080060, "CS", "MR")])))
    file = open_file(path)
    assert (file.pixels, file.frames) == (None, None)
    with pytest.raises(NotDicomError, match=r"x\.dcm: this DICOM file has no pixels \(MR\)"):
        open_pixels(file)


def test_opening_maps_and_does_not_read(tmp_path: Path) -> None:
    """A file of 2 GB, nearly all of it a hole: opening it takes next to no memory."""
    path = tmp_path / "x.dcm"
    size = 2 << 30
    before = part10(data_set(head(1, 16384, 16384, allocated=32)) + header(PIXEL_DATA, "OW", size, EXPLICIT))
    with path.open("wb") as stream:
        stream.write(before)
        stream.truncate(len(before) + size)
    code = (
        "import resource, sys\n"
        "from dicome.dicom.file import open_file\n"
        "from dicome.dicom.pixels import open_pixels\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "pixels = open_pixels(open_file(sys.argv[1]))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    pytest.importorskip("resource", reason="Windows does not tell")
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    unit = 1024 if sys.platform == "linux" else 1
    assert int(done.stdout) * unit < 20 << 20


# -- what is none --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(b"no DICOM", mtime=0), "no 'DICM' at byte 128"),
        (b"PK\3\4" + bytes(200), "ZIP archive"), (b"\x89PNG\r\n", "PNG picture"),
        (b"# === DATA DESCRIPTION FILE ====", "Philips PAR file"), (b"MATLAB 5.0 MAT-file" + bytes(200), "MATLAB file"),
        (b"\x89HDF\r\n", "HDF5"), (bytes(512) + b"\x89HDF\r\n", "MATLAB 7.3"), (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"%PDF-1.4", "PDF"), (b"<?xml version", "XML"), (b"<SOAP-ENV:Envelope", "ExamCard"),
        (b"\x5c\1" + bytes(342) + b"n+1\0", "NIfTI"), (b"\x1c\2\0\0n+2\0\r\n\x1a\n", "NIfTI"), (bytes(4000), "zeros"),
        (b"hello, this is text\n" * 20, "no 'DICM' at byte 128"), (b"x", "no 'DICM' at byte 128"),
        (bytes(range(256)), "no 'DICM'"), (b"", "the file is empty"),
    ],
)  # fmt: skip
def test_not_dicom(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "scan.dcm"
    path.write_bytes(data)
    with pytest.raises(NotDicomError, match=message) as caught:
        open_file(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NotDicomError, match="is a folder"):
        open_file(tmp_path)


@pytest.mark.parametrize("name", ["missing.dcm", "no/such/folder.dcm", "there.dcm/inside.dcm"])
def test_a_missing_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "there.dcm").write_bytes(b"x")
    with pytest.raises(FileMissingError, match="no such file"):
        open_file(tmp_path / name)


def test_names_that_cannot_be() -> None:
    with pytest.raises(FileAccessError, match="cannot be read"):
        open_file("x" * 5000)
    with pytest.raises((FileAccessError, FileMissingError)):
        open_file("a\0b")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, because tests may run as root, whom nothing is forbidden."""
    path = tmp_path / "x.dcm"
    path.write_bytes(enhanced(plain_frames(1)))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    for method in ("open", "stat"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, method, refuse)
            with pytest.raises(FileAccessError, match=r"x\.dcm: no permission to read; ask its owner"):
                open_file(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_keep_us_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotDicomError, match="is no file"):
        open_file(tmp_path / "pipe")


def test_a_device() -> None:
    with pytest.raises(NotDicomError, match="is no file"):
        open_file(os.devnull)


def test_unknown_transfer_syntax(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(BODIES[EXPLICIT_UID], "1.2.3.4"))
    with pytest.raises(UnsupportedError, match=r"x\.dcm: Transfer Syntax UID \(0002,0010\) is '1\.2\.3\.4'.*dcmconv"):
        open_file(path)


# -- deflated ------------------------------------------------------------------------------------------------------


def test_deflated_data_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(b"", DEFLATED_UID)[:-2] + b"\xff" * 40)
    with pytest.raises(DamagedFileError, match=r"x\.dcm: the deflated data set cannot be inflated"):
        open_file(path)


def test_deflated_data_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(BODIES[EXPLICIT_UID], DEFLATED_UID)[:-60])
    with pytest.raises(DamagedFileError, match="is the file complete"):
        open_pixels(open_file(path)).block(0, 3)


def test_deflated_data_that_grows_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dicome.dicom.inflate.FREELY_INFLATED", 10_000)
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(bytes(50_000_000), DEFLATED_UID))
    with pytest.raises(DamagedFileError, match=r"x\.dcm: the deflated data set of .* bytes grows to more than"):
        open_file(path)


# -- packed by gzip --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid", BODIES)
def test_files_packed_by_gzip(uid: str, tmp_path: Path) -> None:
    path = tmp_path / "x.dcm.gz"
    path.write_bytes(gzip.compress(part10(BODIES[uid], uid)))
    file = open_file(path)
    assert (file.size, file.mapped, file.number(0x00280008)) == (path.stat().st_size, None, 3)
    assert open_pixels(file).block(0, 3).ravel().tolist() == list(range(12))


def test_gzip_in_several_members_and_with_filling(tmp_path: Path) -> None:
    data = part10(BODIES[EXPLICIT_UID])
    path = tmp_path / "x.dcm.gz"
    path.write_bytes(gzip.compress(data[:300]) + gzip.compress(data[300:]) + bytes(100))
    assert open_pixels(open_file(path)).block(2, 1).ravel().tolist() == [8, 9, 10, 11]


def test_gzip_cut_anywhere(tmp_path: Path) -> None:
    packed = gzip.compress(part10(BODIES[EXPLICIT_UID]))
    path = tmp_path / "x.dcm.gz"
    for size in range(len(packed)):
        path.write_bytes(packed[:size])
        with pytest.raises((DamagedFileError, NotDicomError), match=r"x\.dcm\.gz: "):
            open_file(path)


def test_gzip_that_grows_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dicome.dicom.inflate.FREELY_INFLATED", 10_000)
    path = tmp_path / "x.dcm.gz"
    path.write_bytes(gzip.compress(part10(BODIES[EXPLICIT_UID]) + bytes(50_000_000)))
    with pytest.raises(DamagedFileError, match=r"x\.dcm\.gz: the gzip file of .* bytes grows to more than"):
        open_file(path)


def test_gzip_of_members_without_end(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm.gz"
    path.write_bytes(gzip.compress(b"") * 200_000)
    with pytest.raises(DamagedFileError, match=r"x\.dcm\.gz: the gzip file has more than 100,000 members"):
        open_file(path)


def test_gzip_with_a_wrong_checksum(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(part10(BODIES[EXPLICIT_UID])))
    packed[-8] ^= 1
    path = tmp_path / "x.dcm.gz"
    path.write_bytes(bytes(packed))
    with pytest.raises(DamagedFileError, match="the gzip file cannot be inflated"):
        open_file(path)


# -- files that change ---------------------------------------------------------------------------------------------


def test_a_file_that_shrinks_while_open(tmp_path: Path) -> None:
    """Touching what is gone of a mapped file would kill the process; all ways to the bytes look first."""
    path = tmp_path / "x.dcm"
    data = enhanced([[*frame, (0x00209056, "SH", "1")] for frame in plain_frames(3)])
    path.write_bytes(data)
    file, series = open_file(path), open_series(path)
    pixels = open_pixels(file)
    rows = file.element(0x00280010)
    assert file.frames is not None
    assert rows is not None
    columns = ItemColumns(file.source, file.frames)
    os.truncate(path, len(data) - 30)
    ways = (
        lambda: pixels.block(0, 1),
        lambda: columns.column("MREchoSequence.EffectiveEchoTime"),
        lambda: columns.column("StackID"),
        lambda: file.raw(rows),
        lambda: file.text(0x00080060),
        lambda: series.table.column("EffectiveEchoTime"),
    )
    for way in ways:
        with pytest.raises(DamagedFileError, match=rf"x\.dcm: the file has shrunk from {len(data)} to"):
            way()
    path.write_bytes(data)
    assert pixels.block(2, 1).ravel().tolist() == [8, 9, 10, 11]
