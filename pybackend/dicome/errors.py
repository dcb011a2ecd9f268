"""Everything dicome can say no with.

    DicomeError
    ├── NotDicomError            (ValueError)          not a DICOM file, or not one with images
    ├── DamagedFileError         (ValueError)          bytes that contradict DICOM or the file's own header
    ├── UnsupportedError         (NotImplementedError) valid DICOM that dicome does not read (yet)
    │   └── MissingCodecError                          readable once a package is installed
    ├── GridError                (ValueError)          frames that make no n-D array without losing one
    ├── SeriesError              (ValueError)          files that do not belong together
    ├── ArgumentError            (ValueError)          an option that cannot be carried out
    ├── ColumnError              (KeyError)            no such attribute, or several of that name
    ├── FileMissingError         (FileNotFoundError)   nothing at that path
    ├── FileAccessError          (PermissionError)     the system refuses
    ├── FileExistsAlreadyError   (FileExistsError)     a write that would overwrite
    ├── MissingPackageError      (ImportError)         an optional package is needed
    └── ClusterError             (ConnectionError)     a scheduler that does not answer, or has gone

A message says where, what was found, what was expected and what to do; ``kind`` is the last part of the
MATLAB identifier ``dicome:<kind>``. `DicomeWarning` is for what was read all the same.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from typing import ClassVar


class DicomeError(Exception):
    """Base of all errors that dicome raises on purpose."""

    kind: ClassVar[str] = "error"

    def __str__(self) -> str:
        # KeyError would show the repr of its argument, OSError its errno: the message is enough.
        return str(self.args[0]) if self.args else ""


class DicomeWarning(UserWarning):
    """Something a user should know before trusting the result: missing frames, a damaged header."""


class NotDicomError(DicomeError, ValueError):
    """The path holds no DICOM data set, or one without images."""

    kind = "notDicom"


class DamagedFileError(DicomeError, ValueError):
    """The bytes contradict the DICOM encoding or the file's own header."""

    kind = "damagedFile"


class UnsupportedError(DicomeError, NotImplementedError):
    """Valid DICOM that this version does not read."""

    kind = "unsupported"


class MissingCodecError(UnsupportedError):
    """Compressed pixels whose decoder is not installed."""

    kind = "missingCodec"


class GridError(DicomeError, ValueError):
    """Frames that do not make an n-D array without losing or doubling one."""

    kind = "grid"


class SeriesError(DicomeError, ValueError):
    """Files that do not belong to one image."""

    kind = "series"


class ArgumentError(DicomeError, ValueError):
    """An option whose value cannot be carried out."""

    kind = "argument"


class ColumnError(DicomeError, KeyError):
    """No attribute of that name in the frame table, or several."""

    kind = "column"


class FileMissingError(DicomeError, FileNotFoundError):
    """Nothing lies at the path."""

    kind = "fileMissing"


class FileAccessError(DicomeError, PermissionError):
    """The system does not let us read or write there."""

    kind = "fileAccess"


class FileExistsAlreadyError(DicomeError, FileExistsError):
    """Writing would overwrite a file, and nobody asked for that."""

    kind = "fileExists"


class MissingPackageError(DicomeError, ImportError):
    """A feature needs a package that is not installed."""

    kind = "missingPackage"


class ClusterError(DicomeError, ConnectionError):
    """The scheduler of a cluster does not answer, or has gone."""

    kind = "cluster"
