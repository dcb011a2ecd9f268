"""Raw data files: the blobs wherever their block lies and however names are written, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicome import philips
from dicome.enhanced.encode import Encoding
from dicome.errors import DamagedFileError, DicomeWarning, NotDicomError
from dicome.phantom import write_phantom
from tests.philips.samples import COILS
from tests.support.raw_files import SCAN, SERIES_CLASS, as_exam, card, group, raw_file, study_xml

BLOBS = [("PDF_EXAM_PARS", as_exam()), ("COILSTATE", COILS), ("PDF_PRESCAN_COIL_PARS", b""), ("NEW", b"\1\2\3")]
ENCODINGS = {
    "explicit": Encoding(),
    "defined lengths": Encoding(undefined_lengths=False),
    "implicit": Encoding(implicit=True),
    "big endian": Encoding(big_endian=True),
}


def check(found: philips.RawData) -> None:
    assert [blob.name for blob in found.blobs] == [name for name, _ in BLOBS]
    assert [blob.data for blob in found.blobs] == [data for _, data in BLOBS]
    kinds = [philips.ParameterGroup, philips.CoilState, philips.Nothing, philips.Uninterpreted]
    assert [type(blob.content) for blob in found.blobs] == kinds
    assert found.problems == ()


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("block", [0x10, 0x11, 0x16])
def test_every_encoding_and_block(name: str, block: int, tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file(BLOBS, block=block, encoding=ENCODINGS[name]))
    check(philips.read_blobs(path))


@pytest.mark.parametrize("vr", ["LO", "PN", "UN"])
def test_names_as_any_kind_of_text(vr: str, tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file(BLOBS, vr=vr, sop_class=SERIES_CLASS))
    check(philips.read_blobs(path))


def test_what_a_file_says_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file(BLOBS, series=402, card="Brain", protocol="T1 TFE", study="1.2.9"))
    found = philips.read_blobs(path)
    assert (found.series_number, found.acquisition_number, found.reconstruction_number) == (402, 3, None)
    assert (found.card_name, found.protocol_name, found.study_uid, found.software) == (
        "Brain",
        "T1 TFE",
        "1.2.9",
        "5.7.1",
    )
    assert not found.is_study
    assert found["COILSTATE"] is found.blobs[1]
    with pytest.raises(KeyError):
        found["RC"]


def test_sizes_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file(BLOBS, sizes={"COILSTATE": len(COILS) + 1000}))
    with pytest.warns(DicomeWarning, match=r"COILSTATE: size is 1,\d+; its data, at byte [\d,]+ of the file, has"):
        found = philips.read_blobs(path)
    assert isinstance(found["COILSTATE"].content, philips.CoilState)
    path.write_bytes(raw_file(BLOBS, sizes={"COILSTATE": -7}))
    with pytest.warns(DicomeWarning, match="COILSTATE: size is -7; expected 0 or more"):
        philips.read_blobs(path)
    path.write_bytes(raw_file(BLOBS, sizes={"COILSTATE": 4}))
    with pytest.warns(DicomeWarning, match="the number of coils at byte 4 has 4 bytes; expected at most 0"):
        assert philips.read_blobs(path)["COILSTATE"].data == b"\1\0\0\0"


def test_a_study_file(tmp_path: Path) -> None:
    whole = card("Brain", [("T1", group(*SCAN))])
    path = tmp_path / "XX_0002"
    path.write_bytes(raw_file([("ExamCardBlob", study_xml("Brain", whole))], protocol="ExamCard", series=0))
    assert philips.read_blobs(path).is_study
    assert philips.read_examcard(path).scans[0].name == "T1"
    path.write_bytes(raw_file(BLOBS))
    with pytest.raises(NotDicomError, match="raw data of a series"):
        philips.read_examcard(path)


@pytest.mark.parametrize("undefined", [True, False])
def test_a_file_that_was_cut_off(undefined: bool, tmp_path: Path) -> None:
    """Wherever the cut goes: the blobs before it, and a word about it."""
    whole = raw_file(BLOBS, encoding=Encoding(undefined_lengths=undefined))
    path = tmp_path / "XX_0001"
    seen: set[int] = set()
    for end in range(whole.index(b"PDF_EXAM_PARS"), len(whole) - 20, 7):
        path.write_bytes(whole[:end])
        with pytest.warns(DicomeWarning):
            found = philips.read_blobs(path)
        assert "is the file complete?" in found.damage
        for blob, (name, data) in zip(found.blobs[:-1], BLOBS, strict=False):
            assert (blob.name, blob.data) == (name, data)
        last, (name, data) = found.blobs[-1], BLOBS[len(found.blobs) - 1]
        assert name.startswith(last.name)
        assert data.startswith(last.data)
        assert found.series_number == 301
        seen.add(len(found.blobs))
    assert seen == {1, 2, 3, 4}


def test_a_cut_before_the_blobs(tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file(BLOBS)[:400])
    with pytest.raises(DamagedFileError, match="is the file complete"):
        philips.read_blobs(path)


def test_what_has_no_blobs(tmp_path: Path) -> None:
    phantom = write_phantom(tmp_path / "scan.dcm", slices=2)
    with pytest.raises(NotDicomError, match="holds no blobs of Philips; expected a raw data file"):
        philips.read_blobs(phantom.path)
    (tmp_path / "notes.txt").write_text("hello " * 50)
    with pytest.raises(NotDicomError):
        philips.read_blobs(tmp_path / "notes.txt")
