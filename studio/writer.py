"""Digits to order, for the page and the API alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from model import Classifier, Generator, Reading
from model.picture import Pixels

REMEMBERED = 64  # orders; of 100 digits each they take 5 MB


@dataclass(frozen=True)
class Order:
    """What is to be written. The same order is answered by the same pictures.

    Attributes:
        digit: 0..9.
        count: how many.
        temperature: as for `Generator.sample`.
        seed: as for `Generator.sample`.
        second: a digit to mix it with; `None`: it is to be itself.
        share: of the second one, 0..1.
    """

    digit: int
    count: int
    temperature: float
    seed: int
    second: int | None = None
    share: float = 0.0


class Writer:
    """Writes to order, and remembers the last orders.

    Everybody who opens the tab or follows a link asks for the same, and who moves a slider there
    and back asks twice.
    """

    def __init__(self, generator: Generator, classifier: Classifier) -> None:
        self.generator, self.classifier = generator, classifier
        self.write = lru_cache(REMEMBERED)(self._write)
        self.read_back = lru_cache(REMEMBERED)(self._read_back)

    def _write(self, order: Order) -> Pixels:
        """`(N, 28, 28)` uint8, ink = 255, not to be changed."""
        if order.second is None:
            pixels = self.generator.sample(
                [order.digit] * order.count, order.temperature, order.seed
            )
        else:
            pixels = self.generator.mix(
                order.digit, order.second, order.share, order.count, order.temperature, order.seed
            )
        pixels.flags.writeable = False
        return pixels

    def _read_back(self, order: Order) -> list[Reading]:
        """What the reader takes each of them for."""
        return self.classifier.classify(self.write(order))
