"""Ports, and a thread for each association."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from itertools import count
from typing import Any

from dicome.errors import FileAccessError
from dicome.network.acceptor import converse, negotiate
from dicome.network.config import Listener
from dicome.network.services import Services
from dicome.network.tls import server_context
from dicome.network.wire import ClosedError, PeerError, Wire

BACKLOG = 128
POLL = 0.25
"""Seconds between two looks at whether to stop."""
EXTRA = 16
"""Connections beyond the associations allowed, so that those may be refused politely; more are closed at once."""

_numbers = count(1)


class Port:
    """One listener: accepts connections in a thread of its own, from `start` to `stop`."""

    def __init__(self, listener: Listener, services: Services) -> None:
        self.listener = listener
        self._services = services
        self._tls = server_context(listener.tls) if listener.tls is not None else None
        self._stopping = threading.Event()
        self._connections = 0
        self._wires: dict[int, tuple[Wire, threading.Thread]] = {}
        self._lock = threading.Lock()
        self._socket = _bound(listener)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name=f"listener {listener.name}", daemon=True)

    def start(self) -> None:
        """Begins to accept."""
        self._thread.start()

    def stop(self, grace: float = 5.0) -> None:
        """Accepts no more; associations have ``grace`` seconds to end, then they are aborted."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._socket.close()
        deadline = time.monotonic() + grace
        for _, thread in list(self._wires.values()):
            thread.join(max(deadline - time.monotonic(), 0.0))
        for wire, _ in list(self._wires.values()):
            wire.abort()
        for _, thread in list(self._wires.values()):
            thread.join(grace)

    def _accept(self) -> None:
        self._socket.settimeout(POLL)
        while not self._stopping.is_set():
            try:
                connection, address = self._socket.accept()
            except TimeoutError:
                continue
            except OSError as problem:  # too many open files, say: it may pass
                self._services.log("accept failed", "error", listener=self.listener.name, reason=str(problem))
                self._stopping.wait(POLL)
                continue
            # Counted here, before any thread and any TLS: who opens many and says nothing must not get many.
            if not self._count(1):
                self._services.metrics.add("connections_dropped")
                connection.close()
                continue
            number = next(_numbers)
            thread = threading.Thread(
                target=self._serve,
                args=(connection, str(address[0]), number),
                name=f"association {number}",
                daemon=True,
            )
            try:
                thread.start()
            except RuntimeError:  # no more threads
                self._count(-1)
                connection.close()

    def _count(self, change: int) -> bool:
        """Counts a connection that comes, unless there are too many (False), or one that went."""
        with self._lock:
            if change > 0 and self._connections >= self._services.limits.associations + EXTRA:
                return False
            self._connections += change
            return True

    def _serve(self, connection: socket.socket, address: str, number: int) -> None:
        services = self._services
        services.metrics.add("open_associations")
        try:
            with contextlib.closing(self._secured(connection)) as secured:
                limits = services.limits
                wire = Wire(secured, max_pdu=limits.max_pdu, pdu_timeout=limits.pdu)
                with self._lock:
                    self._wires[number] = (wire, threading.current_thread())
                if self._stopping.is_set():  # `stop` may have looked before this one was there
                    wire.abort()
                    return
                self._talk(wire, address, number)
        except (PeerError, OSError) as problem:
            services.metrics.add("connections_failed")
            services.log(
                "connection failed", "warning", listener=self.listener.name, address=address, reason=str(problem)
            )
        except Exception as problem:  # a bug must not end as a silent thread
            services.metrics.add("internal_errors")
            services.log(
                "internal error",
                "error",
                association=number,
                reason=type(problem).__name__,
                private={"text": str(problem)},
            )
        finally:
            with self._lock:
                self._wires.pop(number, None)
            self._count(-1)
            services.metrics.add("open_associations", -1)
            services.ended(number)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._tls is None:
            return connection
        connection.settimeout(self._services.limits.negotiation)
        try:
            return self._tls.wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError):
            connection.close()
            raise

    def _talk(self, wire: Wire, address: str, number: int) -> None:
        services, listener = self._services, self.listener
        try:
            association = negotiate(wire, listener, address, number, services)
        except ClosedError:
            return  # a look at whether the port is open
        except PeerError as problem:
            wire.abort()
            services.metrics.add("associations_aborted")
            services.log("aborted", "warning", listener=listener.name, address=address, reason=str(problem))
            return
        if association is None:
            return
        who: dict[str, Any] = {
            "listener": listener.name,
            "address": address,
            "calling": association.calling,
            "association": number,
        }
        services.metrics.add("associations")
        services.log("associated", contexts=len(association.contexts), called=association.called, **who)
        try:
            converse(wire, association, services)
        except PeerError as problem:
            if not isinstance(problem, ClosedError):
                wire.abort()
            services.metrics.add("associations_aborted")
            services.log("aborted", "warning", reason=str(problem), objects=association.objects, **who)
        else:
            services.log("released", objects=association.objects, **who)


def _bound(listener: Listener) -> socket.socket:
    where = f"{listener.address or '*'}:{listener.port}"
    try:
        if not listener.address and socket.has_dualstack_ipv6():
            with contextlib.suppress(OSError):  # a system with IPv6 switched off
                return socket.create_server(
                    ("", listener.port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True
                )
        family = socket.AF_INET6 if ":" in listener.address else socket.AF_INET
        return socket.create_server((listener.address, listener.port), family=family, backlog=BACKLOG)
    except OSError as problem:
        raise FileAccessError(
            f"listener {listener.name}: cannot listen on {where}: {problem.strerror or problem}; "
            "is another server running, or the port below 1024?"
        ) from None
