"""Any picture to 28x28."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from model import PictureError, prepare
from tests.strokes import OWN, canvas

FOUR = canvas(OWN[4])


def alpha(ink: int) -> Image.Image:
    """Ink of one grey on nothing."""
    pixels = np.full((280, 280, 4), ink, np.uint8)
    pixels[..., 3] = 255 - np.asarray(FOUR)
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **options: object) -> Image.Image:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return Image.open(file)


def turned_by_exif() -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me a quarter clockwise"
    return saved(FOUR.convert("RGB").transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


SAME_FOUR: dict[str, Any] = {
    "white on black": Image.fromarray(255 - np.asarray(FOUR)),
    "RGB": FOUR.convert("RGB"),
    "CMYK": FOUR.convert("CMYK"),
    "palette": FOUR.convert("RGB").quantize(16),
    "16 bit": Image.fromarray(np.asarray(FOUR).astype(np.uint16) * 257),
    "black on nothing": alpha(0),
    "white on nothing": alpha(255),
    "opaque alpha": FOUR.convert("RGBA"),
    "JPEG": saved(FOUR, "JPEG", quality=40),
    "turned by EXIF": turned_by_exif(),
    "blue on cream": Image.composite(
        Image.new("RGB", (280, 280), "#fff6dc"), Image.new("RGB", (280, 280), "#1b3a93"), FOUR
    ),
    "faint": FOUR.point(lambda v: 150 + v // 4),
    "in a corner": Image.new("L", (900, 600), 255),
    "large": FOUR.resize((3000, 3000)),
    "floats": np.asarray(FOUR) / 255.0,
    "bytes as floats": np.asarray(FOUR).astype(float),
    "(1, H, W)": np.asarray(FOUR)[None],
    "(H, W, 1)": np.asarray(FOUR)[..., None],
    "(H, W, 3)": np.asarray(FOUR.convert("RGB")),
}
SAME_FOUR["in a corner"].paste(FOUR.resize((140, 140)), (20, 400))


@pytest.mark.parametrize("kind", SAME_FOUR)
def test_the_same_drawing_in_any_form_is_the_same_digit(kind: str) -> None:
    expected, got = prepare(FOUR), prepare(SAME_FOUR[kind])
    assert expected is not None
    assert got is not None
    assert np.abs(expected.astype(int) - got).mean() < 6


@pytest.mark.parametrize("digit", OWN)
@pytest.mark.parametrize("size", [(140, 140), (280, 280), (300, 180)])
def test_as_mnist_prepared_its_digits(digit: int, size: tuple[int, int]) -> None:
    pixels = prepare(canvas(OWN[digit]).resize(size))
    assert pixels is not None
    assert pixels.dtype == np.uint8
    assert pixels.shape == (28, 28)
    rows, columns = np.nonzero(pixels)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    ink = pixels.astype(float)
    assert abs((ink.sum(1) * np.arange(28)).sum() / ink.sum() - 14) <= 0.6
    assert abs((ink.sum(0) * np.arange(28)).sum() / ink.sum() - 14) <= 0.6
    assert pixels.max() == 255


def test_preparing_twice_changes_nothing() -> None:
    for digit in OWN:
        once = prepare(canvas(OWN[digit]))
        assert once is not None
        twice = prepare(once)
        assert twice is not None
        assert np.abs(once.astype(int) - twice).max() <= 1


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("L", (280, 280), 255),
        Image.new("RGB", (280, 280)),
        Image.new("RGBA", (9, 9)),
        Image.new("RGBA", (9, 9), (255, 0, 0, 255)),
        np.zeros((1, 1)),
        np.full((40, 40), 0.5),
        np.random.default_rng(0).integers(250, 256, (280, 280), np.uint8),
    ],
    ids=["white", "black", "clear", "red", "1x1", "grey", "paper"],
)
def test_blank_is_a_value_of_its_own(blank: object) -> None:
    assert prepare(blank) is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (np.full((5, 5), np.nan), "not numbers"),
        (np.full((5, 5), np.inf), "not numbers"),
        (np.full((5, 5), -1.0), "0..255"),
        (np.full((5, 5), 70000), "0..255"),
        (np.zeros((2, 2, 7)), "shape"),
        (np.zeros((0, 5)), "no pixels"),
        (np.zeros(784), "shape"),
        (np.array([["a"]]), "not numbers"),
        ([[1, 2], [3]], "different lengths"),
        ("seven", "shape"),
        (None, "shape"),
    ],
)
def test_no_picture_is_one_sentence(wrong: object, says: str) -> None:
    with pytest.raises(PictureError, match=says) as error:
        prepare(wrong)
    assert "\n" not in str(error.value)


@settings(max_examples=150, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.bool_, np.uint16]),
        st.one_of(
            st.tuples(st.integers(1, 60), st.integers(1, 60)),
            st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(2, 4)),
        ),
    )
)
def test_whatever_the_pixels_it_is_blank_or_a_picture(pixels: np.ndarray) -> None:
    prepared = prepare(pixels)
    if prepared is not None:
        assert prepared.shape == (28, 28)
        assert prepared.dtype == np.uint8
        assert prepared.max() > 200
