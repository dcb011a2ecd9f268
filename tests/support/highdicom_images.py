"""Images as highdicom reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def highdicom_images(*paths: Path) -> Iterator[list[Any]]:
    """One for each file. Highdicom leaves the database of its index open, of which Python 3.13 complains."""
    highdicom = pytest.importorskip("highdicom", reason="highdicom is not installed")
    with ExitStack() as stack:
        images = [highdicom.imread(path) for path in paths]
        for image in images:
            stack.enter_context(closing(image._db_con))
        yield images
