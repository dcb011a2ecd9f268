"""Names of fields, and the walk over values."""

from __future__ import annotations

from typing import Any

import numpy as np

from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName
from dicome.writers.matlab import Cells, legal_names, make


class Shown:
    """A maker whose objects are plain Python; counts what it makes."""

    def __init__(self) -> None:
        self.made = 0

    def numbers(self, array: np.ndarray[Any, Any]) -> Any:
        self.made += 1
        return array.tolist()

    def text(self, text: str) -> Any:
        self.made += 1
        return text

    def cells(self, shape: tuple[int, int], children: Any) -> Any:
        return (shape, *children)

    def struct(self, names: tuple[str, ...], children: Any) -> Any:
        return dict(zip(names, children, strict=True))


def test_names_are_legal_and_differ() -> None:
    assert legal_names(["A.B", "A_B", "Sequence[2].Value"]) == ("A_B", "A_B_2", "Sequence_2_Value")


def test_of_long_paths_the_last_keywords_stay() -> None:
    path = "ReferencedImageSequence[{}].PurposeOfReferenceCodeSequence.CodingSchemeDesignator"
    kept = "PurposeOfReferenceCodeSequence_CodingSchemeDesignator"
    assert legal_names([path.format(2), path.format(3)]) == (kept, f"{kept}_2")
    long = "K" * 70
    assert legal_names([long, long + "L"]) == ("K" * 63, "K" * 61 + "_2")


def frame_items() -> Parts:
    """Three frames of two shapes: frames 1 and 3 alike but for one number."""
    plane = Group(2, {"Position": Numbers(np.array([[1.0, 2.0], [3.0, 4.0]])), "Kind": _choice("M", 2)})
    first = Group(
        2,
        {
            "Plane": Items((plane,)),
            "Label": Choices(("a", None, PersonName("X")), np.array([0, 2], np.int32)),
            "Tags": Numbers(np.array([[[8, 5], [8, 6]]] * 2, np.uint16), pairs=True),
        },
    )
    second = Group(1, {"Empty": Items(()), "Value": Choices((np.array([1.0, 2.0]),), np.zeros(1, np.int32))})
    return Parts(((np.array([1, 3]), first), (np.array([2]), second)))


def _choice(text: str, count: int) -> Choices:
    return Choices((text,), np.zeros(count, np.int32))


def test_frame_items_of_several_shapes_come_in_their_order() -> None:
    made = make(Shown(), frame_items())
    tags = [[8, 5], [8, 6]]
    assert list(made.items()) == [
        ("Item_1", {"Plane": {"Item_1": {"Position": [[1], [2]], "Kind": "M"}}, "Label": "a", "Tags": tags}),
        ("Item_2", {"Empty": [], "Value": [[1], [2]]}),
        (
            "Item_3",
            {"Plane": {"Item_1": {"Position": [[3], [4]], "Kind": "M"}}, "Label": {"FamilyName": "X"}, "Tags": tags},
        ),
    ]


def test_what_frames_share_is_made_once() -> None:
    count = 100
    group = Group(
        count,
        {
            "Same": Items((Group(count, {"A": _choice("a", count), "B": Numbers(np.ones((count, 3)))}),)),
            "Either": Choices(("x", "y"), (np.arange(count) % 2).astype(np.int32)),
        },
    )
    shown = Shown()
    made = make(shown, Parts(((np.arange(1, count + 1), group),)))
    assert shown.made == 4
    assert made["Item_2"] == {"Same": {"Item_1": {"A": "a", "B": [[1], [1], [1]]}}, "Either": "y"}


def test_zeros_of_either_sign_and_nan_are_told_apart() -> None:
    values = np.array([[0.0], [-0.0], [np.nan], [np.nan]])
    shown = Shown()
    made = make(shown, Parts(((np.arange(1, 5), Group(4, {"V": Numbers(values)})),)))
    assert shown.made == 3
    assert np.signbit([made[f"Item_{k}"]["V"][0][0] for k in (1, 2)]).tolist() == [False, True]


def test_cells_make_each_different_value_once() -> None:
    shown = Shown()
    assert make(shown, Cells(("a", None), np.array([0, 1, 0]), (3, 1))) == ((3, 1), "a", [], "a")
    assert shown.made == 2
