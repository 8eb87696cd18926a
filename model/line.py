"""Digits set side by side on a line, as a hand writes a number."""

from __future__ import annotations

import itertools

import numpy as np

from model.picture import SIDE, Pixels

INK = 64  # grey levels from which on a pixel counts as the digit's edge
GAP = 3  # pixels between the closest points of neighbours, at 28 pixels a digit
OVERLAP = 2  # rows that a stroke keeps its neighbour away from, above and below
MARGIN = 4  # pixels of paper around the number


def set_in_line(digits: Pixels) -> Pixels:
    """One picture of digits that stand on one baseline, evenly spaced.

    As a hand does, and a typesetter calls kerning, the distance that counts is the one between the
    closest points of two neighbours: a 7 leans over what follows it.

    Args:
        digits: `(N, 28, 28)` uint8, ink = 255, N >= 1.

    Returns:
        `(H, W)` uint8, ink = 255, with a margin of paper all around.
    """
    glyphs = [_cropped(digit) for digit in digits]
    height = max(glyph.shape[0] for glyph in glyphs)
    lefts = [0]
    ends = _rightmost(glyphs[0], height)  # of all ink so far, by row; in pixels of the line
    for before, glyph in itertools.pairwise(glyphs):
        starts = -_rightmost(glyph[:, ::-1], height) + glyph.shape[1] - 1
        # Not even a glyph that tucks under its neighbour begins left of that neighbour's middle.
        middle = lefts[-1] + before.shape[1] // 2
        apart = (ends - starts).max() + GAP + 1  # -inf where one of them is blank
        left = int(max(middle, apart)) if np.isfinite(apart) else lefts[-1] + before.shape[1] + GAP
        lefts.append(left)
        ends = np.maximum(ends, left + _rightmost(glyph, height))
    width = max(left + glyph.shape[1] for left, glyph in zip(lefts, glyphs, strict=True))
    line = np.zeros((height + 2 * MARGIN, width + 2 * MARGIN), np.uint8)
    for left, glyph in zip(lefts, glyphs, strict=True):
        rows = slice(MARGIN + height - glyph.shape[0], MARGIN + height)
        place = line[rows, MARGIN + left : MARGIN + left + glyph.shape[1]]
        np.maximum(place, glyph, out=place)
    return line


def _cropped(digit: Pixels) -> Pixels:
    """The digit without the paper around it; a blank one is left a digit's width of paper."""
    rows, columns = np.nonzero(digit >= INK)
    if not len(rows):
        return np.zeros((SIDE - 8, SIDE // 2), np.uint8)
    return digit[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _rightmost(glyph: Pixels, height: int) -> np.ndarray:
    """The last column with ink in each row of a line `height` high, its neighbours' rows included.

    -inf where there is none. The glyph stands on the line's last row.
    """
    ink = glyph >= INK
    last = np.where(ink.any(1), glyph.shape[1] - 1 - ink[:, ::-1].argmax(1), -np.inf)
    last = np.concatenate([np.full(height - len(last), -np.inf), last])
    padded = np.pad(last, OVERLAP, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * OVERLAP + 1).max(1)
