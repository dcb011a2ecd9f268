"""The shape of the repository: who imports whom, what a start costs, how long files are, what lies at the top."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pybackend" / "dicome"

BASE = {"errors", "columnar", "safetext"}
READING = {*BASE, "dicom", "frames"}
IMAGE = {*READING, "beside", "assemble", "header", "formats", "heads", "listing", "series", "image", "reading"}
FORMATS = {
    "phantom",
    "enhanced",
    "classic",
    "parrec",
    "philips",
    "writers",
    "files",
    "moving",
    "network",
    "inspect",
    "combine",
    "display",
    "others",
    "multiframe",
}
FRONTS = {"cli", "bridge", "gui"}
EVERYTHING = {*IMAGE, *FORMATS, "configuration", "dicome"}

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "columnar": set(),
    "safetext": set(),
    "dicom": BASE,
    "frames": BASE,
    "beside": {"errors"},
    "configuration": {"errors", "beside"},
    "assemble": READING,
    "header": READING,
    # The rows of other formats than DICOM, which are imported when they are needed.
    "formats": {*READING, "series", "parrec"},
    "heads": {*READING, "classic", "formats"},
    "listing": {*READING, "classic", "formats", "heads"},
    # The door: it hands files that are not its own to the formats.
    "series": {*READING, "listing", "classic", "formats"},
    "image": {*READING, "assemble", "header", "series"},
    "reading": {*READING, "assemble", "header", "series", "image"},
    **dict.fromkeys(FORMATS, IMAGE | FORMATS),
    "moving": {*IMAGE, *FORMATS, "configuration"},
    "network": {*IMAGE, *FORMATS, "configuration"},
    # The package itself is the list of verbs.
    "dicome": IMAGE | FORMATS,
    "bridge": EVERYTHING,
    "gui": EVERYTHING,
    # Commands start the others.
    "cli": {*EVERYTHING, "bridge", "gui"},
}
"""Unit (module or folder of the package) to the units it may import, whether at its top or within a function."""

HEAVY = {"pydicom", "scipy", "h5py", "nibabel", "PIL", "xarray", "pynetdicom", "shtab", "tomlkit", "platformdirs"} | {
    "matplotlib",
    "distributed",
}
"""Packages that take long to import: never at the top of a module."""

NUMPY_ONLY = {"frames", "columnar"}
NOTHING_BUT_PYTHON = {"errors", "safetext"}

TOP_LEVEL = {
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "examples",
    "matlab",
    "pybackend",
    "pyproject.toml",
    "tests",
}
LONGEST_FILE = 500


class Import(NamedTuple):
    """One import statement: where, what (absolute, with the name imported from it), and whether at module level."""

    file: Path
    line: int
    target: str
    at_top: bool

    def __str__(self) -> str:
        return f"{self.file.as_posix()}:{self.line} imports {self.target}"


def imports_of(source: str, file: Path) -> Iterator[Import]:
    """Every import of a module; ``file`` is its path from the package's parent. Type-only ones are not at the top."""

    def visit(node: ast.AST, at_top: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name, at_top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*file.parts[: -node.level]] if node.level else [])
            module = ".".join(part for part in (base, node.module) if part)
            yield from (Import(file, node.lineno, f"{module}.{alias.name}", at_top) for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            yield from (found for child in node.body for found in visit(child, at_top=False))
            yield from (found for child in node.orelse for found in visit(child, at_top))
        else:
            within = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            for child in ast.iter_child_nodes(node):
                yield from visit(child, at_top and not within)

    yield from visit(ast.parse(source), at_top=True)


def unit_of(file: Path) -> str:
    """Unit of a module, by its path from the package's parent; the package itself is ``dicome``."""
    name = file.parts[1].removesuffix(".py")
    return {"__init__": "dicome", "__main__": "cli"}.get(name, name)


def offences(source: str, file: Path) -> list[str]:
    """What a module imports that its layer may not."""
    unit = unit_of(file)
    if unit not in MAY_IMPORT:
        return [f"{file.as_posix()}: {unit} is in no layer; say in MAY_IMPORT what it may import"]
    return [str(found) for found in imports_of(source, file) if not _allowed(found, unit)]


def _allowed(found: Import, unit: str) -> bool:
    package, *names = found.target.split(".")
    if package == "dicome":
        # A name of the package that is no unit is one of its verbs; its version is free to all.
        target = names[0] if names and names[0] in MAY_IMPORT else "dicome"
        return target == unit or target in MAY_IMPORT[unit] or names == ["__version__"]
    if found.at_top and package in HEAVY:
        return False
    third_party = package not in sys.stdlib_module_names
    return not third_party or not (unit in NOTHING_BUT_PYTHON or (unit in NUMPY_ONLY and package != "numpy"))


def _modules() -> list[Path]:
    return sorted(path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", _modules(), ids=Path.as_posix)
def test_a_module_imports_only_what_its_layer_may(file: Path) -> None:
    assert offences((PACKAGE.parent / file).read_text(encoding="utf-8"), file) == []


@pytest.mark.parametrize(
    ("file", "source", "offence"),
    [
        ("dicome/dicom/scan.py", "from dicome.frames.table import FrameTable", "dicome.frames.table.FrameTable"),
        ("dicome/dicom/scan.py", "def f():\n    from dicome import image", "dicome.image"),
        ("dicome/dicom/scan.py", "from ..frames import table", "dicome.frames.table"),
        ("dicome/dicom/scan.py", "from dicome import open", "dicome.open"),
        ("dicome/dicom/scan.py", "import dicome", "dicome"),
        ("dicome/dicom/file.py", "import pydicom", "pydicom"),
        ("dicome/dicom/file.py", "try:\n    import pydicom.uid\nexcept ImportError: ...", "pydicom.uid"),
        ("dicome/dicom/file.py", "class A:\n    import scipy.io", "scipy.io"),
        ("dicome/frames/axes.py", "def f():\n    import scipy.linalg", "scipy.linalg"),
        ("dicome/errors.py", "import numpy", "numpy"),
        ("dicome/image.py", "if TYPE_CHECKING:\n    from dicome.writers import mat", "dicome.writers.mat"),
        ("dicome/header.py", "from dicome.image import Image", "dicome.image.Image"),
        ("dicome/writers/mat.py", "from dicome.cli.main import main", "dicome.cli.main.main"),
        ("dicome/bridge/worker.py", "from dicome.cli import main", "dicome.cli.main"),
        ("dicome/__init__.py", "from dicome.bridge import worker", "dicome.bridge.worker"),
    ],
)
def test_an_offence_is_seen(file: str, source: str, offence: str) -> None:
    found = offences(source, Path(file))
    assert len(found) == 1
    assert found[0].endswith(f"imports {offence}")


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("dicome/dicom/file.py", "import numpy\nfrom dicome.errors import DicomeError\nfrom . import scan"),
        ("dicome/dicom/file.py", "def f():\n    import pydicom"),
        ("dicome/dicom/file.py", "if TYPE_CHECKING:\n    import pydicom"),
        ("dicome/frames/axes.py", "import math\nimport numpy as np\nfrom dicome.frames.table import FrameTable"),
        ("dicome/phantom.py", "from dicome.enhanced.write import write\nfrom dicome import __version__"),
        ("dicome/cli/info.py", "import dicome\nfrom dicome.bridge import worker"),
        ("dicome/__main__.py", "from dicome.cli.main import main"),
    ],
)
def test_what_is_allowed_is_no_offence(file: str, source: str) -> None:
    assert offences(source, Path(file)) == []


def test_a_unit_without_a_layer_is_an_offence() -> None:
    assert "is in no layer" in offences("", Path("dicome/extras/a.py"))[0]


@pytest.mark.parametrize("module", ["dicome", "dicome.errors", "dicome.cli.main", "dicome.dicom.dictionary"])
def test_what_must_start_fast_imports_no_numpy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded & {"numpy", *HEAVY} == set()


def _sources() -> list[Path]:
    folders = ("pybackend", "matlab", "tests", "examples")
    return [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in (".py", ".m")]


def test_no_file_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _sources()}
    assert {path.relative_to(ROOT).as_posix(): n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_the_top_of_the_repository_holds_what_it_should() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: no telling which files belong to the repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {name.split("/")[0] for name in listed.split("\0") if name} == TOP_LEVEL
