"""From folders or files of repeats to one series."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicome.combine.changes import NUMBERS, Target, check_text
from dicome.combine.phases import phase_frames, steps_of_a_turn
from dicome.combine.repeats import Repeat, check_together, find_repeats
from dicome.dicom.strings import CHARACTER_SET
from dicome.errors import ArgumentError, FileExistsAlreadyError, SeriesError


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is going to be written. out: a folder for classic series, a file for enhanced ones."""

    repeats: tuple[Repeat, ...]
    target: Target
    out: Path

    @property
    def is_enhanced(self) -> bool:
        """Whether one enhanced file comes out."""
        return self.repeats[0].is_enhanced

    def lines(self) -> list[str]:
        """The plan in words."""
        image = self.repeats[0].image
        mean = "mean (circular of phases) of" if self.target.phases else "mean of"
        what = mean if self.target.mean else "all frames of"
        shape = " x ".join(map(str, image.shape))
        kind = "one enhanced file" if self.is_enhanced else "single-frame files"
        return [
            f"{what} {len(self.repeats)} repeats of {shape}, as {kind}: {self.out}",
            *(f"  {number}  {repeat.name}" for number, repeat in enumerate(self.repeats, 1)),
        ]


def plan_combination(
    sources: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    mean: bool = False,
    number: int | None = None,
    description: str = "",
    force: bool = False,
) -> Plan:
    """Finds the repeats and checks that they belong together; nothing is written.

    Raises SeriesError where they do not, ArgumentError where there are not two or what is to be written cannot be,
    UnsupportedError for a mean of phases that is not known, FileExistsAlreadyError, and the errors of `open_image`.
    """
    if number is not None and number not in NUMBERS:
        raise ArgumentError(f"series number {number}: expected {NUMBERS.start} to {NUMBERS.stop - 1}")
    repeats = find_repeats(sources)
    kinds = {repeat.is_enhanced for repeat in repeats}
    if len(kinds) > 1:
        names = ", ".join(f"{one.name}: {'enhanced' if one.is_enhanced else 'classic'}" for one in repeats)
        raise SeriesError(f"enhanced and single-frame series together ({names}); combine those of one kind")
    check_together(repeats)
    check_text(description, repeats[0].image.series.files[0].text(CHARACTER_SET))
    path = Path(out)
    _check_not_read(path, repeats)
    if path.exists() and not (force and repeats[0].is_enhanced):
        raise FileExistsAlreadyError(f"{path}: exists already; give another name")
    phases = mean and bool(phase_frames(repeats[0].image).any())
    if phases:
        steps_of_a_turn(repeats[0].image, repeats[0].name)  # refuses those that have no mean
    return Plan(tuple(repeats), Target(len(repeats), mean, number, description, phases), path)


def _check_not_read(out: Path, repeats: Sequence[Repeat]) -> None:
    """A source is never replaced, forced or not: a name that was forgotten makes the last one the target."""
    if out.is_file() and any(out.samefile(path) for one in repeats for path in one.image.series.paths):
        raise FileExistsAlreadyError(f"{out}: is one of the files to combine; give the combined one another name")


def combine(plan: Plan, tell: Callable[[int, int], None] = lambda done, total: None, *, force: bool = False) -> int:
    """Writes the combined series; the number of frames. Raises FileExistsAlreadyError, FileAccessError."""
    if plan.is_enhanced:
        from dicome.combine.enhanced import write_enhanced_repeats

        return write_enhanced_repeats(plan.repeats, plan.out, plan.target, tell, force)
    from dicome.combine.classic import write_classic

    return write_classic(plan.repeats, plan.out, plan.target, tell)
