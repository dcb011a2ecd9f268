"""Small, valid, Philips-like enhanced MR files of any dimensions, and the truth about them.

For tests, the demo and benchmarks: `write_phantom` writes a file and returns a `Phantom`, which knows every voxel, axis
and scale factor from its own plan, never from reading the file. Everything is deterministic.
"""

from dicome.phantom.axes import Axis
from dicome.phantom.options import Options
from dicome.phantom.picture import stamped
from dicome.phantom.truth import Phantom
from dicome.phantom.write import write, write_phantom

__all__ = ["Axis", "Options", "Phantom", "stamped", "write", "write_phantom"]
