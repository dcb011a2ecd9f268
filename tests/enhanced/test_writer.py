"""Whole files, read back by pydicom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from dicome.enhanced import CANON, DIMENSIONS, index_values, write_enhanced
from dicome.enhanced.syntaxes import SYNTAXES, Syntax, syntax_of
from dicome.enhanced.writer import CHUNK
from dicome.errors import ArgumentError, FileExistsAlreadyError

PIXELS = np.arange(4 * 3 * 5, dtype="u2").reshape(4, 3, 5)

FRAMES: dict[str, Any] = {
    "StackID": ["1"] * 4,
    "InStackPositionNumber": [1, 1, 2, 2],
    "TemporalPositionIndex": [1, 2, 1, 2],
    "DimensionIndexValues": [(1, 1, 1), (1, 1, 2), (1, 2, 1), (1, 2, 2)],
    "ImagePositionPatient": [(0, 0, 1.5), (0, 0, 1.5), (0, 0, 10), (0, 0, 10)],
    "MRImageTypeMR": ["M"] * 4,
    "MRScaleSlope": [1.0, 2.0, 3.0, 4.0],
    "RescaleSlope": [1, 1.5, 1, 1],
    "SOPInstanceUID": ["1.2.1", "1.2.2", "1.2.3", "1.2.4"],
}
SERIES: dict[str, Any] = {
    "SOPInstanceUID": "1.2.3",
    "StudyInstanceUID": "1.2",
    "SeriesInstanceUID": "1.2.9",
    "PatientName": "Nobody^Phantom",
    "ImageOrientationPatient": (1, 0, 0, 0, 1, 0),
    "PixelSpacing": (2, 3),
}
INDEXED = [DIMENSIONS[name] for name in ("stack", "slice", "dynamic")]


def write(path: Path, **changes: Any) -> pydicom.Dataset:
    pixels = changes.pop("pixels", PIXELS)
    options = {"frames": FRAMES, "series": SERIES, "dimensions": INDEXED, **changes}
    assert write_enhanced(path, pixels, **options) == path
    return pydicom.dcmread(path)


def test_file_meta(tmp_path: Path) -> None:
    data = write(tmp_path / "a.dcm")
    assert (tmp_path / "a.dcm").read_bytes()[:132] == b"\0" * 128 + b"DICM"
    assert data.file_meta.MediaStorageSOPClassUID == data.SOPClassUID == "1.2.840.10008.5.1.4.1.1.4.1"
    assert data.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID == "1.2.3"
    assert data.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    length = data.file_meta.FileMetaInformationGroupLength
    assert (tmp_path / "a.dcm").read_bytes()[144 + length :][:4] == bytes.fromhex("08 00 05 00")


def test_values_land_in_their_groups(tmp_path: Path) -> None:
    data = write(tmp_path / "a.dcm")
    shared, frames = data.SharedFunctionalGroupsSequence[0], data.PerFrameFunctionalGroupsSequence
    assert (data.NumberOfFrames, data.Rows, data.Columns, data.PatientName) == (4, 3, 5, "Nobody^Phantom")
    assert (data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation) == (16, 12, 11, 0)
    assert "PlaneOrientationSequence" not in shared
    assert frames[1].PlaneOrientationSequence[0].ImageOrientationPatient == [1, 0, 0, 0, 1, 0]
    assert [frame.PlanePositionSequence[0].ImagePositionPatient[2] for frame in frames] == [1.5, 1.5, 10, 10]
    assert [list(frame.FrameContentSequence[0].DimensionIndexValues) for frame in frames] == [
        [1, 1, 1], [1, 1, 2], [1, 2, 1], [1, 2, 2],
    ]  # fmt: skip
    private = [frame[0x2005140F].value[0] for frame in frames]
    assert [item[0x2005100E].value for item in private] == [1, 2, 3, 4]
    assert [item.SOPInstanceUID for item in private] == ["1.2.1", "1.2.2", "1.2.3", "1.2.4"]
    assert [frame.PixelValueTransformationSequence[0].RescaleSlope for frame in frames] == [1, 1.5, 1, 1]
    assert np.array_equal(data.pixel_array, PIXELS)


def test_dimensions(tmp_path: Path) -> None:
    data = write(tmp_path / "a.dcm", series={**SERIES, "DimensionOrganizationUID": "1.2.7"})
    assert [item.DimensionDescriptionLabel for item in data.DimensionIndexSequence] == [
        "Stack ID", "In-Stack Position Number", "Temporal Position Index",
    ]  # fmt: skip
    uids = {item.DimensionOrganizationUID for item in data.DimensionIndexSequence}
    assert uids == {data.DimensionOrganizationSequence[0].DimensionOrganizationUID} == {"1.2.7"}


def leaves(data: pydicom.Dataset, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Path, VR and value of every element but pixels."""
    for one in data:
        if one.VR == "SQ":
            for number, item in enumerate(one.value):
                yield from leaves(item, f"{path}{one.tag}[{number}]")
        elif one.tag != 0x7FE00010:
            yield f"{path}{one.tag}", one.VR, str(one.value)


