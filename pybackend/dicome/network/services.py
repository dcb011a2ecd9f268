"""What every association of a server uses: one value that is handed down, so that nothing is global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dicome.network.config import Limits
from dicome.network.log import Log
from dicome.network.metrics import Metrics
from dicome.network.receive import Keep


def _nothing(association: int, study: str) -> None: ...


def _ended(association: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Services:
    """limits, log, metrics: of the server; incoming: folder for what is arriving, keep: puts it in place.

    tags: of the header's texts that are looked at; arrived: told (association, study) of every object kept; ended: told
    an association that is over; once: an association is aborted after its first object.
    """

    limits: Limits
    log: Log
    metrics: Metrics
    incoming: Path
    keep: Keep
    tags: tuple[int, ...] = ()
    once: bool = False
    arrived: Callable[[int, str], None] = field(default=_nothing)
    ended: Callable[[int], None] = field(default=_ended)
