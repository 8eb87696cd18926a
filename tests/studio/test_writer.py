"""Digits to order: what was asked for, and once only."""

from __future__ import annotations

import numpy as np
import pytest

from model import Classifier, Generator
from model.generator import Labels
from model.picture import Pixels
from studio.writer import REMEMBERED, Order, Writer


class Counting(Generator):
    """Counts what it is asked."""

    asked = 0

    def sample(self, labels: Labels, temperature: float = 1.0, seed: int | None = None) -> Pixels:
        self.asked += 1
        return super().sample(labels, temperature, seed)


def test_the_same_order_is_answered_by_the_same_pictures_and_written_once(
    generator: Generator, classifier: Classifier
) -> None:
    counting = Counting(generator.net)
    writer = Writer(counting, classifier)
    order = Order(7, 3, 0.8, 5)
    pictures = writer.write(order)
    assert np.array_equal(pictures, generator.sample([7] * 3, 0.8, 5))
    assert [reading.label for reading in writer.read_back(order)] == [7, 7, 7]
    assert writer.write(Order(7, 3, 0.8, 5)) is pictures
    assert counting.asked == 1
    with pytest.raises(ValueError, match="read-only"):
        pictures[0] = 0  # who comes next would see it
    for seed in range(REMEMBERED + 1):
        writer.write(Order(1, 1, 1.0, seed))
    writer.write(order)
    assert counting.asked == REMEMBERED + 3  # the oldest is forgotten


def test_a_mixture_is_of_two_digits(generator: Generator, classifier: Classifier) -> None:
    mixed = Writer(generator, classifier).write(Order(3, 4, 1.0, 5, second=8, share=0.3))
    assert np.array_equal(mixed, generator.mix(3, 8, 0.3, 4, 1.0, 5))
