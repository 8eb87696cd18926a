"""What people drew with pens: strokes in UNIPEN files, and the canvas they are drawn on.

Public homes: UCI Machine Learning Repository, data sets 81 (Pen-Based Recognition of Handwritten
Digits, the original unnormalised file `pendigits-orig.tra`; Alpaydin & Alimoglu, CC BY 4.0) and
160 (UJI Pen Characters; CC BY 4.0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from train.options import TrainError

Stroke = npt.NDArray[np.float64]  # (points, 2): x to the right, y downwards
Strokes = tuple[Stroke, ...]

# Letters that a person, shown them alone, may call a digit: neither digits nor negatives.
READABLE_AS_DIGITS = frozenset("oOQDlIiZzSsbGBqgy")


@dataclass(frozen=True)
class Drawing:
    """What somebody drew.

    Attributes:
        label: what it is meant to be.
        strokes: each `(points, 2)`, the longer side of all together 1, its middle at 0.
        writer: whose hand.
    """

    label: str
    strokes: Strokes
    writer: int


def normalised(strokes: list[Stroke], upwards: bool) -> Strokes:
    """Scaled and moved as a `Drawing`'s; turned over where `upwards` is how y runs."""
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
            drawings.append(Drawing(label[1], normalised(strokes, upwards=True), int(comment[1])))
    if not drawings:
        raise TrainError(f"There are no pen strokes in {file}: is it pendigits-orig.tra?")
    return drawings


def canvas(strokes: Strokes, side: int = 280, size: float = 0.7, pen: float = 0.065) -> Image.Image:
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
                drawings.append(Drawing(label[1], normalised(strokes, upwards=False), writer))
    return drawings


# -- the pen data of a folder ----------------------------------------------------------------------

# Writers of pendigits and of UJI, split by person: whoever is held back was never seen.
VALIDATION_WRITERS, TEST_WRITERS = frozenset({5, 15, 25}), frozenset({10, 20, 30})
VALIDATION_LETTER_WRITERS, TEST_LETTER_WRITERS = frozenset({4}), frozenset({5, 6})


@dataclass(frozen=True)
class PenData:
    """Pen drawings, each list by other people than the others of its collection.

    Attributes:
        training: pendigits to learn from.
        validation: pendigits to choose by.
        test: pendigits to look at once.
        other_validation: digits of UJI, a collection that nothing is learnt from, to choose by.
        other_test: digits of UJI to look at once.
        letters: letters to learn from, as what is no digit.
        validation_letters: letters to choose by.
        test_letters: letters to look at once.
    """

    training: list[Drawing]
    validation: list[Drawing]
    test: list[Drawing]
    other_validation: list[Drawing]
    other_test: list[Drawing]
    letters: list[Drawing]
    validation_letters: list[Drawing]
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
            f"81) and uji/ (160); python -m train.download {folder} fetches them."
        )
    digits, characters = read_pendigits(file), read_uji(folder / "uji")
    others = [d for d in characters if d.label.isdigit()]
    letters = [d for d in characters if d.label.isalpha() and d.label not in READABLE_AS_DIGITS]
    held = VALIDATION_WRITERS | TEST_WRITERS
    held_letters = VALIDATION_LETTER_WRITERS | TEST_LETTER_WRITERS
    return PenData(
        training=[d for d in digits if d.writer not in held],
        validation=[d for d in digits if d.writer in VALIDATION_WRITERS],
        test=[d for d in digits if d.writer in TEST_WRITERS],
        other_validation=[d for d in others if d.writer not in TEST_LETTER_WRITERS],
        other_test=[d for d in others if d.writer in TEST_LETTER_WRITERS],
        letters=[d for d in letters if d.writer not in held_letters],
        validation_letters=[d for d in letters if d.writer in VALIDATION_LETTER_WRITERS],
        test_letters=[d for d in letters if d.writer in TEST_LETTER_WRITERS],
    )
