"""Transfer syntaxes that the writer knows (PS3.5 chapter 10 and annex A)."""

from __future__ import annotations

from dataclasses import dataclass

from dicome.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class Syntax:
    """One transfer syntax; ``encapsulated`` frames are handed over compressed."""

    uid: str
    name: str
    implicit: bool = False
    big_endian: bool = False
    deflated: bool = False
    encapsulated: bool = False


SYNTAXES: tuple[Syntax, ...] = (
    Syntax("1.2.840.10008.1.2.1", "explicit"),
    Syntax("1.2.840.10008.1.2", "implicit", implicit=True),
    Syntax("1.2.840.10008.1.2.2", "big-endian", big_endian=True),
    Syntax("1.2.840.10008.1.2.1.99", "deflated", deflated=True),
    Syntax("1.2.840.10008.1.2.5", "rle", encapsulated=True),
    Syntax("1.2.840.10008.1.2.4.70", "jpeg-lossless", encapsulated=True),
    Syntax("1.2.840.10008.1.2.4.80", "jpeg-ls", encapsulated=True),
    Syntax("1.2.840.10008.1.2.4.90", "jpeg2000", encapsulated=True),
)


def syntax_of(name: str) -> Syntax:
    """The transfer syntax of a UID or of a short name such as ``explicit`` or ``rle``.

    Raises
    ------
    ArgumentError
        Not one of `SYNTAXES`.
    """
    for syntax in SYNTAXES:
        if name in (syntax.uid, syntax.name):
            return syntax
    known = ", ".join(syntax.name for syntax in SYNTAXES)
    raise ArgumentError(f"unknown transfer syntax {name!r}; use one of: {known}, or its UID")
