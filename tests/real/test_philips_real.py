"""Raw data files and ExamCards of scanners: against another program's print-out, the console's own sheets, pydicom."""

from __future__ import annotations

import base64
import csv
import os
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pydicom
import pytest

from dicome import philips
from dicome.philips.extract import write_card
from dicome.philips.protocol import sheet
from dicome.philips.sources import read_sources

FOLDER = os.environ.get("DICOME_CORPUS")
PRINT_OUT = re.compile(rb"^(.{24}) ?\ttype:(\w+) +size: *(\d+) values: (.*)\r?\Z", re.DOTALL)
CUT_NAME, CUT_TEXT = 24, 80
GROUPS = (
    ("PDF_EXAM_PARS", 1283), ("PDF_CONTROL_SCAN_PARS", 589), ("PDF_CONTROL_RECON_PARS", 289),
    ("PDF_CONTROL_GEN_PARS", 43), ("PDF_CONTROL_PREP_PARS", 258), ("PDF_HARDWARE_PARS", 353),
)  # fmt: skip
"""The blobs that the print-out of series 2001 holds, and their numbers of parameters."""

EXPECTED = {
    "dbdicom/MOLLI_enhanced/XX_0004": ("5.6.1", 701, 12, 1273),
    "dcm_qa_cs_dl/201_T1W_TSE_Sno_CSno_CSAIno/0001_Raw.dcm": ("11.0.0", 201, 11, 1607),
    "dcm_qa_philips_asl_enh/Enhanced/301_ASL_MultiPhase_Raw.dcm": ("5.7.1", 301, 12, 1252),
    "dcm_qa_philips_asl_enh/Enhanced/402_SOURCE_-_3D_pCASL_6mm_Raw.dcm": ("5.7.1", 402, 12, 1252),
    "dcm_qa_philips_dwi/cl/DICOM/XX_0546": ("5.7.1", 701, 12, 1252),
    "dcm_qa_philips_enh/enh/2001_WIP_fcMRI_Field_Mapping_Raw.dcm": ("5.7.1", 2001, 12, 1283),
}
"""Series files: release, series number, blobs, parameters of the examination."""

CARDS = {
    "nitest-balls1/cards/test_samples.ExamCard": ("test_samples", "3.2.3.1", 9),
    "gt-examcard-parser/DUAL_ECHO_EPI.ExamCard": ("DUAL ECHO EPI", "5.7.1.0", 2),
    "dcm_qa_philips_dwi/cl/DICOM/XX_0547": ("Test", "5.7.1.2", 9),
    "dcm_qa_philips_asl_enh/Enhanced/939334447_ExamCard_Raw.dcm": ("", "5.7.1.2", 6),
}
"""Files with an ExamCard: name, release, scans."""


@pytest.fixture(scope="module")
def raw(corpus: Path) -> Path:
    return corpus / "raw"


# -- everything is read ----------------------------------------


def test_every_file_is_read_or_passed_over(raw: Path) -> None:
    sources = read_sources([raw])
    words = {str(one.path.relative_to(raw)): one.word for one in sources if one.word}
    assert {Path(name).name: word for name, word in words.items()} == {
        "PS_0002": "a presentation state",
        "PS_0545": "a presentation state",
        "4096778127_SOURCE_-_pCASL_PS.dcm": "a presentation state",
        "2001_fcMRI_Field_Mapping_blobs.txt": "no DICOM file",
    }
    assert [one.problems for one in sources if one.problems] == []
    read = {str(one.path.relative_to(raw)) for one in sources if one.raw or one.card}
    assert read == {*EXPECTED, *CARDS}


@pytest.mark.parametrize("name", EXPECTED)
def test_series(name: str, raw: Path) -> None:
    release, number, blobs, parameters = EXPECTED[name]
    found = philips.read_blobs(raw / name)
    assert not found.is_study
    assert (found.software.split("\\")[0], found.series_number, len(found.blobs)) == (release, number, blobs)
    exam = found["PDF_EXAM_PARS"].content
    assert isinstance(exam, philips.ParameterGroup)
    assert len(exam) == parameters
    assert not any(isinstance(blob.content, philips.Uninterpreted) for blob in found.blobs)
    config = found["HARDWARE_CONFIG"].content
    assert isinstance(config, philips.HardwareConfig)
    assert config.release == release
    coils = found["COILSTATE"].content
    assert isinstance(coils, philips.CoilState)
    assert coils.rest == b""
    assert "BODY_QUAD" in {coil.name for coil in coils.coils}


