"""What goes over the bridge: the request as checked values, the result of a reading, the reply as JSON.

The number of the protocol is in the request and in the reply; the .m files and the package may have been installed
at different times.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from dicome.columnar import Group, Tree
from dicome.errors import ArgumentError, DicomeError

PROTOCOL = 1
"""Number of this protocol; `+dicome/+internal/protocol.m` holds the same."""

INCOMPLETE = ("pad", "trim", "error")
CLASSES = {"single": "float32", "double": "float64"}
"""MATLAB class to dtype, for the option Class."""

FLAGS = ("full_info", "v73", "compress", "sort", "no_contrast_columns", "check", "force")
"""Options of an export that are true or false."""

REQUEST_NAME = "request.json"
REPLY_NAME = "reply.json"
NUMERIC_NAME = "numeric.mat"
RAW_NAME = "image.raw"


class ProtocolError(DicomeError, ValueError):
    """A request that no .m file of this version writes."""

    kind: ClassVar[str] = "protocol"


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of files: image, names of its dimensions, header.

    array: rows x columns [x samples] x axes; fastest handed over when rows vary fastest in memory. names: of all its
    dimensions. labels: along each axis. items: 1-based frame numbers over the axes; 0 where a frame is missing.
    evidence: where the axes came from. scale: which values these are (`dicome.frames.scaling.KINDS`). header: only if
    asked for.
    """

    array: NDArray[np.generic]
    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    items: NDArray[np.integer]
    evidence: tuple[str, ...] = ()
    scale: str = "pv"
    header: Group | None = None


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Which files, and how; the options of `dicome.dicomeread`. array_class: name of a dtype, None for the usual."""

    files: tuple[Path, ...]
    order: tuple[int, ...] | tuple[str, ...] | None = None
    combine: tuple[int, ...] | None = None
    scale: str | None = None
    incomplete: str = "pad"
    array_class: str | None = None
    header: bool = True
    series: int | str | None = None


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Which files to write as what. target: file to write; options: those of `dicome.writers.Options`."""

    files: tuple[Path, ...]
    target: Path
    incomplete: str = "pad"
    series: int | str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardRequest:
    """Which raw data file or ExamCard. card: where the words of enums come from, None for what lies beside; words:
    enums as words; extract: the folder for the ExamCard of a study, None for nowhere.
    """

    file: Path
    card: Path | None = None
    words: bool = False
    extract: Path | None = None


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """Which folder of classic files, with PAR/REC, to make one enhanced file of; None: the usual names beside it."""

    folder: Path
    target: Path | None = None
    par: Path | None = None
    force: bool = False


class Engine(Protocol):
    """Whoever does the work. Raises DicomeError; what it warns of (`warnings.warn`) is passed on."""

    def read(self, request: ReadRequest) -> Result:
        """Read files into one array."""

    def dimensions(self, request: ReadRequest) -> tuple[str, ...]:
        """A line to show for each dimension, after Order, before Combine; no pixels are read."""

    def export(self, request: ExportRequest) -> tuple[Path, ...]:
        """Write files in another format; the files written."""

    def examcard(self, request: CardRequest) -> Mapping[str, Tree]:
        """What is in a raw data file or an ExamCard: structs, blob -> parameter -> value."""

    def dcms2e(self, request: ConvertRequest) -> Path:
        """Write classic files and PAR/REC as one enhanced file; the file written."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: the verb, the folder it lies in, and the rest."""

    verb: str
    folder: Path
    values: Mapping[str, object] = field(default_factory=dict)

    def _files(self) -> tuple[Path, ...]:
        """The files, made absolute with the folder in which the caller works."""
        names = _list(self.values.get("files"))
        if not names or not all(isinstance(name, str) and name for name in names):
            raise ArgumentError("file_in names no file: give a file name, a cell array of file names or a folder")
        home = Path(str(self.values.get("cwd", ".")))
        return tuple(home / Path(str(name)).expanduser() for name in names)

    def reading(self) -> ReadRequest:
        """The options of a reading, of the right types; whether they fit the image is for the engine to say."""
        return ReadRequest(
            files=self._files(),
            order=_order(self.values.get("order")),
            combine=_combine(self.values.get("combine")),
            scale=_word("Scale", self.values.get("scale")),
            incomplete=_one_of(INCOMPLETE, "Incomplete", self.values.get("incomplete")) or "pad",
            array_class=CLASSES.get(_one_of(CLASSES, "Class", self.values.get("class")) or ""),
            header=bool(self.values.get("header", True)),
            series=_series(self.values.get("series")),
        )

    def exporting(self) -> ExportRequest:
        """The options of an export, of the right types; those not given are left out."""
        target = self.values.get("target")
        if not isinstance(target, str) or not target:
            raise ArgumentError("file_out names no file: give the name of the file to write")
        options: dict[str, object] = {
            "order": _order(self.values.get("order")),
            "combine": _combine(self.values.get("combine")),
            "scale": _word("Scale", self.values.get("scale")),
            "split": _word("Split", self.values.get("split")),
            "version": _word("Version", self.values.get("version")),
            "window": _word("Window", self.values.get("window")),
        }
        options |= {name: bool(self.values.get(name)) for name in FLAGS}
        return ExportRequest(
            files=self._files(),
            target=Path(str(self.values.get("cwd", "."))) / Path(target).expanduser(),
            incomplete=_one_of(INCOMPLETE, "Incomplete", self.values.get("incomplete")) or "pad",
            series=_series(self.values.get("series")),
            options={name: value for name, value in options.items() if value not in (None, False)},
        )

    def carding(self) -> CardRequest:
        """The options for a raw data file or ExamCard, of the right types."""
        files = self._files()
        if len(files) != 1:
            raise ArgumentError(f"dcmexamcard takes one file; found {len(files)}")
        return CardRequest(
            file=files[0],
            card=self._path("card"),
            words=bool(self.values.get("words", False)),
            extract=self._path("extract_to"),
        )

    def converting(self) -> ConvertRequest:
        """The options of dcms2e, of the right types."""
        files = self._files()
        if len(files) != 1:
            raise ArgumentError(f"dcms2e takes one folder; found {len(files)}")
        return ConvertRequest(files[0], self._path("target"), self._path("par"), bool(self.values.get("force", False)))

    def _path(self, name: str) -> Path | None:
        word = _word(name, self.values.get(name))
        return None if word is None else Path(str(self.values.get("cwd", "."))) / Path(word).expanduser()


