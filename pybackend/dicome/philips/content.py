"""What the bytes of a blob mean: its name, then its first bytes, choose the reader. What no reader knows stays bytes.

The type that the scanner writes (IEEE_PDF, ASCII, BINARY) does not tell: COILSTATE is called IEEE_PDF as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dicome.errors import DamagedFileError
from dicome.philips.groups import ParameterGroup, looks_like_group, read_group
from dicome.philips.hardware import CoilState, HardwareConfig, read_coil_state, read_hardware_config
from dicome.philips.responses import PrescanResponses, read_responses
from dicome.philips.saved import ComplexHeaders, Lines, read_complex_headers, read_lines
from dicome.philips.study import StudyCard, read_study


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty blob."""

    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Uninterpreted:
    """Bytes that no reader knows, or that one refused (then ``problems`` says why)."""

    problems: tuple[str, ...] = ()


Content = (
    ParameterGroup
    | CoilState
    | HardwareConfig
    | PrescanResponses
    | Lines
    | ComplexHeaders
    | StudyCard
    | Nothing
    | Uninterpreted
)
PARTLY = (ParameterGroup, CoilState, PrescanResponses)
"""What may have been read in part; then the bytes are shown as well, for the rest. Of CPX they are values."""
Reader = Callable[[bytes, str], Content]

READERS: dict[str, Reader] = {
    "COILSTATE": read_coil_state,
    "HARDWARE_CONFIG": read_hardware_config,
    "PDF_USED_PRESCAN_RESPONSES": read_responses,
    "RC": read_lines,
    "CPX": read_complex_headers,
    "ExamCardBlob": read_study,
}
"""Blobs with a layout of their own; every other one whose name begins with PDF_ is a parameter group."""
GROUP_PREFIX = "PDF_"


def read_content(name: str, data: bytes, where: str) -> Content:
    """The meaning of a blob's bytes; bytes that cannot be read come back `Uninterpreted`, with the reason."""
    if not data.strip(b"\0"):
        return Nothing()
    reader = READERS.get(name)
    if reader is None and (name.startswith(GROUP_PREFIX) or looks_like_group(data)):
        reader = read_group
    if reader is None:
        return Uninterpreted()
    try:
        return reader(data, where)
    except DamagedFileError as damage:
        return Uninterpreted((str(damage),))
