"""Folders to move files in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.moving.making import image, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path.resolve() / "Ordner mit Ä"
    for k in range(1, 6):
        write(path / "in" / f"IM_{k}", image(instance=k, position=f"0\\0\\{k}", payload=k))
    return path


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another file system than the temporary one."""
    import tempfile

    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev:
        pytest.skip("no second file system to write on")
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)