def parse_request(path: Path) -> Request:
    """Read a request file; ProtocolError where it is none of ours."""
    try:
        # Names of files need not be UTF-8 on Linux: what is not comes back as the same bytes when they are opened.
        found = json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
    except ValueError as error:
        raise ProtocolError(f"{path}: a request is JSON in UTF-8, this is not: {error}") from None
    if not isinstance(found, dict):
        raise ProtocolError(f"{path}: a request is a JSON object, this is {type(found).__name__}")
    values = cast("dict[str, object]", found)
    if values.get("protocol") != PROTOCOL:
        raise ProtocolError(
            f"the .m files speak protocol {values.get('protocol')}, the Python package dicome speaks {PROTOCOL}: "
            "they come from different versions. Type `dicome matlab` in a shell for the folder that fits this package"
        )
    return Request(str(values.get("verb")), path.parent, values)


def _list(value: object) -> list[object]:
    """`jsonencode` writes a single value without brackets."""
    if isinstance(value, list):
        return list(value)
    return [] if value is None else [value]


def _order(value: object) -> tuple[int, ...] | tuple[str, ...] | None:
    entries = _list(value)
    if not entries:
        return None
    if all(isinstance(entry, str) for entry in entries):
        return tuple(str(entry) for entry in entries)
    return _whole_numbers("Order", entries)


def _combine(value: object) -> tuple[int, ...] | None:
    entries = _list(value)
    return _whole_numbers("Combine", entries) if entries else None


def _series(value: object) -> int | str | None:
    """A number, or text: a number too, or the begin of a UID."""
    entries = _list(value)
    if not entries or isinstance(value, str):
        return _word("Series", value)
    if len(entries) == 1:
        return _whole_numbers("Series", entries)[0]
    raise ArgumentError(f"Series is {json.dumps(value)}; expected one number, or the begin of a Series Instance UID")


def _whole_numbers(option: str, entries: list[object]) -> tuple[int, ...]:
    if not all(isinstance(entry, int | float) and entry == int(entry) for entry in entries):
        raise ArgumentError(f"{option} takes whole numbers; found {json.dumps(entries)}")
    return tuple(int(cast("float", entry)) for entry in entries)


def _word(option: str, value: object) -> str | None:
    """Text; None where it is empty or not given. A number is refused: 'Version', 4.1 would be written as V4.2."""
    if value is None or value in ("", []):
        return None
    if not isinstance(value, str):
        raise ArgumentError(f"{option} is {json.dumps(value)}; expected text in quotes")
    return value


def _one_of(words: Collection[str], option: str, value: object) -> str | None:
    word = _word(option, value)
    if word is not None and word.lower() not in words:
        raise ArgumentError(f"{option} is {word!r}; use one of: {', '.join(words)}")
    return word and word.lower()
