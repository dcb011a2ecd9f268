"""The files that a command was given: those of folders in their place. A folder that gives none is told."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dicome.cli.problems import Problems
    from dicome.errors import DicomeError


def given_files(paths: Sequence[str], problems: Problems, *, recursive: bool = False) -> Iterator[str]:
    """Files as they were given, and those in folders. recursive: those in sub-folders as well."""
    import os

    for path in paths:
        if not path:
            problems.tell(path, "no such file")  # to the library an empty name is this folder
        elif os.path.isdir(path):  # noqa: PTH112  # as they were given, dots and slashes too
            yield from _in_folder(path, problems, recursive)
        else:
            yield path


def _in_folder(folder: str, problems: Problems, recursive: bool) -> list[str]:
    from pathlib import Path

    from dicome.listing import files_of

    refused: list[tuple[Path, DicomeError]] = []
    found: list[Path] = []
    with problems.passed(folder):
        found = files_of(folder, recursive, refused=refused)
        for below, problem in refused:
            problems.tell(str(below), problem)
        if not found and not refused:
            problems.tell(folder, "no files in this folder" + ("" if recursive else " (sub-folders are not searched)"))
    return [str(file) for file in found]
