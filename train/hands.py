"""Digits as other people would have written them: other customs, other hands, other pens.

Everything ends in `model.picture.prepare`, as what people draw on the page does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt
from skimage.morphology import skeletonize
from tqdm import tqdm

from model.blobs import Mask
from model.picture import Pixels, prepare
from train.data import Digits
from train.strokes import Drawing, Stroke, Strokes, canvas

# A pen's width, as a share of the longer side of what it draws: from a fineliner on a large sheet
# to a finger on a small one. Wider ones close the loops of 6, 8 and 9.
FINEST, BROADEST = 0.03, 0.19
STUBS = 0.08  # share of digits beside which a neighbour's edge was left standing


def line(*points: tuple[float, float]) -> Stroke:
    """A stroke through a few points."""
    return np.array(points, np.float64)


def in_another_custom(drawing: Drawing, rng: np.random.Generator) -> Strokes:
    """Some zeros slashed, some ones flagged and footed, some sevens crossed."""
    strokes, dice = drawing.strokes, rng.random()
    points = np.concatenate(strokes)
    (left, top), (right, bottom) = points.min(0), points.max(0)
    if drawing.label == "0" and dice < 0.3:
        reach = rng.uniform(0.0, 0.25, 2)  # beyond the ring, or just to it
        slash = line(
            (left - reach[0] * (right - left), bottom + (reach[0] - 0.15) * (bottom - top)),
            (right + reach[1] * (right - left), top - (reach[1] - 0.15) * (bottom - top)),
        )
        return (*strokes, slash)
    if drawing.label == "1" and dice < 0.4 and right - left < 0.35:
        x, y = points[points[:, 1].argmin()]
        # The continental flag can be as long as two thirds of the stem.
        flag = line((x, y), (x - rng.uniform(0.15, 0.45), y + rng.uniform(0.12, 0.65)))
        if dice > 0.28:
            x, y = points[points[:, 1].argmax()]
            foot = rng.uniform(0.12, 0.3, 2)
            return (*strokes, flag, line((x - foot[0], y), (x + foot[1], y)))
        return (*strokes, flag)
    if drawing.label == "7" and dice < 0.3 and len(strokes) == 1:
        x, y = points[np.abs(points[:, 1] - rng.uniform(-0.05, 0.12)).argmin()]
        half, rise = rng.uniform(0.12, 0.28), rng.uniform(-0.05, 0.05)
        return (*strokes, line((x - half, y + rise), (x + half, y - rise)))
    return strokes


def by_another_hand(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A little turned, slanted, stretched, shaky, hasty or interrupted.

    A little only: training distorts the pictures once more, and a 7 leant far enough is a 1.
    """
    angle, slant = rng.uniform(-0.09, 0.09), rng.uniform(-0.1, 0.1)
    stretch = np.exp(rng.uniform(-0.22, 0.22, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[stretch[0], slant], [0, stretch[1]]])
    shake = rng.choice([0.0, 0.0, 0.006, 0.012])
    moved = tuple(stroke @ matrix.T + rng.normal(0, shake, stroke.shape) for stroke in strokes)
    dice = rng.random()
    if dice < 0.12:  # a hasty hand, whose device saw few points
        moved = tuple(s[np.unique(np.r_[0 : len(s) : 3, len(s) - 1])] for s in moved)
    elif dice < 0.24:  # a pen that skipped
        moved = _interrupted(moved, rng)
    return moved


