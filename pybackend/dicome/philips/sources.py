"""What files and folders hold: raw data of series and studies, ExamCards; the rest is passed over with a word."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.peek import peek
from dicome.dicom.scan import HopelessError
from dicome.errors import DicomeError, FileMissingError, NotDicomError
from dicome.philips.cut import open_cut
from dicome.philips.examcard import ExamCard, looks_like_card, parse_card, read_card
from dicome.philips.rawdata import CARD_BLOB, RAW_CLASSES, RawData, raw_data
from dicome.philips.study import StudyCard
from dicome.philips.vocabulary import Vocabulary, vocabulary, with_words

SOP_CLASS, PROTOCOL_NAME, SERIES_NUMBER = 0x00080016, 0x00181030, 0x00200011
STUDY_PROTOCOL = "ExamCard"
"""Protocol Name of the raw data of a study; its Series Number is 0."""
SOP_WORDS = (
    ("1.2.840.10008.5.1.4.1.1.11.", "a presentation state"),
    ("1.2.840.10008.5.1.4.1.1.88.", "a report"),
    ("1.2.840.10008.5.1.4.1.1.66", "raw data without blobs of Philips"),
    ("1.2.840.10008.5.1.4.1.1.4.2", "spectra"),
    ("1.3.46.670589.", "a private object of Philips without blobs"),
    ("1.2.840.10008.5.1.4.1.1.", "an image"),
    ("1.2.840.10008.1.3.10", "a DICOMDIR"),
)
"""How a SOP class begins, and the word for such a file."""
DIRECTORY = 0x00041220
CARD_SUFFIX = ".examcard"

Tell = Callable[[int], None]
Refused = Callable[[OSError], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file. Of ``raw`` and ``card`` the ones it holds: a study file has both, where its card can be read.

    word: why it is passed over, '' where it is not; problem: why it cannot be read, ''; words_from: the cards that the
    words of its enums come from.
    """

    path: Path
    raw: RawData | None = None
    card: ExamCard | None = None
    word: str = ""
    problem: str = ""
    words_from: tuple[Path, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """All that is wrong with it."""
        own = (self.problem,) if self.problem else ()
        raw = self.raw.problems if self.raw else ()
        return tuple(dict.fromkeys((*own, *raw, *(self.card.problems if self.card else ()))))

    @property
    def is_series(self) -> bool:
        """Whether it is the raw data of a series."""
        return self.raw is not None and not self.raw.is_study


def look_at(path: Path) -> Source:
    """What one file holds. Raises FileMissingError and FileAccessError; damage is in the result."""
    try:
        begin = _begin(path)
    except NotDicomError:
        return Source(path, word="no file")
    if looks_like_card(begin) or (path.suffix.lower() == CARD_SUFFIX and begin[128:132] != b"DICM"):
        try:
            return Source(path, card=read_card(path))
        except NotDicomError as problem:
            return Source(path, word="XML, but no ExamCard", problem=_card_problem(path, problem))
        except DicomeError as problem:
            return Source(path, problem=str(problem))
    try:
        return _dicom(open_file(path))
    except NotDicomError:
        return Source(path, word="no DICOM file")
    except HopelessError as problem:
        return _cut(path, str(problem))
    except DicomeError as problem:
        return Source(path, problem=str(problem))


def _cut(path: Path, problem: str) -> Source:
    """What a file that was cut off still holds for us; its problem in any case."""
    try:
        return replace(_dicom(open_cut(path), problem), word="", problem=problem)
    except DicomeError:
        return Source(path, problem=problem)


def _card_problem(path: Path, problem: DicomeError) -> str:
    """Other XML is no problem, unless it is called an ExamCard."""
    return str(problem) if path.suffix.lower() == CARD_SUFFIX else ""


def _begin(path: Path) -> bytes:
    """Its first bytes. Raises the errors of `open_file` where there is nothing to read: for a pipe, too."""
    try:
        if path.is_file():  # looked at first, because opening a pipe would keep us waiting
            with path.open("rb") as stream:
                return stream.read(132)
    except OSError:
        pass
    open_file(path)  # says why it cannot be opened
    return b""


def _dicom(file: DicomFile, damage: str = "") -> Source:
    raw = raw_data(file, damage)
    if raw is None:
        return Source(file.path, word=_word(file))
    content = next((blob.content for blob in raw.blobs if blob.name == CARD_BLOB), None)
    if not isinstance(content, StudyCard) or not content.readable:
        return Source(file.path, raw)
    try:
        return Source(file.path, raw, parse_card(content.readable, file.path))
    except DicomeError as problem:
        return Source(file.path, raw, problem=str(problem))


def _word(file: DicomFile) -> str:
    if file.element(DIRECTORY) is not None:
        return "a DICOMDIR"
    sop_class = file.text(SOP_CLASS)
    return next((word for begin, word in SOP_WORDS if sop_class.startswith(begin)), "DICOM without blobs of Philips")


def files_of(
    paths: Iterable[str | os.PathLike[str]], *, recurse: bool = True, refused: Refused | None = None
) -> Iterator[Path]:
    """The files named, and those in the folders named, in order; hidden ones in folders are left out.

    refused: hears of folders that cannot be listed.
    """
    for path in map(Path, paths):
        if not os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises where it may not look
            yield path
            continue
        for name, folders, files in os.walk(path, onerror=refused):
            folders[:] = sorted(one for one in folders if recurse and not one.startswith("."))
            yield from (Path(name) / file for file in sorted(files) if not file.startswith("."))


def read_sources(
    paths: Sequence[str | os.PathLike[str]],
    cards: Sequence[str | os.PathLike[str]] = (),
    *,
    recurse: bool = True,
    tell: Tell | None = None,
) -> list[Source]:
    """All files of a mixture of files and folders, in order, with words for the enums of series.

    cards: ExamCards or study files for the words; without them those of the same study count, among the files and
    beside them. tell: told the number of files looked at. What cannot be read says so in its ``problem``; a card that
    holds none raises NotDicomError.
    """
    found: list[Source] = []

    def refuse(problem: OSError) -> None:
        said = f"{problem.filename}: this folder cannot be listed: {problem.strerror or problem}"
        found.append(Source(Path(problem.filename), problem=said))

    for path in files_of(paths, recurse=recurse, refused=refuse):
        found.append(_looked_at(path))
        if tell is not None:
            tell(len(found))
    named = [_named_card(Path(path)) for path in cards]
    library = _Library(found, named)
    return [library.with_words(source) for source in found]


def _looked_at(path: Path) -> Source:
    """One file among others: that it is missing, or may not be read, is in the result as well."""
    try:
        return look_at(path)
    except DicomeError as problem:
        return Source(path, problem=str(problem))


def _named_card(path: Path) -> ExamCard:
    source = look_at(path)
    if source.card is None:
        raise NotDicomError(source.problem or f"{path}: holds no ExamCard ({source.word or 'raw data of a series'})")
    return source.card


@dataclass(slots=True)
class _Library:
    """The cards at hand. Folders are looked at once, for the cards that lie beside series."""

    sources: list[Source]
    named: list[ExamCard]
    _beside: dict[Path, list[Source]] = field(default_factory=dict)
    _words: dict[tuple[int, ...], Vocabulary] = field(default_factory=dict)

    def with_words(self, source: Source) -> Source:
        if source.raw is None or not source.is_series:
            return source
        cards = self.named or self._cards_of(source.raw)
        if not cards:
            return source
        key = tuple(map(id, cards))
        if key not in self._words:
            self._words[key] = vocabulary(cards)
        raw = with_words(source.raw, self._words[key])
        return Source(source.path, raw, problem=source.problem, words_from=tuple(card.path for card in cards))

    def _cards_of(self, raw: RawData) -> list[ExamCard]:
        """The cards of a series' study: by the study's UID, or .ExamCard files that are called as it says."""
        candidates = [*self.sources, *self._folder(raw.path.parent)]
        return [one.card for one in candidates if one.card is not None and _belongs(one, one.card, raw)]

    def _folder(self, folder: Path) -> list[Source]:
        if folder not in self._beside:
            here = {source.path.resolve() for source in self.sources}
            others = (path for path in files_of([folder], recurse=False) if path.resolve() not in here)
            self._beside[folder] = [source for path in others if (source := _card_at(path)) is not None]
        return self._beside[folder]


def _card_at(path: Path) -> Source | None:
    """A file beside a series, if it may hold a card; of the others only the begin is read."""
    try:
        if path.suffix.lower() == CARD_SUFFIX:
            return look_at(path)
        head = peek(str(path), frozenset((SOP_CLASS, PROTOCOL_NAME, SERIES_NUMBER)))
        of_study = head.text(PROTOCOL_NAME) == STUDY_PROTOCOL or head.number(SERIES_NUMBER) == 0
        return look_at(path) if of_study and head.text(SOP_CLASS) in RAW_CLASSES else None
    except (DicomeError, OSError):
        return None


def _belongs(source: Source, card: ExamCard, raw: RawData) -> bool:
    if source.raw is not None:
        return bool(raw.study_uid) and source.raw.study_uid == raw.study_uid
    return bool(card.name) and card.name == raw.card_name


def one_source(path: Path, cards: Sequence[Path] = ()) -> Source:
    """One file that must hold something. cards: as `read_sources` takes them.

    Raises FileMissingError, FileAccessError and NotDicomError.
    """
    if path.is_dir():
        raise FileMissingError(f"{path}: is a folder; expected a raw data file or an ExamCard")
    _begin(path)  # raises where there is nothing to read
    source = read_sources([path], cards)[0]
    if source.raw is None and source.card is None:
        raise NotDicomError(source.problem or f"{path}: {source.word}; expected a raw data file or an ExamCard")
    return source