@pytest.mark.parametrize("syntax", [one for one in SYNTAXES if not one.encapsulated], ids=lambda one: str(one.name))
@pytest.mark.parametrize("undefined", [True, False])
def test_every_uncompressed_encoding_holds_the_same(tmp_path: Path, syntax: Syntax, undefined: bool) -> None:
    series = {**SERIES, "DimensionOrganizationUID": "1.2.7"}
    plain = {where: (vr, value) for where, vr, value in leaves(write(tmp_path / "plain.dcm", series=series))}
    data = write(tmp_path / "a.dcm", transfer_syntax=syntax.name, undefined_lengths=undefined, series=series)
    assert data.file_meta.TransferSyntaxUID == syntax.uid
    assert np.array_equal(data.pixel_array, PIXELS)
    assert data["PerFrameFunctionalGroupsSequence"].is_undefined_length is undefined
    found = {where: (vr, value) for where, vr, value in leaves(data)}
    assert found.keys() == plain.keys()
    # Without VRs in the file pydicom does not know what a few private elements are.
    known = {where for where, (vr, _) in found.items() if vr != "UN"}
    assert len(known) > 300
    assert {found[where] == plain[where] for where in known} == {True}
    assert syntax.implicit or len(known) == len(plain)


def test_a_vendor_shares_what_does_not_change(tmp_path: Path) -> None:
    data = write(tmp_path / "a.dcm", layout=CANON)
    shared, frames = data.SharedFunctionalGroupsSequence[0], data.PerFrameFunctionalGroupsSequence
    assert shared.PlaneOrientationSequence[0].ImageOrientationPatient == [1, 0, 0, 0, 1, 0]
    assert "PlaneOrientationSequence" not in frames[0]
    assert frames[0].PixelValueTransformationSequence[0].RescaleSlope == 1
    assert "DimensionDescriptionLabel" not in data.DimensionIndexSequence[0]
    assert not data["PerFrameFunctionalGroupsSequence"].is_undefined_length
    assert not [element for element in data if element.tag.is_private]


def test_chunks_of_frames_join_without_a_seam(tmp_path: Path) -> None:
    count = CHUNK + 3
    columns = {"InStackPositionNumber": np.arange(1, count + 1), "StackID": ["1"] * count}
    frames = {**columns, "DimensionIndexValues": index_values(columns, ["stack", "slice"], count)}
    pixels = (np.full((2, 2), number % 4096, "u2") for number in range(count))
    data = write(tmp_path / "a.dcm", frames=frames, pixels=pixels, dimensions=INDEXED[:2])
    numbers = [one.FrameContentSequence[0].InStackPositionNumber for one in data.PerFrameFunctionalGroupsSequence]
    assert numbers == list(range(1, count + 1))
    assert data.pixel_array[:, 0, 0].tolist() == list(range(count))


def test_extra_elements_go_before_the_tables(tmp_path: Path) -> None:
    extra = [(0x00100010, "PN", "Other"), (0x00090010, "LO", "ACME"), (0x00091001, "DS", (1.5, 2))]
    data = write(tmp_path / "a.dcm", extra=extra)
    assert data.PatientName == "Other"
    assert data.private_block(9, "ACME")[1].value == [1.5, 2]
    assert [element.tag for element in data] == sorted(element.tag for element in data)


