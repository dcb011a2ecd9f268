"""Puts the parts of a server together, and runs them until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicome.errors import ArgumentError
from dicome.network.config import Config
from dicome.network.housekeeping import Housekeeper
from dicome.network.listening import Port
from dicome.network.lock import only_server
from dicome.network.log import Log
from dicome.network.metrics import Metrics
from dicome.network.page import Page
from dicome.network.recovery import recover
from dicome.network.router import Router
from dicome.network.services import Services
from dicome.network.state import State
from dicome.network.status import Status, stored_status, write_server_file
from dicome.network.store import Layout, Store, by_study, throw_away
from dicome.network.studies import Arriving
from dicome.network.tls import client_context, server_context


@dataclass(frozen=True, slots=True)
class Running:
    """A server at work."""

    config: Config
    ports: tuple[Port, ...]
    services: Services
    state: State
    arriving: Arriving

    def has_served(self, associations: int) -> bool:
        """Whether so many associations are over, and none is left; 0: never."""
        counts = self.services.metrics.snapshot()
        return 0 < associations <= counts.get("associations", 0) and not counts.get("open_associations")


@contextmanager
def serving(
    config: Config, log: Log, layout: Layout = by_study, *, discard: bool = False, once: bool = False
) -> Iterator[Running]:
    """A server that works while the block runs. Raises FileAccessError, ArgumentError where it cannot start.

    layout: where objects go; discard: objects are received and thrown away; once: an association is aborted after its
    first object.
    """
    root = _root(config)
    with ExitStack() as stack:
        stack.enter_context(only_server(root))
        state = State(root)
        stack.callback(state.close)
        store = Store(root, state, layout)
        tags = config.route.tags
        counts: dict[str, Any] = {**recover(root, state, tags, by_folder=layout is by_study)}
        log("recovered", **counts)
        metrics, arriving = Metrics(), Arriving(config.route.stable)
        arriving.resume(study.uid for study in state.studies("arriving"))
        services = Services(
            limits=config.limits,
            log=log,
            metrics=metrics,
            incoming=store.incoming,
            keep=throw_away if discard else store.place,
            tags=tags,
            once=once,
            arrived=(lambda *_: None) if discard else arriving.arrived,
            ended=arriving.ended,
        )
        router = Router(root, config, state, log, metrics)
        housekeeper = Housekeeper(root, config, state, arriving, router, log, metrics)
        stack.callback(router.stop)
        stack.callback(housekeeper.stop)
        ports = _open(config, services, stack)
        router.start()
        housekeeper.start()
        running = Running(config, ports, services, state, arriving)
        _show(running, stack)
        for port in ports:
            port.start()
            log("listening", listener=port.listener.name, port=port.port, enhanced=port.listener.enhanced)
        yield running
        log("stopping")


def _show(running: Running, stack: ExitStack) -> None:
    """Opens the status page, and notes where it and the ports are."""
    ports = {port.listener.name: port.port for port in running.ports}
    root = _root(running.config)

    def tell() -> Status:
        metrics = running.services.metrics.snapshot()
        return {**stored_status(root, running.state), "metrics": metrics, "ports": ports}

    address = None
    if running.config.status is not None:
        page = Page(running.config.status, tell)
        stack.callback(page.stop)
        page.start()
        address = page.address
    stack.callback(write_server_file(root, ports, address).unlink, missing_ok=True)


def check(config: Config) -> None:
    """Raises ArgumentError where a server cannot work with it: no listener, certificates that cannot be read."""
    _root(config)
    for listener in config.listeners:
        if listener.tls is not None:
            server_context(listener.tls)
    for destination in config.destinations.values():
        if destination.tls is not None:
            client_context(destination.tls)


def _root(config: Config) -> Path:
    if config.folder is None:
        raise ArgumentError("the configuration names no [store] folder")
    if not config.listeners:
        raise ArgumentError("the configuration names no [listeners.NAME]")
    return config.folder


def _open(config: Config, services: Services, stack: ExitStack) -> tuple[Port, ...]:
    import pynetdicom.pdu  # noqa: F401  # now, and not while the first sender waits

    ports = []
    for listener in config.listeners:
        ports.append(Port(listener, services))
        stack.callback(ports[-1].stop)
    return tuple(ports)


def run_until(stop: threading.Event, config: Config, log: Log, ready: Callable[[Running], None]) -> None:
    """Serves until the event is set. ready: told when all ports are open."""
    with serving(config, log) as running:
        ready(running)
        while not stop.wait(0.5):
            pass
