"""Names, roles, units and columns of dimensions."""

from __future__ import annotations

import pytest

from dicome.frames.dimensions import KNOWN, attribute, attribute_path, dimension_name, make_dimension
from tests.frames.making import GRADIENT, POSITION


@pytest.mark.parametrize(
    ("label", "keyword", "name"),
    [
        ("In-Stack Position Number", "InStackPositionNumber", "In-Stack Position Number"),
        ("Private Label Type", "MRImageLabelType", "Label Type"),
        ("Private ImageTypeMR", "MRImageTypeMR", "ImageTypeMR"),
        (" Private Scanning Sequence ", "MRImageScanningSequencePrivate", "Scanning Sequence"),
        ("Trigger Delay Time", "NominalCardiacTriggerDelayTime", "Trigger Delay Time"),
        ("ImagePositionPatient", "ImagePositionPatient", "ImagePositionPatient"),
        ("", "StackID", "Stack ID"),
        ("  ", "InStackPositionNumber", "In-Stack Position Number"),
        ("", "NominalCardiacTriggerDelayTime", "Nominal Cardiac Trigger Delay Time"),
        ("", "DiffusionBValue", "Diffusion b-value"),
        ("", "MRImageTypeMR", "ImageTypeMR"),
        ("", "ParallelReductionFactorInPlane", "Parallel Reduction Factor In Plane"),
        ("", "B1rms", "B1rms"),
        ("(2005, 1011)", "MRImageTypeMR", "ImageTypeMR"),
        ("(2005, 1011)", "", "(2005, 1011)"),
        ("", "Private_2005_1573", "(2005,1573)"),
        ("", "(2005,1573)", "(2005,1573)"),
    ],
)
def test_name(label: str, keyword: str, name: str) -> None:
    assert dimension_name(label, keyword) == name


def test_name_of_an_unknown_attribute_is_its_tag() -> None:
    assert dimension_name("", "", 0x2005106E) == "(2005,106e)"


@pytest.mark.parametrize(
    ("keyword", "role", "unit"),
    [
        ("StackID", "slice", ""),
        ("ImagePositionPatient", "slice", "mm"),
        ("ImagePlaneNumber", "slice", ""),
        ("TemporalPositionIndex", "time", ""),
        ("NominalCardiacTriggerDelayTime", "time", "ms"),
        ("EffectiveEchoTime", "volume", "ms"),
        ("DiffusionBValue", "volume", "s/mm2"),
        ("InversionDelayNumber", "volume", ""),
        ("FlipAngle", "volume", "deg"),
        ("NeverHeardOf", "volume", ""),
    ],
)
def test_role_and_unit(keyword: str, role: str, unit: str) -> None:
    assert (attribute(keyword).role, attribute(keyword).unit) == (role, unit)


def test_every_keyword_has_one_row() -> None:
    keywords = [row.keyword for row in KNOWN]
    assert len(set(keywords)) == len(keywords)


PATHS = (
    "PrivatePerFrameSq.ImagePositionPatient",
    POSITION,
    "MRDiffusionSequence.DiffusionBValue",
    GRADIENT,
    "PrivatePerFrameSq.MRImageTypeMR",
    "EchoTime",
    "Else.EchoTime",
    "A.FlipAngle",
    "B.FlipAngle",
)


@pytest.mark.parametrize(
    ("keyword", "group", "path"),
    [
        ("DiffusionBValue", "MRDiffusionSequence", "MRDiffusionSequence.DiffusionBValue"),
        # The pointer names the outermost group, the attribute lies in a sequence within.
        ("DiffusionGradientOrientation", "MRDiffusionSequence", GRADIENT),
        ("MRImageTypeMR", "PrivatePerFrameSq", "PrivatePerFrameSq.MRImageTypeMR"),
        ("ImagePositionPatient", "PlanePositionSequence", POSITION),
        # In another group lies a different copy.
        ("ImagePositionPatient", "FrameContentSequence", None),
        ("StackID", "FrameContentSequence", None),
        # Without a group: the bare keyword, or the only one of that name.
        ("EchoTime", "", "EchoTime"),
        ("DiffusionBValue", "", "MRDiffusionSequence.DiffusionBValue"),
        ("FlipAngle", "", None),
        ("", "PrivatePerFrameSq", None),
    ],
)
def test_path(keyword: str, group: str, path: str | None) -> None:
    assert attribute_path(keyword, group, PATHS) == path


def test_an_attribute_of_the_group_itself_comes_before_one_within() -> None:
    assert attribute_path("EchoTime", "Group", ("Group.Inner.EchoTime", "Group.EchoTime")) == "Group.EchoTime"


def test_make_dimension() -> None:
    made = make_dimension("MRImageTypeMR", PATHS, label="Private ImageTypeMR", group="PrivatePerFrameSq")
    assert (made.name, made.keyword, made.role, made.unit) == ("ImageTypeMR", "MRImageTypeMR", "volume", "")
    assert made.path == "PrivatePerFrameSq.MRImageTypeMR"
