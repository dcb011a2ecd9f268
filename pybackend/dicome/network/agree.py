"""Which of the presentation contexts that a sender proposes are accepted, and in which transfer syntax."""

from __future__ import annotations

from collections.abc import Iterable

from dicome.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, SYNTAXES
from dicome.network.associate import ACCEPTED, NO_ABSTRACT_SYNTAX, NO_TRANSFER_SYNTAX, Answer, Context
from dicome.network.classes import CLASSIC_OF, VERIFICATION, is_storage

_COMPRESSED = "1.2.840.10008.1.2.4."
_LAST_RESORT = (IMPLICIT_LITTLE.uid, EXPLICIT_BIG.uid)
"""Syntaxes that lose something (the VRs of private elements) or that few programs read."""


def agree(contexts: Iterable[Context], *, enhanced: bool, only_enhanced: bool = False) -> tuple[Answer, ...]:
    """The answer to each proposal.

    enhanced: take enhanced MR, CT and PET; without, they are refused, so that a scanner falls back to classic ones.
    only_enhanced: where a sender proposes both kinds, refuse the classic one.
    """
    contexts = tuple(contexts)
    proposed = {context.sop_class for context in contexts}
    refused = set() if enhanced else set(CLASSIC_OF)
    if enhanced and only_enhanced:
        refused = {classic for one, classic in CLASSIC_OF.items() if one in proposed}
    return tuple(_answer(context, refused) for context in contexts)


def _answer(context: Context, refused: set[str]) -> Answer:
    if context.sop_class != VERIFICATION and (context.sop_class in refused or not is_storage(context.sop_class)):
        return Answer(context.number, NO_ABSTRACT_SYNTAX)
    syntax = preferred(context.syntaxes)
    return Answer(context.number, ACCEPTED, syntax) if syntax else Answer(context.number, NO_TRANSFER_SYNTAX)


def preferred(syntaxes: Iterable[str]) -> str:
    """The sender's first transfer syntax that we know, but explicit VR before implicit or big endian; '' for none."""
    known = [uid for uid in syntaxes if uid in SYNTAXES or uid.startswith(_COMPRESSED)]
    if known and known[0] in _LAST_RESORT and EXPLICIT_LITTLE.uid in known:
        return EXPLICIT_LITTLE.uid
    return known[0] if known else ""
