"""PAR/REC, the research format of Philips: see `dicome.parrec.write`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dicome.errors import ArgumentError
from dicome.parrec.write import write_par

if TYPE_CHECKING:
    from dicome.image import Image
    from dicome.writers import Options

_OTHERS = ("scale", "order", "combine", "split", "full_info", "v73", "compress")
"""Options that make no sense where every frame is written as it is stored."""


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes the PAR and the REC file. Raises ArgumentError for options of other formats."""
    given = [name for name in _OTHERS if getattr(options, name) not in (None, False)]
    if given:
        raise ArgumentError(
            f"{path}: a PAR/REC pair holds every frame as it is stored; leave {' and '.join(given)} away "
            "(--par-version, --sort, --no-contrast-columns and --check are what it takes)"
        )
    return write_par(
        image,
        path,
        version=options.version or "V4.2",
        sort=True if options.sort else None,
        contrast=not options.no_contrast_columns,
        check=options.check,
        force=options.force,
        progress=options.progress,
    )
