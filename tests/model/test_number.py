"""Several digits side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from model import NumberReader, PictureError
from model.blobs import boxes, connected
from tests.strokes import OWN, Stroke, canvas
from train.numbers import compose
from train.strokes import Drawing


def side_by_side(text: str, apart: float = 0.75) -> list[Stroke]:
    """Digits of our own hand in a row, `apart` of a digit's square from one to the next."""
    step, height = 0.9 / len(text), 0.9 / len(text) / apart
    return [
        [(0.03 + step * i + height * (x - 0.2), 0.5 + height * (y - 0.5)) for x, y in stroke]
        for i, digit in enumerate(text)
        for stroke in OWN[int(digit)]
    ]


@pytest.mark.parametrize("text", ["2026", "10", "314", "77", "8052"])
def test_digits_in_a_row_are_a_number(numbers: NumberReader, text: str) -> None:
    number = numbers.read(canvas(side_by_side(text), 560).resize((280, 280)))
    assert number.text == text
    assert not number.unread
    assert all(0.5 < digit.probability <= 1 for digit in number.digits)


def test_boxes_are_around_the_digits(numbers: NumberReader) -> None:
    picture = Image.new("L", (700, 400), 255)
    picture.paste(canvas(OWN[2], 200), (100, 150))
    picture.paste(canvas(OWN[7], 200), (380, 120))
    number = numbers.read(picture)
    assert number.text == "27"
    ink = np.asarray(picture) < 128
    for digit, columns in zip(number.digits, (slice(0, 340), slice(340, 700)), strict=True):
        rows = np.flatnonzero(ink[:, columns].any(1))
        across = np.flatnonzero(ink[:, columns].any(0)) + (columns.start or 0)
        expected = (across[0], rows[0], across[-1] + 1, rows[-1] + 1)
        assert digit.box == pytest.approx(expected, abs=5)


def test_a_broken_digit_is_one(numbers: NumberReader) -> None:
    body = [(x, y) for x, y in OWN[5][0] if y > 0.2]
    bar: Stroke = [(0.42, 0.13), (0.68, 0.12)]  # stands apart
    number = numbers.read(canvas([body, bar]))
    assert number.text == "5"


def test_touching_digits_are_parted(numbers: NumberReader) -> None:
    hand = [
        Drawing(str(digit), tuple(np.array(stroke) - 0.5 for stroke in strokes), 1)
        for digit, strokes in OWN.items()
    ]
    right = 0
    for number in compose(hand, 12, seed=1, touching=True, digits=3):
        assert connected(np.asarray(number.picture) < 128)[1] < 3  # they do touch
        right += numbers.read(number.picture).text == number.text
    assert right >= 9


def test_what_is_no_digit_is_not_made_one(numbers: NumberReader) -> None:
    heart = [
        (0.5, 0.85), (0.2, 0.5), (0.2, 0.3), (0.35, 0.2), (0.5, 0.35),
        (0.65, 0.2), (0.8, 0.3), (0.8, 0.5), (0.5, 0.85),
    ]  # fmt: skip
    number = numbers.read(canvas([heart]))
    assert number.unread or not number.digits
    blank = numbers.read(Image.new("L", (300, 100), 255))
    assert (blank.text, blank.digits, blank.unread) == ("", (), 0)


def test_no_picture_is_one_sentence(numbers: NumberReader) -> None:
    with pytest.raises(PictureError, match="not numbers"):
        numbers.read(np.full((5, 5), np.nan))


@settings(max_examples=40, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 90))))
def test_whatever_the_pixels_it_answers(numbers: NumberReader, pixels: np.ndarray) -> None:
    number = numbers.read(pixels)
    assert number.text == "".join(str(digit.label) for digit in number.digits)
    for digit in number.digits:
        left, top, right, bottom = digit.box
        assert 0 <= left < right <= pixels.shape[1] + 1
        assert 0 <= top < bottom <= pixels.shape[0] + 1


@settings(max_examples=100, deadline=None)
@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_connected_parts_are_those_of_a_flood(mask: np.ndarray) -> None:
    labels, count = connected(mask)
    assert ((labels > 0) == mask).all()
    seen = np.zeros_like(labels)
    floods = 0
    for start in zip(*np.nonzero(mask), strict=True):
        if seen[start]:
            continue
        floods += 1
        todo, found = [start], set()
        while todo:
            y, x = todo.pop()
            inside = 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]
            if not inside or not mask[y, x] or (y, x) in found:
                continue
            found.add((y, x))
            todo += [(y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        rows, columns = np.array(sorted(found)).T
        seen[rows, columns] = floods
        assert len(set(labels[rows, columns].tolist())) == 1
        box = boxes(labels, count)[labels[start] - 1].tolist()
        assert box == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert floods == count
