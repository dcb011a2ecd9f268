"""Makes the plan of a run: looks at every file, names it by its header, and sees what is in the way. Moves nothing."""

from __future__ import annotations

import os
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dicome.configuration import read_configuration
from dicome.files.destination import MARK, find_location
from dicome.moving.directories import SERIES, STUDY, Directories
from dicome.moving.facts import Tell, read_facts
from dicome.moving.information import info_text, one_line
from dicome.moving.look import Chosen, Found, look
from dicome.moving.names import BAD, INFO, SUFFIX, bad_name, names_of, series_name, study_name, uid_name
from dicome.moving.options import MoveOptions
from dicome.moving.places import Disk, give_places
from dicome.moving.plan import Info, Left, Plan, SeriesMoves, Step, StudyMoves
from dicome.moving.records import FileFacts, SeriesFacts, StudyFacts
from dicome.moving.wishes import Steps, Wishes


def plan_moves(options: MoveOptions, tell: Tell | None = None) -> Plan:
    """What a run with these switches would do; nothing is changed on the disk.

    tell: told the number of files looked at, now and then. Raises ArgumentError, FileMissingError, FileAccessError.
    """
    options.check()
    found = look(options)
    facts = read_facts(found.files, tell)
    left = list(_left_by_look(found))
    left += [Left(seen.path, "not DICOM") for seen in facts.other]
    left += [Left(seen.path, "unreadable", why) for seen, why in facts.unreadable]
    left += [Left(seen.path, "changed") for seen in facts.changed]
    told = [f"{path}: is the destination, and not looked through" for path in found.skipped]
    told += [f"{found.files.path(row)}: invalid header: {why}" for row, why in facts.bad[:20]]
    draft = _Draft(options, Disk(), facts.files)
    draft.add_studies()
    draft.add_bad([row for row, _ in facts.bad])
    del facts
    return draft.finished(left, told)


def _left_by_look(found: Found) -> Iterator[Left]:
    yield from (Left(path, "link") for path in found.links)
    yield from (Left(path, "unreadable", why) for path, why in found.refused)


def _studies(facts: FileFacts) -> list[Sequence[int]]:
    """Rows of the files of each study, studies by date."""
    found: dict[str, array[int]] = defaultdict(lambda: array("q"))
    for row in map(int, facts.by_path):
        study = facts.study(row)
        found[study.StudyInstanceUID or f"?{study.StudyID}"].append(row)
    return sorted(found.values(), key=lambda rows: _when(facts.study_of_all(rows)))


def _when(study: StudyFacts) -> tuple[str, str, StudyFacts]:
    return study.StudyDate, study.StudyTime, study


@dataclass(slots=True)
class _Series:
    """A series on its way into the plan. study: as its first header has it. wishes: numbers of those of its files."""

    study: StudyFacts
    facts: SeriesFacts
    images: bool
    parts: tuple[str, ...]
    folder: str
    info_stem: str
    wishes: range


@dataclass(slots=True)
class _Study:
    facts: StudyFacts
    destination: str
    location: str
    series: list[_Series] = field(default_factory=list)


