"""A tree of HDF5 objects, described first and then written; what occurs in several places is written once and linked.

Written by h5py's low-level calls: its own groups and datasets take ten times as long for an object, and the headers of
the frames of a file are hundreds of thousands.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.writers.mat5 import BLOCK_BYTES
from dicome.writers.steps import Wrote, unheard

LEVEL = 1
"""Of gzip: higher ones take much longer and save little of an image."""
AT_ONCE = 256
"""Chunks compressed before they are written."""
Attributes = Mapping[str, Any]


@dataclass(slots=True, eq=False)
class Node:
    """A dataset, or a group where there is no data; ``cells`` makes a dataset of references in the shape ``data``.

    attributes: numbers, bytes (text of fixed length) or tuples of words (a list of letters for each).
    """

    data: NDArray[Any] | None = None
    attributes: Attributes = field(default_factory=dict)
    members: Sequence[tuple[str, Node]] = ()
    cells: Sequence[Node] | None = None
    place: bytes | None = None
    """Path in the file, once written."""


class _Patient(io.FileIO):
    """A file that takes all that is written after a write has failed, and keeps the error.

    HDF5 cannot close a file that it cannot write (a full disk): it fails object by object, then in memory.
    """

    problem: OSError | None = None

    def write(self, data: Any, /) -> int:
        """As the file does, or as if."""
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while self.problem is None and len(left):
                left = left[super().write(left) :]
        except OSError as problem:
            self.problem = problem
        if self.problem is not None:
            self.seek(len(left), os.SEEK_CUR)
        return size

    def truncate(self, size: int | None = None, /) -> int:
        """As the file does, or as if."""
        try:
            return super().truncate(size) if self.problem is None else size or 0
        except OSError as problem:
            self.problem = problem
            return size or 0


class Tree:
    """An open file that nodes are put into."""

    def __init__(self, file: Any, references: str = "") -> None:
        import h5py

        self._h5 = h5py
        self.file = file
        self._scalar = h5py.h5s.create(h5py.h5s.SCALAR)
        self._plain_type = lru_cache(maxsize=None)(self._new_type)
        self._references = references.encode()
        self._count = 0

    def _type(self, dtype: np.dtype[Any]) -> Any:
        # Types that differ in metadata alone (the coding of text) are equal, and a cache would mix them up.
        return self._new_type(dtype) if dtype.metadata else self._plain_type(dtype)

    def _new_type(self, dtype: np.dtype[Any]) -> Any:
        return self._h5.h5t.py_create(dtype, logical=True)

    @classmethod
    @contextmanager
    def create(cls, path: Path, user_block: int = 0, references: str = "") -> Iterator[Tree]:
        """A new file, closed at the end of the block. references: the group of what cells refer to."""
        import h5py

        with _Patient(path, "w+b") as stream:
            try:
                # Version 1.8 of the format: attributes over 64 KiB, groups of any number of members.
                with h5py.File(stream, "w", userblock_size=user_block, libver=("v108", "v108")) as file:
                    if references:
                        file.create_group(references)
                    yield cls(file, references)
            except Exception:  # whatever HDF5 says where it reads again what was never written
                if stream.problem is None:
                    raise
        if stream.problem is not None:
            raise stream.problem

    def put(self, node: Node, path: str) -> None:
        """Writes a node to an absolute path; the groups above it are there already."""
        above, _, name = path.rpartition("/")
        self._put(node, self._h5.h5o.open(self.file.id, above.encode() or b"/"), above.encode(), name.encode())

    def _put(self, node: Node, group: Any, path: bytes, name: bytes) -> None:
        if node.place is not None:
            group.links.create_hard(name, self.file.id, node.place)
            return
        node.place = path + b"/" + name
        if node.cells is not None:
            made = self._put_cells(node, group, name)
        elif node.data is not None:
            made = self._put_data(node.data, group, name)
        else:
            made = self._h5.h5g.create(group, name)
            for key, member in node.members:
                self._put(member, made, node.place, key.encode())
        for key, value in node.attributes.items():
            self._set(made, key.encode(), value)

    def _put_data(self, data: NDArray[Any], group: Any, name: bytes) -> Any:
        data = np.ascontiguousarray(data) if data.ndim else data
        space = self._h5.h5s.create_simple(data.shape) if data.ndim else self._scalar
        made = self._h5.h5d.create(group, name, self._type(data.dtype), space)
        made.write(self._h5.h5s.ALL, self._h5.h5s.ALL, data)
        return made

    def _put_cells(self, node: Node, group: Any, name: bytes) -> Any:
        assert node.data is not None
        assert node.cells is not None
        found = {id(cell): cell for cell in node.cells}
        references = {key: self._reference(cell) for key, cell in found.items()}
        data = np.empty(len(node.cells), self._h5.ref_dtype)
        data[:] = [references[id(cell)] for cell in node.cells]
        kind = self._type(data.dtype)
        made = self._h5.h5d.create(group, name, kind, self._h5.h5s.create_simple(tuple(node.data.tolist())))
        made.write(self._h5.h5s.ALL, self._h5.h5s.ALL, data.reshape(node.data))
        return made

    def _reference(self, cell: Node) -> Any:
        if cell.place is None:
            self._count += 1
            self.put(cell, f"/{self._references.decode()}/r{self._count}")
        return self._h5.h5r.create(self.file.id, cell.place, self._h5.h5r.OBJECT)

    def _set(self, made: Any, name: bytes, value: Any) -> None:
        if isinstance(value, tuple):
            self._set_letters(made, name, value)
            return
        data = np.asarray(value)
        space = self._h5.h5s.create_simple(data.shape) if data.ndim else self._scalar
        self._h5.h5a.create(made, name, self._type(data.dtype), space).write(data)

    def _set_letters(self, made: Any, name: bytes, words: tuple[str, ...]) -> None:
        kind = self._h5.vlen_dtype(np.dtype("S1"))
        data = np.empty(len(words), object)
        data[:] = [np.frombuffer(word.encode(), "S1") for word in words]
        space = self._h5.h5s.create_simple((len(words),))
        self._h5.h5a.create(made, name, self._type(kind), space).write(data, mtype=self._h5.h5t.py_create(kind))

    def array(
        self,
        path: str,
        data: NDArray[Any],
        chunks: tuple[int, ...] | None,
        compress: bool,
        wrote: Wrote = unheard,
    ) -> Any:
        """A large dataset, h5py's; in one piece where there are no chunks. wrote: told the bytes of it as they go."""
        packing = {"compression": "gzip", "compression_opts": LEVEL, "shuffle": True} if compress and chunks else {}
        made = self.file.create_dataset(path, data.shape, data.dtype, chunks=chunks, **packing)
        if chunks:
            # Past HDF5's own cache and filters, which take several times as long, and one processor.
            for offset, packed in _chunks(data, chunks, compress):
                made.id.write_direct_chunk(offset, packed)
                wrote(prod(chunks) * data.itemsize)
            return made
        step = max(1, BLOCK_BYTES * len(data) // data.nbytes) if data.nbytes else 1
        for start in range(0, len(data), step):
            part = data[start : start + step]
            made[start : start + step] = part
            wrote(part.nbytes)
        return made


def _chunks(array: NDArray[Any], chunks: tuple[int, ...], compress: bool) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Where each chunk begins, and its bytes; every dimension is cut at each position or not at all."""
    counts = [1 if size == chunk else size for size, chunk in zip(array.shape, chunks, strict=True)]

    def data_at(offset: tuple[int, ...]) -> bytes:
        part = array[tuple(slice(at, at + chunk) for at, chunk in zip(offset, chunks, strict=True))]
        part = np.ascontiguousarray(part)
        return _packed(part) if compress else part.tobytes()

    offsets = list(np.ndindex(*counts))
    if not compress:
        yield from ((offset, data_at(offset)) for offset in offsets)
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(offsets), AT_ONCE):
            some = offsets[start : start + AT_ONCE]
            yield from zip(some, pool.map(data_at, some), strict=True)


def _packed(part: NDArray[Any]) -> bytes:
    """As HDF5's filters shuffle and gzip have it: first bytes of all values, second bytes, ..."""
    shuffled = np.ascontiguousarray(part.reshape(-1).view(np.uint8).reshape(-1, part.itemsize).T)
    return zlib.compress(shuffled.data, LEVEL)


def text(words: str) -> NDArray[np.bytes_]:
    """One text as a value of fixed length, closed by a zero byte (Octave wants it so)."""
    data = words.encode("utf-8", "replace")
    return np.array(data, f"S{len(data) + 1}")
