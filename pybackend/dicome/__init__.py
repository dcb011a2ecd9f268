"""dicome: enhanced-MR DICOM in the right order and with the right dimensions.

    import dicome
    img, info = dicome.dicomeread("scan.dcm")     # array and header, as in MATLAB
    image = dicome.open("scan.dcm")               # axes, columns, affine; pixels when asked for

Everything is imported when first used, so that a command line starts at once.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "DicomeError",
    "DicomeWarning",
    "Image",
    "compare",
    "dcms2e",
    "dicomeread",
    "export",
    "merge",
    "open",
    "philips",
    "split",
    "write_par",
    "write_phantom",
]

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from typing import Any

    from dicome import philips
    from dicome.errors import DicomeError, DicomeWarning
    from dicome.image import Image
    from dicome.image import open_image as open  # noqa: A004
    from dicome.multiframe.compare import compare
    from dicome.multiframe.dcms2e import dcms2e
    from dicome.multiframe.merge import merge
    from dicome.multiframe.split import split
    from dicome.parrec.write import write_par
    from dicome.phantom import write_phantom
    from dicome.reading import dicomeread
    from dicome.writers import export

_WHERE = {
    "DicomeError": "dicome.errors:DicomeError",
    "DicomeWarning": "dicome.errors:DicomeWarning",
    "Image": "dicome.image:Image",
    "compare": "dicome.multiframe.compare:compare",
    "dcms2e": "dicome.multiframe.dcms2e:dcms2e",
    "dicomeread": "dicome.reading:dicomeread",
    "export": "dicome.writers:export",
    "merge": "dicome.multiframe.merge:merge",
    "open": "dicome.image:open_image",
    "philips": "dicome.philips",
    "write_par": "dicome.parrec.write:write_par",
    "split": "dicome.multiframe.split:split",
    "write_phantom": "dicome.phantom:write_phantom",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'dicome' has no attribute {name!r}; it has: {', '.join(__all__)}")
    from importlib import import_module

    module, _, attribute = _WHERE[name].partition(":")
    value = getattr(import_module(module), attribute) if attribute else import_module(module)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
