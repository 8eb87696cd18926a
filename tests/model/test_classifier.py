"""Reading digits through the door everybody uses."""

import numpy as np
import pytest
from PIL import Image

from model import Classifier, Generator, PictureError, Reading
from model.nets import pick_device
from tests.photos import PHOTOS, photo
from tests.strokes import OWN, canvas, real_strokes


def test_reads_what_people_draw(classifier: Classifier) -> None:
    drawings = real_strokes(each=6)
    readings = classifier.classify([canvas(strokes) for _, strokes in drawings])
    right = sum(r.label == digit for r, (digit, _) in zip(readings, drawings, strict=True))
    assert right >= 0.9 * len(drawings)


def test_a_reading_is_whole(classifier: Classifier, generator: Generator) -> None:
    (seven,) = classifier.classify(generator.sample([7], seed=1))
    assert isinstance(seven, Reading)
    assert seven.label == 7
    assert len(seven.probabilities) == 10
    assert sum(seven.probabilities) == pytest.approx(1, abs=1e-5)
    assert max(seven.probabilities) == seven.probabilities[7]
    assert 0 <= seven.digit_score <= 1
    assert seven.pixels.shape == (28, 28)
    assert seven.pixels.dtype == np.uint8
    assert not seven.blank


def test_nothing_drawn_is_no_digit(classifier: Classifier, generator: Generator) -> None:
    blank, three = classifier.classify(
        [Image.new("L", (280, 280), 255), generator.sample([3], seed=1)[0]]
    )
    assert blank.blank
    assert blank.label is None
    assert blank.digit_score == 0
    assert sum(blank.probabilities) == pytest.approx(1)
    assert three.label == 3


def test_what_is_no_digit_is_not_called_one(classifier: Classifier) -> None:
    zigzag = [(0.1 + 0.8 * (i % 2), 0.15 + 0.05 * i) for i in range(14)]
    heart = [
        (0.5, 0.85), (0.2, 0.5), (0.2, 0.3), (0.35, 0.2), (0.5, 0.35),
        (0.65, 0.2), (0.8, 0.3), (0.8, 0.5), (0.5, 0.85),
    ]  # fmt: skip
    cross = [[(0.2, 0.2), (0.8, 0.8)], [(0.8, 0.2), (0.2, 0.8)]]
    letter = [[(0.3, 0.1), (0.3, 0.9)], [(0.7, 0.1), (0.7, 0.9)], [(0.3, 0.5), (0.7, 0.5)]]
    dot = [[(0.5, 0.5), (0.5, 0.501)]]
    for strokes in ([zigzag, [(y, x) for x, y in zigzag]], [heart], cross, letter, dot):
        (reading,) = classifier.classify([canvas(strokes)])
        assert reading.label is None
        assert not reading.blank
        assert sum(reading.probabilities) == pytest.approx(1, abs=1e-5)


def test_order_and_company_do_not_matter(classifier: Classifier, generator: Generator) -> None:
    pixels = generator.sample(list(range(10)), seed=5)
    together = classifier.classify(pixels)
    alone = [classifier.classify([picture])[0] for picture in pixels]
    assert [r.label for r in together] == [r.label for r in alone]
    for a, b in zip(together, alone, strict=True):
        assert a.probabilities == pytest.approx(b.probabilities, abs=1e-4)


def test_no_pictures_no_readings(classifier: Classifier) -> None:
    assert classifier.classify([]) == []


def test_a_wrong_picture_among_others_is_named(classifier: Classifier) -> None:
    with pytest.raises(PictureError):
        classifier.classify([np.zeros((28, 28)), np.zeros((2, 2, 9))])


def test_a_device_that_is_not_here_is_one_sentence() -> None:
    assert pick_device("auto").type in ("cuda", "mps", "cpu")
    with pytest.raises(ValueError, match="There is no device 'tpu'"):
        pick_device("tpu")


def test_a_heat_map_lies_on_the_ink_that_speaks_for_the_reading(classifier: Classifier) -> None:
    # A 7 and a 1 differ by the bar at the top: without it a 7 is no 7.
    picture = canvas(OWN[7])
    why = classifier.explain(picture)
    assert why is not None
    assert why.label == 7
    assert why.heat.shape == (28, 28)
    assert why.heat.dtype == np.float32
    assert float(why.heat.min()) >= 0
    assert float(why.heat.max()) == pytest.approx(1)
    (reading,) = classifier.classify([picture])
    rows = np.flatnonzero(reading.pixels.any(1))
    upper, lower = np.array_split(why.heat[rows[0] : rows[-1] + 1], 2)
    assert upper.sum() > lower.sum()
    left, top, right, bottom = why.box
    # The field's 20 of 28 pixels are the drawing's longer side.
    assert right - left == pytest.approx(bottom - top)
    ink = np.asarray(picture) < 128
    assert (bottom - top) * 20 / 28 == pytest.approx(np.ptp(np.flatnonzero(ink.any(1))), abs=5)
    assert left < np.flatnonzero(ink.any(0))[0]
    assert right > np.flatnonzero(ink.any(0))[-1]


def test_nothing_drawn_needs_no_explanation(classifier: Classifier) -> None:
    assert classifier.explain(Image.new("L", (280, 280), 255)) is None


@pytest.mark.parametrize("kind", PHOTOS)
def test_photos_are_read(classifier: Classifier, kind: str) -> None:
    drawings = [(digit, canvas(strokes)) for digit, strokes in OWN.items()]
    pictures = [photo(drawing, **PHOTOS[kind], seed=digit) for digit, drawing in drawings]
    readings = classifier.classify(pictures)
    right = sum(r.label == digit for r, (digit, _) in zip(readings, drawings, strict=True))
    assert right >= 9


def test_a_photo_of_blank_paper_is_blank(classifier: Classifier) -> None:
    blank = Image.new("L", (280, 280), 255)
    for kind in ("on white paper", "under a lamp", "in a shadow", "compressed to rags"):
        (reading,) = classifier.classify([photo(blank, **PHOTOS[kind])])
        assert reading.label is None, kind


@pytest.mark.parametrize("side", [1, 2, 8000])
def test_any_size_is_answered(classifier: Classifier, side: int) -> None:
    picture = canvas(OWN[3]).resize((side, side))
    (reading,) = classifier.classify([picture])
    assert reading.label == (3 if side > 2 else None)
