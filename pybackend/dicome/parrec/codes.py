"""The code numbers of PAR files and the words that DICOM and XML have for them; a code is the place of its word.

Codes of image types from 31 on differ between releases: pairs of PAR and XML files of one release have F 31, IP 32 and
FF 34, where the table of most programs has T2_STAR, R2 and W. FF and MRE, known from XML only, come last here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.frames.dimensions import IMAGE_TYPES, SCANNING_SEQUENCES

CODES: dict[str, tuple[str, ...]] = {
    "image type": (*IMAGE_TYPES, "SPARE1", "SPARE2", "FF"),
    "scanning sequence": (*SCANNING_SEQUENCES, "MRE"),
    "display orientation": ("NONE", "RIGHT90", "RIGHT180", "LEFT90", "VM", "RIGHT90VM", "RIGHT180VM", "LEFT90VM"),
    "ed/es": ("ED", "ES", "U"),
    "contrast": (
        "DIFFUSION", "FLOW_ENCODED", "FLUID_ATTENUATED", "PERFUSION", "PROTON_DENSITY", "STIR", "TAGGING", "T1", "T2",
        "T2_STAR", "TOF", "UNKNOWN", "MIXED",
    ),
    "anisotropy": ("FRACTIONAL", "RELATIVE", "VOLUME_RATIO"),
    "label": ("", "CONTROL", "LABEL"),
    "slice orientation": ("", "TRA", "SAG", "COR"),
}  # fmt: skip
"""Words by kind of code."""

VIEW_AXES = {"FH": 1, "RL": 2, "AP": 3}
"""View axis of a stack (2005,xx81) and the slice orientation of its images: transverse, sagittal, coronal."""

OTHER_WORDS: dict[str, dict[str, int]] = {
    "display orientation": {"-": 0, "": 0},
    "anisotropy": {"-": 0, "": 0},
    "label": {"-": 1, "": 1, "NONE": 1},
    "slice orientation": {"TRANSVERSAL": 1, "SAGITTAL": 2, "CORONAL": 3},
    "ed/es": {"-": 2},
}
"""Words that stand for a code beside the usual one."""


def words(kind: str, numbers: NDArray[np.integer]) -> list[str]:
    """The word of every code; the number itself where no word is known."""
    known = CODES[kind]
    word_of = {n: known[n] if 0 <= n < len(known) else str(n) for n in np.unique(numbers).tolist()}
    return [word_of[number] for number in numbers.tolist()]


def numbers(kind: str, texts: Sequence[Any]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The code of every word, -1 for those that have none; and these words."""
    known = {**{word: code for code, word in enumerate(CODES[kind])}, **OTHER_WORDS.get(kind, {})}
    code_of = {text: known.get(str(text).strip().upper(), -1) for text in set(texts)}
    unknown = tuple(sorted(str(text) for text, code in code_of.items() if code < 0))
    return np.array([code_of[text] for text in texts], np.int64), unknown
