"""The bridge's way into the library: the only module of the bridge that knows what reads an image."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from dicome.bridge.protocol import CardRequest, ConvertRequest, ExportRequest, ReadRequest, Result
from dicome.columnar import Tree
from dicome.frames.axes import Incomplete
from dicome.header import header_group
from dicome.image import open_image
from dicome.reading import read
from dicome.series import Paths
from dicome.writers import export, writer

SHOWN_LABELS = 6
"""Labels of a dimension that a line shows at most."""


class Library:
    """Carries requests out with dicome itself."""

    def read(self, request: ReadRequest) -> Result:
        """Read files into one array, rows fastest in memory; the header only if wanted."""
        found = read(
            _paths(request),
            order=request.order,
            combine=request.combine,
            scale=request.scale,
            incomplete=cast("Incomplete", request.incomplete),
            series=request.series,
            dtype=request.array_class,
            fortran=True,
        )
        assert found.array is not None
        series = found.image.series
        return Result(
            array=found.array,
            names=found.names,
            labels=found.labels,
            items=found.items,
            evidence=found.image.evidence,
            scale=found.scale,
            header=header_group(series.files, series.format) if request.header else None,
        )

    def dimensions(self, request: ReadRequest) -> tuple[str, ...]:
        """A line to show for each dimension, after Order, before Combine; no pixels are read."""
        found = read(
            _paths(request),
            order=request.order,
            incomplete=cast("Incomplete", request.incomplete),
            series=request.series,
            pixels=False,
        )
        image = found.image
        plane = len(image.shape) - len(image.axes)
        sizes = dict(zip(image.names[:plane], image.shape, strict=False))
        labels = iter(found.labels)
        return tuple(
            f"{k}  {name} ({sizes[name]})" if name in sizes else f"{k}  {name} {_shown(next(labels))}"
            for k, name in enumerate(found.names, start=1)
        )

    def export(self, request: ExportRequest) -> tuple[Path, ...]:
        """Write files in another format; the files written."""
        # An unknown suffix is told before anything is read.
        writer(request.target)
        paths = request.files[0] if len(request.files) == 1 else request.files
        image = open_image(paths, incomplete=cast("Incomplete", request.incomplete), series=request.series)
        return tuple(export(image, request.target, **request.options))

    def examcard(self, request: CardRequest) -> dict[str, Tree]:
        """What is in a raw data file or an ExamCard."""
        from dicome.philips.tree import read_tree

        return read_tree(request.file, card=request.card, words=request.words, extract=request.extract)

    def dcms2e(self, request: ConvertRequest) -> Path:
        """Write classic files and PAR/REC as one enhanced file; the file written."""
        from dicome.multiframe.dcms2e import dcms2e

        return dcms2e(request.folder, request.target, par=request.par, force=request.force)


def _shown(labels: tuple[str, ...]) -> str:
    some = labels if len(labels) <= SHOWN_LABELS else (*labels[: SHOWN_LABELS - 2], "...", labels[-1])
    return f"({len(labels)}): {', '.join(some)}"


def _paths(request: ReadRequest) -> Paths:
    return request.files[0] if len(request.files) == 1 else list(request.files)
