"""Writing digits."""

import itertools

import numpy as np
import pytest
import torch

from model import Classifier, Generator, NumberReader, load_generator
from model.cvae import LatentPrior, build_generator
from model.generator import HAND_TIME
from model.morph import distances
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


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_seed_is_the_same_picture_on_a_gpu(generator: Generator) -> None:
    labels = [digit for digit in range(10) for _ in range(20)]
    there = load_generator(device="cuda").sample(labels, seed=6)
    assert np.abs(generator.sample(labels, seed=6).astype(int) - there).max() <= 1


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


def test_noise_goes_to_latents_and_back_in_one_step(generator: Generator) -> None:
    prior = generator.net.prior
    assert isinstance(prior, LatentPrior)
    noise, labels = generator.noise(1000, seed=5), torch.arange(1000) % 10
    with torch.inference_mode():
        z = prior.flow(noise, labels)
        exact = prior.flow(noise, labels, steps=16)
        again = [
            prior.flow(prior.rewind(z, labels, end=time), labels, start=time)
            for time in (HAND_TIME, 0.7)
        ]

    def apart(a: torch.Tensor, b: torch.Tensor) -> float:
        """In the latents' standard deviations, on average."""
        return float((a - b).square().mean().sqrt())

    assert int(prior.steps) == 1  # the bundled one is straight
    assert apart(prior.standardise(z), prior.standardise(exact)) < 0.06
    for there_and_back in again:
        assert apart(prior.standardise(there_and_back), prior.standardise(z)) < 0.03
    assert apart(prior.standardise(z), noise) > 0.3  # it does go somewhere


def test_a_morph_goes_from_end_to_end(classifier: Classifier, generator: Generator) -> None:
    frames = generator.interpolate(3, 8, steps=25, seed=1)
    assert frames.shape == (25, 28, 28)
    labels = [r.label for r in classifier.classify(frames)]
    assert labels[0] == 3
    assert labels[-1] == 8
    steps = np.linalg.norm(np.diff(frames.astype(float), axis=0).reshape(24, -1), axis=1)
    assert steps.max() < 0.5 * np.linalg.norm(frames[0].astype(float) - frames[-1])
    assert np.array_equal(frames, generator.interpolate(3, 8, steps=25, seed=1))


def test_a_morph_shows_its_two_digits_only_and_walks_evenly(
    classifier: Classifier, generator: Generator
) -> None:
    """As the generator's own reader sees it: the judge of `train.evaluate` is another."""
    once = 0
    pairs = [(1, 5), (9, 6), (0, 7), (4, 2), (6, 7), (8, 4), (7, 3), (5, 0)]
    for seed, (start, end) in enumerate(pairs):
        hands = generator.hand(start, seed=seed), generator.hand(end, seed=100 + seed)
        frames = generator.interpolate(*hands, steps=24)
        seen = classifier.answer(frames)[0].argmax(1).tolist()
        assert (seen[0], seen[-1]) == (start, end)
        once += sum(a != b for a, b in itertools.pairwise(seen)) == 1
        sizes = np.diff(distances(frames))
        assert sizes.max() <= 3 * np.median(sizes)
    assert once >= len(pairs) - 1


@pytest.mark.parametrize("steps", [6, 64, 120])
def test_a_morph_of_any_length_walks_evenly(generator: Generator, steps: int) -> None:
    for start, end in ((3, 8), (5, 0), (2, 7)):
        hands = generator.hand(start, seed=1), generator.hand(end, seed=2)
        frames = generator.interpolate(*hands, steps)
        sizes = np.diff(distances(frames))
        assert sizes.max() <= 3 * np.median(sizes)


def test_a_morph_starts_and_ends_with_given_hands(generator: Generator) -> None:
    hand = generator.hand_of(generator.sample([5], seed=9)[0], 5)
    frames = generator.interpolate(hand, 2, steps=8, seed=1)
    assert np.array_equal(frames[0], generator.decode(hand.z[None], [5])[0])
    back = generator.interpolate(2, hand, steps=8, seed=1)
    assert np.array_equal(back[-1], frames[0])


