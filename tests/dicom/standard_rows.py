"""The rows of ``standard.tsv`` as pydicom's dictionary gives them; run as a program, it writes the table anew."""

from __future__ import annotations

from pathlib import Path

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

from dicome.dicom import dictionary

TABLE = Path(dictionary.__file__).with_name("standard.tsv")
COMMENT = "# Facts of DICOM PS3.6: tag, VR, VM, keyword, and the name where the keyword split into words is not it"


def standard_rows() -> list[str]:
    """Rows without the comment: exact tags ascending, then those of repeating groups."""
    exact = [_row(f"{tag:08X}", entry) for tag, entry in sorted(DicomDictionary.items())]
    repeating = [_row(mask, entry) for mask, entry in sorted(RepeatersDictionary.items())]
    return [row for row in exact + repeating if row]


def _row(tag: str, entry: tuple[str, str, str, str, str]) -> str:
    vr, vm, name, retired, keyword = entry
    if not keyword:
        return ""
    needs_name = retired != "Retired" and dictionary.split_words(keyword) != name
    return "\t".join([tag, vr, vm, keyword, *([name] if needs_name else [])])


if __name__ == "__main__":
    TABLE.write_text("\n".join([COMMENT, *standard_rows()]) + "\n", encoding="ascii", newline="\n")
