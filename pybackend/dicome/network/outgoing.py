"""Files on their way out: what they are, and their bytes; the data set goes as it lies in the file."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dicome.dicom.scan import Buffer
from dicome.dicom.sniff import data_set_start, guessed_syntax, is_gzip
from dicome.dicom.transfer import TransferSyntax
from dicome.errors import DamagedFileError, DicomeError, FileAccessError, FileMissingError, NotDicomError
from dicome.network.head import SOP_CLASS, SOP_INSTANCE, after_meta, read_texts

CHUNK = 1 << 20
"""Bytes read from a file at once."""
_PIXELS, _SEQUENCE_END = bytes.fromhex("e07f1000"), bytes.fromhex("feffdde000000000")
_TAIL = 4 << 20
"""Bytes at the end of a file among which its pixels are looked for."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file that can be sent: UIDs of its data set, its transfer syntax, where the data set begins, bytes of all."""

    path: Path
    sop_class: str
    sop_instance: str
    syntax: str
    begin: int
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """What paths lead to: objects to send; (path, reason) of what cannot be sent; how many others were left out."""

    objects: tuple[Outgoing, ...]
    bad: tuple[tuple[Path, str], ...]
    others: int


def find_outgoing(paths: Iterable[Path], *, recursive: bool = False, whole: bool = True) -> Found:
    """Looks at files, and at all files of folders; folders within folders only if ``recursive``.

    What in a folder is no DICOM is left out and counted; a file that was named must be. A folder that cannot be listed
    is bad, as a file is, and the rest goes. whole: files that are cut short are bad.
    """
    objects, others = [], 0
    bad: list[tuple[Path, str]] = []
    for path, named in _listed(paths, recursive, bad):
        found = _tried(path, whole)
        if isinstance(found, Outgoing):
            objects.append(found)
        elif named or not isinstance(found, NotDicomError):
            bad.append((path, str(found)))
        else:
            others += 1
    return Found(tuple(objects), tuple(bad), others)


def _tried(path: Path, whole: bool) -> Outgoing | DicomeError:
    try:
        return examine(path, whole=whole)
    except DicomeError as problem:
        return problem


def _listed(paths: Iterable[Path], recursive: bool, bad: list[tuple[Path, str]]) -> Iterator[tuple[Path, bool]]:
    """(file, whether it was named itself). bad: folders that cannot be listed are added."""
    for path in paths:
        try:
            entries = sorted(path.iterdir()) if path.is_dir() else None
            shown = [one for one in entries or () if not one.name.startswith(".")]
            files = [one for one in shown if one.is_file()]
            folders = [one for one in shown if recursive and one.is_dir() and not one.is_symlink()]
        except OSError as problem:
            bad.append((path, f"{path}: cannot be listed: {problem.strerror}"))
            continue
        if entries is None:
            yield path, True
        yield from ((file, False) for file in files)
        yield from ((file, False) for file, _ in _listed(folders, recursive, bad))


def examine(path: Path, *, whole: bool = False) -> Outgoing:
    """What a file is. Raises NotDicomError, FileMissingError, FileAccessError, DamagedFileError, UnsupportedError.

    whole: a file that is cut short is damaged, too.
    """
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if not size:
                raise NotDicomError(f"{path}: the file is empty")
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
                return _examined(path, buffer, size, whole)
    except FileNotFoundError:
        raise FileMissingError(f"{path}: no such file") from None
    except OSError as problem:
        raise FileAccessError(f"{path}: cannot be read: {problem.strerror or problem}") from None


def _examined(path: Path, buffer: Buffer, size: int, whole: bool) -> Outgoing:
    if is_gzip(buffer):
        raise NotDicomError(f"{path}: is packed by gzip; unpack it before sending")
    if data_set_start(buffer, path)[1]:
        begin, syntax = after_meta(buffer, path)
    else:
        begin, syntax = 0, guessed_syntax(buffer, 0, path)
    texts = read_texts(buffer, begin, syntax, (SOP_CLASS, SOP_INSTANCE), str(path))
    sop_class, sop_instance = texts.get(SOP_CLASS, ""), texts.get(SOP_INSTANCE, "")
    if not sop_class or not sop_instance:
        raise NotDicomError(f"{path}: has no SOP Class UID or no SOP Instance UID (a DICOMDIR?), so it cannot be sent")
    if whole and not _ends_with_pixels(buffer, syntax) and (missing := _missing(path)):
        raise DamagedFileError(f"{path}: is cut short ({missing}), so it is not sent")
    return Outgoing(path, sop_class, sop_instance, syntax.uid, begin, size)


def _ends_with_pixels(buffer: Buffer, syntax: TransferSyntax) -> bool:
    """Whether a file ends where its pixels do, as nearly all whole ones: seen at its end, without reading the rest."""
    size = len(buffer)
    if syntax.encapsulated:
        return bytes(buffer[-8:]) == _SEQUENCE_END
    tail = bytes(buffer[-_TAIL:]) if size > _TAIL else bytes(buffer)
    for vr in (b"OW", b"OB"):
        at = tail.rfind(_PIXELS + vr) if syntax.explicit else -1
        if at >= 0 and at + 12 + int.from_bytes(tail[at + 8 : at + 12], "little") == len(tail):
            return True
    return False


def _missing(path: Path) -> str:
    """What a file lacks at its end, '' where it is whole."""
    # Both import numpy, which plain files do without.
    from dicome.dicom.file import open_file
    from dicome.moving.whole import Announced, shortage

    try:
        file = open_file(path)
    except DamagedFileError as problem:
        return str(problem).removeprefix(f"{path}: ")
    except DicomeError:
        return ""
    if file.pixels is None:
        return ""
    data = file.pixel_data
    nothing = Announced(None, None, None, None, "")  # how many pixels there should be is the header's affair

    def read(at: int, count: int) -> bytes:
        return data[at : at + count].tobytes()

    return shortage(file.pixels.offset, file.pixels.length, len(data), nothing, file.syntax.encapsulated, read)


def read_parts(outgoing: Outgoing, chunk: int = CHUNK) -> Iterator[memoryview]:
    """The data set, in pieces of ``chunk`` bytes. Raises OSError, also where the file has become shorter."""
    with outgoing.path.open("rb", buffering=0) as stream:
        stream.seek(outgoing.begin)
        left = outgoing.size - outgoing.begin
        while left:
            part = stream.read(min(chunk, left))
            if not part:
                raise OSError(f"{outgoing.path}: has become shorter while it was sent")
            left -= len(part)
            yield memoryview(part)