def _interrupted(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A short gap somewhere in the longest stroke."""
    longest = max(range(len(strokes)), key=lambda i: len(strokes[i]))
    stroke = strokes[longest]
    if len(stroke) < 12:
        return strokes
    gap = max(1, round(len(stroke) * rng.uniform(0.03, 0.08)))
    start = int(rng.integers(3, len(stroke) - gap - 3))
    pieces = (stroke[: start + 1], stroke[start + gap :])
    return (*strokes[:longest], *pieces, *strokes[longest + 1 :])


def cut_off(strokes: Strokes, x: float, side: int) -> list[Stroke]:
    """What lies to the left (`side` -1) or the right (1) of a column."""
    return [stroke[run] for stroke in strokes for run in _runs((stroke[:, 0] - x) * side > 0)]


def _runs(kept: Mask) -> list[slice]:
    """The stretches where `kept` holds, of at least two points."""
    edges = np.flatnonzero(np.diff(np.r_[0, kept.astype(int), 0]))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def beside(one: Strokes, other: Strokes, share: float, rng: np.random.Generator) -> list[Stroke]:
    """A share of `other`'s width, to the left or the right of `one` and nearly touching it."""
    side = int(rng.choice([-1, 1]))
    near, far = np.concatenate(one)[:, 0], np.concatenate(other)[:, 0]
    cut = (far.min() if side > 0 else far.max()) + side * share * np.ptp(far)
    pieces = cut_off(other, float(cut), -side)
    if not pieces:
        return []
    edge = (near.max() if side > 0 else near.min()) + side * rng.uniform(-0.12, 0.08)
    met = np.concatenate(pieces)[:, 0]
    shift = np.array([edge - (met.min() if side > 0 else met.max()), rng.uniform(-0.08, 0.08)])
    return [piece + shift for piece in pieces]


def drawn(strokes: Strokes, rng: np.random.Generator) -> Pixels:
    """Strokes by a pen of any width, as `prepare` gives them: `(28, 28)` uint8.

    The canvas has 112 pixels a side, which costs a sixth of one of 280.
    """
    points = np.concatenate(strokes)
    size = 0.6 / max(float(np.ptp(points, axis=0).max()), 0.3)
    middle = (points.min(0) + points.max(0)) / 2
    pen = 0.6 * rng.uniform(FINEST, BROADEST)
    pixels = prepare(canvas(tuple(stroke - middle for stroke in strokes), 112, size, pen))
    assert pixels is not None
    return pixels


def stacked(pictures: Iterable[Pixels], labels: list[int]) -> Digits:
    """Prepared pictures and their labels as tensors."""
    return Digits(torch.from_numpy(np.stack(list(pictures))), torch.tensor(labels))


def render(drawings: list[Drawing], each: int, seed: int) -> Digits:
    """Every drawing `each` times, in other customs and by other hands and pens."""
    rng = np.random.default_rng(seed)
    some = [d for d in drawings for _ in range(each)]
    bar = tqdm(some, desc="pen digits", leave=False, disable=None)
    pictures = []
    for drawing in bar:
        strokes = by_another_hand(in_another_custom(drawing, rng), rng)
        if rng.random() < STUBS:
            other = drawings[int(rng.integers(len(drawings)))].strokes
            stub = beside(strokes, other, rng.uniform(0.03, 0.12), rng)
            if stub and np.ptp(np.concatenate(stub)[:, 1]) < 0.35:  # else it may be a 1
                strokes = (*strokes, *stub)
        pictures.append(drawn(strokes, rng))
    return stacked(pictures, [int(d.label) for d in some])


# -- MNIST's hands with other pens -----------------------------------------------------------------

LARGER = 4  # times 28 pixels: what MNIST's digits are enlarged to before they are drawn on


def _enlarged(image: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(image).resize((28 * LARGER,) * 2, Image.Resampling.BICUBIC))


def skeleton_of(image: Pixels) -> Mask:
    """The middle of the lines of a prepared digit: `(28, 28)` uint8 -> `(112, 112)` bool."""
    return _middle(_enlarged(image))


def _middle(large: Pixels) -> Mask:
    return np.asarray(skeletonize(large > 110))


def _changed(digits: Digits, change: Callable[[Pixels], Pixels], description: str) -> Digits:
    """Digits enlarged to 112x112, changed, and prepared anew."""
    pictures = []
    for image in tqdm(digits.images.numpy(), desc=description, leave=False, disable=None):
        pixels = prepare(change(_enlarged(image)))
        assert pixels is not None
        pictures.append(pixels)
    return stacked(pictures, digits.labels.tolist())


def _some(digits: Digits, count: int, rng: np.random.Generator) -> Digits:
    return digits[torch.from_numpy(rng.permutation(len(digits))[:count])]


def slash_zeros(digits: Digits, share: float, seed: int) -> Digits:
    """`share` of the zeros of prepared digits again, with a slash drawn through them."""
    rng = np.random.default_rng(seed)
    zeros = digits[digits.labels == 0]

    def slashed(large: Pixels) -> Pixels:
        rows, columns = np.nonzero(large > 60)
        top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
        reach = rng.uniform(-0.12, 0.2, 2) * (bottom - top)
        ends = (left - reach[0], bottom + reach[0], right + reach[1], top - reach[1])
        image = Image.fromarray(large)
        ImageDraw.Draw(image).line([*ends], fill=255, width=int(rng.uniform(5, 12)))
        return np.asarray(image)

    return _changed(_some(zeros, int(share * len(zeros)), rng), slashed, "slashed zeros")


def redraw(digits: Digits, count: int, seed: int) -> Digits:
    """`count` of the digits with other pens: round ones along the skeletons of the shapes.

    MNIST's hundreds of hands are worth more than the two dozen of the pen collection; what
    its digits lack is the even line of a screen's pen, thin or thick.
    """
    rng = np.random.default_rng(seed)

    def redrawn(large: Pixels) -> Pixels:
        radius = 20 * LARGER * rng.uniform(FINEST, BROADEST) / 2
        ink = np.clip(radius + 0.5 - distance_transform_edt(~_middle(large)), 0, 1)
        return (255 * ink).astype(np.uint8)

    return _changed(_some(digits, count, rng), redrawn, "MNIST redrawn")
