"""What the tests of .mat files write, and how Octave is asked about it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from dicome.columnar import PersonName
from dicome.writers.matlab import Cells, row_of_cells

ACCENTS = "Hôpital Łódź, 体重"
"""Letters of one, two and three bytes in UTF-8."""

VALUES: dict[str, Any] = {
    "Zero": np.array(0.0),
    "Real": np.array([1.5, -2.0, np.nan]),
    "Matrix": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "Cube": np.arange(24, dtype=np.int16).reshape(2, 3, 4) - 12,
    "Single": np.array([0.1, 0.2], np.float32),
    "Big": np.array([2**63 + 1], np.uint64),
    "Flag": np.array([[True, False]]),
    "Yes": np.array(True),
    "Plain": "ORIGINAL\\PRIMARY",
    "Accents": ACCENTS,
    "Blank": "",
    "Nothing": None,
    "Name": PersonName("Müller", "Jürgen"),
    "Tree": {"Item_1": {"Deep": "down", "Deeper": {"Number": np.array(7, np.uint8)}}, "Item_2": {}},
    "Texts": Cells(("one", ACCENTS, ""), np.array([0, 1, 0, 2]), (4, 1)),
    "Nested": row_of_cells(["a", row_of_cells(["b", "cc"]), np.array([1.0, 2.0]), None]),
    "OneCell": row_of_cells(["only"]),
    "TwelveCells": row_of_cells([f"{k}" for k in range(12)]),
    "NoCells": row_of_cells([]),
}
"""All kinds of values, in an order that is not the alphabet's."""

OCTAVE_CHECKS = """
assert(isequaln(v.Real, [1.5; -2; NaN]));
assert(isequal(v.Matrix, [1 2 3; 4 5 6]));
assert(isequal(v.Cube, reshape(int16([-12 0 -8 4 -4 8 -11 1 -7 5 -3 9 -10 2 -6 6 -2 10 -9 3 -5 7 -1 11]), [2 3 4])));
assert(isequal(class(v.Cube), 'int16'));
assert(isequal(v.Single, single([0.1; 0.2])) && isequal(class(v.Single), 'single'));
assert(v.Big == bitshift(uint64(1), 63) + 1 && isequal(class(v.Big), 'uint64'));
assert(islogical(v.Flag) && isequal(v.Flag, [true false]) && islogical(v.Yes) && v.Yes);
assert(strcmp(v.Plain, 'ORIGINAL\\PRIMARY'));
assert(isequal(double(v.Accents), [ACCENT_BYTES]));
assert(ischar(v.Blank) && isempty(v.Blank));
assert(isa(v.Nothing, 'double') && isequal(size(v.Nothing), [0 0]));
assert(isequal(double(v.Name.FamilyName), [77 195 188 108 108 101 114]));
assert(isequal(sort(fieldnames(v.Name)), {'FamilyName'; 'GivenName'}));
assert(strcmp(v.Tree.Item_1.Deep, 'down') && v.Tree.Item_1.Deeper.Number == uint8(7));
assert(isstruct(v.Tree.Item_2) && isempty(fieldnames(v.Tree.Item_2)));
assert(iscell(v.Nested) && isequal(size(v.Nested), [1 4]) && strcmp(v.Nested{2}{2}, 'cc'));
assert(isequal(v.Nested{3}, [1; 2]) && isempty(v.Nested{4}));
assert(iscell(v.OneCell) && isequal(v.OneCell, {'only'}));
assert(isequal(v.TwelveCells, {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'}));
assert(iscell(v.NoCells) && isempty(v.NoCells));
""".replace("ACCENT_BYTES", " ".join(str(byte) for byte in ACCENTS.encode()))
"""Of the values in the struct ``v``; Octave's char are bytes of UTF-8."""


def ask_octave(program: str, folder: Path, code: str) -> str:
    """Runs Octave code and gives what it prints; an assertion that fails there fails here."""
    script = folder / "question.m"
    script.write_text(f"warning('off', 'all');\n{code}\nprintf('done\\n');\n", encoding="utf-8")
    done = subprocess.run(
        [program, "--no-gui", "--norc", "--quiet", str(script)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.endswith("done\n"), done.stdout + done.stderr
    return done.stdout.removesuffix("done\n")
