"""Writing digits."""

import numpy as np
import pytest

from model import Classifier, Generator
from model.cvae import build_generator
from model.nets import count_parameters


def test_writes_what_was_asked_for(classifier: Classifier, generator: Generator) -> None:
    labels = [digit for digit in range(10) for _ in range(30)]
    pixels = generator.sample(labels, seed=11)
    assert pixels.shape == (300, 28, 28)
    assert pixels.dtype == np.uint8
    read = classifier.classify(pixels)
    assert sum(r.label == d for r, d in zip(read, labels, strict=True)) >= 0.97 * len(labels)


def test_a_seed_is_a_picture(generator: Generator) -> None:
    five = generator.sample([4] * 5, seed=2**32 - 1)
    hundred = generator.sample([4] * 100, seed=2**32 - 1)
    assert np.abs(five.astype(int) - hundred[:5]).max() <= 1  # however many follow
    assert not np.array_equal(five, generator.sample([4] * 5, seed=2))
    assert not np.array_equal(generator.sample([4] * 5), generator.sample([4] * 5))


def test_temperature_goes_from_one_digit_to_many(generator: Generator) -> None:
    def variety(temperature: float) -> float:
        return float(generator.sample([8] * 40, temperature, seed=3).std(axis=0).mean())

    assert variety(0) == 0
    assert variety(0.5) < variety(1.0) < variety(1.6)


def test_encode_and_decode_are_inverse(generator: Generator) -> None:
    labels = list(range(10)) * 3
    pixels = generator.sample(labels, seed=4)
    z = generator.encode(pixels, labels)
    assert z.shape == (30, generator.net.latent)
    again = generator.decode(z, labels)
    assert again.shape == pixels.shape
    assert np.abs(again.astype(int) - pixels).mean() < 10


def test_a_morph_goes_from_end_to_end(classifier: Classifier, generator: Generator) -> None:
    frames = generator.interpolate(3, 8, steps=25, seed=1)
    assert frames.shape == (25, 28, 28)
    labels = [r.label for r in classifier.classify(frames)]
    assert labels[0] == 3
    assert labels[-1] == 8
    steps = np.linalg.norm(np.diff(frames.astype(float), axis=0).reshape(24, -1), axis=1)
    assert steps.max() < 0.5 * np.linalg.norm(frames[0].astype(float) - frames[-1])
    assert np.array_equal(frames, generator.interpolate(3, 8, steps=25, seed=1))


def test_a_morph_within_one_digit_moves(generator: Generator) -> None:
    frames = generator.interpolate(2, 2, steps=5, seed=1)
    assert not np.array_equal(frames[0], frames[-1])


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda g: g.sample([10]), "digit 0..9, not 10"),
        (lambda g: g.sample([-1]), "digit 0..9"),
        (lambda g: g.sample([1], temperature=float("nan")), "Temperature must lie in 0..2"),
        (lambda g: g.sample([1], temperature=2.5), "Temperature"),
        (lambda g: g.sample([1], seed=2**32), "Seed must lie in"),
        (lambda g: g.sample([1], seed=-1), "Seed must lie in"),
        (lambda g: g.interpolate(1, 2, steps=1), "Steps must be at least 2"),
        (lambda g: g.interpolate(1, 12, steps=5), "digit 0..9, not 12"),
        (lambda g: g.encode(np.zeros((2, 28, 28), np.uint8), [1]), "1 labels need pixels"),
        (lambda g: g.encode(np.zeros((1, 28, 28)), [1]), "Pixels must be uint8"),
        (lambda g: g.decode(np.zeros((2, 3), np.float32), [1, 2]), "2 labels need z of shape"),
    ],
)
def test_what_cannot_be_is_one_sentence(generator: Generator, ask, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=says):
        ask(generator)


def test_nothing_asked_nothing_written(generator: Generator) -> None:
    assert generator.sample([]).shape == (0, 28, 28)


def test_size() -> None:
    assert count_parameters(build_generator("cvae")) < 1_500_000
