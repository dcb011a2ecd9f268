"""The configuration, checked: frozen values, from one TOML file (`examples/server.toml` shows all of it).

Config
├── store        where objects lie, how large they may be
├── limits       of associations, times and PDUs
├── listeners    ports: who may send what there
├── route        what happens to a study that is complete (roots: those of ``dicome config allow``)
├── retention    how long studies are kept
├── destinations where to send
└── status, log
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from dicome.configuration import site_file, user_file
from dicome.dicom.dictionary import tag_of
from dicome.errors import ArgumentError, ColumnError, FileMissingError
from dicome.network.tables import Table, read_toml
from dicome.writers import WRITERS

DEFAULT_AE_TITLE = "DICOME"
ROUTE_FIELDS = ("StudyDescription", "AdditionalPatientHistory", "PatientComments")
ROUTE_TAGS = (0x00081030, 0x001021B0, 0x00104000)
"""The same by tag."""
_KINDS = ("enhanced", "classic")


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates by file. authorities: who must have signed the other side's; None: the system's, and as a server
    no certificate is asked of clients. verify: as a client, whether the server's is checked at all.
    """

    certificate: Path | None = None
    key: Path | None = None
    authorities: Path | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Caller:
    """A sender that is allowed: AE title ('' any), and network ('' any)."""

    ae_title: str = ""
    network: IPv4Network | IPv6Network | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """One port. enhanced: take enhanced classes; only_enhanced_from: patterns of AE titles to which the classic class
    is refused where they offer both.
    """

    name: str
    port: int
    address: str = ""
    ae_title: str = DEFAULT_AE_TITLE
    check_called: bool = False
    enhanced: bool = True
    only_enhanced_from: tuple[str, ...] = ()
    allow: tuple[Caller, ...] = ()
    tls: Tls | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Of all associations; times in seconds, sizes in bytes."""

    associations: int = 50
    idle: float = 300.0
    pdu: float = 60.0
    negotiation: float = 30.0
    max_pdu: int = 1 << 18
    object_size: int = 20_000_000_000
    keep_free: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Exec:
    """A program to run on a study; ``{folder}``, ``{study}`` and ``{objects}`` in its arguments are filled in."""

    name: str
    command: tuple[str, ...]
    timeout: float = 3600.0


@dataclass(frozen=True, slots=True)
class Forward:
    """A destination to send a study on to."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Convert:
    """A format that every series of a study is written in, below ``folder``."""

    name: str
    to: str
    folder: Path
    timeout: float = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Route:
    """What happens to a study for which nothing has come for ``stable`` seconds.

    tags: of the attributes where a destination is looked for; roots: below which one may lie (none: nothing is copied);
    actions: in their sequence; tries: of those that fail, with a pause that doubles from ``retry`` seconds.
    """

    stable: float = 60.0
    tags: tuple[int, ...] = ()
    roots: tuple[Path, ...] = ()
    actions: tuple[Exec | Forward | Convert, ...] = ()
    tries: int = 8
    retry: float = 30.0


@dataclass(frozen=True, slots=True)
class Retention:
    """retain: seconds after its arrival that a study is kept, None for ever; at: hour and minute of the night's
    cleaning; keep_free: bytes that the oldest studies make room for, 0 for none.
    """

    retain: float | None = None
    at: tuple[int, int] = (2, 30)
    keep_free: int = 0


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to send. copy: tag whose value is written into another tag on the way, (from, into)."""

    name: str
    host: str
    port: int
    ae_title: str = "ANY-SCP"
    local_ae_title: str = DEFAULT_AE_TITLE
    tls: Tls | None = None
    classic_only: bool = False
    copy: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All of it. status: (address, port) of the page, None for none; log: file, None for standard error; details:
    whether the log may name what could tell patients (paths out of headers, output of programs).
    """

    folder: Path | None = None
    listeners: tuple[Listener, ...] = ()
    limits: Limits = field(default_factory=Limits)
    route: Route = field(default_factory=Route)
    retention: Retention = field(default_factory=Retention)
    destinations: dict[str, Destination] = field(default_factory=dict)
    status: tuple[str, int] | None = ("127.0.0.1", 0)
    log: Path | None = None
    details: bool = False


