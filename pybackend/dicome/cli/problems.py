"""Bad files among many: told on stderr one by one, counted, never the end of the rest."""

from __future__ import annotations

import sys

from dicome.errors import DicomeError
from dicome.safetext import visible

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from types import TracebackType

    from dicome.cli.progress import Progress


class Problems:
    """``with problems.passed(path): read(path)``: an error of ours or of the system is told, and the work goes on.

    program: begins every line. A second name for one file's error is not added: our messages begin with the file.
    seen: files that were looked at so far, for those who do not know beforehand how many there are. progress: the line
    that must not stand where a problem is told.
    """

    def __init__(self, program: str, progress: Progress | None = None) -> None:
        self.program, self.progress = program, progress
        self.count = 0
        self.seen = 0

    def passed(self, path: object) -> _Passed:
        """A block in which an error concerns this file only."""
        return _Passed(self, str(path))

    def tell(self, path: str, problem: Exception | str) -> None:
        """Says what is wrong with a file, and counts it."""
        self.count += 1
        path = path or "''"  # of an empty variable in a script
        text = _text(problem)
        if not text.startswith(path):
            text = f"{path}: {text}"
        if self.progress is not None:
            self.progress.clear()
        sys.stdout.flush()  # so that the two come in the order in which they were said
        print(f"{self.program}: {visible(text)}", file=sys.stderr)

    def code(self, total: int = 0) -> int:
        """The exit code, after a line that says how many files of ``total`` had a problem (0: of those seen)."""
        total = total or self.seen
        if self.count and total > 1:
            sys.stdout.flush()
            print(f"{self.program}: {self.count:,} of {total:,} files had a problem", file=sys.stderr)
        return 1 if self.count else 0


def _text(problem: Exception | str) -> str:
    if isinstance(problem, OSError) and not isinstance(problem, DicomeError):
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror or str(problem)
    return str(problem)


class _Passed:
    def __init__(self, problems: Problems, path: str) -> None:
        self.problems, self.path = problems, path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, BrokenPipeError) or not isinstance(error, (DicomeError, OSError)):
            return False
        self.problems.tell(self.path, error)
        return True