def test_blobs_are_the_bytes_that_pydicom_finds(raw: Path) -> None:
    for name in EXPECTED:
        found = philips.read_blobs(raw / name)
        data = pydicom.dcmread(raw / name)
        (items,) = [one.value for one in data if one.VR == "SQ" and one.value and len(one.value) == len(found.blobs)]
        for blob, item in zip(found.blobs, items, strict=True):
            parts = {one.tag.element & 0xFF: one.value for one in item}
            assert blob.name == str(parts[0x37])
            assert blob.data == bytes(parts.get(0x44) or b"")[: parts[0x43]]
            assert blob.size == len(blob.data)


def test_known_numbers_of_a_series(raw: Path) -> None:
    found = philips.read_blobs(raw / "dcm_qa_philips_dwi/cl/DICOM/XX_0546")
    exam = found["PDF_EXAM_PARS"]
    assert exam.size == 288518
    assert isinstance(exam.content, philips.ParameterGroup)
    assert exam.content["EX_ACQ_patient_weight"].values == np.float32(85)
    coils = found["COILSTATE"].content
    assert isinstance(coils, philips.CoilState)
    assert [coil.name for coil in coils.coils] == ["BODY_QUAD", "NVC_BASE", "NVC_HEAD", "POSTERIOR"]
    assert (coils.coils[3].path, coils.coils[3].part_number) == (
        "/SCC.ConnNIC0/DNANICHUB.ConnRX/SBM.DCC3/DCP.ConnPC",
        "452213278105",
    )
    assert not isinstance(found["PDF_PRESCAN_COIL_PARS"].content, philips.Uninterpreted)


# -- another program's print-out ----------------------------------------


def printed() -> dict[str, list[tuple[bytes, str, int, bytes]]]:
    """The print-out: blob to (name cut to 24 characters, type, size, values); values may hold anything."""
    assert FOLDER is not None
    text = (Path(FOLDER) / "raw/dcm_qa_philips_enh/text/2001_fcMRI_Field_Mapping_blobs.txt").read_bytes()
    found: dict[str, list[tuple[bytes, str, int, bytes]]] = {}
    for part in re.split(rb"^-------------", text, flags=re.MULTILINE)[1:]:
        name, _, rows = part.partition(b"\n")
        starts = [match.start() for match in re.finditer(rb"^.{24} ?\ttype:", rows, re.MULTILINE)]
        cells = [PRINT_OUT.match(rows[a:b].rstrip(b"\n")) for a, b in pairwise([*starts, len(rows)])]
        found[name.strip().decode()] = [
            (cell[1].rstrip(), cell[2].decode(), int(cell[3]), cell[4].rstrip(b"\r"))
            for cell in cells
            if cell is not None
        ]
        assert len(found[name.strip().decode()]) == len(starts)
    return found


def unrolled(text: bytes) -> list[float]:
    """``1 x 6, 0, 1 x 9`` as sixteen numbers."""
    values: list[float] = []
    for run in text.decode("ascii").strip().split(","):
        value, _, count = run.partition(" x ")
        values += [float(value)] * int(count or 1)
    return values


def test_the_print_out_holds_what_it_should() -> None:
    if not FOLDER:
        pytest.skip("DICOME_CORPUS is not set: no folder of real scanner files to read")
    assert {name: len(rows) for name, rows in printed().items() if rows} == dict(GROUPS)


@pytest.mark.parametrize("name", [name for name, _ in GROUPS])
def test_every_parameter_is_that_of_the_print_out(name: str, raw: Path) -> None:
    content = philips.read_blobs(raw / "dcm_qa_philips_enh/enh/2001_WIP_fcMRI_Field_Mapping_Raw.dcm")[name].content
    assert isinstance(content, philips.ParameterGroup)
    rows = printed()[name]
    assert len(rows) == len(content)
    for (cut, kind, size, text), ours in zip(rows, content.parameters, strict=True):
        assert (ours.name[:CUT_NAME], ours.kind, len(ours.values)) == (cut.decode(), kind, size)
        if isinstance(ours.values, tuple):
            # Their texts run on behind the NUL, into what is left over there: each of ours is how one of them begins.
            compare_texts(ours.values, text)
        elif isinstance(ours.values, np.ndarray):
            theirs = np.array(unrolled(text))
            if kind == "float":
                np.testing.assert_allclose(ours.values, theirs, rtol=1e-5, err_msg=ours.name)
            else:
                assert ours.values.tolist() == theirs.tolist(), ours.name


def compare_texts(ours: tuple[str, ...], theirs: bytes) -> None:
    if len(ours) == 1:
        assert theirs.decode("latin-1") == ours[0]
        return
    at = 0
    for text in ours:
        at = theirs.index(text.encode("latin-1"), at) + len(text)


