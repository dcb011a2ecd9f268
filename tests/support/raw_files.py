"""Raw data files, parameter groups and ExamCards for tests, written by another hand than the one that reads them."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dicome.enhanced.encode import EXPLICIT, Encoding, data_set, sequence
from tests.support.files import Elements, part10, uid_of

CREATOR = "Philips MR Imaging DD 002"
RAW_CLASS, SERIES_CLASS = "1.2.840.10008.5.1.4.1.1.66", "1.3.46.670589.11.0.0.12.2"
CODES = {"float": 0, "int": 1, "string": 2, "obsolete": 3, "enum": 4}


@dataclass(frozen=True)
class Setting:
    """A parameter to write: values as numbers or texts; words: of an enum."""

    name: str
    kind: str
    values: Sequence[Any]
    words: str = ""
    shown: bool = False


def group(*settings: Setting) -> bytes:
    """A parameter group: header, records, integers, floats, strings with the words behind them."""
    records = 32 + 50 * len(settings)
    integers = [value for one in settings if one.kind in ("int", "enum", "obsolete") for value in one.values]
    floats = [value for one in settings if one.kind == "float" for value in one.values]
    float_at = records + 4 * len(integers)
    string_at = float_at + 4 * len(floats)
    strings = b"".join(
        text.encode("latin-1").ljust(81, b"\0") for one in settings if one.kind == "string" for text in one.values
    )
    words_at: dict[str, int] = {}
    for one in settings:
        if one.words and one.words not in words_at:
            words_at[one.words] = string_at + len(strings)
            strings += one.words.encode() + b"\0"
    places = {"int": records, "float": float_at, "string": string_at}
    widths = {"int": 4, "float": 4, "string": 81}
    body = b""
    for number, one in enumerate(settings):
        at = 32 + 50 * number
        pool = "int" if one.kind in ("enum", "obsolete") else one.kind
        name = one.name.encode().ljust(33, b"\0") if len(one.name) > 20 else one.name.encode() + b"\0" + b"\xcd" * 12
        name = name.ljust(33, b"\xcd")[:33]
        labels = words_at[one.words] - (at + 42) if one.words else 0
        value = places[pool] - (at + 46)
        body += struct.pack("<33sBiIIi", name, one.shown, CODES[one.kind], len(one.values), labels, value)
        places[pool] += widths[pool] * len(one.values)
    header = struct.pack(
        "<iHHiIiIiI",
        records,
        len(integers),
        0,
        float_at - 8,
        len(floats),
        string_at - 16,
        len(strings),
        8,
        len(settings),
    )
    pools = struct.pack(f"<{len(integers)}i{len(floats)}f", *integers, *floats)
    return header + body + pools + strings


SCAN = (
    Setting("EX_geometry_seperator", "int", [1634755923]),
    Setting("EX_GEO_fov", "float", [130.0], shown=True),
    Setting("EX_GEO_fov_p", "float", [154.375], shown=True),
    Setting("EX_GEO_stacks_fov_ss", "float", [120.97, 250.0]),
    Setting("EX_GEO_stacks", "int", [1], shown=True),
    Setting("EX_GEO_stacks_orientations", "enum", [0, 1], "TRANSVERSAL,SAGITTAL,CORONAL"),
    Setting("EX_GEO_stacks_prep_dirs", "enum", [1, 0], "AP,LR,FH"),
    Setting("EX_contrast_seperator", "int", [0]),
    Setting("EX_ACQ_scan_mode", "enum", [2], "2D,3D,MS,M2D,SV,1D"),
    Setting("EX_ACQ_flip_angle", "float", [90.0]),
    Setting("EX_NEW_gradient_trick", "enum", [1], "NO,VERY_FAST"),
    Setting("EX_PROC_image_types", "enum", [2, 4, 4, 4], "REAL,IMAGINARY,MODULUS,PHASE,NO", shown=True),
    Setting("IF_str_total_scan_time", "string", ["00:10.5"], shown=True),
)


def as_exam(settings: Sequence[Setting] = SCAN) -> bytes:
    """The same parameters as a series holds them: without the words of enums."""
    return group(*(Setting(one.name, one.kind, one.values, "", one.shown) for one in settings))


def changed(name: str, values: Sequence[Any], settings: Sequence[Setting] = SCAN) -> tuple[Setting, ...]:
    """The settings with other values for one of them."""
    return tuple(
        Setting(one.name, one.kind, values, one.words, one.shown) if one.name == name else one for one in settings
    )


# -- ExamCards ----------------------------------------

SOAP = (
    '<SOAP-ENV:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" '
    'xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">\r\n<SOAP-ENV:Body>\r\n'
)
END = "</SOAP-ENV:Body>\r\n</SOAP-ENV:Envelope>\r\n"


def card(name: str, scans: Sequence[tuple[str, bytes]], *, old: bool = False) -> bytes:
    """An ExamCard file, of the old schema (scanStep) or the new one (scanSet)."""
    items, objects = "", ""
    for number, (scan, parameters) in enumerate(scans, 100):
        items += f'<item href="#i{number}"/>\r\n'
        if old:
            objects += f'<a1:ECInstrument id="i{number}"><scanStep href="#q{number}"/></a1:ECInstrument>\r\n'
            objects += f'<a1:ScanStep id="q{number}"><currentScanSet href="#s{number}"/></a1:ScanStep>\r\n'
        else:
            objects += f'<a1:ECInstrument id="i{number}"><scanSet href="#s{number}"/></a1:ECInstrument>\r\n'
        objects += (
            f'<a9:ScanSet id="s{number}"><executionSteps href="#l{number}"/></a9:ScanSet>\r\n'
            f'<a9:ExecutionStepList id="l{number}"><list href="#a{number}"/></a9:ExecutionStepList>\r\n'
            f'<a7:ArrayList id="a{number}"><_items href="#b{number}"/><_size>1</_size></a7:ArrayList>\r\n'
            f'<SOAP-ENC:Array id="b{number}"><item href="#e{number}"/></SOAP-ENC:Array>\r\n'
            f'<a9:ExecutionStep id="e{number}"><singleScan href="#n{number}"/></a9:ExecutionStep>\r\n'
            f'<a9:SingleScan id="n{number}"><scanProcedure href="#p{number}"/><geometryName href="#geo"/>'
            f"<isPreScan>false</isPreScan></a9:SingleScan>\r\n"
            f'<a2:ScanProcedure id="p{number}"><parameterData href="#d{number}"/><name>{scan}</name>'
            f'<methodDescription>TRA    FEEPI 3000</methodDescription><Modified xsi:null="1"/></a2:ScanProcedure>\r\n'
            f'<SOAP-ENC:Array id="d{number}" xsi:type="SOAP-ENC:base64">{base64.b64encode(parameters).decode()}'
            f"</SOAP-ENC:Array>\r\n"
        )
    head = (
        f'<a1:ExamCard id="ref-1"><name>{name}</name><instrumentList href="#il"/><anatomy>Head</anatomy>'
        '<version href="#v"/></a1:ExamCard>\r\n'
        '<a1:ECInstrumentList id="il"><list href="#all"/></a1:ECInstrumentList>\r\n'
        '<a1:ExamCardsVersion id="v"><swVersion>5.7.1.2</swVersion></a1:ExamCardsVersion>\r\n'
        '<a5:Named id="geo">Axial</a5:Named>\r\n'
        f'<a7:ArrayList id="all"><_items href="#allitems"/><_size>{len(scans)}</_size></a7:ArrayList>\r\n'
        f'<SOAP-ENC:Array id="allitems">{items}</SOAP-ENC:Array>\r\n'
    )
    return (SOAP + head + objects + END).encode()


def study_xml(name: str, card_bytes: bytes, *, scan: str = "T1") -> bytes:
    """The XML of an ExamCardBlob, filled up with NULs."""
    inner = base64.b64encode(card_bytes + bytes(50)).decode()
    text = (
        '<?xml version="1.0"?>\r\n<ExamCard xmlns="http://tempuri.org/XMLSchema.xsd">\r\n'
        f"<Name>{name}</Name><AcquisitionEndTime>2021-10-05T14:37:01.4648455Z</AcquisitionEndTime>"
        f"<ScanSet><AttainedSED>0.1</AttainedSED><AcquisitionEndTime>2021-10-05T14:10:12Z</AcquisitionEndTime><SingleScan>"
        f"<Name>{scan}</Name><State>Completed</State><AcquisitionNumber>2</AcquisitionNumber>"
        "<ReconstructionNumberRec>1</ReconstructionNumberRec><ReconstructionNumberMip>2</ReconstructionNumberMip>"
        "<ReconstructionNumberRaw>-1</ReconstructionNumberRaw><ReconstructionNumberComplex>-1</ReconstructionNumberComplex>"
        "<SeriesUids>1.2.3</SeriesUids><SeriesUids/><SeriesUids/><SeriesUids>1.2.4</SeriesUids></SingleScan></ScanSet>"
        "<ProcessingStep><Name>MPR</Name><State>JobCompleted</State></ProcessingStep>"
        f"<ExamCardBlob>{inner}</ExamCardBlob></ExamCard>\r\n"
    )
    return text.encode() + bytes(200)


# -- DICOM ----------------------------------------


def raw_file(
    blobs: Sequence[tuple[str, bytes]],
    *,
    block: int = 0x11,
    vr: str = "LO",
    encoding: Encoding = EXPLICIT,
    sizes: dict[str, int] | None = None,
    **top: str | int,
) -> bytes:
    """A raw data file. block: of the private creator; vr: of the names; sizes: announced instead of the true ones.

    top: study, card, series (its number), protocol, sop_class.
    """
    items = [_item(name, data, block, vr, (sizes or {}).get(name, len(data))) for name, data in blobs]
    encoded = [data_set(item, encoding) for item in items]
    before: Elements = [
        (0x00080016, "UI", top.get("sop_class", RAW_CLASS)),
        (0x00080018, "UI", "1.2.3.4"),
        (0x00080060, "CS", "MR"),
        (0x00181020, "LO", "5.7.1"),
        (0x00181030, "LO", top.get("protocol", "T1")),
        (0x0020000D, "UI", top.get("study", "1.2.3")),
        (0x00200011, "IS", top.get("series", 301)),
        (0x20010010, "LO", "Philips Imaging DD 001"),
        (0x2001107B, "IS", 3),
        (0x200110C8, "LO", top.get("card", "")),
        (0x20050000 + block, "LO", CREATOR),
    ]
    tag = 0x20050000 | block << 8 | 0x32
    return part10(data_set(before, encoding) + sequence(tag, encoded, encoding), uid_of(encoding))


def _item(name: str, data: bytes, block: int, vr: str, size: int) -> Elements:
    at = 0x20050000 | block << 8
    elements: Elements = [
        (0x20050000 + block, "LO", CREATOR),
        (at + 0x37, vr, name.encode() if vr == "UN" else name),
        (at + 0x39, vr, b"IEEE_PDF" if vr == "UN" else "IEEE_PDF"),
        (at + 0x43, "SL", size),
    ]
    if data:
        elements.append((at + 0x44, "OW", data + b"\0" * (len(data) % 2)))
    return [*elements, (at + 0x47, "CS", "Y")]
