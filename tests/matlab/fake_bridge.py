"""A bridge whose engine makes up what it reads: the file's name says what, the .m tests know the answers.

Run as ``fake_bridge.py -m dicome.bridge ...``, in the place of Python.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dicome.bridge import numeric
from dicome.bridge.__main__ import main
from dicome.bridge.protocol import CardRequest, ConvertRequest, ExportRequest, ReadRequest, Result
from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName, Tree
from dicome.errors import GridError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

AWKWARD = 'Jürgen "J" O\'Neil\n100 % \\n done\\ €😀\tend'


def image(dtype: str = "float32") -> NDArray[Any]:
    """2 x 3 x 4: the value at row r, column c, plane p is 100 p + 10 r + c, counted from 1."""
    r, c, p = np.meshgrid(np.arange(1, 3), np.arange(1, 4), np.arange(1, 5), indexing="ij")
    return np.asarray(100 * p + 10 * r + c, dtype)


def result(array: NDArray[Any], header: Group | None = None) -> Result:
    planes = array.shape[2] if array.ndim > 2 else 1
    items = np.arange(1, planes + 1)
    labels = (tuple(f"plane {k}" for k in items),)
    return Result(array, ("Column", "Row", "Plane"), labels, items, ("made up",), "fp", header)


def one(value: Any) -> Choices:
    return Choices((value,), np.zeros(1, np.int32))


def numbers(*rows: Any, dtype: str = "float64") -> Numbers:
    return Numbers(np.array(rows, dtype))


def texts() -> Group:
    return Group(
        1,
        {
            "Awkward": one(AWKWARD),
            "Several": one("ORIGINAL\\PRIMARY\\M"),
            "Blank": one(" "),
            "Nothing": one(None),
            "NoNumbers": Numbers(np.empty((1, 0))),
            "NoItems": Items(()),
            "WithNul": one("a\0b"),
            "HalfSurrogate": one("a\udc80b"),
            "Digits": one("007"),
            "PatientName": one(PersonName("Müller", "Anna", NamePrefix="Dr.")),
            "EmptyName": one(PersonName()),
        },
    )


def number_classes() -> Group:
    extremes = {name: (np.iinfo(name).min, np.iinfo(name).max) for name in sorted(INTEGERS)}
    fields = {f"One_{name}": numbers([high], dtype=name) for name, (_, high) in extremes.items()}
    fields |= {f"Two_{name}": numbers(list(pair), dtype=name) for name, pair in extremes.items()}
    fields["One_float32"] = numbers([0.1], dtype="float32")
    fields["One_float64"] = numbers([0.1])
    fields["Special"] = numbers([np.nan, np.inf, -np.inf, -0.0])
    fields["BigEndian"] = Numbers(np.array([[1, 258]], ">u2"))
    fields["OneTag"] = Numbers(np.array([[[0x0018, 0x9087]]], np.uint16), pairs=True)
    fields["TwoTags"] = Numbers(np.array([[[0x0020, 0x9157], [0x2005, 0x10A0]]], np.uint16), pairs=True)
    return Group(1, dict(fields))


INTEGERS = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"}


def frames() -> Group:
    """Five frames in two shapes, 2, 4 and 5 in the second, with all that may vary from frame to frame."""
    varying = Group(3, {"Time": numbers([1.5], [2.5], [3.5]), "Kind": numbers([7], [7], [7], dtype="uint16")})
    constant = Group(3, {"Speed": numbers([9.0], [9.0], [9.0]), "Text": Choices(("same",), np.zeros(3, np.int32))})
    first = Group(
        2,
        {
            "Position": numbers([1, 2, 3], [4, 5, 6]),
            "Label": Choices(("control", "label"), np.array([1, 0], np.int32)),
            "Tags": Numbers(np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], np.uint16), pairs=True),
            "Ragged": Choices((np.array([1.0, 2.0]), np.array([3.0])), np.array([0, 1], np.int32)),
            "SometimesEmpty": Choices((None, "x"), np.array([0, 1], np.int32)),
            "Operator": Choices((PersonName("A"), PersonName("B", "C")), np.array([0, 1], np.int32)),
        },
    )
    second = Group(
        3,
        {
            "Position": numbers([10, 20, 30], [40, 50, 60], [70, 80, 90]),
            "Nested": Items((varying, constant)),
            "Deep": Items((Group(3, {"Inner": Items((varying,))}),)),
            "Same": Items((constant,)),
            "None": Items(()),
            "NoFields": Items((Group(3),)),
        },
    )
    parts = Parts(((np.array([1, 3]), first), (np.array([2, 4, 5]), second)))
    return Group(1, {"Rows": numbers([2], dtype="uint16"), "PerFrameFunctionalGroupsSequence": parts})


def lowered_limit() -> NDArray[Any]:
    numeric.VARIABLE_LIMIT = 64
    return image()


def warned() -> Result:
    warnings.warn("3 frames are missing, 100 % of \\n", UserWarning, stacklevel=1)
    warnings.warn("3 frames are missing, 100 % of \\n", UserWarning, stacklevel=1)
    warnings.warn("for developers", DeprecationWarning, stacklevel=1)
    return result(image())


def refused() -> Result:
    raise GridError("40 frames make no grid: 100 % of \\n %d are doubled in “é”")


def stumbled() -> Result:
    raise RuntimeError("the reason")


def noisy() -> Result:
    print("this goes to standard output")
    os.write(1, b"this goes past Python's\n")
    return result(image())


def died() -> Result:
    os._exit(9)


CASES: dict[str, Callable[[], Result]] = {
    **{name: (lambda name=name: result(image(name))) for name in (*INTEGERS, "float32", "float64")},  # type: ignore[misc]
    "bool": lambda: result(image() % 2 == 1),
    "flat": lambda: Result(image()[:, :, 0], ("Column", "Row"), (), np.array(1), (), "fp", Group(1)),
    "empty-labels": lambda: Result(image(), ("Column", "Row", "Plane"), (("", "", "", ""),), np.arange(4), ()),
    "rows-last": lambda: result(np.ascontiguousarray(image())),
    "rows-first": lambda: result(np.asfortranarray(image())),
    "raw": lambda: result(lowered_limit()),
    "texts": lambda: result(image(), texts()),
    "number-classes": lambda: result(image(), number_classes()),
    "frames": lambda: result(image(), frames()),
    "warned": warned,
    "refused": refused,
    "stumbled": stumbled,
    "noisy": noisy,
    "died": died,
}


class Fake:
    """The engine: `CASES` by the stem of the first file's name, ``echo`` to see the request."""

    def read(self, request: ReadRequest) -> Result:
        if request.files[0].stem == "echo":
            return result(image(), Group(1, {"Request": one(repr(request))}))
        if request.files[0].stem == "slow":
            request.files[0].with_suffix(".started").touch()
            time.sleep(60)
        found = CASES[request.files[0].stem]()
        if found.header is not None and not request.header:
            raise AssertionError("a header was made that nobody asked for")
        return found

    def dimensions(self, request: ReadRequest) -> tuple[str, ...]:
        names = ("Column", "Row", "Plane", "Echo")
        order = map(int, request.order or (1, 2, 3, 4))
        return tuple(f"{k}  {names[n - 1]}" for k, n in enumerate(order, start=1))

    def export(self, request: ExportRequest) -> tuple[Path, ...]:
        return (request.target, request.target.with_name(repr(request.options)))

    def examcard(self, request: CardRequest) -> dict[str, Tree]:
        inner: dict[str, Tree] = {
            "Three": np.array([1.0, 2.0, 3.0]),
            "Bytes": np.array([7], np.uint8),
            "Yes": np.array([True]),
        }
        texts: dict[str, Tree] = {"Text": AWKWARD, "Cell": ("a", "", "b"), "One": ("x",), "None": (), "Nothing": None}
        return {"Request": repr(request), "Outer": {"Inner": inner, "Empty": {}}, "Texts": texts}

    def dcms2e(self, request: ConvertRequest) -> Path:
        return request.target or request.folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[3:], Fake()))
