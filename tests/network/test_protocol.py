"""PDUs, commands and what is agreed upon, against bytes worked out by hand from PS3.7 and PS3.8."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from dicome.network import commands, wire
from dicome.network.acceptor import refused
from dicome.network.agree import agree, preferred
from dicome.network.associate import CALLED_NOT_RECOGNIZED, CALLING_NOT_RECOGNIZED, Context, Request
from dicome.network.config import Caller, Listener
from dicome.network.outgoing import Outgoing
from dicome.network.proposing import batches
from dicome.network.wire import COMMAND, LAST, ClosedError, PeerError, Wire, data_pdus, pdvs
from tests.support.servers import ENHANCED_MR, EXPLICIT, MR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMPLICIT, BIG, JPEG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.70"
VERIFICATION, FIND = "1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.2.1.1"

ECHO_RQ = bytes.fromhex(
    "0000 0000 04000000 38000000"  # group length: 56
    "0000 0200 12000000 312e322e3834302e31303030382e312e3100"  # 1.2.840.10008.1.1
    "0000 0001 02000000 3000"
    "0000 1001 02000000 0100"
    "0000 0008 02000000 0101"
)


@pytest.fixture
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Wire(ours, max_pdu=4096, pdu_timeout=0.3), theirs


def test_the_echo_command_is_that_of_the_standard() -> None:
    assert commands.echo_request(1, VERIFICATION) == ECHO_RQ
    assert commands.decode(ECHO_RQ) == {0x0002: VERIFICATION, 0x0100: 0x0030, 0x0110: 1, 0x0800: 0x0101}


def test_an_answer_repeats_what_it_answers() -> None:
    request = commands.decode(commands.store_request(7, MR, "1.2.3"))
    answer = commands.decode(commands.response(request, 0xA700, "the disk is full"))
    assert answer == {
        commands.SOP_CLASS: MR,
        commands.SOP_INSTANCE: "1.2.3",
        commands.FIELD: 0x8001,
        commands.RESPONDED_TO: 7,
        commands.DATA_SET_TYPE: 0x0101,
        commands.STATUS: 0xA700,
        commands.COMMENT: "the disk is full",
    }


@pytest.mark.parametrize("cut", [*range(1, 12), 20, 40])
def test_a_command_cut_short_is_refused_or_says_not_what_it_is(cut: int) -> None:
    with pytest.raises(PeerError):
        commands.decode(ECHO_RQ[:cut])


def test_data_goes_in_pieces_that_fit() -> None:
    buffers = data_pdus(5, LAST, memoryview(b"abcdefghij"), 6 + 4)
    assert [bytes(one) for one in buffers] == [
        bytes.fromhex("04 00 0000000a 00000006 05 00"),
        b"abcd",
        bytes.fromhex("04 00 0000000a 00000006 05 00"),
        b"efgh",
        bytes.fromhex("04 00 00000008 00000004 05 02"),
        b"ij",
    ]
    assert bytes(data_pdus(1, COMMAND | LAST, memoryview(b""), 4096)[0]) == bytes.fromhex(
        "04 00 00000006 00000002 01 03"
    )


def test_several_values_of_one_pdu_come_apart() -> None:
    body = bytes.fromhex("00000003 01 03") + b"x" + bytes.fromhex("00000004 01 02") + b"yz"
    assert [(c, k, bytes(d)) for c, k, d in pdvs(memoryview(body))] == [(1, 3, b"x"), (1, 2, b"yz")]


@pytest.mark.parametrize("body", ["00000003 01", "00000009 01 02 00", "00000001 01 02", "ffffffff 01 02 00 00"])
def test_values_that_lie_about_their_length_are_refused(body: str) -> None:
    with pytest.raises(PeerError):
        pdvs(memoryview(bytes.fromhex(body)))


def test_pdus_are_read_whole_however_they_come(pair: tuple[Wire, socket.socket]) -> None:
    ours, theirs = pair
    sent = bytes.fromhex("04 00 00000008 00000004 01 02 6162 05 00 00000004 00000000")
    for byte in sent:
        theirs.send(bytes((byte,)))
    first = ours.read(1.0)
    assert (first.kind, bytes(first.body)) == (wire.P_DATA, bytes.fromhex("00000004 01 02 6162"))
    assert ours.read(1.0).kind == wire.RELEASE_RQ


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("00 00 00000000", "unknown type"),
        ("08 00 00000000", "unknown type"),
        ("474554202f20485454502f312e31", "unknown type"),  # GET / HTTP/1.1
        ("04 00 ffffffff", "more than it may have"),
        ("04 00 00020000", "more than it may have"),
        ("01 00 00100000", "more than it may have"),
        ("05 00 00010000", "more than it may have"),
    ],
)
def test_pdus_that_cannot_be_are_refused_before_they_are_read(
    data: str, told: str, pair: tuple[Wire, socket.socket]
) -> None:
    ours, theirs = pair
    theirs.send(bytes.fromhex(data))
    with pytest.raises(PeerError, match=told):
        ours.read(1.0)


def test_silence_and_trickles_end(pair: tuple[Wire, socket.socket]) -> None:
    ours, theirs = pair
    with pytest.raises(PeerError, match="sent nothing for"):
        ours.read(0.1)
    stop = threading.Event()

    def trickle() -> None:
        theirs.send(bytes.fromhex("04 00 00001000"))
        with contextlib.suppress(OSError):
            while not stop.wait(0.05):
                theirs.send(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(PeerError, match="for one PDU"):
            ours.read(5.0)
    finally:
        stop.set()
        thread.join()


def test_the_end_of_the_connection_is_told(pair: tuple[Wire, socket.socket]) -> None:
    ours, theirs = pair
    theirs.send(b"\x04\x00\x00")
    theirs.close()
    with pytest.raises(ClosedError):
        ours.read(1.0)


def test_nagle_is_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted:
            for one in (client, accepted):
                Wire(one, max_pdu=4096, pdu_timeout=1)
                assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def answers(*contexts: tuple[str, tuple[str, ...]], **options: bool) -> list[tuple[int, str]]:
    proposed = [Context(2 * n + 1, uid, syntaxes) for n, (uid, syntaxes) in enumerate(contexts)]
    found = agree(proposed, **{"enhanced": True, **options})
    assert [one.number for one in found] == [one.number for one in proposed]
    return [(one.result, one.syntax) for one in found]


BOTH = ((ENHANCED_MR, (EXPLICIT,)), (MR, (EXPLICIT,)))


def test_the_enhanced_port_takes_both_and_the_classic_one_only_classic() -> None:
    assert answers(*BOTH) == [(0, EXPLICIT), (0, EXPLICIT)]
    assert answers(*BOTH, enhanced=False) == [(3, ""), (0, EXPLICIT)]
    assert answers(*BOTH, only_enhanced=True) == [(0, EXPLICIT), (3, "")]
    assert answers(BOTH[1], only_enhanced=True) == [(0, EXPLICIT)]


def test_unknown_classes_and_syntaxes_are_refused_by_their_own_reason() -> None:
    found = answers(
        (FIND, (EXPLICIT,)), (MR, ("1.2.3.4",)), ("1.3.46.670589.11.0.0.12.1", (EXPLICIT,)), ("", (EXPLICIT,))
    )
    assert [result for result, _ in found] == [3, 4, 0, 3]


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ((EXPLICIT, IMPLICIT), EXPLICIT),
        ((IMPLICIT, EXPLICIT), EXPLICIT),
        ((BIG, IMPLICIT), BIG),
        ((JPEG, EXPLICIT), JPEG),
        ((IMPLICIT,), IMPLICIT),
        (("1.2.3", JPEG), JPEG),
        (("1.2.3",), ""),
        ((), ""),
    ],
)
def test_the_transfer_syntax_taken(offered: tuple[str, ...], taken: str) -> None:
    assert preferred(offered) == taken


def test_who_may_send() -> None:
    from ipaddress import ip_network

    listener = Listener("x", 0, allow=(Caller("MR1", ip_network("10.1.0.0/16")), Caller("", ip_network("127.0.0.1"))))

    def ask(calling: str, address: str, called: str = "DICOME") -> object:
        return refused(listener, Request(calling, called, (), 0), address)

    assert ask("MR1", "10.1.2.3") is None
    assert ask("ANYBODY", "127.0.0.1") is None
    assert ask("ANYBODY", "::ffff:127.0.0.1") is None
    assert ask("MR1", "10.2.0.1") == (1, CALLING_NOT_RECOGNIZED)
    assert ask("MR2", "10.1.2.3") == (1, CALLING_NOT_RECOGNIZED)
    strict = Listener("x", 0, check_called=True)
    assert refused(strict, Request("A", "OTHER", (), 0), "::1") == (1, CALLED_NOT_RECOGNIZED)
    assert refused(strict, Request("A", "DICOME", (), 0), "::1") is None


def test_as_few_associations_as_contexts_allow(tmp_path: Path) -> None:
    one = [Outgoing(tmp_path / "a", MR, "1.2", EXPLICIT, 0, 1), Outgoing(tmp_path / "b", MR, "1.3", JPEG, 0, 1)]
    (batch,) = batches(one * 100)
    assert [context.syntaxes for context in batch.contexts] == [(EXPLICIT,), (IMPLICIT,), (JPEG,)]
    many = [Outgoing(tmp_path / str(n), f"1.9.{n}", f"1.2.{n}", EXPLICIT, 0, 1) for n in range(200)]
    found = batches(many)
    assert [len(batch.contexts) for batch in found] == [128, 128, 128, 16]
    assert [one for batch in found for one in batch.objects] == many
    assert batches([]) == []