def test_bits_follow_the_pixels_and_the_series(tmp_path: Path) -> None:
    signed = write(tmp_path / "a.dcm", pixels=PIXELS.astype("i2") - 7, layout=CANON)
    assert (signed.BitsStored, signed.HighBit, signed.PixelRepresentation) == (16, 15, 1)
    assert signed.pixel_array.min() == -7
    deep = write(tmp_path / "b.dcm", pixels=PIXELS + 65000, series={**SERIES, "BitsStored": 16})
    assert (deep.BitsStored, deep.HighBit, deep.pixel_array.max()) == (16, 15, 65059)
    small = write(tmp_path / "c.dcm", pixels=PIXELS.astype("u1"))
    assert (small.BitsAllocated, small.BitsStored, small.HighBit) == (8, 8, 7)
    assert np.array_equal(small.pixel_array, PIXELS)


def test_text_in_utf_8(tmp_path: Path) -> None:
    data = write(
        tmp_path / "a.dcm", series={**SERIES, "SpecificCharacterSet": "ISO_IR 192", "PatientName": "Žižka^Jan"}
    )
    assert data.PatientName == "Žižka^Jan"


def test_uids_are_made_where_none_are_given(tmp_path: Path) -> None:
    series = {name: value for name, value in SERIES.items() if name != "SOPInstanceUID"}
    first, second = (write(tmp_path / name, series=series).SOPInstanceUID for name in ("a.dcm", "b.dcm"))
    assert first != second
    assert first.startswith("2.25.")
    assert first.is_valid


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"frames": {}}, "no frames"),
        ({"frames": {"StackID": []}}, "no frames"),
        ({"frames": {**FRAMES, "StackID": ["1"]}}, "values for .* frames"),
        ({"pixels": PIXELS[:3]}, "3 frames of pixels; the columns describe 4"),
        ({"pixels": PIXELS[0]}, r"a frame is \(5,\) uint16; expected rows x columns"),
        ({"pixels": PIXELS.astype(float)}, "expected rows x columns of 8 or 16-bit integers"),
        ({"pixels": [b"compressed"]}, "explicit takes frames as arrays"),
        ({"transfer_syntax": "rle"}, "rle takes frames as bytes"),
        ({"transfer_syntax": "jpeg"}, "unknown transfer syntax 'jpeg'; use one of: explicit, implicit"),
        ({"dimensions": INDEXED[:2]}, r"2 dimensions, but DimensionIndexValues of \[3\] numbers"),
        ({"frames": {"StackID": ["1"] * 4}}, "3 dimensions, but no column DimensionIndexValues"),
        ({"series": {"SpecificCharacterSet": "ISO 2022 IR 87"}}, r"\(0008,0005\) .* cannot be written"),
        ({"series": {**SERIES, "PatientName": "\u4e2d"}}, r"\(0010,0010\) cannot hold"),
        ({"pixels": PIXELS + 5000}, "frame 1 has values from 5000"),
    ],
)
def test_contradictions_are_refused_and_leave_nothing(tmp_path: Path, changes: dict[str, Any], found: str) -> None:
    with pytest.raises(ArgumentError, match=found):
        write(tmp_path / "a.dcm", **changes)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsAlreadyError, match=r"a\.dcm"):
        write(path)
    assert path.read_bytes() == b"precious"
    assert write(path, force=True).NumberOfFrames == 4
    assert list(tmp_path.iterdir()) == [path]


def test_encapsulated_frames_are_written_as_given(tmp_path: Path) -> None:
    size = {"Rows": 3, "Columns": 5, "BitsAllocated": 16, "PixelRepresentation": 0}
    options: dict[str, Any] = {"frames": FRAMES, "series": {**SERIES, **size}, "dimensions": INDEXED}
    pixels = [bytes([number] * 6) for number in range(4)]
    path = write_enhanced(tmp_path / "a.dcm", pixels, transfer_syntax="rle", **options)
    data = pydicom.dcmread(path)
    assert (data.HighBit, data["PixelData"].is_undefined_length) == (11, True)
    assert list(pydicom.encaps.generate_frames(data.PixelData, number_of_frames=4)) == pixels


def test_syntaxes_by_name_and_uid() -> None:
    assert syntax_of("explicit") is syntax_of("1.2.840.10008.1.2.1")
    for syntax in SYNTAXES:
        uid = pydicom.uid.UID(syntax.uid)
        assert uid.is_transfer_syntax
        assert (uid.is_implicit_VR, uid.is_little_endian, uid.is_deflated, uid.is_encapsulated) == (
            syntax.implicit, not syntax.big_endian, syntax.deflated, syntax.encapsulated,
        )  # fmt: skip
