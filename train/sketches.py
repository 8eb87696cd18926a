"""Digits drawn with pens: strokes in UNIPEN files, rendered as the page's canvas sees them.

Public homes: UCI Machine Learning Repository, data sets 81 (Pen-Based Recognition of Handwritten
Digits, the original unnormalised file `pendigits-orig.tra`; Alpaydin & Alimoglu, CC BY 4.0) and
150 (UJI Pen Characters; CC BY 4.0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw
from tqdm import tqdm

from model.picture import Pixels, prepare
from train.data import Digits
from train.options import TrainError

Stroke = npt.NDArray[np.float64]  # (points, 2): x to the right, y downwards


@dataclass(frozen=True)
class Drawing:
    """What somebody drew.

    Attributes:
        label: what it is meant to be.
        strokes: each `(points, 2)`, the longer side of all together 1, its middle at 0.
        writer: whose hand.
    """

    label: str
    strokes: tuple[Stroke, ...]
    writer: int


def _normalised(strokes: list[Stroke], upwards: bool) -> tuple[Stroke, ...]:
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = np.array([1.0, -1.0 if upwards else 1.0]) / max(float((high - low).max()), 1e-9)
    return tuple((stroke - (low + high) / 2) * scale for stroke in strokes)


def _strokes(block: str) -> list[Stroke]:
    found = []
    for part in block.split(".PEN_DOWN")[1:]:
        numbers = re.findall(r"^\s*(-?\d+)\s+(-?\d+)\s*$", part.split(".PEN_UP")[0], re.MULTILINE)
        if numbers:
            found.append(np.array(numbers, np.float64))
    return found


def read_pendigits(file: Path) -> list[Drawing]:
    """The drawings of `pendigits-orig.tra`: 7,494 digits by 30 writers, in mixed order.

    Raises:
        TrainError: it cannot be read, or holds no drawings.
    """
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainError(f"Cannot read the pen strokes in {file}: name another folder.") from error
    drawings = []
    for block in text.split(".SEGMENT DIGIT")[1:]:
        label = re.search(r'"(\d)"', block)
        comment = re.search(r"\.COMMENT\s+\d+\s+(\d+)", block)  # digit, writer, number
        strokes = _strokes(block)
        if label and comment and strokes:
            drawings.append(Drawing(label[1], _normalised(strokes, upwards=True), int(comment[1])))
    if not drawings:
        raise TrainError(f"There are no pen strokes in {file}: is it pendigits-orig.tra?")
    return drawings


def canvas(
    strokes: tuple[Stroke, ...], side: int = 280, size: float = 0.7, pen: float = 0.065
) -> Image.Image:
    """Strokes as the pad draws them: black on white, round pen, antialiased.

    Args:
        strokes: of a `Drawing`.
        side: pixels along each side of the canvas.
        size: of the drawing's longer side, as a share of the canvas.
        pen: the pen's width, as a share of the canvas.
    """
    scale = 4 if side >= 200 else 8  # drawn large and averaged: Pillow's own lines have hard edges
    image = Image.new("L", (side * scale, side * scale), 255)
    draw = ImageDraw.Draw(image)
    width = max(pen * side * scale, 1.0)
    for stroke in strokes:
        points = [tuple(point) for point in (0.5 + size * stroke) * side * scale]
        draw.line(points, fill=0, width=round(width), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=0)
    return image.reduce(scale)


def read_uji(folder: Path) -> list[Drawing]:
    """The drawings of `UJIpenchars-wNN.txt`: letters and digits, two of each by every writer.

    Raises:
        TrainError: a file cannot be read.
    """
    drawings = []
    for file in sorted(folder.glob("UJIpenchars-w*.txt")):
        writer = int(file.stem[-2:])
        try:
            text = file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise TrainError(
                f"Cannot read the pen strokes in {file}: name another folder."
            ) from error
        for block in text.split(".SEGMENT CHARACTER")[1:]:
            label = re.search(r'"(.)"', block)
            strokes = _strokes(block)
            if label and strokes:
                drawings.append(Drawing(label[1], _normalised(strokes, upwards=False), writer))
    return drawings


# -- other hands, other customs ------------------------------------------------------------------

# Letters that a person, shown them alone, may call a digit: neither digits nor negatives.
READABLE_AS_DIGITS = frozenset("oOQDlIiZzSsbGBqgy")


def _line(*points: tuple[float, float]) -> Stroke:
    return np.array(points, np.float64)


def in_another_custom(drawing: Drawing, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Some zeros slashed, some ones flagged and footed, some sevens crossed."""
    strokes, dice = drawing.strokes, rng.random()
    points = np.concatenate(strokes)
    (left, top), (right, bottom) = points.min(0), points.max(0)
    if drawing.label == "0" and dice < 0.3:
        reach = rng.uniform(0.0, 0.25, 2)  # beyond the ring, or just to it
        slash = _line(
            (left - reach[0] * (right - left), bottom + (reach[0] - 0.15) * (bottom - top)),
            (right + reach[1] * (right - left), top - (reach[1] - 0.15) * (bottom - top)),
        )
        return (*strokes, slash)
    if drawing.label == "1" and dice < 0.35 and right - left < 0.35:
        x, y = points[points[:, 1].argmin()]
        flag = _line((x, y), (x - rng.uniform(0.15, 0.45), y + rng.uniform(0.12, 0.45)))
        if dice > 0.25:
            x, y = points[points[:, 1].argmax()]
            foot = rng.uniform(0.12, 0.3, 2)
            return (*strokes, flag, _line((x - foot[0], y), (x + foot[1], y)))
        return (*strokes, flag)
    if drawing.label == "7" and dice < 0.3 and len(strokes) == 1:
        x, y = points[np.abs(points[:, 1] - rng.uniform(-0.05, 0.12)).argmin()]
        half, rise = rng.uniform(0.12, 0.28), rng.uniform(-0.05, 0.05)
        return (*strokes, _line((x - half, y + rise), (x + half, y - rise)))
    return strokes


