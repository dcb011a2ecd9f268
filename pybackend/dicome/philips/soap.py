"""Objects of a .NET SOAP document, as ExamCards are: a flat list of elements that point at each other by ``href``.

`Graph` follows the pointers and unfolds arrays and array lists; `plain` makes nested plain values of an object, for
printing, and stops where objects point back at each other.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

from dicome.errors import DamagedFileError
from dicome.philips.safe_xml import Node

Plain = str | list["Plain"] | dict[str, "Plain"] | None
"""Text, list, object by field, or None for null."""

BINARY = "base64"
_ARRAY, _LIST = "Array", "ArrayList"
_BACKING = ("_x003C_", "_x003E_k__BackingField")
"""Around the name of an automatic property of C#."""
MOST_VALUES = 200_000
MOST_LETTERS = 1 << 24
"""Values and letters that a document may unfold to; shared objects could otherwise unfold without end."""
DEEPEST = 100
"""Objects in each other; real ones have 10."""


class Graph:
    """The objects of one document, by id. where: path, for messages."""

    def __init__(self, body: Node, where: str) -> None:
        self.body = body
        self.where = where
        self.values_left, self.letters_left = MOST_VALUES, MOST_LETTERS
        self._by_id: dict[str, Node] = {}
        self._index(body.children)

    def _index(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            name = node.attributes.get("id")
            if name:
                self._by_id.setdefault(name, node)
            self._index(node.children)

    def first(self, name: str) -> Node | None:
        """The first object of that class."""
        return self.body.child(name)

    def follow(self, node: Node | None) -> Node | None:
        """What a node points at, or itself; None for null and for pointers that lead nowhere."""
        for _ in range(8):
            if node is None or node.attributes.get("null") in ("1", "true"):
                return None
            target = node.attributes.get("href")
            if target is None:
                return node
            node = self._by_id.get(target.removeprefix("#"))
        return None

    def field(self, node: Node | None, *path: str) -> Node | None:
        """The object that one field after the other leads to; None where one is missing or null."""
        node = self.follow(node)
        for name in path:
            if node is None:
                return None
            node = self.follow(node.child(name))
        return node

    def text(self, node: Node | None, *path: str) -> str:
        """Text of a field, '' where it is missing or null."""
        found = self.field(node, *path)
        return "" if found is None or found.children else found.text.strip()

    def items(self, node: Node | None) -> list[Node]:
        """What an array or array list holds; nulls left out."""
        node = self.follow(node)
        if node is None:
            return []
        if node.name == _LIST:
            size = self.text(node, "_size")
            items = self.follow(node.child("_items"))
            found = self.items(items) if items is not None and items.name != _LIST else []
            return found[: int(size)] if size.isascii() and size.isdigit() and len(size) < 12 else found
        return [item for item in map(self.follow, node.all("item")) if item is not None]

    def binary(self, node: Node | None, what: str) -> bytes:
        """Bytes of a base64 value. Raises DamagedFileError where it is none."""
        return decode_base64("" if node is None else node.text, f"{self.where}: {what}")

    def plain(self, node: Node | None, without: Iterable[str] = ()) -> Plain:
        """An object as nested plain values, without its null fields and those named."""
        return _Unfolder(self, frozenset(without)).plain(node)

    @property
    def problem(self) -> str:
        """That some values were left out, or ''."""
        if self.values_left >= 0 and self.letters_left >= 0:
            return ""
        most = f"{MOST_VALUES:,} values or {MOST_LETTERS:,} letters"
        return f"{self.where}: its objects unfold to more than {most}, which no scanner writes; the rest is left out"


class _Unfolder:
    """Makes plain values of one object."""

    def __init__(self, graph: Graph, without: frozenset[str]) -> None:
        self.graph = graph
        self.without = without
        self._open: list[Node] = []

    def plain(self, node: Node | None) -> Plain:
        node = self.graph.follow(node)
        self.graph.values_left -= 1
        if node is None or self.graph.values_left < 0:
            return None
        if any(node is other for other in self._open):
            return "(see above)"
        if len(self._open) >= DEEPEST:
            return "(nested too deeply)"
        if node.attributes.get("type", "").endswith(BINARY):
            return f"({len(node.text) * 3 // 4:,} bytes)"
        self._open.append(node)
        try:
            return self._inside(node)
        finally:
            self._open.pop()

    def _inside(self, node: Node) -> Plain:
        if node.name in (_ARRAY, _LIST):
            return [self.plain(item) for item in self.graph.items(node)]
        if not node.children:
            self.graph.letters_left -= len(node.text)
            return node.text.strip() if self.graph.letters_left >= 0 else None
        fields: dict[str, Plain] = {}
        for child in node.children:
            name = field_name(child.name)
            if name in self.without:
                continue
            value = self.plain(child)
            if value is not None:
                fields[name] = value
        return fields


def field_name(name: str) -> str:
    """Name of a field, without what C# puts around automatic properties."""
    begin, end = _BACKING
    return name[len(begin) : -len(end)] if name.startswith(begin) and name.endswith(end) else name


BASE64_LETTERS = re.compile("[A-Za-z0-9+/]*")


def decode_base64_begin(text: str) -> bytes:
    """The bytes before the first damage of a base64 text."""
    good = BASE64_LETTERS.match("".join(text.split()))
    letters = good.group() if good is not None else ""
    return base64.b64decode(letters[: len(letters) // 4 * 4])


def decode_base64(text: str, where: str) -> bytes:
    """Bytes of a base64 text, lines and blanks in it allowed. Raises DamagedFileError, with the offset in the text."""
    compact = "".join(text.split())
    try:
        return base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError) as problem:
        good = BASE64_LETTERS.match(compact.rstrip("="))
        at = len(compact) if good is None or good.end() == len(compact.rstrip("=")) else good.end()
        raise DamagedFileError(
            f"{where}: expected base64; at character {at:,} of {len(compact):,}: {problem}"
        ) from None
