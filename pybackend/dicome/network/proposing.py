"""Which objects go through which association: as few as possible, each with at most 128 presentation contexts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dicome.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE
from dicome.network.associate import MOST_CONTEXTS, Context
from dicome.network.outgoing import Outgoing

NATIVE = (EXPLICIT_LITTLE.uid, EXPLICIT_BIG.uid, IMPLICIT_LITTLE.uid)
"""Uncompressed syntaxes: an object in one of them can be sent in another."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects for one association, and what is proposed for them."""

    objects: tuple[Outgoing, ...]
    contexts: tuple[Context, ...]


def batches(objects: Iterable[Outgoing]) -> list[Batch]:
    """Objects by association, in their order where one association is enough.

    For each kind its own transfer syntax; for uncompressed ones a second context with the default, implicit VR little
    endian, which every server takes (PS3.5 10.1).
    """
    found: list[Batch] = []
    wanted: list[tuple[str, str]] = []
    taken: list[Outgoing] = []
    for one in objects:
        new = [pair for pair in _pairs(one) if pair not in wanted]
        if len(wanted) + len(new) > MOST_CONTEXTS:
            found.append(_batch(taken, wanted))
            wanted, taken = [], []
            new = _pairs(one)
        wanted += new
        taken.append(one)
    return [*found, _batch(taken, wanted)] if taken else found


def _pairs(one: Outgoing) -> list[tuple[str, str]]:
    syntaxes = [one.syntax, IMPLICIT_LITTLE.uid] if one.syntax in NATIVE else [one.syntax]
    return [(one.sop_class, syntax) for syntax in dict.fromkeys(syntaxes)]


def _batch(objects: list[Outgoing], wanted: list[tuple[str, str]]) -> Batch:
    contexts = (Context(2 * number + 1, sop_class, (syntax,)) for number, (sop_class, syntax) in enumerate(wanted))
    return Batch(tuple(objects), tuple(contexts))
