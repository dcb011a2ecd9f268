"""Where to send: a destination of the configuration by its name, or host, port and AE titles as they are given."""

from __future__ import annotations

import socket
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dicome.errors import ArgumentError
from dicome.network.config import Config, Destination, config_path, load_config
from dicome.network.tables import is_ae_title

DEFAULT_PORT = 104
"""The port that DICOM has registered."""


def configured(given: str | None) -> dict[str, Destination]:
    """The destinations of the configuration; none where there is no such file. Raises ArgumentError."""
    path = config_path(given)
    if path is None or (given is None and not path.is_file()):
        return {}
    config: Config = load_config(Path(path))
    return config.destinations


def find_destination(
    name: str | None,
    destinations: dict[str, Destination],
    *,
    port: int | None = None,
    ae_title: str | None = None,
    local_ae_title: str | None = None,
) -> Destination:
    """The destination of that name, or the host of that name; what else is given counts more than the configuration.

    Raises ArgumentError where it is neither, or an AE title or port is none.
    """
    if not name:
        known = ", ".join(destinations) or "none is configured"
        raise ArgumentError(f"no destination; say -s HOST -p PORT, or -s NAME with one of the configured: {known}")
    for title in (ae_title, local_ae_title):
        if title is not None and not is_ae_title(title):
            raise ArgumentError(f"{title!r} is no AE title: 1 to 16 printable ASCII characters, no backslash")
    if port is not None and not 0 < port < 65536:
        raise ArgumentError(f"port {port}: expected a number from 1 to 65535")
    changes: dict[str, Any] = {"port": port, "ae_title": ae_title, "local_ae_title": local_ae_title}
    found = destinations.get(name) or Destination(name, name, DEFAULT_PORT)
    if name not in destinations:
        _check_host(name, destinations)
    return replace(found, **{key: value for key, value in changes.items() if value is not None})


def _check_host(name: str, destinations: dict[str, Destination]) -> None:
    try:
        socket.getaddrinfo(name, None)
    except (OSError, UnicodeError):
        near = get_close_matches(name, destinations, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ArgumentError(f"{name}: no such destination in the configuration, and no such host{meant}") from None