class _Draft:
    """The wishes of all files; `finished` gives them their places."""

    def __init__(self, options: MoveOptions, disk: Disk, facts: FileFacts) -> None:
        self._options = options
        self._disk = disk
        self._target = str(options.target)
        self._facts = facts
        self._files = facts.files
        moving = Chosen(self._files, () if options.copy else facts.rows)
        self._directories = Directories(disk, not options.flat_names, moving)
        self._wishes = Wishes(self._files)
        self._held: dict[int, Left] = {}
        self._studies: list[_Study] = []
        self._bad = range(0)
        self._now = time.time()
        self._suffix = SUFFIX if options.suffix else ""
        self._roots = options.roots
        if self._roots is None and not (options.ignore_location or options.rename or options.uid_names):
            self._roots = read_configuration().roots

    # -- studies -----------------------------------------------------------------------------------------------------

    def add_studies(self) -> None:
        """All DICOM files. Studies that lie in directories of their own names already keep them."""
        studies = _studies(self._facts)
        for rows in studies:
            facts = self._facts.study_of_all(rows)
            paths = map(self._facts.path, rows)
            self._directories.claim(self._target, study_name(facts), facts.StudyInstanceUID, paths)
        for rows in studies:
            self._add_study(rows)
        self._facts = FileFacts(self._files)  # what was read is not needed any more

    def _add_study(self, rows: Sequence[int]) -> None:
        facts = self._facts.study_of_all(rows)
        location, destination = self._location(rows)
        name = study_name(facts)
        if not self._options.uid_names:
            name = self._directories.give(destination, name, facts.StudyInstanceUID, STUDY)
        folder = destination if self._options.flat_names else os.path.join(destination, name)  # noqa: PTH118
        study = _Study(facts, folder, location)
        by_series: dict[str, array[int]] = defaultdict(lambda: array("q"))
        for row in rows:
            by_series[self._facts.series_of(row).SeriesInstanceUID].append(row)
        # Images first: what else has their number goes with them.
        for some in sorted(by_series.values(), key=self._order):
            study.series.append(self._add_series(some, destination, name))
        self._studies.append(study)

    def _order(self, rows: Sequence[int]) -> tuple[bool, bool, int, str]:
        facts = self._facts.series_of_all(rows)
        return not self._facts.has_images(rows), facts.number is None, facts.number or 0, facts.SeriesInstanceUID

    def _location(self, rows: Sequence[int]) -> tuple[str, str]:
        """What the header asks for and what became of it, and the directory that it comes to."""
        options = self._options
        histories = {self._facts.study(row).AdditionalPatientHistory for row in rows}
        asked = sorted(history for history in histories if MARK in history)
        if not asked or options.ignore_location:
            return "", self._target
        if options.rename or options.uid_names:
            return f"{one_line(asked[0])}: not used, files are renamed only", self._target
        found = [one for one in (find_location(text, self._roots or ()) for text in asked) if one is not None]
        names = ", ".join(dict.fromkeys(one_line(one.asked) for one in found))
        problem = next((one.problem for one in found if one.path is None), "")
        paths = {one.path for one in found}
        if problem or len(paths) != 1:
            why = problem or "the files of the study do not agree"
            return f"the header asks for {names}, which is ignored: {why}", self._target
        return f"the header asks for {names}", str(paths.pop())

    def _add_series(self, rows: Sequence[int], destination: str, study: str) -> _Series:
        options, facts = self._options, self._facts
        series = facts.series_of_all(rows)
        uid, plain = series.SeriesInstanceUID, series_name(series)
        path = os.path.join(destination, study)  # noqa: PTH118  # paths are texts here
        has_images = facts.has_images(rows)
        if options.uid_names:
            name = plain
        elif has_images:
            paths = (facts.path(row) for row in rows if facts.kind(row) != "object")
            self._directories.claim(path, plain, uid, paths)
            name = self._directories.give(path, plain, uid, SERIES)
        else:
            name = self._directories.share(path, plain, map(facts.path, rows))
        folder = destination if options.flat_names else os.path.join(path, name)  # noqa: PTH118
        first = len(self._wishes)
        names = names_of(facts, rows, study, name, options.no_breakdown)
        for row, (stem, whole) in zip(rows, names.stems, strict=True):
            if options.uid_names:
                stem = uid_name(facts, row)
            elif options.flat_names and not whole:
                stem = f"{study}.{name}.{stem}"
            self._wish(row, folder, stem)
        info = f"{study}.{name}.{INFO}" if options.flat_names else INFO
        wishes = range(first, len(self._wishes))
        return _Series(facts.study_of_all(rows), series, has_images, names.parts, folder, info, wishes)

    def _wish(self, row: int, folder: str, stem: str) -> None:
        file = self._facts.rows[row]
        if not self._is_recent(file) and row in self._facts.incomplete:
            self._held[file] = Left(self._files.path(file), "incomplete", self._facts.incomplete[row])
        self._wishes.add(file, self._files.folder(file) if self._options.rename else folder, stem, self._suffix)

    def _is_recent(self, file: int) -> bool:
        """Whether a file may still be arriving; it is held then."""
        quiet_for = self._options.quiet_for
        recent = bool(quiet_for) and abs(self._now - self._files.modified[file] / 1e9) < quiet_for
        if recent:
            self._held[file] = Left(self._files.path(file), "recent")
        return recent

    def add_bad(self, files: Sequence[int]) -> None:
        """Files with invalid headers."""
        folder = os.path.join(self._target, BAD)  # noqa: PTH118
        first = len(self._wishes)
        for file in files:
            path = self._files.path(file)
            if self._files.folder(file) == folder:
                self._held[file] = Left(path, "in place")
                continue
            self._is_recent(file)
            self._wishes.add(file, folder, *bad_name(path))
        self._bad = range(first, len(self._wishes))

    # -- the plan ----------------------------------------------------------------------------------------------------

    def finished(self, left: list[Left], notes: Sequence[str]) -> Plan:
        """The plan: every wish is a step, or a reason to stay."""
        numbers = array("q", (number for number, file in enumerate(self._wishes.rows) if file not in self._held))
        given = give_places(self._wishes, numbers, self._disk, self._options.copy)
        stay = {number for number, one in given.items() if isinstance(one, Left)}
        stay.update(number for number, file in enumerate(self._wishes.rows) if file in self._held)
        other = {number: one for number, one in given.items() if isinstance(one, Step)}

        def steps(wishes: range) -> Steps:
            return Steps(self._wishes, (number for number in wishes if number not in stay), other)

        left = [*left, *self._held.values(), *(one for one in given.values() if isinstance(one, Left))]
        left.sort(key=lambda one: one.path)
        studies = tuple(moves for moves in (self._moves(study, steps) for study in self._studies) if moves.count)
        told = (*notes, *self._notes(studies))
        bad = tuple(steps(self._bad))
        return Plan(self._options, self._target, studies, bad, tuple(left), len(self._files), told)

    def _moves(self, study: _Study, steps: Callable[[range], Steps]) -> StudyMoves:
        facts = study.facts
        series = tuple(
            SeriesMoves(
                one.facts.SeriesInstanceUID,
                one.facts.number,
                one.facts.SeriesDescription,
                one.facts.Modality,
                one.parts,
                one.folder,
                found,
                self._info(one),
            )
            for one in study.series
            if (found := steps(one.wishes))
        )
        return StudyMoves(
            facts.StudyInstanceUID or f"?{facts.StudyID}",
            facts.StudyID,
            facts.PatientName,
            facts.PatientID,
            facts.StudyDate,
            facts.StudyTime,
            facts.StudyDescription,
            study.destination,
            study.location,
            series,
        )

    def _info(self, one: _Series) -> Info | None:
        """The info file; none where the same is there already, or a series shares the directory with another's."""
        if self._options.no_info or self._options.uid_names or not one.images:
            return None
        text = info_text(one.study, one.facts, one.parts)
        target = Path(one.folder, one.info_stem)
        number = 1
        while os.path.lexists(target):
            try:
                if target.read_text(encoding="utf-8", errors="surrogateescape") == text:
                    return None
            except OSError:
                pass
            number += 1
            target = Path(one.folder, f"{one.info_stem} ({number})")
        return Info(str(target), text)

    def _notes(self, studies: Sequence[StudyMoves]) -> Iterator[str]:
        held = Counter(one.reason for one in self._held.values())
        if held["recent"]:
            yield (
                f"files written within the last {self._options.quiet_for:g} s: {held['recent']:,}; their study may "
                "still be arriving, so they stay until the next run"
            )
        for study in studies:
            if study.location:
                yield f"study {one_line(study.study_id) or study.date or 'unknown'}: {study.location}"