def config_path(given: str | None = None) -> Path | None:
    """The configuration to use: as given, else DICOME_CONFIG, else the user's, else the site's; None without any."""
    if given:
        return Path(given)
    places = [path for path in (user_file(), site_file()) if path is not None]
    return next((place for place in places if place.is_file()), places[0] if len(places) == 1 else None)


def server_config(given: str | None) -> Config:
    """The configuration of a server. Raises ArgumentError, FileMissingError, FileAccessError."""
    path = config_path(given)
    if path is None:
        raise FileMissingError("no configuration: say --config FILE; examples/server.toml shows what one looks like")
    config = load_config(path)
    if config.folder is None:
        raise ArgumentError(f"{path}: [store] folder is missing; expected the absolute path where objects are stored")
    return config


def load_config(path: Path) -> Config:
    """Reads and checks a configuration. Raises ArgumentError, FileMissingError, FileAccessError."""
    top = read_toml(path)
    store, status, log = top.table("store"), top.table("status"), top.table("log")
    destinations = {name: _destination(name, table) for name, table in top.named("destinations").items()}
    listeners = tuple(_listener(name, table) for name, table in top.named("listeners").items())
    limits = _limits(top.table("limits"), store)
    config = Config(
        folder=store.path("folder") if "folder" in store else None,
        listeners=listeners,
        limits=limits,
        route=_route(top, destinations),
        retention=_retention(top.table("retention")),
        destinations=destinations,
        status=_status(status),
        log=log.path("file") if "file" in log else None,
        details=log.flag("details", False),
    )
    for table in (store, status, log, top):
        table.finish()
    _check_ports(path, listeners)
    return config


def _check_ports(path: Path, listeners: tuple[Listener, ...]) -> None:
    taken: dict[tuple[str, int], str] = {}
    for listener in listeners:
        other = taken.setdefault((listener.address, listener.port), listener.name) if listener.port else listener.name
        if other != listener.name:
            raise ArgumentError(f"{path}: listeners {other} and {listener.name} have the same port {listener.port}")


def _status(table: Table) -> tuple[str, int] | None:
    address, port = table.text("address", "127.0.0.1"), table.integer("port", 0, 0, 65535)
    return (address, port) if table.flag("enabled", True) else None


def _listener(name: str, table: Table) -> Listener:
    kind = table.choice("accept", _KINDS, name if name in _KINDS else "enhanced")
    listener = Listener(
        name=name,
        port=table.integer("port", least=0, most=65535),
        address=table.text("address", ""),
        ae_title=table.ae_title("ae_title", DEFAULT_AE_TITLE),
        check_called=table.flag("check_called", False),
        enhanced=kind == "enhanced",
        only_enhanced_from=table.texts("only_enhanced_from", (), "AE titles, * standing for any letters"),
        allow=tuple(_caller(one) for one in table.several("allow")),
        tls=_tls(table.table("tls"), server=True) if "tls" in table else None,
    )
    table.finish()
    return listener


def _caller(table: Table) -> Caller:
    network = None
    if "address" in table:
        try:
            network = ip_network(table.text("address"), strict=False)
        except ValueError:
            raise table.wrong("address", 'an address or network such as "10.1.2.3" or "10.1.0.0/16"') from None
    caller = Caller(table.ae_title("ae_title", "ANY") if "ae_title" in table else "", network)
    table.finish()
    return caller


def _tls(table: Table, *, server: bool) -> Tls:
    tls = Tls(
        table.path("certificate") if server or "certificate" in table else None,
        table.path("key") if "key" in table else None,
        table.path("authorities") if "authorities" in table else None,
        table.flag("verify", True),
    )
    table.finish()
    return tls


