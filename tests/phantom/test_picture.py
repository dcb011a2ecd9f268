"""Pixels and scale factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dicome.phantom import Options, stamped
from dicome.phantom.picture import paint, scaling, stamp, tissues
from dicome.phantom.scan import Scan, plan


def scan(**options: Any) -> Scan:
    return plan(Options(rows=40, columns=40, **options))


def test_no_flip_turn_or_transposition_looks_the_same() -> None:
    picture = tissues(Options(rows=40, columns=40), 0, 2)
    looks = [np.rot90(one, turns) for one in (picture, picture.T) for turns in range(4)]
    assert np.array_equal(looks[0], picture)
    for other in looks[1:]:
        assert (other != picture).mean() > 0.05


def test_every_slice_looks_different() -> None:
    slices = [tissues(Options(), 0, number) for number in range(6)]
    assert all((first != second).any() for k, first in enumerate(slices) for second in slices[:k])


def test_the_large_disc_lies_towards_small_rows_and_columns() -> None:
    rows, columns = np.nonzero(tissues(Options(rows=40, columns=60), 0, 2) == 2)
    assert rows.mean() < 20
    assert columns.mean() < 30


@pytest.mark.parametrize("number", [1, 4095, 4096, 70000])
def test_stamps(number: int) -> None:
    frame = np.full((2, 3), 9, np.uint16)
    stamp(frame, number)
    assert stamped(frame) == number
    assert frame[0, 2] == frame[1, 0] == 9
    assert frame.max() < 4096


def test_every_frame_carries_its_item_number_and_missing_ones_are_empty() -> None:
    one = scan(dynamics=3, echoes=2, stop_after=30, frame_order="shuffled")
    pixels = paint(one, scaling(one))
    assert [stamped(frame) for frame in pixels] == one.items.reshape(-1).tolist()
    assert (pixels[one.items.reshape(-1) == 0] == 0).all()
    assert (one.items == 0).sum() == 6


def test_scale_factors_of_phase_and_field_maps_are_those_of_scanners() -> None:
    """Philips R5.7: phase RI -3142, RS 1.534554, SI 2047.5, SS 651.74; field map -500, 0.2442002, 2047.5, 4.095."""
    one = scan(types=("P", "B0"), slices=1)
    scales = scaling(one)
    for values, expected in (
        (scales.intercept, (-3142, -500)),
        (scales.slope, (1.5345543345, 0.2442002442)),
        (scales.scale_intercept, (2047.5, 2047.5)),
        (scales.scale_slope, (651.739502, 4.0950003)),
    ):
        assert np.allclose(values, expected, rtol=2e-7, atol=0)


def test_scale_factors_of_magnitudes_differ_between_frames() -> None:
    scales = scaling(scan(dynamics=3))
    assert len(np.unique(scales.slope)) == len(np.unique(scales.scale_slope)) == 11
    assert (scales.intercept == 0).all()
    assert (scales.scale_intercept == 0).all()


def test_scale_factors_are_what_the_file_can_hold() -> None:
    scales = scaling(scan(types=("M", "P", "R", "I", "B0"), dynamics=2))
    for values in (scales.scale_slope, scales.scale_intercept):
        assert np.array_equal(values, values.astype(np.float32))
    assert max(len(repr(float(value))) for value in scales.slope) <= 16


def fp(one: Scan) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Floating-point values, shape (frames, rows, columns), without the stamps' row."""
    scales = scaling(one)
    pixels = paint(one, scales)[:, 1:]
    return np.asarray((pixels - scales.scale_intercept[:, None, None]) / scales.scale_slope[:, None, None])


def test_signal_decays_over_echoes_and_b_values_whatever_the_scale_of_a_frame() -> None:
    body = tissues(scan(slices=1).options, 0, 0)[1:] == 1
    echoes = fp(scan(slices=1, echoes=3))[:, body].mean(axis=1)
    assert echoes[1] / echoes[0] == pytest.approx(np.exp(-2.3 / 45), rel=3e-3)
    assert echoes[2] / echoes[0] == pytest.approx(np.exp(-4.725 / 45), rel=3e-3)
    weighted = fp(scan(slices=1, b_values=(0, 1000)))[:, body].mean(axis=1)
    assert weighted[1] / weighted[0] == pytest.approx(np.exp(-1000 * 0.8e-3 * 0.6), rel=3e-3)


def test_dynamics_labels_phases_and_repeats_differ_slightly() -> None:
    for options in ({"dynamics": 2}, {"labels": 2}, {"phases": 2}, {"repeats": 2}):
        first, second = fp(scan(slices=1, **options))
        assert 0 < np.abs(first - second).mean() < 0.02 * first.mean()


def test_phase_is_in_rad_and_complex_parts_agree_with_it() -> None:
    magnitude, real, imaginary, phase = fp(scan(slices=1, types=("M", "R", "I", "P")))
    assert -np.pi <= phase.min() < -3
    assert 3 < phase.max() < np.pi + 0.01
    inside = tissues(scan(slices=1).options, 0, 0)[1:] == 4
    turn = np.angle(np.exp(1j * (np.arctan2(imaginary, real) - phase)))[inside]
    assert np.abs(turn).max() < 0.02
    assert np.allclose(np.hypot(real, imaginary)[inside], 0.8 * magnitude[inside], rtol=0.02)


def test_the_seed_changes_the_noise_only() -> None:
    first, same, other = (paint(one, scaling(one)) for one in (scan(seed=1), scan(seed=1), scan(seed=2)))
    assert np.array_equal(first, same)
    assert 0 < np.abs(first.astype(int) - other).max() <= 3