# -- the console's own sheets ----------------------------------------


@pytest.mark.parametrize(("text", "scan"), [("DTI", "DTI"), ("T1", "T1"), ("T2_", "T2*"), ("fieldmap", "fieldmap")])
def test_the_sheet_is_that_of_the_console(text: str, scan: str, corpus: Path) -> None:
    card = philips.read_examcard(corpus / "raw/nitest-balls1/cards/test_samples.ExamCard")
    wanted = (corpus / f"parrec/nitest-balls1/protocols/{text}.txt").read_bytes().decode("latin-1")
    parameters = card.scan(scan).parameters
    assert parameters is not None
    assert "".join(f"{line}\n" for line in sheet(parameters)) == wanted.replace("\r\n", "\n")


def test_every_parameter_of_the_cards_is_in_the_table_of_wordings(raw: Path) -> None:
    folder = Path(philips.__file__).parent
    with (folder / "protocol.tsv").open(newline="") as stream:
        known = {row[0] for row in csv.reader(stream, delimiter="\t")}
    scans = [scan for name in CARDS for scan in philips.read_examcard(raw / name).scans]
    used = {one.name for scan in scans if scan.parameters for one in scan.parameters.parameters}
    assert {name for name in used if not name.endswith("_seperator")} - known == set()


def test_a_series_gives_the_sheet_of_its_scan(raw: Path) -> None:
    """The series as scanned and its scan in the card agree where both have a line."""
    folder = raw / "dcm_qa_philips_dwi/cl/DICOM"
    series = next(one for one in read_sources([folder]) if one.is_series)
    assert [path.name for path in series.words_from] == ["XX_0547"]
    assert series.raw is not None
    exam = series.raw["PDF_EXAM_PARS"].content
    scan = philips.read_examcard(folder / "XX_0547").scan("DTI_Biobank_2mm_MB3S2_EPI")
    assert isinstance(exam, philips.ParameterGroup)
    assert scan.parameters is not None
    ours = {line.name: line.value for line in sheet(exam, shown_only=True)}
    theirs = {line.name: line.value for line in sheet(scan.parameters)}
    both = ours.keys() & theirs.keys()
    assert len(both) > 90
    assert {name for name in both if ours[name] != theirs[name]} == {"IF_relative_SNR"}


# -- cards ----------------------------------------


@pytest.mark.parametrize("name", CARDS)
def test_cards(name: str, raw: Path) -> None:
    card = philips.read_examcard(raw / name)
    assert (card.name, card.release, len(card.scans)) == CARDS[name]
    assert card.problems == ()
    for scan in card.scans:
        assert scan.parameters is not None
        enums = [one for one in scan.parameters.parameters if one.kind == "enum"]
        assert len(enums) > 100
        assert all(one.labels for one in enums), scan.name


@pytest.mark.parametrize("name", [name for name in CARDS if not name.endswith(".ExamCard")])
def test_extracted_cards_are_the_bytes_in_the_file(name: str, raw: Path, tmp_path: Path) -> None:
    """Against the way through pydicom, a regular expression and base64."""
    found = philips.read_blobs(raw / name)
    written = write_card(found, tmp_path)
    blob = pydicom.dcmread(raw / name)[0x2005, 0x1132].value[0][0x2005, 0x1144].value
    inner = re.search(rb"<ExamCardBlob>([^<]*)<", blob)
    assert inner is not None
    wanted = base64.b64decode(inner[1]).rstrip(b"\0")
    assert written is not None
    assert written.read_bytes() == wanted
    assert wanted.endswith(b"</SOAP-ENV:Envelope>\r\n")
    assert philips.read_examcard(written).scans[0].name == philips.read_examcard(raw / name).scans[0].name


def test_the_study_as_scanned(raw: Path) -> None:
    study = philips.read_blobs(raw / "dcm_qa_philips_dwi/cl/DICOM/XX_0547")["ExamCardBlob"].content
    assert isinstance(study, philips.StudyCard)
    assert (study.name, len(study.card)) == ("Test", 992932)
    assert [scan.name for scan in study.scans[:3]] == ["Survey", "CoilSurveyScan", "SenseRefScan"]
    assert {scan.state for scan in study.scans} == {"Completed"}
    last = study.scans[-1]
    assert (last.acquisition_number, last.reconstruction_number, last.mip_number) == (7, 1, None)
    assert last.series[0].uid == "1.3.46.670589.11.45190.5.0.6424.2021100515345467861"
    assert last.end_time == "2021-10-05T14:37:01.4648455Z"