def test_a_hand_writes_all_ten_digits(classifier: Classifier, generator: Generator) -> None:
    labels = [digit for digit in range(10) for _ in range(5)]
    drawn = generator.sample(labels, seed=21)
    hands = [generator.hand_of(*pair) for pair in zip(drawn, labels, strict=True)]
    tens = np.stack([generator.restyle(hand) for hand in hands])
    assert tens.shape == (50, 10, 28, 28)
    seen = classifier.answer(tens.reshape(-1, 28, 28))[0].argmax(1).reshape(50, 10).numpy()
    assert (seen == np.arange(10)).mean() >= 0.95
    heavy = drawn.mean((1, 2)) > np.median(drawn.mean((1, 2)))
    assert tens[heavy].mean() > 1.1 * tens[~heavy].mean()
    own = np.abs(tens[np.arange(50), labels].astype(int) - drawn).mean()
    assert own < 10  # the digit itself comes back
    assert generator.restyle(hands[0], [3, 3]).shape == (2, 28, 28)


def test_a_number_is_written_on_one_line(numbers: NumberReader, generator: Generator) -> None:
    right = 0
    for seed, text in enumerate(("31415", "2026", "90210", "8675309")):
        line = generator.write_number(text, temperature=0.7, seed=seed)
        assert line.dtype == np.uint8
        assert 25 <= line.shape[0] <= 36
        assert not line[:2].any()
        right += numbers.read(255 - line.repeat(4, 0).repeat(4, 1)).text == text
    assert right >= 3
    assert np.array_equal(
        generator.write_number("12", seed=1), generator.write_number("12", seed=1)
    )
    twice = generator.write_number("77", seed=4)
    assert twice.shape[1] < 60


def test_a_number_can_be_written_by_a_given_hand(generator: Generator) -> None:
    heavy = generator.hand_of(np.maximum.reduce(generator.sample([1] * 8, 0.5, seed=1)), 1)
    light = generator.hand_of(np.minimum.reduce(generator.sample([1] * 2, 0.0, seed=1)), 1)
    ink = [generator.write_number("2508", seed=1, hand=h).sum() for h in (heavy, light)]
    assert ink[0] > 1.2 * ink[1]


def test_between_two_digits_lie_others(classifier: Classifier, generator: Generator) -> None:
    def share_of(digit: int, share: float) -> float:
        pixels = generator.mix(3, 8, share, count=40, seed=2)
        return float(classifier.answer(pixels)[0][:, digit].mean())

    assert share_of(3, 0.0) > 0.9
    assert share_of(8, 1.0) > 0.9
    assert 0.05 < share_of(8, 0.5) < 0.95
    assert share_of(8, 0.2) < share_of(8, 0.8)
    assert np.array_equal(generator.mix(3, 8, 0.0, 5, seed=1), generator.sample([3] * 5, seed=1))


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
        (lambda g: g.write_number(""), "1 to 32 digits"),
        (lambda g: g.write_number("12a"), "1 to 32 digits"),
        (lambda g: g.write_number("١٢"), "1 to 32 digits"),
        (lambda g: g.write_number("1" * 33), "1 to 32 digits"),
        (lambda g: g.mix(3, 8, 1.5), "Share must lie in 0..1"),
        (lambda g: g.mix(3, 8, count=-1), "Count must be at least 0"),
        (lambda g: g.mix(3, 8, temperature=-1), "Temperature must lie in"),
        (lambda g: g.restyle(g.hand(3), [11]), "digit 0..9, not 11"),
        (lambda g: g.hand_of(np.zeros((3, 3), np.uint8), 1), "1 labels need pixels"),
        (lambda g: g.decode(np.zeros((2, 3), np.float32), [1, 2]), "2 labels need z of shape"),
    ],
)
def test_what_cannot_be_is_one_sentence(generator: Generator, ask, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=says):
        ask(generator)


def test_nothing_asked_nothing_written(generator: Generator) -> None:
    assert generator.sample([]).shape == (0, 28, 28)


def test_size() -> None:
    assert 2 * count_parameters(build_generator("cvae")) <= 6_000_000  # bytes, as float16
