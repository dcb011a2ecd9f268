"""Writer of Enhanced MR Image Storage files, laid out as scanners lay them out; it reads nothing."""

from dicome.enhanced.dimensions import DIMENSIONS, Dimension, index_values
from dicome.enhanced.layouts import CANON, LAYOUTS, PHILIPS, SIEMENS, Layout
from dicome.enhanced.writer import write_enhanced

__all__ = [
    "CANON",
    "DIMENSIONS",
    "LAYOUTS",
    "PHILIPS",
    "SIEMENS",
    "Dimension",
    "Layout",
    "index_values",
    "write_enhanced",
]
