"""The bridge's way into the library: the only module of the bridge that knows what reads an image."""

from __future__ import annotations

from typing import cast

from dicome.bridge.protocol import Dimensions, ReadRequest, Result
from dicome.frames.axes import Incomplete
from dicome.header import header_group
from dicome.image import open_image
from dicome.reading import read
from dicome.series import Paths


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

    def dimensions(self, request: ReadRequest) -> Dimensions:
        """Find the dimensions without reading pixels."""
        image = open_image(_paths(request), incomplete=cast("Incomplete", request.incomplete))
        return Dimensions(image.names, image.shape, image.labels)


def _paths(request: ReadRequest) -> Paths:
    return request.files[0] if len(request.files) == 1 else list(request.files)
