"""The blobs COILSTATE (which coils are plugged in where) and HARDWARE_CONFIG.

Both begin with their version, 1 in all files seen (R5.1 to R11). Of HARDWARE_CONFIG's ten numbers nobody outside
Philips knows the meaning: they are kept as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from dicome.errors import DamagedFileError
from dicome.philips.cursor import Cursor

VERSION = 1
CONFIG_NUMBERS = 10
SMALLEST_COIL = 21
"""Bytes of a coil whose strings are empty; keeps a wrong count from being believed."""


@dataclass(frozen=True, slots=True)
class Coil:
    """A coil. path: of its socket, link by link; state: 1 in all files seen; part_number: 12NC; part_number and serial
    are empty for the integrated body coil, whose flag is 0.
    """

    path: str
    state: int
    name: str
    part_number: str
    serial: str
    flag: int


@dataclass(frozen=True, slots=True)
class CoilState:
    """COILSTATE. rest: bytes behind the last coil, not interpreted."""

    version: int
    coils: tuple[Coil, ...]
    rest: bytes = b""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HardwareConfig:
    """HARDWARE_CONFIG. numbers: ten of unknown meaning; release: ``5.7.1``; rest: what follows (4 bytes, or none)."""

    version: int
    numbers: tuple[int, ...]
    release: str
    rest: bytes = b""
    problems: tuple[str, ...] = ()


def read_coil_state(data: bytes, where: str) -> CoilState:
    """Reads COILSTATE; coils before a damaged place are kept. Raises DamagedFileError where the begin is wrong."""
    cursor = Cursor(data, where)
    version = _version(cursor)
    count = cursor.u32("the number of coils")
    if count * SMALLEST_COIL > cursor.left:
        raise DamagedFileError(
            f"{where}: {count:,} coils at byte 4; expected at most {cursor.left // SMALLEST_COIL:,}, which is all that "
            f"{len(data):,} bytes hold"
        )
    coils: list[Coil] = []
    try:
        for number in range(1, count + 1):
            coils.append(_coil(cursor, f"coil {number}"))  # noqa: PERF401 - those before the damage stay
    except DamagedFileError as damage:
        return CoilState(version, tuple(coils), problems=(str(damage),))
    return CoilState(version, tuple(coils), cursor.take(cursor.left, "the rest"))


def _coil(cursor: Cursor, what: str) -> Coil:
    return Coil(
        path=cursor.text(f"the socket of {what}"),
        state=cursor.u32(f"the state of {what}"),
        name=cursor.text(f"the name of {what}"),
        part_number=cursor.text(f"the part number of {what}"),
        serial=cursor.text(f"the serial number of {what}"),
        flag=cursor.u8(f"the flag of {what}"),
    )


def read_hardware_config(data: bytes, where: str) -> HardwareConfig:
    """Reads HARDWARE_CONFIG. Raises DamagedFileError."""
    cursor = Cursor(data, where)
    version = _version(cursor)
    numbers = tuple(cursor.u32(f"number {k}") for k in range(1, CONFIG_NUMBERS + 1))
    release = cursor.text("the release")
    return HardwareConfig(version, numbers, release, cursor.take(cursor.left, "the rest"))


def _version(cursor: Cursor) -> int:
    version = cursor.u32("the version")
    if version != VERSION:
        raise DamagedFileError(f"{cursor.where}: version {version:,} at byte 0; expected {VERSION}")
    return version
