"""Value bytes to text (PS3.5 sections 6.1 and 6.2). Without numpy: lists of thousands of files need no more."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

CHARACTER_SET = 0x00080005
"""Specific Character Set."""
FREE_TEXT = frozenset({"LT", "ST", "UT", "UC", "UR"})
"""Text VRs whose leading blanks mean something."""
EXTENDED_TEXT = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
"""Text VRs written in the Specific Character Set; the others are ASCII."""

_CODECS = {
    "": "latin-1", "ISO_IR 6": "latin-1", "ISO 2022 IR 6": "latin-1", "ISO_IR 100": "latin-1", "ISO_IR 101": "latin2",
    "ISO_IR 109": "latin3", "ISO_IR 110": "latin4", "ISO_IR 144": "iso8859-5", "ISO_IR 127": "iso8859-6",
    "ISO_IR 126": "iso8859-7", "ISO_IR 138": "iso8859-8", "ISO_IR 148": "latin5", "ISO_IR 203": "iso8859-15",
    "ISO_IR 166": "tis-620", "ISO_IR 13": "shift_jis", "ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk",
}  # fmt: skip
"""Single character sets (PS3.3 C.12.1.1.2); code extensions are left to pydicom."""
_ESCAPES = re.compile(r"\x1b\$?[(),-][0-?@A-Z]")
"""Escape sequences that pydicom leaves in (those of Chinese, ISO 2022 IR 58)."""


Decoder = Callable[[bytes], str]


def text_decoder(character_set: str) -> Decoder:
    """Decoder of text in that Specific Character Set (several values joined with a backslash)."""
    codec = _CODECS.get(character_set.strip("\\ "))
    if codec is not None:
        return lambda raw: raw.decode(codec, "replace")

    def extended(raw: bytes) -> str:
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii")
        from pydicom.charset import convert_encodings, decode_bytes
        from pydicom.valuerep import TEXT_VR_DELIMS

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            decoded = decode_bytes(raw, convert_encodings(character_set.split("\\")), TEXT_VR_DELIMS)
        return _ESCAPES.sub("", decoded)

    return extended


def clean(text: str, vr: str) -> str:
    """Text without its padding."""
    return text.rstrip(" \0") if vr in FREE_TEXT else text.strip(" \0")


def plain_text(raw: bytes) -> str:
    """Text of the VRs that know no character set; whatever stands there is kept."""
    return raw.decode("latin-1")
