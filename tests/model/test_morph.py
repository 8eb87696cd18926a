"""Walking from one digit to another, and digits on a line: the arithmetic."""

import numpy as np
import pytest

from model.line import set_in_line
from model.morph import EASE, LEAP, paced, strays


@pytest.mark.parametrize("leap_at", [None, 0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("steps", [2, 3, 4, 24, 120])
def test_steps_are_even_but_for_gentle_ends_and_one_leap(steps: int, leap_at: float | None) -> None:
    places = paced(7.0, steps, None if leap_at is None else 7.0 * leap_at)
    assert len(places) == steps
    assert places[0] == 0
    assert places[-1] == pytest.approx(7)
    sizes = np.diff(places)
    usual = np.median(sizes) if steps > 4 else sizes.min()
    leaps = np.flatnonzero(sizes > 1.01 * usual)
    if leap_at is None or steps < 4:
        assert not len(leaps)
    else:
        assert sizes[leaps] == pytest.approx(LEAP * usual)
        assert abs(places[leaps[0] : leaps[0] + 2].mean() - 7 * leap_at) <= 0.501 * LEAP * usual
    assert sizes.min() >= 0.99 * EASE * usual
    assert np.isclose(sizes, usual).sum() >= (steps - 2) / 2  # half of them, and one may leap
    if leap_at is None:
        assert (np.diff(sizes[: steps // 2]) > -1e-9).all()  # sooner and sooner, then steadily
        assert sizes == pytest.approx(sizes[::-1])
    if steps == 24 and leap_at in (None, 0.5):
        assert sizes[0] == pytest.approx(EASE * usual)  # it sets out gently
        assert sizes[-1] == pytest.approx(EASE * usual)


@pytest.mark.parametrize(
    ("seen", "count"),
    [("333888", 0), ("338388", 1), ("335588", 2), ("333333", 0), ("888333", 3), ("555555", 6)],
)
def test_strays_are_what_neither_end_explains(seen: str, count: int) -> None:
    assert strays(np.array([int(digit) for digit in seen]), 3, 8) == count


def bar(width: int, top: int = 4, left: int = 10) -> np.ndarray:
    digit = np.zeros((28, 28), np.uint8)
    digit[top:24, left : left + width] = 255
    return digit


def test_digits_stand_on_one_baseline_equally_far_apart() -> None:
    line = set_in_line(np.stack([bar(3), bar(6, top=10), bar(2, left=2)]))
    assert line.shape == (28, 4 + 3 + 3 + 6 + 3 + 2 + 4)
    ink = line > 0
    assert ink[23].sum() == 11  # all stand on the last row
    assert ink[6].sum() == 5  # the shorter one does not reach up here
    assert not ink[24:].any()


def test_an_overhanging_digit_leans_over_its_neighbour() -> None:
    seven = bar(2, left=4)
    seven[4:7, 4:20] = 255
    low = bar(4, top=16)
    assert (
        set_in_line(np.stack([seven, low])).shape[1]
        < set_in_line(np.stack([seven, bar(4)])).shape[1]
    )


def test_a_blank_digit_takes_its_room() -> None:
    assert set_in_line(np.zeros((2, 28, 28), np.uint8)).max() == 0
