"""What there is to know of SOP classes: which are storage, how their files are called, which are enhanced."""

from __future__ import annotations

from functools import cache
from pathlib import Path

VERIFICATION = "1.2.840.10008.1.1"
_STORAGE = "1.2.840.10008.5.1.4.1.1"
_STANDARD = "1.2.840.10008."
"""How every UID of the standard itself begins; any other SOP class is a manufacturer's own."""

CLASSIC_OF = {
    f"{_STORAGE}.2.1": f"{_STORAGE}.2",
    f"{_STORAGE}.2.2": f"{_STORAGE}.2",
    f"{_STORAGE}.4.1": f"{_STORAGE}.4",
    f"{_STORAGE}.4.3": f"{_STORAGE}.4",
    f"{_STORAGE}.4.4": f"{_STORAGE}.4",
    f"{_STORAGE}.130": f"{_STORAGE}.128",
    f"{_STORAGE}.128.1": f"{_STORAGE}.128",
}
"""Enhanced (and legacy converted enhanced) CT, MR and PET to the classic, single-frame class of the same modality."""

OTHER = "OT"
"""How the files of a class that no table names begin."""


@cache
def storage_names() -> dict[str, str]:
    """SOP class UID to the beginning of file names: ``MR``, ``MRe``, ``RAW``, ..."""
    lines = Path(__file__).with_name("storage_names.tsv").read_text(encoding="ascii").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def is_storage(uid: str) -> bool:
    """Whether objects of that class can be stored: every storage class of the standard, and all private ones."""
    if not uid.startswith(_STANDARD):
        return uid != "" and uid[0].isdigit()
    return uid in storage_names() or uid in _storage_uids()


@cache
def _storage_uids() -> frozenset[str]:
    """Storage classes newer than our table, as pynetdicom knows them."""
    from pynetdicom import AllStoragePresentationContexts

    return frozenset(str(context.abstract_syntax) for context in AllStoragePresentationContexts)
