"""Why a digit was read as what it was: a heat map over what the net saw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from model.nets import SIDE
from model.picture import Pixels

PATCH, STRIDE = 6, 2  # pixels: of what is erased at once, and between two such places

# Prepared pictures (N, 28, 28) -> (N, 10) probabilities.
Probabilities = Callable[[Pixels], npt.NDArray[np.float64]]


def occlusion(pixels: Pixels, label: int, probabilities: Probabilities) -> npt.NDArray[np.float32]:
    """How much each place speaks for `label`: occlusion sensitivity (Zeiler & Fergus 2014, 4.2).

    A square of the digit is erased, everywhere in turn; the more the label's log-probability
    drops, the more that square mattered. A pixel's heat is the mean over the squares that hold it.

    Args:
        pixels: `(28, 28)` uint8, as `prepare` gives them.
        label: 0..9, whose probability is watched.
        probabilities: the reader.

    Returns:
        `(28, 28)` in 0..1, where 1 is the strongest; all 0 where nothing speaks for the label.
    """
    corners = range(0, SIDE - PATCH + 1, STRIDE)
    places = [
        (slice(top, top + PATCH), slice(left, left + PATCH)) for top in corners for left in corners
    ]
    erased = np.repeat(pixels[None], len(places) + 1, axis=0)
    for picture, place in zip(erased[1:], places, strict=True):
        picture[place] = 0
    likely = np.log(np.maximum(probabilities(erased)[:, label], 1e-9))
    heat, covered = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for place, drop in zip(places, likely[0] - likely[1:], strict=True):
        heat[place] += max(float(drop), 0.0)
        covered[place] += 1
    heat /= np.maximum(covered, 1)
    return (heat / max(float(heat.max()), 1e-6)).astype(np.float32)
