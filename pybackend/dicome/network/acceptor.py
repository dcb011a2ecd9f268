"""One association from the side of the server: negotiate, then answer C-ECHO and C-STORE until it ends."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import IPv6Address, ip_address
from typing import Any

from dicome.network import associate, commands, statuses
from dicome.network.agree import agree
from dicome.network.config import Caller, Listener
from dicome.network.receive import Expected, Outcome, Receipt
from dicome.network.services import Services
from dicome.network.wire import (
    ABORT,
    ASSOCIATE_RJ,
    ASSOCIATE_RQ,
    COMMAND,
    LAST,
    P_DATA,
    RELEASE_RP,
    RELEASE_RQ,
    ClosedError,
    PeerError,
    Wire,
    data_pdus,
    pdvs,
)

LINGER = 1.0
"""Seconds for a peer to close after the release, before we do."""


@dataclass(slots=True)
class Association:
    """What was agreed upon. number: its own, in this server; contexts: (SOP class, transfer syntax) by number."""

    number: int
    listener: Listener
    address: str
    calling: str
    called: str
    contexts: dict[int, tuple[str, str]]
    max_pdu: int
    objects: int = field(default=0)


@dataclass(slots=True)
class _Message:
    """A message on its way in: the bytes of its command, and the object that follows."""

    command: bytearray = field(default_factory=bytearray)
    request: commands.Command | None = None
    context: int = 0
    receipt: Receipt | None = None


def negotiate(wire: Wire, listener: Listener, address: str, number: int, services: Services) -> Association | None:
    """Waits for the request and answers it; None where it was refused. Raises PeerError."""
    pdu = wire.read(services.limits.negotiation)
    if pdu.kind != ASSOCIATE_RQ:
        raise PeerError(f"the peer began with a PDU of type {pdu.kind}, not with a request for an association")
    request = associate.read_request(pdu.body)
    refusal = refused(listener, request, address)
    if refusal is None and services.metrics.add("open_associations", 0) > services.limits.associations:
        refusal = (associate.TRANSIENT, associate.LIMIT_EXCEEDED)
    if refusal is not None:
        result, reason = refusal
        wire.write_pdu(ASSOCIATE_RJ, bytes((0, result, *reason)))
        services.metrics.add("associations_rejected")
        words = associate.rejection(bytes((0, result, *reason)))
        services.log(
            "rejected", "warning", listener=listener.name, address=address, calling=request.calling, reason=words
        )
        return None
    only = any(fnmatchcase(request.calling, pattern) for pattern in listener.only_enhanced_from)
    answers = agree(request.contexts, enhanced=listener.enhanced, only_enhanced=only)
    wire.write(associate.acceptance_body(request, associate.Acceptance(answers, wire.max_pdu)))
    classes = {context.number: context.sop_class for context in request.contexts}
    contexts = {a.number: (classes[a.number], a.syntax) for a in answers if a.result == associate.ACCEPTED}
    room = associate.room(request.max_pdu, wire.max_pdu)
    return Association(number, listener, address, request.calling, request.called, contexts, room)


def refused(listener: Listener, request: associate.Request, address: str) -> tuple[int, tuple[int, int]] | None:
    """Result, and source with reason, of the refusal of a request; None where it is welcome."""
    if listener.check_called and request.called != listener.ae_title:
        return associate.PERMANENT, associate.CALLED_NOT_RECOGNIZED
    if listener.allow and not any(_allows(caller, request.calling, address) for caller in listener.allow):
        return associate.PERMANENT, associate.CALLING_NOT_RECOGNIZED
    return None


def _allows(caller: Caller, calling: str, address: str) -> bool:
    if caller.ae_title and caller.ae_title != calling:
        return False
    if caller.network is None:
        return True
    found = ip_address(address.split("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found in caller.network


def converse(wire: Wire, association: Association, services: Services) -> None:
    """Answers until the association ends; what is half here then is discarded. Raises PeerError where it ends badly."""
    message = _Message()
    try:
        while True:
            begun = message.command or message.request is not None
            pdu = wire.read(services.limits.pdu if begun else services.limits.idle)
            if pdu.kind == P_DATA:
                for context, control, data in pdvs(pdu.body):
                    if _take(wire, message, association, services, (context, control, data)):
                        message = _Message()
            elif pdu.kind == RELEASE_RQ:
                wire.write_pdu(RELEASE_RP)
                with contextlib.suppress(PeerError):
                    wire.read(LINGER)
                return
            elif pdu.kind == ABORT:
                raise ClosedError("the peer aborted the association")
            else:
                raise PeerError(f"the peer sent a PDU of type {pdu.kind} within an association")
    finally:
        if message.receipt is not None:
            message.receipt.discard()


def _take(
    wire: Wire, message: _Message, association: Association, services: Services, pdv: tuple[int, int, memoryview]
) -> bool:
    """Takes one presentation data value; whether its message was answered with it."""
    context, control, data = pdv
    if context not in association.contexts:
        raise PeerError(f"the peer used the presentation context {context}, which was not accepted")
    if control & COMMAND:
        if message.request is not None:
            raise PeerError("the peer sent a command amid the data set of another")
        message.command += data
        if len(message.command) > commands.MOST_COMMAND:
            raise PeerError(f"the peer sent a command of more than {commands.MOST_COMMAND:,} bytes")
        if not control & LAST:
            return False
        return _begin(wire, message, association, services, context)
    if message.request is None or context != message.context:
        raise PeerError("the peer sent a data set without a command")
    receipt = message.receipt
    if receipt is not None:
        receipt.write(data)
        if receipt.is_too_long:
            raise PeerError(f"the peer sent an object of more than {services.limits.object_size:,} bytes, on and on")
    if control & LAST:
        _finish(wire, message, association, services)
        return True
    return False


def _finish(wire: Wire, message: _Message, association: Association, services: Services) -> None:
    """A data set is whole: keeps it, notes it, answers."""
    receipt, request = message.receipt, message.request or {}
    outcome = Outcome(statuses.UNRECOGNIZED_OPERATION) if receipt is None else receipt.finish(services.keep)
    # Counted before the answer: a sender that has it may look at once.
    _note(association, outcome, services)
    _answer(wire, association, message.context, commands.response(request, outcome.status, outcome.comment))
    if services.once:
        raise PeerError("one object was received, and no more was asked for")


def _begin(wire: Wire, message: _Message, association: Association, services: Services, context: int) -> bool:
    """A command is whole: answers it, or makes ready for the data set that follows."""
    request = message.request = commands.decode(bytes(message.command))
    message.context = context
    kind = request[commands.FIELD]
    if request.get(commands.DATA_SET_TYPE, commands.NO_DATA_SET) != commands.NO_DATA_SET:
        if kind == commands.C_STORE_RQ:
            message.receipt = _receipt(request, association, services, context)
        return False
    if kind == commands.C_CANCEL_RQ:
        return True
    known = kind == commands.C_ECHO_RQ
    services.metrics.add("echoes" if known else "unknown_commands")
    status = statuses.SUCCESS if known else statuses.UNRECOGNIZED_OPERATION
    _answer(wire, association, context, commands.response(request, status))
    return True


def _receipt(request: commands.Command, association: Association, services: Services, context: int) -> Receipt:
    sop_class, syntax = association.contexts[context]
    expected = Expected(
        sop_class=sop_class,
        sop_instance=str(request.get(commands.SOP_INSTANCE, "")),
        syntax=syntax,
        calling=association.calling,
        called=association.called,
        listener=association.listener.name,
    )
    limits = services.limits
    return Receipt(expected, services.incoming, most=limits.object_size, spare=limits.keep_free, tags=services.tags)


def _answer(wire: Wire, association: Association, context: int, body: bytes) -> None:
    wire.write(*data_pdus(context, COMMAND | LAST, memoryview(body), association.max_pdu))


def _note(association: Association, outcome: Outcome, services: Services) -> None:
    """Log and counts of one object."""
    who: dict[str, Any] = {
        "listener": association.listener.name,
        "calling": association.calling,
        "association": association.number,
    }
    if outcome.placed is None:
        services.metrics.add("objects_refused")
        reason = outcome.comment or statuses.words(outcome.status)
        services.log("refused", "error", status=f"{outcome.status:04X}", reason=reason, **who)
        return
    placed = outcome.placed
    association.objects += 1
    services.arrived(association.number, placed.study)
    if placed.how == "duplicate":
        services.metrics.add("duplicates")
        services.log("duplicate", study=placed.study, file=placed.path.name, **who)
        return
    services.metrics.stored(placed.size)
    if placed.how == "conflict":
        services.metrics.add("conflicts")
        reason = "another object with this SOP Instance UID is there; both are kept"
        services.log("conflict", "warning", study=placed.study, file=placed.path.name, reason=reason, **who)
    else:
        services.log("stored", study=placed.study, file=placed.path.name, bytes=placed.size, **who)
