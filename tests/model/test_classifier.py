"""Reading digits through the door everybody uses."""

import numpy as np
import pytest
import torch
from PIL import Image

from model import Classifier, Generator, PictureError, Reading
from model.nets import CLASSIFIERS, build_classifier, count_parameters, pick_device
from tests.strokes import canvas, real_strokes


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


@pytest.mark.parametrize("name", CLASSIFIERS)
@torch.inference_mode()
def test_every_net_has_the_one_signature(name: str) -> None:
    net = build_classifier(name).eval()
    x = torch.rand(3, 1, 28, 28)
    assert net(x).shape == (3, 10)
    probabilities, scores = net.answer(x)
    assert torch.allclose(probabilities.sum(1), torch.ones(3))
    assert torch.equal(probabilities.argmax(1), net(x).argmax(1))
    assert scores.shape == (3,)
    assert 0 <= float(scores.min()) <= float(scores.max()) <= 1


def test_the_nets_have_their_published_sizes() -> None:
    assert count_parameters(build_classifier("conv3")) == 688_138
    assert count_parameters(build_classifier("digit")) < 400_000
    with pytest.raises(KeyError):
        build_classifier("nosuchnet")


def test_a_device_that_is_not_here_is_one_sentence() -> None:
    assert pick_device("auto").type in ("cuda", "mps", "cpu")
    with pytest.raises(ValueError, match="There is no device 'tpu'"):
        pick_device("tpu")
