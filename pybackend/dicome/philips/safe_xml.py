"""XML from strangers to a tree of plain nodes: no document type, so no entities, and nothing is ever fetched.

Beside the standard library's ElementTree, because that one expands entities, and keeps nothing of a file that was cut
off: here the elements that were complete stay. Names lose their prefix: in ExamCards it differs from file to file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from dicome.errors import DamagedFileError

DEEPEST = 100
"""Nested elements beyond this are taken for hostile; ExamCards have 6."""
MOST_NODES = 2_000_000
LARGEST = 1 << 28
"""Bytes of a document; the largest seen has 2 MiB."""


@dataclass(slots=True, eq=False)
class Node:
    """An element: name and attributes without prefix, its own text joined, children. complete: its end was seen;
    begin: of one that was cut off the text before the cut, whose ``text`` is empty.
    """

    name: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""
    complete: bool = False
    begin: str = ""

    def child(self, name: str) -> Node | None:
        """The first child of that name."""
        return next((node for node in self.children if node.name == name), None)

    def all(self, name: str) -> list[Node]:
        """The children of that name."""
        return [node for node in self.children if node.name == name]

    def value(self, name: str) -> str:
        """Text of the first child of that name, '' where there is none."""
        node = self.child(name)
        return "" if node is None else node.text.strip()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document. problem: what ended it too soon, ''; nodes that were not complete say so."""

    root: Node
    problem: str


class _HostileError(Exception):
    """Something that no scanner writes."""


class _Builder:
    """Receives the events of expat; ``root`` holds what has come so far."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_NODES:
            raise _HostileError(f"more than {DEEPEST} nested or {MOST_NODES:,} elements")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def end(self, name: str) -> None:
        del name
        node = self._open.pop()
        node.text = "".join(self._texts.pop())
        node.complete = True

    def characters(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def stop(self) -> None:
        """The document ends here, whatever is open."""
        for node, texts in zip(self._open, self._texts, strict=True):
            node.begin = "".join(texts)

    def refuse(self, *what: object) -> None:
        raise _HostileError(f"a document type or entity ({what[0]}), which no scanner writes")


def parse(data: bytes, where: str) -> Document:
    """Parses a document. where: path, for messages.

    Raises DamagedFileError where not even the root element can be read, or where the document is made to harm.
    """
    if len(data) > LARGEST:
        raise DamagedFileError(f"{where}: XML of {len(data):,} bytes; expected at most {LARGEST:,}")
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = builder.refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    problem = ""
    try:
        parser.Parse(data, True)
    except _HostileError as hostile:
        raise DamagedFileError(f"{where}: XML with {hostile}, at byte {parser.CurrentByteIndex:,}") from None
    except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
        problem = f"{where}: XML at byte {parser.CurrentByteIndex:,} of {len(data):,}: {error}; is the file complete?"
        parser.buffer_text = False  # hands over the text that waits in the buffer
        builder.stop()
    if builder.root is None:
        raise DamagedFileError(problem or f"{where}: no XML element")
    return Document(builder.root, problem)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
