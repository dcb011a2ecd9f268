"""Makes the plan of a run: looks at every file, names it by its header, and sees what is in the way. Moves nothing."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dicome.configuration import read_configuration
from dicome.files.destination import MARK, find_location
from dicome.moving.directories import SERIES, STUDY, Directories
from dicome.moving.facts import FileFacts, Tell, read_facts
from dicome.moving.information import info_text, one_line
from dicome.moving.look import Found, Seen, look
from dicome.moving.names import BAD, INFO, SUFFIX, bad_name, names_of, series_name, study_name, uid_name
from dicome.moving.options import MoveOptions
from dicome.moving.places import Disk, Wish, give_places
from dicome.moving.plan import Info, Left, Plan, SeriesMoves, Step, StudyMoves


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
    studies = _studies(facts.files)
    draft = _Draft(options, Disk(), facts.files)
    draft.claim(studies)
    for files in studies:
        draft.add_study(files)
    draft.add_bad([seen for seen, _ in facts.bad])
    plan = draft.finished(left, len(found.files))
    told = tuple(f"{seen.path}: invalid header: {why}" for seen, why in facts.bad[:20])
    skipped = tuple(f"{path}: is the destination, and not looked through" for path in found.skipped)
    return Plan(
        plan.options, plan.target, plan.studies, plan.bad, plan.left, plan.looked, (*skipped, *told, *plan.notes)
    )


def _left_by_look(found: Found) -> Iterator[Left]:
    yield from (Left(path, "link") for path in found.links)
    yield from (Left(path, "unreadable", why) for path, why in found.refused)


def _studies(files: Sequence[FileFacts]) -> list[list[FileFacts]]:
    """Files by study, by date."""
    found: dict[str, list[FileFacts]] = defaultdict(list)
    for one in files:
        found[one.study.StudyInstanceUID or f"?{one.study.StudyID}"].append(one)
    return sorted(found.values(), key=lambda some: (some[0].study.StudyDate, some[0].study.StudyTime, some[0].study))


@dataclass(slots=True)
class _Series:
    """A series on its way into the plan: its rows among the wishes."""

    files: list[FileFacts]
    parts: tuple[str, ...]
    folder: str
    info_stem: str
    rows: range


@dataclass(slots=True)
class _Study:
    files: list[FileFacts]
    destination: str
    location: str
    series: list[_Series] = field(default_factory=list)


class _Draft:
    """The wishes of all files; `finished` gives them their places."""

    def __init__(self, options: MoveOptions, disk: Disk, files: Sequence[FileFacts]) -> None:
        self._options = options
        self._disk = disk
        self._target = str(options.target)
        moving = set() if options.copy else {one.seen.path for one in files}
        self._directories = Directories(disk, not options.flat_names, moving)
        self._studies: list[_Study] = []
        self._wishes: list[Wish] = []
        self._held: dict[str, Left] = {}
        self._bad = range(0)
        self._now = time.time()
        self._suffix = SUFFIX if options.suffix else ""
        self._roots = options.roots
        if self._roots is None and not (options.ignore_location or options.rename or options.uid_names):
            self._roots = read_configuration().roots

    # -- studies -----------------------------------------------------------------------------------------------------

    def claim(self, studies: Sequence[Sequence[FileFacts]]) -> None:
        """Studies that lie in directories of their own names already keep them."""
        for files in studies:
            facts = files[0].study
            paths = (one.seen.path for one in files)
            self._directories.claim(self._target, study_name(facts), facts.StudyInstanceUID, paths)

    def add_study(self, files: Sequence[FileFacts]) -> None:
        """The files of one study."""
        location, destination = self._location(files)
        name = study_name(files[0].study)
        uid = files[0].study.StudyInstanceUID
        if not self._options.uid_names:
            name = self._directories.give(destination, name, uid, STUDY)
        folder = destination if self._options.flat_names else os.path.join(destination, name)  # noqa: PTH118
        study = _Study(list(files), folder, location)
        by_series: dict[str, list[FileFacts]] = defaultdict(list)
        for one in files:
            by_series[one.series.SeriesInstanceUID].append(one)
        # Images first: what else has their number goes with them.
        for some in sorted(by_series.values(), key=_order):
            study.series.append(self._add_series(some, destination, name))
        self._studies.append(study)

    def _location(self, files: Sequence[FileFacts]) -> tuple[str, str]:
        """What the header asks for and what became of it, and the directory that it comes to."""
        options = self._options
        asked = sorted(
            {one.study.AdditionalPatientHistory for one in files if MARK in one.study.AdditionalPatientHistory}
        )
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

    def _add_series(self, files: list[FileFacts], destination: str, study: str) -> _Series:
        options = self._options
        uid = files[0].series.SeriesInstanceUID
        plain = series_name(files[0].series)
        path = os.path.join(destination, study)  # noqa: PTH118  # paths are texts here
        has_images = any(one.kind != "object" for one in files)
        name = plain
        if has_images and not options.uid_names:
            self._directories.claim(path, plain, uid, (one.seen.path for one in files if one.kind != "object"))
            name = self._directories.give(path, plain, uid, SERIES)
        first = len(self._wishes)
        names = names_of(files, study, name, options.no_breakdown)
        for one, stem, whole in zip(files, names.stems, names.whole, strict=True):
            if options.uid_names:
                folder, stem = destination, uid_name(one)
            elif options.flat_names:
                folder, stem = destination, stem if whole else f"{study}.{name}.{stem}"
            else:
                folder = os.path.join(path, name)  # noqa: PTH118
            if options.rename:
                folder = os.path.dirname(one.seen.path)  # noqa: PTH120
            self._wish(one, folder, stem)
        folder = destination if options.flat_names else os.path.join(path, name)  # noqa: PTH118
        info = f"{study}.{name}.{INFO}" if options.flat_names else INFO
        return _Series(files, names.parts, folder, info, range(first, len(self._wishes)))

    def _wish(self, one: FileFacts, folder: str, stem: str) -> None:
        seen = one.seen
        if self._options.quiet_for and abs(self._now - seen.modified / 1e9) < self._options.quiet_for:
            self._held[seen.path] = Left(seen.path, "recent")
        elif one.incomplete:
            self._held[seen.path] = Left(seen.path, "incomplete", one.incomplete)
        self._wishes.append(Wish(seen, folder, stem, self._suffix))

    def add_bad(self, files: Sequence[Seen]) -> None:
        """Files with invalid headers."""
        folder = os.path.join(self._target, BAD)  # noqa: PTH118
        first = len(self._wishes)
        for seen in files:
            if os.path.dirname(seen.path) == folder:  # noqa: PTH120
                self._held[seen.path] = Left(seen.path, "in place")
                continue
            if self._options.quiet_for and abs(self._now - seen.modified / 1e9) < self._options.quiet_for:
                self._held[seen.path] = Left(seen.path, "recent")
            self._wishes.append(Wish(seen, folder, *bad_name(seen.path)))
        self._bad = range(first, len(self._wishes))

    # -- the plan ----------------------------------------------------------------------------------------------------

    def finished(self, left: list[Left], looked: int) -> Plan:
        """The plan: every wish is a step, or a reason to stay."""
        rows = [row for row, wish in enumerate(self._wishes) if wish.seen.path not in self._held]
        given, _ = give_places([self._wishes[row] for row in rows], self._disk, self._options.copy)
        result: dict[int, Step | Left] = dict(zip(rows, given, strict=True))
        left = [*left, *self._held.values(), *(one for one in given if isinstance(one, Left))]
        studies = tuple(moves for moves in (self._moves(study, result) for study in self._studies) if moves.count)
        bad = tuple(_steps(self._bad, result))
        left.sort(key=lambda one: one.path)
        return Plan(self._options, self._target, studies, bad, tuple(left), looked, tuple(self._notes(studies)))

    def _moves(self, study: _Study, result: dict[int, Step | Left]) -> StudyMoves:
        facts = study.files[0].study
        series = []
        for one in study.series:
            steps = tuple(_steps(one.rows, result))
            if steps:
                of = one.files[0].series
                series.append(
                    SeriesMoves(
                        of.SeriesInstanceUID,
                        of.number,
                        of.SeriesDescription,
                        of.Modality,
                        one.parts,
                        one.folder,
                        steps,
                        self._info(one),
                    )
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
            tuple(series),
        )

    def _info(self, one: _Series) -> Info | None:
        """The info file; none where the same is there already, or a series shares the directory with another's."""
        if self._options.no_info or self._options.uid_names:
            return None
        if not any(file.kind != "object" for file in one.files):
            return None
        text = info_text(one.files[0].study, one.files[0].series, one.parts)
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


def _order(files: Sequence[FileFacts]) -> tuple[bool, bool, int, str]:
    number = files[0].series.number
    without_images = all(one.kind == "object" for one in files)
    return without_images, number is None, number or 0, files[0].series.SeriesInstanceUID


def _steps(rows: range, result: dict[int, Step | Left]) -> Iterator[Step]:
    for row in rows:
        step = result.get(row)
        if isinstance(step, Step):
            yield step
