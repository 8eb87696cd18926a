"""Reading digits: pictures in, readings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from model import weights
from model.nets import CLASSES, ConvClassifier, channels_last, pick_device
from model.picture import Picture, Pixels, prepare_all


@dataclass(frozen=True)
class Reading:
    """What a picture was read as.

    Attributes:
        label: 0..9; `None` where nothing is drawn, or nothing that is a digit.
        probabilities: of 0..9, summing to 1.
        digit_score: in 0..1, whether it is a digit at all.
        pixels: `(28, 28)` uint8, ink = 255: what the net was shown. All 0 where nothing is drawn.
    """

    label: int | None
    probabilities: tuple[float, ...]
    digit_score: float
    pixels: Pixels

    @property
    def blank(self) -> bool:
        """Whether nothing is drawn."""
        return not self.pixels.any()


def digit_scores(probabilities: torch.Tensor) -> torch.Tensor:
    """Whether pictures are digits at all: `(N, 10)` probabilities -> `(N,)` in 0..1.

    A net that learnt to be undecided about what is no digit (entropic open-set loss, Dhamija et
    al. 2018, equation 1) gives all ten the same there. The two best together, and not the best
    alone, so that a digit between a 4 and a 9 is still a digit.
    """
    best_two = probabilities.topk(2, dim=1).values.sum(dim=1)
    return ((best_two - 2 / CLASSES) / (1 - 2 / CLASSES)).clamp(0, 1)


class Classifier:
    """A trained net behind the one preparation path."""

    def __init__(self, net: ConvClassifier, device: str = "cpu") -> None:
        self.device = pick_device(device)
        self.net = channels_last(net.eval().to(self.device))
        self.threshold = float(net.threshold)

    @torch.inference_mode()
    def probabilities(self, pixels: Pixels) -> torch.Tensor:
        """Prepared pictures `(N, 28, 28)` uint8 -> `(N, 10)` probabilities."""
        x = torch.from_numpy(pixels).to(self.device).unsqueeze(1).float().div_(255)
        return self.net.probabilities(x).cpu()

    def classify(self, pictures: Sequence[Picture] | Pixels) -> list[Reading]:
        """Read each picture. See `model.picture.prepare` for what a picture may be.

        Raises:
            PictureError: one of them is no picture.
        """
        pixels, drawn = prepare_all(pictures)
        even = (1 / CLASSES,) * CLASSES
        readings = [Reading(None, even, 0.0, digit) for digit in pixels]
        for start in range(0, len(drawn), 500):  # bounds the memory of a large batch
            part = drawn[start : start + 500]
            p = self.probabilities(pixels[part])
            for i, row, score in zip(part, p.tolist(), digit_scores(p).tolist(), strict=True):
                best = max(range(CLASSES), key=row.__getitem__)
                label = best if score >= self.threshold else None
                readings[i] = Reading(label, tuple(row), score, pixels[i])
        return readings


def load_classifier(source: str | Path = "weights/classifier", device: str = "cpu") -> Classifier:
    """The classifier whose weights `source` names: a folder that holds them.

    Raises:
        WeightsError: they are not there, damaged, or another net's.
    """
    return Classifier(weights.load(ConvClassifier, source), device)
