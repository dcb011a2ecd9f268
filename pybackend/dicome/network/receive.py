"""One object on its way in: bytes go straight to a file, and only what is whole and synced is placed and answered for.

The file holds our own meta group and then the data set exactly as it was encoded by the sender.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dicome.dicom.transfer import EXPLICIT_LITTLE, SYNTAXES, TransferSyntax
from dicome.errors import DicomeError
from dicome.network import statuses
from dicome.network.associate import IMPLEMENTATION_CLASS, IMPLEMENTATION_VERSION
from dicome.network.head import Head, read_head
from dicome.network.names import LONGEST_UID
from dicome.network.store import Arrival, Placed

Keep = Callable[[Arrival], Placed]
"""Puts a whole object where it belongs. Raises OSError."""


_BINARY = getattr(os, "O_BINARY", 0)  # Windows


@dataclass(frozen=True, slots=True)
class Expected:
    """What the sender announced: UIDs of the command, transfer syntax of the presentation context, and who it is."""

    sop_class: str
    sop_instance: str
    syntax: str
    calling: str
    called: str
    listener: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status to answer with; placed: where the object lies; comment: for the sender's log, no patient data."""

    status: int
    placed: Placed | None = None
    comment: str = ""


class Receipt:
    """Takes the bytes of one object. What goes wrong is kept until the end, for a sender listens only then.

    most: bytes that an object may have; spare: bytes that must stay free on the disk; tags: of the header's texts that
    are looked at.
    """

    def __init__(self, expected: Expected, folder: Path, *, most: int, spare: int, tags: tuple[int, ...] = ()) -> None:
        self.expected = expected
        self._tags = tags
        self._failure: Outcome | None = None
        self._most, self._spare = most, spare
        self.size = 0
        self._handle, self._path = -1, Path()
        if not 0 < len(expected.sop_instance) <= LONGEST_UID:
            self._failure = Outcome(statuses.INVALID_INSTANCE, comment="the SOP Instance UID is empty or too long")
            return
        meta = meta_group(expected)
        self._begin = len(meta)
        try:
            self._path = folder / f"{uuid.uuid4().hex}.part"
            self._handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, 0o666)
            self._check_free(folder)
            _write_all(self._handle, memoryview(meta))
        except OSError as problem:
            self._fail(problem)

    @property
    def is_too_long(self) -> bool:
        """Whether the sender goes on and on: twice what an object may have. Nothing is kept of it."""
        return self.size > 2 * self._most

    def write(self, data: memoryview) -> None:
        """Takes bytes of the data set; none are kept once something went wrong."""
        self.size += len(data)
        if self._failure is not None:
            return
        if self.size > self._most:
            self._drop(Outcome(statuses.OUT_OF_RESOURCES, comment=f"larger than {self._most} bytes"))
            return
        try:
            if self.size >> 24 != (self.size - len(data)) >> 24:  # every 16 MB
                self._check_free(self._path.parent)
            _write_all(self._handle, data)
        except OSError as problem:
            self._fail(problem)

    def finish(self, keep: Keep) -> Outcome:
        """All has come: sync, look at it, place it."""
        if self._failure is not None:
            return self._failure
        try:
            os.fsync(self._handle)
            self._close()
            outcome = self._checked()
            if outcome is None:
                head = self._head
                expected = self.expected
                arrival = Arrival(self._path, head, expected.calling, expected.called, expected.listener)
                outcome = Outcome(statuses.SUCCESS, keep(arrival))
        except OSError as problem:
            outcome = self._fail(problem)
        finally:
            self.discard()
        return outcome

    def _checked(self) -> Outcome | None:
        """What is wrong with the object, None if nothing is."""
        expected = self.expected
        try:
            self._head = self._read_head()
        except DicomeError:
            return Outcome(statuses.CANNOT_UNDERSTAND, comment="the data set cannot be read")
        if self._head.sop_class != expected.sop_class:
            return Outcome(statuses.DOES_NOT_MATCH_CLASS, comment="the data set is of another SOP class")
        if self._head.sop_instance != expected.sop_instance:
            return Outcome(statuses.DOES_NOT_MATCH_CLASS, comment="the data set has another SOP Instance UID")
        return None

    def _read_head(self) -> Head:
        with self._path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
            return read_head(buffer, self._begin, syntax_of(self.expected.syntax), self._tags)

    def discard(self) -> None:
        """Leaves nothing of an object that was not placed."""
        self._close()
        if self._path.name:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _check_free(self, folder: Path) -> None:
        if self._spare and shutil.disk_usage(folder).free < self._spare:
            raise OSError(errno.ENOSPC, "less is free than must stay free")

    def _fail(self, problem: OSError) -> Outcome:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        words = "the disk is full" if full else f"cannot be written ({problem.strerror})"
        return self._drop(Outcome(statuses.OUT_OF_RESOURCES, comment=words))

    def _drop(self, failure: Outcome) -> Outcome:
        self._failure = failure
        self.discard()
        return failure

    def _close(self) -> None:
        if self._handle >= 0:
            handle, self._handle = self._handle, -1
            os.close(handle)


def syntax_of(uid: str) -> TransferSyntax:
    """The encoding of a transfer syntax; those unknown to us are compressed ones, with explicit VR (PS3.5 A.4)."""
    return SYNTAXES.get(uid, EXPLICIT_LITTLE)


def meta_group(expected: Expected) -> bytes:
    """Preamble and group 0002 (PS3.10 7.1); the same for the same object, whoever sends it."""
    from dicome.enhanced.encode import element

    before, behind = _meta_around(expected.sop_class, expected.syntax)
    group = before + element(0x00020003, "UI", expected.sop_instance) + behind
    return bytes(128) + b"DICM" + element(0x00020000, "UL", len(group)) + group


@lru_cache
def _meta_around(sop_class: str, syntax: str) -> tuple[bytes, bytes]:
    """What stands before and behind the SOP Instance UID; the same for every object of a kind."""
    from dicome.enhanced.encode import data_set

    before = data_set([(0x00020001, "OB", b"\0\1"), (0x00020002, "UI", sop_class)])
    behind = [
        (0x00020010, "UI", syntax),
        (0x00020012, "UI", IMPLEMENTATION_CLASS),
        (0x00020013, "SH", IMPLEMENTATION_VERSION),
    ]
    return before, data_set(behind)


def _write_all(handle: int, data: memoryview) -> None:
    while data:
        data = data[os.write(handle, data) :]