def by_another_hand(strokes: tuple[Stroke, ...], rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A little turned, slanted, stretched and shaky.

    A little only: training distorts the pictures once more, and a 7 leant far enough is a 1.
    """
    angle, slant = rng.uniform(-0.09, 0.09), rng.uniform(-0.1, 0.1)
    stretch = np.exp(rng.uniform(-0.15, 0.15, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[stretch[0], slant], [0, stretch[1]]])
    shake = rng.choice([0.0, 0.0, 0.006, 0.012])
    return tuple(stroke @ matrix.T + rng.normal(0, shake, stroke.shape) for stroke in strokes)


def _prepared(strokes: tuple[Stroke, ...], rng: np.random.Generator) -> Pixels:
    """As `prepare` gives them: a canvas of 112 pixels, which costs a sixth of one of 280."""
    points = np.concatenate(strokes)
    size = 0.62 / max(float(np.abs(points).max()) * 2, 0.3)
    pixels = prepare(canvas(strokes, 112, size, rng.uniform(0.025, 0.1)))
    assert pixels is not None
    return pixels


def render(drawings: list[Drawing], each: int, seed: int) -> Digits:
    """Every drawing `each` times, in other customs and by other hands and pens."""
    rng = np.random.default_rng(seed)
    images, labels = [], []
    for drawing in tqdm(drawings, desc="pen digits", leave=False, disable=None):
        for _ in range(each):
            images.append(_prepared(by_another_hand(in_another_custom(drawing, rng), rng), rng))
            labels.append(int(drawing.label))
    return Digits(torch.from_numpy(np.stack(images)), torch.tensor(labels))


def slash_zeros(digits: Digits, share: float, seed: int) -> Digits:
    """`share` of the zeros of prepared digits again, with a slash drawn through them."""
    rng = np.random.default_rng(seed)
    zeros = (digits.labels == 0).nonzero()[:, 0].numpy()
    zeros = rng.permutation(zeros)[: int(share * len(zeros))]
    images = []
    for index in zeros:
        large = Image.fromarray(digits.images[index].numpy()).resize(
            (112, 112), Image.Resampling.BICUBIC
        )
        rows, columns = np.nonzero(np.asarray(large) > 60)
        top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
        reach = rng.uniform(-0.12, 0.2, 2) * (bottom - top)
        ends = (left - reach[0], bottom + reach[0], right + reach[1], top - reach[1])
        ImageDraw.Draw(large).line([*ends], fill=255, width=int(rng.uniform(5, 12)))
        pixels = prepare(large)
        assert pixels is not None
        images.append(pixels)
    return Digits(torch.from_numpy(np.stack(images)), torch.zeros(len(images), dtype=torch.long))


# -- what is no digit ------------------------------------------------------------------------------


def _scribble(rng: np.random.Generator) -> tuple[Stroke, ...]:
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


def _shape(rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A cross, plus, heart, star, triangle, arrow, spiral, wave, grid, dot or equals sign."""
    t = np.linspace(0, 2 * np.pi, 80)
    kind = rng.integers(11)
    if kind == 0:
        return (_line((-0.5, -0.5), (0.5, 0.5)), _line((0.5, -0.5), (-0.5, 0.5)))
    if kind == 1:
        return (_line((0, -0.5), (0, 0.5)), _line((-0.5, 0), (0.5, 0)))
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
        return (_line((-0.5, 0.4), (0.5, 0.4), (0, -0.5), (-0.5, 0.4)),)
    if kind == 5:
        return (_line((-0.5, 0), (0.5, 0)), _line((0.2, -0.3), (0.5, 0), (0.2, 0.3)))
    if kind == 6:
        turns = np.linspace(0, rng.uniform(4, 7) * np.pi, 150)
        return (np.stack([turns * np.cos(turns), turns * np.sin(turns)], axis=1) / (2 * turns[-1]),)
    if kind == 7:
        x = np.linspace(-0.5, 0.5, 100)
        return (np.stack([x, 0.2 * np.sin(x * rng.uniform(20, 45))], axis=1),)
    if kind == 8:
        places = np.linspace(-0.4, 0.4, rng.integers(2, 5))
        return tuple(
            _line(*ends) for p in places for ends in (((p, -0.5), (p, 0.5)), ((-0.5, p), (0.5, p)))
        )
    if kind == 9:
        return (_line((0, 0), (rng.uniform(0, 0.02), 0)),)
    return (_line((-0.5, -0.15), (0.5, -0.15)), _line((-0.5, 0.15), (0.5, 0.15)))


def _several(drawings: list[Drawing], rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Two to four digits side by side."""
    strokes: list[Stroke] = []
    edge, count = 0.0, int(rng.integers(2, 5))
    for index in rng.integers(len(drawings), size=count):
        one = by_another_hand(drawings[index].strokes, rng)
        points = np.concatenate(one)
        shift = edge - points[:, 0].min() + rng.uniform(0.05, 0.3)
        strokes += [stroke + np.array([shift, 0]) for stroke in one]
        edge = float(points[:, 0].max() + shift)
    return _normalised(strokes, upwards=False)


def render_negatives(
    letters: list[Drawing], digits: list[Drawing], count: int, seed: int
) -> Digits:
    """What is no digit, labelled -1: letters, scribbles, shapes, several digits at once.

    Args:
        letters: those that may be read as digits are left out.
        digits: to be put side by side.
        count: how many; two fifths are letters where there are some.
        seed: of the choice and the drawing.
    """
    rng = np.random.default_rng(seed)
    letters = [d for d in letters if d.label.isalpha() and d.label not in READABLE_AS_DIGITS]
    images = []
    for turn in tqdm(range(count), desc="no digits", leave=False, disable=None):
        kind = turn % 5
        if kind < 2 and letters:
            strokes = letters[int(rng.integers(len(letters)))].strokes
        elif kind == 2:
            strokes = _several(digits, rng)
        elif kind == 3:
            strokes = _shape(rng)
        else:
            strokes = _scribble(rng)
        images.append(_prepared(by_another_hand(strokes, rng), rng))
    return Digits(torch.from_numpy(np.stack(images)), torch.full((count,), -1))


# -- the pen data of a folder ----------------------------------------------------------------------

# Writers of pendigits and of UJI, split by person: whoever is held back was never seen.
VALIDATION_WRITERS = frozenset({5, 15, 25})
TEST_WRITERS = frozenset({10, 20, 30})
TEST_LETTER_WRITERS = frozenset({5, 6})


@dataclass(frozen=True)
class PenData:
    """Pen drawings, each list by other people than the others.

    Attributes:
        training: digits to learn from.
        validation: digits to choose by.
        test: digits to look at once.
        letters: letters to learn from, as what is no digit.
        test_letters: letters to look at once.
    """

    training: list[Drawing]
    validation: list[Drawing]
    test: list[Drawing]
    letters: list[Drawing]
    test_letters: list[Drawing]


def load_pen_data(folder: Path) -> PenData:
    """The drawings in `folder/pendigits/pendigits-orig.tra` and, if there, `folder/uji`.

    Raises:
        TrainError: there are none, or they cannot be read.
    """
    file = folder / "pendigits" / "pendigits-orig.tra"
    if not file.is_file():
        raise TrainError(
            f"There is no {file}: --sketches names the folder that holds pendigits/ (UCI data set "
            "81) and uji/ (UCI data set 150)."
        )
    digits, letters = read_pendigits(file), read_uji(folder / "uji")
    held = VALIDATION_WRITERS | TEST_WRITERS
    return PenData(
        [d for d in digits if d.writer not in held],
        [d for d in digits if d.writer in VALIDATION_WRITERS],
        [d for d in digits if d.writer in TEST_WRITERS],
        [d for d in letters if d.writer not in TEST_LETTER_WRITERS],
        [d for d in letters if d.writer in TEST_LETTER_WRITERS],
    )
