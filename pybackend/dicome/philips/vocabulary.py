"""The words of enums: raw data files hold bare numbers, the ExamCard of the study has the words.

Words are harvested by the name of a parameter. Of lists that differ between the scans of one card the first counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dicome.philips.examcard import ExamCard
from dicome.philips.groups import ParameterGroup
from dicome.philips.rawdata import Blob, RawData

Vocabulary = Mapping[str, tuple[str, ...]]


def vocabulary(cards: Iterable[ExamCard]) -> Vocabulary:
    """Name of an enum to its words, by value; of several cards the first that has them."""
    found: dict[str, tuple[str, ...]] = {}
    for card in cards:
        for scan in card.scans:
            for parameter in scan.parameters.parameters if scan.parameters else ():
                if parameter.labels:
                    found.setdefault(parameter.name, parameter.labels)
    return found


def with_words(raw: RawData, words: Vocabulary) -> RawData:
    """The same raw data whose enums have words."""
    return replace(raw, blobs=tuple(_blob_with_words(blob, words) for blob in raw.blobs)) if words else raw


def _blob_with_words(blob: Blob, words: Vocabulary) -> Blob:
    content = blob.content
    if not isinstance(content, ParameterGroup):
        return blob
    named = tuple(parameter.with_labels(words.get(parameter.name, ())) for parameter in content.parameters)
    return replace(blob, content=replace(content, parameters=named))
