"""Text from strangers, fit for a terminal: what steers one is shown instead of sent.

Names of patients, descriptions and file names may hold escape sequences, newlines or marks that turn the reading
direction. Whatever a command prints of them goes through here.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from typing import Any

_UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
"""Control characters of ASCII and Latin-1, marks of direction, breaks of lines, what has no width, half surrogates."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, keep: str = "") -> str:
    r"""The text with control characters spelled out: an escape becomes ``\x1b``, a newline ``\n``.

    keep: characters that stay as they are (newlines in messages of several lines).
    """
    return re.sub(_UNSAFE, lambda found: found[0] if found[0] in keep else _spelled(found[0]), text)


def _spelled(letter: str) -> str:
    code = ord(letter)
    return _SHORT.get(letter) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def json_text(data: Any, indent: int | None = 2) -> str:
    """The data as JSON, letters of all languages as they are, control characters escaped as JSON has it."""
    import json

    text = json.dumps(data, indent=indent, ensure_ascii=False)
    return re.sub(_UNSAFE, lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)
