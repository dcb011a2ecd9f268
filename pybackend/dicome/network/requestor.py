"""One association from the side of the sender: ask for it, C-ECHO, C-STORE, release."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dicome.network import associate, commands
from dicome.network.associate import Context
from dicome.network.config import Destination
from dicome.network.tls import client_context
from dicome.network.wire import (
    ABORT,
    ASSOCIATE_AC,
    ASSOCIATE_RJ,
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

MAX_PDU = 1 << 18
"""Bytes of P-DATA that we take, and the most that we send at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait: for a connection and its association, for one PDU, for the answer to an object."""

    connect: float = 30.0
    pdu: float = 60.0
    answer: float = 300.0


class UnreachableError(PeerError):
    """There is no association with the other side. final: it said that there will be none."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class Requestor:
    """An association that was accepted; contexts: number by (SOP class, transfer syntax)."""

    def __init__(self, wire: Wire, contexts: dict[tuple[str, str], int], max_pdu: int, patience: Patience) -> None:
        self._wire = wire
        self.contexts = contexts
        self.max_pdu = max_pdu
        self._patience = patience
        self._message = 0

    def store(self, context: int, sop_class: str, sop_instance: str, parts: Iterable[memoryview]) -> tuple[int, str]:
        """Sends one object, its data set in pieces; status and comment of the answer. Raises PeerError, OSError.

        Where the pieces end early because of an error, the association is aborted: half an object must not count.
        """
        request = commands.store_request(self._next_message(), sop_class, sop_instance)
        buffers = data_pdus(context, COMMAND | LAST, memoryview(request), self.max_pdu)
        try:
            for part, last in _with_last(parts):
                buffers += data_pdus(context, LAST if last else 0, part, self.max_pdu)
                self._wire.write(*buffers)
                buffers = []
        except PeerError:
            raise
        except BaseException:
            self.abort()
            raise
        return self._answer()

    def echo(self, context: int, sop_class: str) -> int:
        """Sends C-ECHO; status of the answer. Raises PeerError."""
        request = commands.echo_request(self._next_message(), sop_class)
        self._wire.write(*data_pdus(context, COMMAND | LAST, memoryview(request), self.max_pdu))
        return self._answer()[0]

    def release(self) -> None:
        """Ends the association; a peer that does not answer is left alone."""
        with contextlib.suppress(PeerError):
            self._wire.write_pdu(RELEASE_RQ)
            while self._wire.read(self._patience.pdu).kind not in (RELEASE_RP, ABORT):
                pass
        self._wire.close()

    def abort(self) -> None:
        """Ends the association at once."""
        self._wire.abort(source=0)

    def _next_message(self) -> int:
        self._message = self._message % 0xFFFF + 1
        return self._message

    def _answer(self) -> tuple[int, str]:
        received = bytearray()
        while True:
            pdu = self._wire.read(self._patience.answer)
            if pdu.kind == ABORT:
                raise ClosedError("the other side aborted the association")
            if pdu.kind != P_DATA:
                raise PeerError(f"the other side answered with a PDU of type {pdu.kind}")
            for _, control, data in pdvs(pdu.body):
                received += data
                if len(received) > commands.MOST_COMMAND:
                    raise PeerError("the other side's answer does not end")
                if control & LAST:
                    answer = commands.decode(bytes(received))
                    if answer.get(commands.RESPONDED_TO) != self._message:
                        raise PeerError("the other side answered another message than ours")
                    return int(answer.get(commands.STATUS, 0xC000)), str(answer.get(commands.COMMENT, ""))


def _with_last(parts: Iterable[memoryview]) -> Iterator[tuple[memoryview, bool]]:
    """Each piece, and whether it is the last one."""
    waiting: memoryview | None = None
    for part in parts:
        if waiting is not None:
            yield waiting, False
        waiting = part
    yield (memoryview(b"") if waiting is None else waiting), True


@contextmanager
def association(
    destination: Destination, contexts: tuple[Context, ...], patience: Patience | None = None
) -> Iterator[Requestor]:
    """An association while the block runs; released at its end, aborted where it ends in an error.

    Raises UnreachableError, PeerError, ArgumentError (certificates).
    """
    patience = patience or Patience()
    # Made before there is a connection: the first one imports pynetdicom, and the other side need not wait for that.
    request = associate.Request(destination.local_ae_title, destination.ae_title, contexts, MAX_PDU)
    body = associate.request_body(request)
    wire = Wire(_connected(destination, patience), max_pdu=MAX_PDU, pdu_timeout=patience.pdu)
    try:
        try:
            requestor = _requested(wire, body, destination, contexts, patience)
        except UnreachableError:
            raise
        except PeerError as problem:  # it went away, is silent, or speaks something else than DICOM
            raise UnreachableError(f"{destination.host} port {destination.port}: no association: {problem}") from None
        yield requestor
    except BaseException:
        wire.abort(source=0)
        raise
    requestor.release()


def _connected(destination: Destination, patience: Patience) -> socket.socket:
    where = f"{destination.host} port {destination.port}"
    context = client_context(destination.tls) if destination.tls is not None else None
    try:
        connection = socket.create_connection((destination.host, destination.port), timeout=patience.connect)
        if context is None:
            return connection
        try:
            return context.wrap_socket(connection, server_hostname=destination.host)
        except BaseException:
            connection.close()
            raise
    except TimeoutError:
        raise UnreachableError(f"{where}: no answer within {patience.connect:g} s") from None
    except ssl.SSLError as problem:
        raise UnreachableError(f"{where}: TLS: {problem.reason or problem}") from None
    except OSError as problem:
        raise UnreachableError(f"{where}: {problem.strerror or problem}") from None


def _requested(
    wire: Wire, body: bytes, destination: Destination, contexts: tuple[Context, ...], patience: Patience
) -> Requestor:
    where = f"{destination.host} port {destination.port}"
    wire.write(body)
    pdu = wire.read(patience.connect)
    if pdu.kind == ASSOCIATE_RJ:
        text = f"{where}: no association: {associate.rejection(bytes(pdu.body))}"
        raise UnreachableError(text, final=bytes(pdu.body[1:2]) == bytes((associate.PERMANENT,)))
    if pdu.kind == ABORT:
        raise UnreachableError(f"{where}: no association: the other side aborted it")
    if pdu.kind != ASSOCIATE_AC:
        raise UnreachableError(f"{where}: no association (PDU type {pdu.kind})")
    acceptance = associate.read_acceptance(pdu.body)
    classes = {context.number: context.sop_class for context in contexts}
    accepted = {
        (classes[answer.number], answer.syntax): answer.number
        for answer in acceptance.answers
        if answer.result == associate.ACCEPTED and answer.number in classes
    }
    return Requestor(wire, accepted, associate.room(acceptance.max_pdu, MAX_PDU), patience)
