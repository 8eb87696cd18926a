"""What is no digit, drawn: a reader that never saw any cannot tell."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from train.data import Digits
from train.hands import beside, by_another_hand, cut_off, drawn, line, stacked
from train.strokes import Drawing, Stroke, Strokes, normalised


def _scribble(rng: np.random.Generator) -> Strokes:
    """A smooth curve through many random points."""
    t = np.linspace(0, 1, 120)
    strokes = []
    for _ in range(rng.integers(1, 4)):
        knots = rng.uniform(-0.5, 0.5, (rng.integers(6, 14), 2))
        ticks = np.linspace(0, 1, len(knots))
        raw = np.stack([np.interp(t, ticks, knots[:, k]) for k in (0, 1)], axis=1)
        width = rng.integers(1, 12)
        smooth = np.stack(
            [np.convolve(raw[:, k], np.ones(width) / width, "valid") for k in (0, 1)], axis=1
        )
        strokes.append(smooth)
    return tuple(strokes)


def _shape(rng: np.random.Generator) -> Strokes:
    """A cross, plus, heart, star, arrow, spiral, wave, grid, dot, filled patch and the like."""
    t = np.linspace(0, 2 * np.pi, 80)
    kind = rng.integers(12)
    if kind == 0:
        return (line((-0.5, -0.5), (0.5, 0.5)), line((0.5, -0.5), (-0.5, 0.5)))
    if kind == 1:
        return (line((0, -0.5), (0, 0.5)), line((-0.5, 0), (0.5, 0)))
    if kind == 2:
        heart = np.stack(
            [
                16 * np.sin(t) ** 3,
                -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)),
            ],
            axis=1,
        )
        return (heart / 34,)
    if kind == 3:
        corners = np.arange(6) * 4 * np.pi / 5
        return (0.5 * np.stack([np.sin(corners), -np.cos(corners)], axis=1),)
    if kind == 4:
        return (line((-0.5, 0.4), (0.5, 0.4), (0, -0.5), (-0.5, 0.4)),)
    if kind == 5:
        return (line((-0.5, 0), (0.5, 0)), line((0.2, -0.3), (0.5, 0), (0.2, 0.3)))
    if kind == 6:
        turns = np.linspace(0, rng.uniform(4, 7) * np.pi, 150)
        return (np.stack([turns * np.cos(turns), turns * np.sin(turns)], axis=1) / (2 * turns[-1]),)
    if kind == 7:
        x = np.linspace(-0.5, 0.5, 100)
        return (np.stack([x, 0.2 * np.sin(x * rng.uniform(20, 45))], axis=1),)
    if kind == 8:
        places = np.linspace(-0.4, 0.4, rng.integers(2, 5))
        return tuple(
            line(*ends) for p in places for ends in (((p, -0.5), (p, 0.5)), ((-0.5, p), (0.5, p)))
        )
    if kind == 9:
        return (line((0, 0), (rng.uniform(0, 0.02), 0)),)
    if kind == 10:  # a filled patch
        wide = rng.uniform(0.4, 1)
        rows = np.arange(-0.5, 0.5, 0.03)
        return tuple(line((-wide / 2, y), (wide / 2, y)) for y in rows)
    return (line((-0.5, -0.15), (0.5, -0.15)), line((-0.5, 0.15), (0.5, 0.15)))


def _several(drawings: list[Drawing], rng: np.random.Generator) -> Strokes:
    """Two to four digits side by side, many of them touching."""
    strokes: list[Stroke] = []
    edge, count = 0.0, int(rng.choice([2, 2, 3, 4]))
    for index in rng.integers(len(drawings), size=count):
        one = by_another_hand(drawings[index].strokes, rng)
        points = np.concatenate(one)
        shift = edge - points[:, 0].min() + rng.uniform(-0.15, 0.25)
        strokes += [stroke + np.array([shift, 0]) for stroke in one]
        edge = float(points[:, 0].max() + shift)
    return normalised(strokes, upwards=False)


TRIES = 1000  # of making a negative from these digits, before another kind is made


def _intruded(drawings: list[Drawing], rng: np.random.Generator) -> Strokes:
    """A digit and a good part of its neighbour, as where a number is cut too late."""
    for _ in range(TRIES):
        pair = rng.integers(len(drawings), size=2)
        one, other = (by_another_hand(drawings[i].strokes, rng) for i in pair)
        part = beside(one, other, rng.uniform(0.3, 0.8), rng)
        if part and np.ptp(np.concatenate(part)[:, 1]) > 0.5:  # else it is a stub
            return normalised([*one, *part], upwards=False)
    return _scribble(rng)  # no two of these digits make one


def _half(drawings: list[Drawing], rng: np.random.Generator) -> Strokes:
    """A digit's left or right part, as where a number is cut in the wrong place.

    Never of a 1, nor so narrow that what is left may be one; half an 8 is a 3, of a 4 and a 9 a 1.
    """
    for _ in range(TRIES):
        drawing = drawings[int(rng.integers(len(drawings)))]
        points = np.concatenate(drawing.strokes)
        (left, top), (right, bottom) = points.min(0), points.max(0)
        width = right - left
        if drawing.label in "1489" or width < 0.5 * (bottom - top):
            continue
        cut = left + width * rng.uniform(0.35, 0.65)
        pieces = cut_off(drawing.strokes, cut, int(rng.choice([-1, 1])))
        if not pieces:
            continue
        low, high = np.concatenate(pieces).min(0), np.concatenate(pieces).max(0)
        if high[0] - low[0] > 0.35 * (high[1] - low[1]) and high[1] - low[1] > 0.3:
            return normalised(pieces, upwards=False)
    return _scribble(rng)  # none of these digits can be halved


def not_a_number(letters: list[Drawing], turn: int, rng: np.random.Generator) -> Strokes:
    """A letter, a shape or a scribble, by turns; in two of four a letter, where there are some."""
    if turn % 4 < 2 and letters:
        return letters[int(rng.integers(len(letters)))].strokes
    return _shape(rng) if turn % 4 == 2 else _scribble(rng)


def render_letters(letters: list[Drawing], each: int, seed: int) -> Digits:
    """Every letter `each` times, by other hands and pens, labelled -1."""
    rng = np.random.default_rng(seed)
    some = [letter for letter in letters for _ in range(each)]
    pictures = [drawn(by_another_hand(letter.strokes, rng), rng) for letter in some]
    return stacked(pictures, [-1] * len(some))


def render_negatives(
    letters: list[Drawing], digits: list[Drawing], count: int, seed: int
) -> Digits:
    """What is no digit, labelled -1: letters, scribbles, shapes, several digits and half ones.

    Args:
        letters: three tenths of all, where there are some.
        digits: to be put side by side, and cut.
        count: how many.
        seed: of the choice and the drawing.
    """
    rng = np.random.default_rng(seed)
    pictures = []
    for turn in tqdm(range(count), desc="no digits", leave=False, disable=None):
        kind = turn % 10
        if kind < 3 and letters:
            strokes = letters[int(rng.integers(len(letters)))].strokes
        elif kind < 5:
            strokes = _several(digits, rng)
        elif kind < 7:
            strokes = _intruded(digits, rng)
        elif kind < 8:
            strokes = _half(digits, rng)
        elif kind < 9:
            strokes = _shape(rng)
        else:
            strokes = _scribble(rng)
        pictures.append(drawn(by_another_hand(strokes, rng), rng))
    return stacked(pictures, [-1] * count)
