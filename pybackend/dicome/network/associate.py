"""The PDUs that make an association (PS3.8 9.3.2 to 9.3.4), in and out of plain values; pynetdicom has their fields."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Any

from dicome import __version__
from dicome.network.wire import HEADER, PeerError

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
IMPLEMENTATION_CLASS = "2.25.100633782968686277832652760439838628969"
IMPLEMENTATION_VERSION = f"DICOME_{__version__}"[:16]

MOST_CONTEXTS = 128
"""Presentation contexts of one association: their IDs are the odd numbers of one byte."""
SMALLEST_PDU = 4096
"""What a peer announces below this is taken for this; 0 means no limit."""

ACCEPTED, NO_ABSTRACT_SYNTAX, NO_TRANSFER_SYNTAX = 0, 3, 4
"""Results of a presentation context (PS3.8 9.3.3.2)."""

_ITEM = Struct(">BxH")
_FIXED = 68
"""Bytes of an associate PDU's body before its first item."""
_PROPOSED_CONTEXT = 0x20


@dataclass(frozen=True, slots=True)
class Context:
    """A presentation context as proposed: one SOP class, in any of these transfer syntaxes."""

    number: int
    sop_class: str
    syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A presentation context as answered."""

    number: int
    result: int
    syntax: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for an association with whom. max_pdu: bytes of P-DATA that the other side takes, 0 for any."""

    calling: str
    called: str
    contexts: tuple[Context, ...]
    max_pdu: int


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was agreed upon."""

    answers: tuple[Answer, ...]
    max_pdu: int


def room(max_pdu: int, ours: int) -> int:
    """Bytes of the P-DATA that we send: what the peer takes, and no more than ``ours``."""
    return ours if max_pdu == 0 else max(min(max_pdu, ours), SMALLEST_PDU)


def request_body(request: Request) -> bytes:
    """The A-ASSOCIATE-RQ, its header included."""
    from pynetdicom.pdu import A_ASSOCIATE_RQ

    primitive = _primitive(request.calling, request.called, request.max_pdu)
    primitive.presentation_context_definition_list = [_proposal(context) for context in request.contexts]
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(primitive)
    return bytes(pdu.encode())


def read_request(body: memoryview) -> Request:
    """The request in a PDU's body. Raises PeerError for what is none, and for more contexts than there are numbers."""
    from pynetdicom.pdu import A_ASSOCIATE_RQ

    count = _count_contexts(body)
    if count > MOST_CONTEXTS:
        raise PeerError(f"the peer proposed {count:,} presentation contexts; there can be {MOST_CONTEXTS}")
    primitive = _decoded(A_ASSOCIATE_RQ(), 1, body)
    contexts = tuple(
        Context(
            context.context_id,
            str(context.abstract_syntax or ""),
            tuple(str(syntax) for syntax in context.transfer_syntax or ()),
        )
        for context in primitive.presentation_context_definition_list
    )
    return Request(
        str(primitive.calling_ae_title).strip(), str(primitive.called_ae_title).strip(), contexts, _max_pdu(primitive)
    )


def acceptance_body(request: Request, acceptance: Acceptance) -> bytes:
    """The A-ASSOCIATE-AC, its header included."""
    from pynetdicom.pdu import A_ASSOCIATE_AC

    primitive = _primitive(request.calling, request.called, acceptance.max_pdu)
    primitive.result, primitive.result_source = 0, 1
    by_number = {context.number: context for context in request.contexts}
    primitive.presentation_context_definition_results_list = [
        _result(by_number[answer.number], answer) for answer in acceptance.answers
    ]
    pdu = A_ASSOCIATE_AC()
    pdu.from_primitive(primitive)
    return bytes(pdu.encode())


def read_acceptance(body: memoryview) -> Acceptance:
    """The agreement in a PDU's body. Raises PeerError."""
    from pynetdicom.pdu import A_ASSOCIATE_AC

    primitive = _decoded(A_ASSOCIATE_AC(), 2, body)
    answers = tuple(
        Answer(context.context_id, context.result, str(context.transfer_syntax[0]) if context.transfer_syntax else "")
        for context in primitive.presentation_context_definition_results_list
    )
    return Acceptance(answers, _max_pdu(primitive))


def rejection(body: bytes) -> str:
    """An A-ASSOCIATE-RJ in words (PS3.8 9.3.4)."""
    result, source, reason = body[1:4] if len(body) >= 4 else (0, 0, 0)
    words = _REJECTIONS.get((source, reason), f"source {source}, reason {reason}")
    return f"{words} ({'for now' if result == 2 else 'for good'})"


PERMANENT, TRANSIENT = 1, 2
CALLED_NOT_RECOGNIZED, CALLING_NOT_RECOGNIZED, LIMIT_EXCEEDED = (1, 7), (1, 3), (3, 2)
"""Source and reason of a rejection."""

_REJECTIONS = {
    (1, 1): "no reason given",
    (1, 2): "application context not supported",
    CALLING_NOT_RECOGNIZED: "our AE title is not recognized there",
    CALLED_NOT_RECOGNIZED: "the AE title we called is not recognized there",
    (2, 1): "no reason given",
    (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion",
    LIMIT_EXCEEDED: "too many associations there",
}


def _count_contexts(body: memoryview) -> int:
    """How many presentation contexts are proposed, by their items' headers alone: decoding thousands takes long."""
    at, count = _FIXED, 0
    while at + _ITEM.size <= len(body):
        kind, length = _ITEM.unpack_from(body, at)
        count += kind == _PROPOSED_CONTEXT
        at += _ITEM.size + length
    return count


def _primitive(calling: str, called: str, max_pdu: int) -> Any:
    from pynetdicom import pdu_primitives as parts

    size, uid, version = (
        parts.MaximumLengthNotification(),
        parts.ImplementationClassUIDNotification(),
        parts.ImplementationVersionNameNotification(),
    )
    size.maximum_length_received = max_pdu
    uid.implementation_class_uid = IMPLEMENTATION_CLASS
    version.implementation_version_name = IMPLEMENTATION_VERSION
    primitive = parts.A_ASSOCIATE()
    primitive.application_context_name = APPLICATION_CONTEXT
    primitive.calling_ae_title, primitive.called_ae_title = calling, called
    primitive.user_information = [size, uid, version]
    return primitive


def _proposal(context: Context) -> Any:
    from pynetdicom.presentation import build_context

    built = build_context(context.sop_class, list(context.syntaxes))
    built.context_id = context.number
    return built


def _result(context: Context, answer: Answer) -> Any:
    built = _proposal(Context(context.number, "1.2", (answer.syntax or "1.2.840.10008.1.2",)))
    built.result = answer.result
    return built


def _decoded(pdu: Any, kind: int, body: memoryview) -> Any:
    """The primitive of a PDU. What pynetdicom says to bytes that are none is of many kinds."""
    try:
        pdu.decode(HEADER.pack(kind, len(body)) + bytes(body))
        return pdu.to_primitive()
    except Exception as problem:
        raise PeerError(f"the peer sent an associate PDU that cannot be read ({type(problem).__name__})") from None


def _max_pdu(primitive: Any) -> int:
    return int(primitive.maximum_length_received or 0)
