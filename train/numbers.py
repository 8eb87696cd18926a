"""Whole numbers composed of single digits side by side, to learn from and to measure by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops
from scipy.ndimage import distance_transform_edt

from train.data import Digits
from train.hands import skeleton_of
from train.strokes import Drawing, Strokes, canvas


@dataclass(frozen=True)
class Number:
    """A picture of a number, and what it says.

    Attributes:
        text: its digits.
        picture: grey, black on white.
        inks: of each digit, where it is: `(digits, H, W)` bool.
    """

    text: str
    picture: Image.Image
    inks: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tracing:
    """A digit that is known as a picture only, to be drawn anew along its skeleton.

    Attributes:
        label: which digit.
        skeleton: `(H, W)` bool, cropped to what is there.
        writer: whose hand.
    """

    label: str
    skeleton: npt.NDArray[np.bool_]
    writer: int = 0


def tracings(digits: Digits) -> list[Tracing]:
    """Prepared digits as tracings, all of one "writer": MNIST does not say who wrote what."""
    found = []
    for image, label in zip(digits.images.numpy(), digits.labels.tolist(), strict=True):
        rows, columns = np.nonzero(skeleton := skeleton_of(image))
        if len(rows):
            box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
            found.append(Tracing(str(label), skeleton[box]))
    return found


def compose(
    drawings: Sequence[Drawing | Tracing],
    count: int,
    seed: int,
    *,
    touching: bool,
    digits: int = 4,
    overlap: float = 0.3,
) -> list[Number]:
    """`count` numbers of `digits` digits, each of one writer's drawings.

    Digits are 100 pixels high, give or take a twelfth, on a baseline that wavers a little. They
    stand a twelfth to a third of their height apart or, `touching`, are moved together until
    their ink meets, and up to `overlap` of a pen's width further.
    """
    rng = np.random.default_rng(seed)
    writers = sorted({drawing.writer for drawing in drawings})
    numbers = []
    for _ in range(count):
        writer = writers[int(rng.integers(len(writers)))]
        own = [drawing for drawing in drawings if drawing.writer == writer]
        chosen = [own[int(rng.integers(len(own)))] for _ in range(digits)]
        pen = rng.uniform(5, 14)
        paper = Image.new("L", (digits * 200 + 200, 280), 255)
        edge = 60.0
        inks = np.zeros((digits, paper.height, paper.width), bool)
        for turn, drawing in enumerate(chosen):
            height = 100 * rng.uniform(0.92, 1.08)
            if isinstance(drawing, Tracing):
                one = _traced(drawing.skeleton, height, pen)
            else:
                one = _drawn(drawing.strokes, height, pen)
            top = 90 + round(rng.uniform(-5, 5))
            if turn == 0:
                left = 60
            elif touching:
                left = _meeting(paper, one, top) - round(pen * rng.uniform(0, overlap))
            else:
                left = round(edge + rng.uniform(8, 33))
            box = (left, top, left + one.width, top + one.height)
            paper.paste(ImageChops.darker(paper.crop(box), one), box)
            inks[turn, top : top + one.height, left : left + one.width] = np.asarray(one) < 128
            edge = left + one.width
        text = "".join(drawing.label for drawing in chosen)
        width = round(edge) + 60
        numbers.append(Number(text, paper.crop((0, 0, width, 280)), inks[..., :width]))
    return numbers


def _drawn(strokes: Strokes, height: float, pen: float) -> Image.Image:
    """A digit of a height in pixels, cropped to its ink; flat ones are as wide as that instead."""
    points = np.concatenate(strokes)
    tall = max(float(np.ptp(points[:, 1])), 0.5)
    side = round(2.5 * height / tall)
    return _cropped(canvas(strokes, side, height / tall / side, pen / side))


def _traced(skeleton: npt.NDArray[np.bool_], height: float, pen: float) -> Image.Image:
    """As `_drawn`, by a round pen along a skeleton."""
    scale = height / max(skeleton.shape[0], 0.5 * skeleton.shape[1])
    padded = np.pad(skeleton, math.ceil(pen / scale) + 1)
    distance = Image.fromarray(distance_transform_edt(~padded).astype(np.float32))
    size = round(distance.width * scale), round(distance.height * scale)
    away = scale * np.asarray(distance.resize(size, Image.Resampling.BICUBIC))
    ink = np.clip(pen / 2 + 0.5 - away, 0, 1)
    return _cropped(Image.fromarray(np.rint(255 - 255 * ink).astype(np.uint8)))


def _cropped(image: Image.Image) -> Image.Image:
    """Black on white, cropped to the ink."""
    box = image.point(lambda v: 255 - v).getbbox()
    assert box is not None
    return image.crop(box)


def _meeting(paper: Image.Image, one: Image.Image, top: int) -> int:
    """The column at which `one`, coming from the right, first meets ink in its rows."""
    there = np.asarray(paper)[top : top + one.height] < 128
    here = np.asarray(one) < 128
    edges = [
        int(np.flatnonzero(row)[-1]) - int(np.flatnonzero(own)[0])
        for row, own in zip(there, here, strict=True)
        if row.any() and own.any()
    ]
    return max(edges) if edges else int(np.flatnonzero(there.any(0))[-1])
