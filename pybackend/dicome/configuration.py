"""The configuration of a user: one TOML file, shown and changed by ``dicome config``.

    [locations]
    roots = ["/g5/kirby"]     # directories that a header may ask for (``#-#/g5/kirby/scan``); none by default

``$DICOME_CONFIG`` names another file. What the administrator allows in the file of the site counts as well.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicome.beside import written_beside
from dicome.errors import ArgumentError, FileAccessError

NAME = "config.toml"


@dataclass(frozen=True, slots=True)
class Configuration:
    """roots: absolute directories below which a header may send files."""

    roots: tuple[Path, ...] = ()


def user_file() -> Path:
    """The user's file, whether it exists or not."""
    named = os.environ.get("DICOME_CONFIG")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_config_path("dicome", appauthor=False)) / NAME


def site_file() -> Path | None:
    """The administrator's file; None where ``$DICOME_CONFIG`` names the only one that counts."""
    if os.environ.get("DICOME_CONFIG"):
        return None
    import platformdirs

    return Path(platformdirs.site_config_path("dicome", appauthor=False)) / NAME


def read_configuration() -> Configuration:
    """What both files say. Raises ArgumentError where one is not as it should be, and FileAccessError."""
    roots: list[Path] = []
    for path in (site_file(), user_file()):
        if path is not None:
            roots += _roots(read_table(path), path)
    return Configuration(tuple(dict.fromkeys(roots)))


def read_table(path: Path) -> dict[str, Any]:
    """A TOML file, {} where there is none. Raises ArgumentError, FileAccessError."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise FileAccessError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from None
    try:
        return tomlkit.parse(text)
    except ParseError as problem:
        raise ArgumentError(f"{path}: not TOML: {problem}; mend it, or move it away") from None


def _roots(table: dict[str, Any], path: Path) -> list[Path]:
    locations = table.get("locations", {})
    roots = locations.get("roots", []) if isinstance(locations, dict) else None
    if not isinstance(roots, list) or not all(isinstance(root, str) for root in roots):
        raise ArgumentError(f'{path}: [locations] roots should be a list of directories: roots = ["/data"]')
    wrong = next((root for root in roots if not Path(root).is_absolute()), None)
    if wrong is not None:
        raise ArgumentError(f"{path}: [locations] roots holds {wrong!r}, which is no absolute path")
    return [Path(root) for root in roots]


def allow(directory: str | os.PathLike[str]) -> Path:
    """Adds a root to the user's file, which is made if need be; returns it as written.

    Raises ArgumentError for what is no directory, or is the whole disk.
    """
    root = Path(directory).expanduser().resolve()
    if not root.is_dir():
        raise ArgumentError(f"{directory}: no such directory; only existing ones can be allowed")
    if root == root.parent:
        raise ArgumentError(f"{root}: is the whole disk; allow a directory on it")
    listed = [str(one) for one in _roots(read_table(user_file()), user_file())]
    if str(root) not in listed:
        _write_roots([*listed, str(root)])
    return root


def disallow(directory: str | os.PathLike[str]) -> Path:
    """Takes a root out of the user's file. Raises ArgumentError where it is not in there."""
    listed = [str(one) for one in _roots(read_table(user_file()), user_file())]
    names = {str(directory), str(Path(directory).expanduser().resolve())}
    if not names.intersection(listed):
        raise ArgumentError(f"{directory}: is not allowed in {user_file()}; allowed are: {', '.join(listed) or 'none'}")
    _write_roots([name for name in listed if name not in names])
    return Path(directory)


def _write_roots(roots: Sequence[str]) -> None:
    """Changes the one line, and keeps comments and all else."""
    import tomlkit

    path = user_file()
    table: Any = read_table(path) or tomlkit.document()
    table.setdefault("locations", tomlkit.table())["roots"] = list(roots)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileAccessError(f"{path.parent}: cannot be made: {problem.strerror or problem}") from None
    with written_beside(path, force=True) as temporary:
        temporary.write_text(tomlkit.dumps(table), encoding="utf-8")
