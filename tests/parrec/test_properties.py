"""Random small images to PAR/REC of every version and back; damaged PAR and XML text, always a clear error."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import dicome
from dicome.errors import DicomeError, DicomeWarning, UnsupportedError
from dicome.parrec import open_rec, read_par
from dicome.parrec.reader import parse_par
from dicome.parrec.xml import parse_xml
from tests.parrec.test_reader import small
from tests.parrec.test_xml import MAGNITUDE, MAP, document

ANGLES = st.floats(-44, 44).map(lambda angle: round(angle, 2))
OFFSETS = st.floats(-80, 80).map(lambda offset: round(offset, 2))
SPACINGS = st.floats(0.5, 6).map(lambda spacing: round(spacing, 3))


def _error(action: Callable[[], object]) -> DicomeError | None:
    """What an action raises on purpose; anything else gets out."""
    try:
        action()
    except DicomeError as problem:
        return problem
    return None


@st.composite
def scans(draw: st.DrawFn) -> dict[str, Any]:
    """Options of a phantom: dimensions that PAR files have, any geometry."""
    kind = draw(st.sampled_from(["plain", "diffusion", "labels", "map", "cine", "stacks"]))
    options: dict[str, Any] = {
        "rows": draw(st.integers(2, 7)),
        "columns": draw(st.integers(2, 7)),
        "slices": draw(st.integers(1, 4)),
        "dynamics": draw(st.integers(1, 3)),
        "echoes": draw(st.integers(1, 2)),
        "frame_order": draw(st.sampled_from(["philips", "volume", "shuffled"])),
        "orientation": draw(st.sampled_from(["TRA", "SAG", "COR"])),
        "angulation": draw(st.tuples(ANGLES, ANGLES, ANGLES)),
        "centre": draw(st.tuples(OFFSETS, OFFSETS, OFFSETS)),
        "spacing": draw(st.tuples(SPACINGS, SPACINGS, SPACINGS)),
        "reverse_slices": draw(st.booleans()),
        "private": draw(st.booleans()),
        "moved_blocks": draw(st.booleans()),
        "seed": draw(st.integers(0, 9)),
    }
    options["thickness"] = options["spacing"][2]
    special: dict[str, dict[str, Any]] = {
        "plain": {"types": draw(st.sampled_from([("M",), ("M", "P"), ("R", "I")]))},
        "diffusion": {"b_values": (0, 500, 1000), "directions": draw(st.integers(1, 3)), "trace": draw(st.booleans())},
        "labels": {"labels": 2, "private": True},
        "map": {"types": ("M", "B0"), "private": True},
        "cine": {"phases": 3, "dynamics": 1},
        "stacks": {"slices": [2, 3], "private": True},
    }
    return {**options, **special[kind]}


@pytest.mark.filterwarnings("ignore::dicome.DicomeWarning")
@given(scans(), st.sampled_from(["V4.2", "V4.1", "V4", "V3"]), st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_image_comes_back(options: dict[str, Any], version: str, sort: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dicome.write_phantom(folder / "scan.dcm", **options)
        image = dicome.open(folder / "scan.dcm")
        refused = _error(lambda: dicome.write_par(image, folder / "scan.PAR", version=version, sort=sort, check=True))
        if refused is not None:
            assert isinstance(refused, UnsupportedError)
            assert "cannot tell apart" in str(refused) or "would print as" in str(refused)
            assert version != "V4.2"
            return
        _compare(image, dicome.open(folder / "scan.PAR"), version, options)


def _compare(image: dicome.Image, par: dicome.Image, version: str, options: dict[str, Any]) -> None:
    rough = version in ("V3", "V4")
    has_directions = not rough or "b_values" not in options
    if has_directions:
        assert par.shape == image.shape
        assert np.array_equal(par.array("pv"), image.array("pv"))
        kind = "fp" if options["private"] else "dv"
        wanted = image.array(kind)
        assert np.allclose(par.array(), wanted, rtol=0.006, atol=0.006 * np.abs(wanted).max())
        assert len(par.names) == len(image.names)
    if not rough and image.affine is not None and len(image.shape) > 2 and has_directions:
        assert par.affine is not None
        assert np.allclose(par.affine, image.affine, atol=0.05)


def _mutations(text: str) -> st.SearchStrategy[str]:
    """The text with a piece cut out, doubled, or replaced by something else."""
    length = len(text)

    def mutated(start: int, size: int, insertion: str) -> str:
        return text[:start] + insertion + text[start + size :]

    junk = st.one_of(
        st.text(max_size=8), st.sampled_from(["-1", "1e308", "nan", "99999999999", "\0", "\r\n", "#", ".", "<", "&x;"])
    )
    return st.builds(mutated, st.integers(0, length), st.integers(0, 40), junk)


REAL = small("V4.2", 3, definitions=True, general=".    Max. number of dynamics            :   1\n")


@given(_mutations(REAL))
@example(REAL.replace("dynamics            :   1", "dynamics            :   1E20"))
@settings(max_examples=400, deadline=None)
def test_damaged_text_is_an_error_or_a_table(text: str) -> None:
    found = _error(lambda: parse_par(text, Path("scan.PAR")))
    assert found is None or "scan.PAR" in str(found)
    assert found is not None or len(parse_par(text, Path("scan.PAR"))) >= 1


@given(_mutations(document(MAGNITUDE, MAP)))
@settings(max_examples=300, deadline=None)
def test_damaged_xml_is_an_error_or_a_table(text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    found = _error(lambda: parse_xml(content, Path("scan.XML")))
    assert found is None or "scan.XML" in str(found)
    assert found is not None or len(parse_xml(content, Path("scan.XML"))) >= 1


@given(_mutations(REAL), st.binary(max_size=9))
@settings(max_examples=250, deadline=None)
def test_a_damaged_pair_opens_or_is_a_clear_error(text: str, rec: bytes) -> None:
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore", DicomeWarning)
        path = Path(name, "scan.PAR")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        path.with_suffix(".REC").write_bytes(rec)
        found = _error(lambda: dicome.open(path).array())
        if found is not None:
            assert "scan." in str(found)
            return
        image = dicome.open(path)
        assert image.frames.frame_count == len(read_par(path))
        assert open_rec(read_par(path)).whole * image.series.format.frame_bytes <= len(rec)
