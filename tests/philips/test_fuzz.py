"""Ten thousand mutated blobs, cards and files: each ends in a result or in our own error, soon, and can be shown."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from dicome import philips
from dicome.errors import DicomeError
from dicome.philips.content import read_content
from dicome.philips.examcard import parse_card
from dicome.philips.jsonable import blob_json, card_json
from dicome.philips.rawdata import Blob
from dicome.philips.text import blob_lines, card_lines
from tests.philips.samples import COILS, CONFIG, CPX, RC, RESPONSES
from tests.support.raw_files import SCAN, as_exam, card, group, raw_file, study_xml

BLOBS: dict[str, bytes] = {
    "PDF_EXAM_PARS": as_exam(),
    "PDF_WITH_WORDS": group(*SCAN),
    "COILSTATE": COILS,
    "HARDWARE_CONFIG": CONFIG,
    "PDF_USED_PRESCAN_RESPONSES": RESPONSES,
    "RC": RC,
    "CPX": CPX,
    "ExamCardBlob": study_xml("Brain", card("Brain", [("T1", group(*SCAN))])),
}
ROUNDS = {"PDF_EXAM_PARS": 3000, "PDF_WITH_WORDS": 2000, "CPX": 1000, "ExamCardBlob": 800}
OTHERS = 640
"""Mutations of each blob: 10,000 in all."""
EXTREMES = (0, 1, 0x7F, 0x80, 0xFF)


def flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] = dice.choice((dice.randrange(256), *EXTREMES))


def set_word(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(max(1, len(data) - 4))
    value = dice.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, len(data), dice.randrange(2**32)))
    data[at : at + 4] = value.to_bytes(4, "little")


def set_header(data: bytearray, dice: random.Random) -> None:
    at = 4 * dice.randrange(8)
    data[at : at + 4] = dice.choice((0, 8, 2**31 - 1, 2**32 - 1, dice.randrange(2**16))).to_bytes(4, "little")


def cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def remove(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    del data[at : at + dice.randint(1, 40)]


def repeat(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    data[at:at] = data[at : at + dice.randint(1, 60)] * dice.randint(1, 20)


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, set_word, set_header, cut, remove, repeat)


def mutated(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        if changed:
            dice.choice(MUTATIONS)(changed, dice)
    return bytes(changed)


def rounds(name: str) -> int:
    return ROUNDS.get(name, OTHERS)


def test_there_are_ten_thousand() -> None:
    assert sum(map(rounds, BLOBS)) >= 9_360
    assert sum(map(rounds, BLOBS)) + CARDS + FILES >= 10_000


@pytest.mark.parametrize("name", BLOBS)
def test_blobs(name: str) -> None:
    dice = random.Random(f"blobs {name}")
    read = 0
    for number in range(rounds(name)):
        data = mutated(BLOBS[name], dice)
        try:
            content = read_content(name, data, "x")
            blob = Blob(name, "IEEE_PDF", len(data), data, 0, content, problems=content.problems)
            assert len("\n".join(blob_lines(blob))) < 40 * len(data) + 4_000
            blob_json(blob)
        except DicomeError as error:
            pytest.fail(f"{name} {number}: read_content raises {error!r}; it should give the bytes with the reason")
        except Exception as error:
            raise AssertionError(f"{name} {number}: {data!r}") from error
        read += not isinstance(content, philips.Uninterpreted)
    assert read, "no mutation was read: the test tries nothing but the first bytes"


CARDS, FILES = 400, 300


def test_cards() -> None:
    dice = random.Random("cards")
    whole = card("Brain", [("T1", group(*SCAN)), ("T2", group(*SCAN))])
    read = 0
    for number in range(CARDS):
        data = mutated(whole, dice)
        try:
            found = parse_card(data, Path("x.ExamCard"))
            card_json(found)
            list(card_lines(found, everything=True))
            read += 1
        except DicomeError:
            continue
        except Exception as error:
            raise AssertionError(f"card {number}: {data!r}") from error
    assert read > CARDS // 10


def test_files(tmp_path: Path) -> None:
    dice = random.Random("files")
    whole = raw_file(list(BLOBS.items()))
    path = tmp_path / "XX_0001"
    read = 0
    for number in range(FILES):
        data = mutated(whole, dice)
        path.write_bytes(data)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                philips.read_blobs(path)
            read += 1
        except DicomeError:
            continue
        except Exception as error:
            raise AssertionError(f"file {number}") from error
    assert read > FILES // 10
