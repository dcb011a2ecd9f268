"""Blobs by hand: what the small formats look like, byte by byte."""

from __future__ import annotations

import json
import struct


def counted(text: str) -> bytes:
    """A string behind its length."""
    return struct.pack("<I", len(text)) + text.encode("latin-1")


def coil(path: str, name: str, part: str = "", serial: str = "", flag: int = 1) -> bytes:
    """A record of COILSTATE."""
    return counted(path) + struct.pack("<I", 1) + counted(name) + counted(part) + counted(serial) + bytes([flag])


COILS = struct.pack("<II", 1, 2) + coil("/SCC/QBC", "BODY_QUAD", flag=0) + coil("/DCC1", "HEAD", "452213278105", "0014")
CONFIG = struct.pack("<11I", 1, 7, 15, 10, 10, 0, 1, 9, 10, 2, 1) + counted("5.7.1") + struct.pack("<I", 1)
PAIRS = [
    {"RequestResponsePair<CoilSurveyRequest,CoilSurveyResponse>": {"request": {"tablePosition": 1.5}, "response": []}},
    {"RequestResponsePair<CoilSelectionRequest,CoilSelectionResponse>": {"response": {"channels": [True, False]}}},
]
RESPONSES = b"".join(json.dumps(pair).encode() + b"#:#" for pair in PAIRS) + bytes(3)
RC = b"\0first line\0second line = 3\0\0"


def complex_image(blocks: int, **words: int) -> bytes:
    """A CPX header with its values; words by number, as w10."""
    values = {f"w{number}": 0 for number in range(1, 129)} | {"w9": 1, "w13": blocks} | words
    head = struct.pack("<128i", *(values[f"w{number}"] for number in range(1, 129)))
    head = head[: 4 * 15] + struct.pack("<2f", 2.5, -1.0) + head[4 * 17 :]
    return head + bytes(512 * blocks)


CPX = complex_image(1, w3=1, w11=16, w12=8, w14=2) + complex_image(2, w3=2, w11=16, w12=8, w14=2) + bytes(512)
