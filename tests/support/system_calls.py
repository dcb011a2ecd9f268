"""Where functions of `os` are looked up, for tests that put others in their place."""

from __future__ import annotations

import os
import pathlib


def holders() -> list[object]:
    """`os`, and what pathlib of Python 3.10 keeps of it for itself."""
    own: object = getattr(pathlib, "_normal_accessor", None)
    return [os] if own is None else [os, own]