def _limits(table: Table, store: Table) -> Limits:
    usual = Limits()
    limits = Limits(
        associations=table.integer("associations", usual.associations, 1, 10_000),
        idle=table.seconds("idle", usual.idle, 0.1) or usual.idle,
        pdu=table.seconds("pdu", usual.pdu, 0.1) or usual.pdu,
        negotiation=table.seconds("negotiation", usual.negotiation, 0.1) or usual.negotiation,
        max_pdu=table.integer("max_pdu", usual.max_pdu, 4096, 1 << 26),
        object_size=store.size("object_size", usual.object_size),
        keep_free=store.size("keep_free", usual.keep_free),
    )
    table.finish()
    return limits


def _route(top: Table, destinations: dict[str, Destination]) -> Route:
    table, locations = top.table("route"), top.table("locations")
    fields = table.texts("fields", ROUTE_FIELDS, "keywords of DICOM attributes")
    usual = Route()
    actions: tuple[Exec | Forward | Convert, ...] = (
        *(_exec(one, number) for number, one in enumerate(top.several("exec"), 1)),
        *(_convert(one, number) for number, one in enumerate(top.several("convert"), 1)),
        *(_forward(one, number, destinations) for number, one in enumerate(top.several("forward"), 1)),
    )
    names = [action.name for action in actions]
    for name in names:
        if names.count(name) > 1 or name == "copy":
            raise ArgumentError(f"{top.where}: two actions are called {name}; give each a name of its own")
    route = Route(
        stable=table.seconds("stable", usual.stable, 0.1) or usual.stable,
        tags=tuple(_tag(table, "fields", keyword) for keyword in fields),
        roots=tuple(_absolute(locations, "roots", root) for root in locations.texts("roots", (), "absolute paths")),
        actions=actions,
        tries=table.integer("tries", usual.tries, 1, 1000),
        retry=table.seconds("retry", usual.retry, 0.0) or 0.0,
    )
    table.finish()
    return route


def _absolute(table: Table, key: str, text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise table.wrong(key, "absolute paths")
    return path


def _tag(table: Table, key: str, keyword: str) -> int:
    try:
        return tag_of(keyword)
    except ColumnError as problem:
        raise table.wrong(key, f"keywords of DICOM attributes ({problem})") from None


def _exec(table: Table, number: int) -> Exec:
    action = Exec(
        table.text("name", f"exec {number}"),
        table.texts("command", (), "a program and its arguments, each a text of its own"),
        table.seconds("timeout", 3600.0, 0.1) or 3600.0,
    )
    if not action.command:
        raise table.wrong("command", "a program and its arguments, each a text of its own")
    table.finish()
    return action


def _convert(table: Table, number: int) -> Convert:
    action = Convert(
        table.text("name", f"convert {number}"),
        table.text("to", expected="a format such as nii.gz, mat or h5"),
        table.path("folder"),
        table.seconds("timeout", 6 * 3600.0, 0.1) or 6 * 3600.0,
    )
    if "." + action.to.lower().removeprefix(".") not in WRITERS:
        raise table.wrong("to", "one of " + ", ".join(suffix[1:] for suffix in WRITERS))
    table.finish()
    return action


def _forward(table: Table, number: int, destinations: dict[str, Destination]) -> Forward:
    action = Forward(table.text("name", f"forward {number}"), table.text("to", expected="name of a destination"))
    if action.to not in destinations:
        raise table.wrong("to", f"one of the [destinations]: {', '.join(destinations) or 'there is none'}")
    table.finish()
    return action


def _retention(table: Table) -> Retention:
    retention = Retention(table.seconds("retain", None, 60.0), table.clock("at", "02:30"), table.size("keep_free", 0))
    table.finish()
    return retention


def _destination(name: str, table: Table) -> Destination:
    copied = table.table("copy")
    pairs = tuple((_tag(copied, into, copied.text(into)), _tag(copied, into, into)) for into in copied._values)
    destination = Destination(
        name=name,
        host=table.text("host"),
        port=table.integer("port", least=1, most=65535),
        ae_title=table.ae_title("ae_title", "ANY-SCP"),
        local_ae_title=table.ae_title("local_ae_title", DEFAULT_AE_TITLE),
        tls=_tls(table.table("tls"), server=False) if "tls" in table else None,
        classic_only=table.flag("classic_only", False),
        copy=pairs,
    )
    table.finish()
    return destination
