"""What dcm_move is asked to do: every switch is one field, so that a command line and a page have the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dicome.errors import ArgumentError

MODALITIES = ("MR", "CT", "US", "USMF", "CR", "NM", "SC")
"""Sub-directories that DICOM servers make; see `MoveOptions.modality`."""

QUIET_FOR = 30.0
"""Seconds that a file must have been left alone before it is taken for whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOptions:
    """The switches of dcm_move, with their letters, and their defaults.

    source (-s): directory with the files. recursive (-R): all directories below it as well; otherwise only itself and
    its sub-directories named in `MODALITIES`. modality (-m): only the sub-directory of that name. everything (-a): all
    studies without asking; who calls the library asks, or does not, and hands the chosen studies to `apply_plan`.
    destination: None for the present working directory, and always with rename. copy (-c): leave the originals.
    rename (-r): in place, with flat names. flat (-f): names instead of directories. no_info (-i): no info files.
    ignore_location (-l): do not look for a directory in the header. uid_names (-u): SOP Instance UIDs as names.
    suffix (-d): end names with .dcm. no_breakdown (-n): image numbers instead of slice.dynamic, .echo or .phase.
    quiet_for (--quiet-for): seconds; files written later than that long ago are left alone. roots: directories below
    which a header may send files; None for those of the configuration.
    """

    source: Path = Path()
    recursive: bool = False
    modality: str | None = None
    everything: bool = False
    destination: Path | None = None
    copy: bool = False
    rename: bool = False
    flat: bool = False
    no_info: bool = False
    ignore_location: bool = False
    uid_names: bool = False
    suffix: bool = False
    no_breakdown: bool = False
    quiet_for: float = QUIET_FOR
    roots: tuple[Path, ...] | None = None

    @property
    def flat_names(self) -> bool:
        """Whether no directories are made: asked for, or because of rename or uid_names."""
        return self.flat or self.rename or self.uid_names

    @property
    def target(self) -> Path:
        """Where files go that no header sends elsewhere, and where the journal lies; absolute."""
        if self.rename:
            return self.source.resolve()
        return (self.destination or Path()).resolve()

    def check(self) -> None:
        """Raises ArgumentError for what contradicts itself."""
        if self.copy and self.rename:
            raise ArgumentError("-c copies and -r renames in place; choose one")
        if self.rename and self.destination is not None:
            raise ArgumentError(f"-r renames in place, so there is no destination ({self.destination}); leave one out")
        if self.modality is not None and self.modality not in MODALITIES:
            raise ArgumentError(f"modality {self.modality!r} is none of {', '.join(MODALITIES)}")
        if not 0 <= self.quiet_for < float("inf"):
            raise ArgumentError(f"--quiet-for is {self.quiet_for}; expected seconds, 0 or more")
