"""Frame items by layout, and the columns made of them: against pydicom, frame by frame."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dicome.dicom.columns import ItemColumns, rows_by_shape
from dicome.dicom.dataset import DataSet, scan_data_set
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.scan import leaves
from dicome.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE
from dicome.enhanced.encode import EXPLICIT, Encoding, data_set, item
from dicome.errors import DamagedFileError
from tests.support.files import Elements, enhanced_body, frame_content, part10, uid_of
from tests.support.plain import flat, read
from tests.support.strategies import ENCODINGS, VALUES, elements

SLOW = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
PER_FRAME = "PerFrameFunctionalGroupsSequence"


def scan(body: bytes, encoding: Encoding = EXPLICIT) -> DataSet:
    syntax = EXPLICIT_BIG if encoding.big_endian else IMPLICIT_LITTLE if encoding.implicit else EXPLICIT_LITTLE
    return scan_data_set(body, 0, syntax, Path("x.dcm"))


def index_of(body: bytes, encoding: Encoding = EXPLICIT) -> ItemIndex:
    frames = scan(body, encoding).frames
    assert frames is not None
    return frames


def columns_of(body: bytes, encoding: Encoding = EXPLICIT) -> ItemColumns:
    found = scan(body, encoding)
    assert found.frames is not None
    return ItemColumns(found.source, found.frames)


def check(body: bytes, encoding: Encoding = EXPLICIT) -> None:
    """Every column, frame by frame, against pydicom; and nothing more or less."""
    columns = columns_of(body, encoding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, about texts that are too long
        items = read(part10(body, uid_of(encoding)))[PER_FRAME].value
        wanted = [{path: (vr, value) for path, vr, value in flat(one)} for one in items]
    assert len(columns.index) == len(items)
    assert set(columns.paths) == {path for frame in wanted for path in frame}
    for path in columns.paths:
        values, present = columns.column(path)
        assert len(values) == len(present) == len(items)
        for k, frame in enumerate(wanted):
            vr, value = frame.get(path, ("", []))
            if vr in ("OB", "OW", "UN"):
                value = np.frombuffer(value, f"{encoding.order}u2" if vr == "OW" else "u1").tolist()
            assert bool(present[k]) == bool(value), (path, k)
            if value:
                assert plain(values[k]) == plain(value), (path, k, vr)


def plain(value: Any) -> Any:
    """One form for a single value and a list of one; texts as they are, without the padding of their parts."""
    if isinstance(value, str):
        return value
    many = np.atleast_1d(np.asarray(value)).tolist()
    return many[0] if len(many) == 1 else many


# -- layouts by hand -------------------------------------------------------------------------------------------------


def times(*values: float) -> list[Elements]:
    return [[(0x00189114, "SQ", [[(0x00189082, "FD", value)]])] for value in values]


def test_items_alike_share_one_layout() -> None:
    for encoding in ENCODINGS:
        index = index_of(enhanced_body(times(10, 20, 30), encoding=encoding), encoding)
        assert (len(index), len(index.layouts), index.layout_of.tolist()) == (3, 1, [0, 0, 0])
        assert np.diff(index.starts).tolist() == [index.layouts[0].length] * 2


def test_texts_of_two_lengths_make_two_layouts_of_one_shape() -> None:
    for encoding in ENCODINGS:
        frames: list[Elements] = [[(0x00209056, "SH", "A" * n)] for n in (1, 3, 1, 2, 4)]
        index = index_of(enhanced_body(frames, encoding=encoding), encoding)
        assert index.layout_of.tolist() == [0, 1, 0, 0, 1]
        assert index.layouts[0].shape is index.layouts[1].shape
        assert len(rows_by_shape(index)) == 1


def test_offsets_of_a_layout_count_from_its_item() -> None:
    body = enhanced_body(times(10, 20))
    index = index_of(body)
    (leaf,) = leaves(index.layouts[0].elements)
    found = [np.frombuffer(body, "<f8", 1, start + leaf.offset)[0] for start in index.starts.tolist()]
    assert found == [10, 20]
    assert index.layouts[0].offsets.tolist() == [leaf.offset]


def test_elements_of_a_layout_lie_where_the_item_has_them() -> None:
    """The tree of the first item, moved to the lengths of another, is what a walk of that one gives."""
    frames: list[Elements] = [
        [(0x00082112, "SQ", [[(0x00081150, "UI", uid)], []]), (0x00209056, "SH", text), (0x00209057, "UL", 7)]
        for uid, text in (("", "AB"), ("1.2.3", ""), ("1.2.3.4.5", "ABCD"))
    ]
    for encoding in ENCODINGS:
        index = index_of(enhanced_body(frames, encoding=encoding), encoding)
        assert len(index.layouts) == 3
        for frame, layout in zip(frames, index.layouts, strict=True):
            alone = index_of(enhanced_body([frame], encoding=encoding), encoding).layouts[0]
            assert layout.elements == alone.elements


def test_values_that_give_meaning_make_layouts_of_their_own() -> None:
    creators = ["Philips MR Imaging DD 001", "Some Other Vendor 0000001"]
    frames: list[Elements] = [[(0x20050010, "LO", creators[k]), (0x20051000, "FL", 1.5)] for k in (0, 1, 0, 1)]
    index = index_of(enhanced_body(frames))
    assert index.layout_of.tolist() == [0, 1, 0, 1]
    columns = columns_of(enhanced_body(frames))
    assert columns.paths == ["ImagePlaneNumber", "Private_2005_1000"] or len(columns.paths) == 2
    for path, there in zip(columns.paths, ([1, 0, 1, 0], [0, 1, 0, 1]), strict=True):
        assert columns.column(path)[1].tolist() == there
    check(enhanced_body(frames))


def test_two_blocks_of_one_creator_are_two_columns() -> None:
    frames: list[Elements] = [
        [
            (0x20050010, "LO", "ACME"),
            (0x20050011, "LO", "ACME"),
            (0x20051001, "FL", 1.0 * k),
            (0x20051101, "FL", -1.0 * k),
        ]
        for k in (1, 2)
    ]
    columns = columns_of(enhanced_body(frames))
    assert columns.paths == ["Private_2005_1001", "Private_2005_1101"]
    assert [columns.column(path)[0].tolist() for path in columns.paths] == [[1, 2], [-1, -2]]
    known = [[(tag, vr, value if vr != "LO" else "Philips MR Imaging DD 001") for tag, vr, value in f] for f in frames]
    assert [p for p in columns_of(enhanced_body(known)).paths if p.startswith("Private_")] == ["Private_2005_1101"]


def test_a_value_whose_vr_differs_between_frames() -> None:
    """Written by one scanner with its VR, passed through a PACS as UN by the other: each is read by its own."""
    frames: list[Elements] = [
        [(0x00190010, "LO", "ACME"), (0x00191001, *value)] for value in (("FD", 1.5), ("UN", b"ab"))
    ]
    columns = columns_of(enhanced_body(frames))
    assert columns.column("Private_0019_1001")[0].tolist() == [1.5, (97, 98)]
    assert set(columns.spots("Private_0019_1001").vrs) == {"FD", "UN"}


def test_blocks_of_one_creator_at_two_places_are_one_column() -> None:
    name = "Philips MR Imaging DD 001"
    frames: list[Elements] = [
        [(0x20050000 | block, "LO", name), (0x20050000 | block << 8, "FL", 1.0 * block)] for block in (0x10, 0x11, 0x42)
    ]
    columns = columns_of(enhanced_body(frames))
    assert len(columns.paths) == 1
    assert columns.column(columns.paths[0])[0].tolist() == [16, 17, 66]


def test_sequence_in_un_and_per_frame_groups_in_un() -> None:
    frames = [[frame_content(1, k), (0x00209056, "SH", "x" * k)] for k in (1, 2, 3)]
    for undefined in (False, True):
        body = enhanced_body(frames, encoding=Encoding(undefined_lengths=undefined), vr="UN")
        check(body)
        assert columns_of(body).column("FrameContentSequence.DimensionIndexValues")[0].tolist() == [
            [1, 1],
            [1, 2],
            [1, 3],
        ]


def test_implicit_frame_items_in_an_explicit_file() -> None:
    implicit = [data_set(frame, Encoding(implicit=True)) for frame in times(10, 20)]
    body = enhanced_body([*implicit, *times(30)])
    check(body)
    assert columns_of(body).column("MREchoSequence.EffectiveEchoTime")[0].tolist() == [10, 20, 30]


def test_many_kinds_of_items_are_learnt_once() -> None:
    frames: list[Elements] = [[(0x00209157, "UL", k), (0x00180080 + k % 20, "DS", 1.0)] for k in range(80)]
    index = index_of(enhanced_body(frames))
    assert (len(index.layouts), len(rows_by_shape(index))) == (20, 20)
    assert index.layout_of.tolist() == [k % 20 for k in range(80)]
    check(enhanced_body(frames))


@pytest.mark.parametrize("texts", [("A", "B", "C"), ("A", "BBB", "CCCCC")])
def test_the_last_item_stays_within_the_sequence(texts: tuple[str, ...]) -> None:
    """Known by its layout or by its shape, it ends where the sequence does."""
    encoding = Encoding(undefined_lengths=False)
    data = enhanced_body([[(0x00209056, "SH", text)] for text in texts], encoding=encoding)
    at = data.index(b"\0\x52\x30\x92SQ") + 8
    short = int.from_bytes(data[at : at + 4], "little") - 2
    with pytest.raises(DamagedFileError, match=r"frame 3: an item of \(5200,9230\) .* more than are left"):
        scan(data[:at] + short.to_bytes(4, "little") + data[at + 4 :])


def test_an_item_that_only_looks_known_is_walked() -> None:
    """The same bytes between the values, but the inner sequence ends elsewhere: one item of it, or two."""
    encoding = Encoding(undefined_lengths=False)
    one = item(data_set([(0x00081150, "UI", "1.2"), (0x00081155, "UI", "1.3")], encoding), encoding)
    two = item(data_set([(0x00081150, "UI", "1.2")], encoding), encoding)
    frames = [b"\x08\0\x40\x11SQ\0\0" + len(x).to_bytes(4, "little") + x for x in (one, two, one, two, two + one)]
    body = enhanced_body(frames, encoding=encoding)
    check(body)
    assert len({id(layout.shape) for layout in index_of(body).layouts}) == 3


# -- random frames -----------------------------------------------------------------------------------------------


@SLOW
@given(st.data(), st.sampled_from(ENCODINGS))
def test_random_frames_as_pydicom_reads_them(data: st.DataObject, encoding: Encoding) -> None:
    """A few kinds of frames, their values drawn anew for every frame, in any order."""
    kinds = data.draw(st.lists(elements(encoding.implicit), min_size=1, max_size=3))
    order = data.draw(st.lists(st.integers(0, len(kinds) - 1), min_size=1, max_size=12))
    frames = [data.draw(redrawn(kinds[kind], encoding.implicit)) for kind in order]
    check(enhanced_body(frames, pixels=b"", encoding=encoding), encoding)


@st.composite
def redrawn(draw: st.DrawFn, found: Elements, implicit: bool) -> Elements:
    """The same elements with other values; now and then one is missing."""
    result: Elements = []
    for tag, vr, value in found:
        if draw(st.integers(0, 9)) == 9:
            continue
        if vr == "SQ":
            result.append((tag, vr, [draw(redrawn(inside, implicit)) for inside in value]))
        elif tag >> 16 & 1 and tag & 0xFFFF < 0x100:
            # Without VRs, a known creator would give the random bytes a VR that they do not fit.
            others = ["THIRD 3"] if implicit else ["THIRD 3", "Philips MR Imaging DD 001"]
            result.append((tag, vr, draw(st.sampled_from([value, *others]))))
        else:
            result.append((tag, vr, draw(st.sampled_from([value, None]) | VALUES[vr])))
    return result


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_thousands_of_layouts(encoding: Encoding) -> None:
    random = np.random.default_rng(1)
    frames: list[Elements] = []
    for k in range(3000):
        a, b, c = (int(n) for n in random.integers(0, 30, 3))
        content = [(0x00209157, "UL", [k] * (b % 4 + 1)), (0x00209453, "LO", "l" * c)]
        strength = None if k % 7 == 0 else "3.0" + " " * (c % 5)
        frames.append([(0x00180087, "DS", strength), (0x0018106C, "US", [k % 5, 2]), (0x00209056, "SH", "s" * a)])
        frames[-1].append((0x00209111, "SQ", [content]))
    body = enhanced_body(frames, pixels=b"", encoding=encoding)
    index = index_of(body, encoding)
    assert len(index.layouts) > 1500
    assert len({id(layout.shape) for layout in index.layouts}) == 1
    check(body, encoding)
