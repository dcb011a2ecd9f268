"""Senders that break off, stall, lie and flood: the server stays up, nothing half is kept, everything else arrives."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from contextlib import contextmanager
from struct import pack
from typing import TYPE_CHECKING

import pytest

from dicome.network import associate, commands
from dicome.network.config import Config, Limits, Listener
from dicome.network.listening import EXTRA
from dicome.network.outgoing import examine
from dicome.network.requestor import association
from dicome.network.sending import send
from dicome.network.wire import COMMAND, LAST, data_pdus
from tests.network.test_sending import destination, sent_to
from tests.support.servers import (
    EXPLICIT,
    LOOPBACK,
    MR,
    Lines,
    config,
    mr_file,
    mr_object,
    running,
    stored,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dicome.network.serving import Running

QUICK = Limits(idle=2.0, pdu=2.0, negotiation=2.0, keep_free=0, object_size=1_000_000, associations=8)
"""Short enough to wait for, long enough that a good sender on a busy machine is not taken for one that stalls."""
REQUEST = associate.request_body(associate.Request("FAULTY", "DICOME", (associate.Context(1, MR, (EXPLICIT,)),), 16384))


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def server(tmp_path: Path, lines: Lines) -> Iterator[Running]:
    with running(config(tmp_path / "store", limits=QUICK), lines) as found:
        yield found


@contextmanager
def connected(server: Running) -> Iterator[socket.socket]:
    with socket.create_connection((LOOPBACK, server.ports[0].port), timeout=5) as connection:
        yield connection


@contextmanager
def associated(server: Running) -> Iterator[socket.socket]:
    with connected(server) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(1) == b"\x02"
        connection.recv(4096)
        yield connection


def store_message(uid: str, body: bytes) -> bytes:
    command = commands.store_request(1, MR, uid)
    return b"".join(
        map(
            bytes,
            data_pdus(1, COMMAND | LAST, memoryview(command), 16384) + data_pdus(1, LAST, memoryview(body), 16384),
        )
    )


def ends(connection: socket.socket) -> bool:
    """Whether the server ends the connection within some seconds."""
    connection.settimeout(20)
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def still_works(server: Running, tmp_path: Path) -> None:
    """The server takes an object, has nothing half, and wrote nothing beside its store."""
    uid = f"1.2.3.{random.randrange(10**9)}"
    (result,) = sent_to(server.ports[0].port, [mr_file(tmp_path / "good", uid)])
    assert result.error == ""
    assert (tmp_path / "store/1.2.3" / f"MR.{uid}").is_file()
    wait_for(lambda: list((tmp_path / "store/.dicome/incoming").iterdir()) == [])
    assert {path.name for path in tmp_path.iterdir()} <= {"store", "good"}
    assert server.services.metrics.snapshot().get("internal_errors", 0) == 0


def test_half_an_object_is_none(server: Running, tmp_path: Path) -> None:
    message = store_message("1.2.3.1", mr_object("1.2.3.1", pixels=100_000))
    for part in (len(message) // 2, len(message) - 1):
        with associated(server) as connection:
            connection.sendall(message[:part])
    with associated(server) as connection:  # aborted instead of just gone
        connection.sendall(message[: len(message) // 2 // 16390 * 16390])
        connection.sendall(bytes.fromhex("07 00 00000004 00000000"))
    wait_for(lambda: server.services.metrics.snapshot()["associations_aborted"] == 3)
    assert stored(tmp_path / "store") == []
    still_works(server, tmp_path)


def test_a_sender_that_stalls_loses_its_connection_and_nobody_else(server: Running, tmp_path: Path) -> None:
    message = store_message("1.2.3.1", mr_object("1.2.3.1", pixels=100_000))
    with associated(server) as stalled, associated(server) as silent, connected(server) as mute:
        stalled.sendall(message[:5000])
        still_works(server, tmp_path)
        assert ends(stalled)
        assert ends(silent)
        assert ends(mute)
    still_works(server, tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        bytes.fromhex("04 00 ffffffff") + bytes(100_000),
        bytes.fromhex("01 00 ffffffff"),
        bytes.fromhex("04 00 00000010 7fffffff 01 02") + bytes(10),
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(50_000),
        random.Random(1).randbytes(50_000),
        bytes.fromhex("02 00 00000004 00000000"),
        bytes.fromhex("06 00 00000004 00000000"),
    ],
    ids=["4 GB of data", "4 GB request", "lying value", "HTTP", "zeros", "noise", "accept", "release"],
)
def test_nonsense_ends_the_connection_only(data: bytes, server: Running, tmp_path: Path) -> None:
    for open_one in (connected, associated):
        with open_one(server) as connection:
            try:
                connection.sendall(data)
            except ConnectionError:
                continue
            assert ends(connection)
    still_works(server, tmp_path)


def test_ten_thousand_contexts_are_refused_at_once(server: Running, tmp_path: Path, lines: Lines) -> None:
    item = REQUEST[REQUEST.index(bytes.fromhex("20 00")) :]
    item = item[: 4 + int.from_bytes(item[2:4], "big")]
    head = REQUEST[6 : REQUEST.index(item)]
    for count in (129, 2000, 10_000):
        body = head + item * count
        begin = time.monotonic()
        with connected(server) as connection:
            try:
                connection.sendall(pack(">BBI", 1, 0, len(body)) + body)
                assert ends(connection)
            except ConnectionError:
                pass
        assert time.monotonic() - begin < 5
    assert wait_for(lambda: len(lines.events("aborted")) == 3)  # the last one may be told after it has hung up
    still_works(server, tmp_path)


def test_an_object_that_does_not_end_is_cut_off(server: Running, tmp_path: Path, lines: Lines) -> None:
    piece = b"".join(map(bytes, data_pdus(1, 0, memoryview(bytes(16000)), 16384)))
    message = store_message("1.2.3.1", b"")
    command_only = message[: 6 + int.from_bytes(message[2:6], "big")]
    sent = 0
    with associated(server) as connection:
        connection.sendall(command_only)
        with contextlib.suppress(ConnectionError):
            while sent < 50_000_000:
                connection.sendall(piece)
                sent += len(piece)
    assert sent < 20_000_000
    wait_for(lambda: "on and on" in lines.text)
    still_works(server, tmp_path)


def test_an_object_over_the_limit_is_refused_and_the_association_goes_on(server: Running, tmp_path: Path) -> None:
    files = [mr_file(tmp_path / "good", "1.2.3.1", pixels=1_500_000)]
    (large,) = sent_to(server.ports[0].port, files)
    assert "out of resources (A700)" in large.error
    assert stored(tmp_path / "store") == []
    still_works(server, tmp_path)


def test_commands_out_of_place_and_contexts_not_agreed(server: Running, tmp_path: Path) -> None:
    body = memoryview(mr_object("1.2.3.1"))
    store = memoryview(commands.store_request(1, MR, "1.2.3.1"))
    for buffers in (
        data_pdus(1, LAST, body, 16384),  # a data set without a command
        data_pdus(3, COMMAND | LAST, store, 16384),  # a context that was never proposed
        data_pdus(1, COMMAND | LAST, store, 16384) * 2,  # a command amid another
        data_pdus(1, COMMAND | LAST, memoryview(b"\0" * 40), 16384),  # no command at all
        data_pdus(1, COMMAND, memoryview(bytes(16000)), 16384) * 3,  # a command without end
        data_pdus(1, COMMAND | LAST, memoryview(random.Random(2).randbytes(300)), 16384),
    ):
        with associated(server) as connection:
            connection.sendall(b"".join(map(bytes, buffers)))
            assert ends(connection)
    still_works(server, tmp_path)


def test_what_is_no_store_and_no_echo_is_answered_so(server: Running, tmp_path: Path) -> None:
    find = commands.encode({0x0002: MR, 0x0100: 0x0020, 0x0110: 9, 0x0800: 0x0101})
    with associated(server) as connection:
        connection.sendall(b"".join(map(bytes, data_pdus(1, COMMAND | LAST, memoryview(find), 16384))))
        answer = connection.recv(4096)
    assert commands.decode(answer[12:])[commands.STATUS] == 0x0211
    still_works(server, tmp_path)


def test_no_more_associations_than_allowed(tmp_path: Path, lines: Lines) -> None:
    contexts = (associate.Context(1, MR, (EXPLICIT,)),)
    limits = Limits(associations=4, keep_free=0)  # patient ones: the four stay
    with running(config(tmp_path / "store", limits=limits), lines) as server:
        with contextlib.ExitStack() as held:
            for _ in range(4):
                held.enter_context(association(destination(server.ports[0].port), contexts))
            (result,) = sent_to(server.ports[0].port, [mr_file(tmp_path / "good", "1.2.3.9")])
            assert "too many associations there (for now)" in result.error
            assert result.tries == 0
        wait_for(lambda: server.services.metrics.snapshot()["open_associations"] == 0)
        assert len(lines.events("rejected")) == 3  # it was tried three times
        still_works(server, tmp_path)


def test_four_senders_at_once_lose_nothing(server: Running, tmp_path: Path) -> None:
    folder = tmp_path / "good"
    folder.mkdir()
    groups = [
        [mr_file(folder / f"{sender}-{n}", f"1.2.{sender}.{n}", pixels=20_000) for n in range(40)]
        for sender in range(4)
    ]
    failed: list[str] = []

    def work(files: list[Path]) -> None:
        results = send([examine(file) for file in files], destination(server.ports[0].port))
        failed.extend(one.error for one in results if one.error)

    threads = [threading.Thread(target=work, args=(group,)) for group in groups]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(stored(tmp_path / "store")) == 160


def test_a_thousand_mutated_conversations(tmp_path: Path) -> None:
    body = mr_object("1.2.3.1", pixels=3000)
    good = REQUEST + store_message("1.2.3.1", body) + bytes.fromhex("05 00 00000004 00000000")
    chance = random.Random(3)
    limits = Limits(idle=2.0, pdu=2.0, negotiation=2.0, keep_free=0, associations=50, object_size=100_000)
    with running(config(tmp_path / "store", limits=limits)) as server:
        for _ in range(1000):
            data = bytearray(good)
            for _ in range(chance.choice((1, 2, 5, 20))):
                at = chance.randrange(min(len(data), 700))
                data[at : at + chance.choice((0, 1, 1, 4))] = chance.randbytes(chance.choice((0, 1, 1, 4)))
            with socket.create_connection((LOOPBACK, server.ports[0].port), timeout=5) as connection:
                try:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                except OSError:
                    continue
        wait_for(lambda: server.services.metrics.snapshot()["open_associations"] == 0)
        for path in stored(tmp_path / "store"):
            assert path.parent.parent == tmp_path / "store"
        still_works(server, tmp_path)


def test_a_listener_that_cannot_open_says_so(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        settings = Config(tmp_path / "store", (Listener("enhanced", port, LOOPBACK),), status=None)
        with pytest.raises(Exception, match=f"cannot listen on {LOOPBACK}:{port}"), running(settings):
            pass


def test_one_server_per_store(tmp_path: Path) -> None:
    settings = config(tmp_path / "store")
    with running(settings), pytest.raises(Exception, match="another server is at work there"), running(settings):
        pass


def test_a_flood_of_connections_passes(server: Running, tmp_path: Path) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(60):
            held.enter_context(connected(server))
        wait_for(lambda: server.services.metrics.snapshot()["connections_dropped"] == 60 - QUICK.associations - EXTRA)
        wait_for(lambda: server.services.metrics.snapshot()["open_associations"] == 0)
        still_works(server, tmp_path)


def test_a_connection_that_comes_with_the_stop_is_aborted(server: Running, lines: Lines) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(REQUEST)
        server.ports[0]._stopping.set()
        server.ports[0]._serve(ours, LOOPBACK, 99)
        assert theirs.recv(4096) == bytes.fromhex("07 00 00000004 00000200")
    assert lines.events("associated") == []


def test_a_port_scan_is_no_event(server: Running, tmp_path: Path, lines: Lines) -> None:
    for _ in range(20):
        with connected(server):
            pass
    still_works(server, tmp_path)
    assert lines.events("aborted") == []
