"""Reading digits: pictures in, readings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from model import weights
from model.heat import occlusion
from model.nets import CLASSES, ConvClassifier, folded, pick_device
from model.picture import Box, Picture, Pixels, field_of, ink_of, prepare_all
from model.weights import Origin, Source, WeightsError


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


@dataclass(frozen=True)
class Explanation:
    """Where a picture speaks for what it was read as.

    Attributes:
        label: what it was read as, or what it looks most like where it was refused.
        heat: `(28, 28)` in 0..1, 1 where it speaks loudest.
        box: left, top, right, bottom of those 28x28 pixels, in the picture's pixels.
    """

    label: int
    heat: npt.NDArray[np.float32]
    box: Box


class Classifier:
    """A trained net behind the one preparation path."""

    def __init__(
        self, net: ConvClassifier, device: str = "cpu", origin: Origin | None = None
    ) -> None:
        """Serve `net`, whose weights are of `origin`, where they were loaded."""
        self.origin = origin
        self.device = pick_device(device)
        self.net = net.eval().to(self.device)  # as it was trained
        self._reader = folded(self.net)
        self.threshold = float(net.threshold)

    @torch.inference_mode()
    def answer(self, pixels: Pixels) -> tuple[torch.Tensor, torch.Tensor]:
        """Prepared pictures `(N, 28, 28)` uint8 -> `(N, 10)` probabilities, `(N,)` digit scores."""
        x = torch.from_numpy(pixels).to(self.device).unsqueeze(1).float().div_(255)
        probabilities, scores = self._reader.answer(x)
        return probabilities.cpu(), scores.cpu()

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
            p, scores = self.answer(pixels[part])
            for i, row, score in zip(part, p.tolist(), scores.tolist(), strict=True):
                best = max(range(CLASSES), key=row.__getitem__)
                label = best if score >= self.threshold else None
                readings[i] = Reading(label, tuple(row), score, pixels[i])
        return readings

    def explain(self, picture: Picture) -> Explanation | None:
        """Which parts of a picture speak for its reading; `None` where nothing is drawn.

        Raises:
            PictureError: it is no picture.
        """
        ink = ink_of(picture)
        if ink is None:
            return None
        field = field_of(ink)
        probabilities, _ = self._answer_arrays(field.pixels[None])
        label = int(probabilities[0].argmax())
        heat = occlusion(field.pixels, label, lambda pixels: self._answer_arrays(pixels)[0])
        return Explanation(label, heat, field.box)

    def _answer_arrays(
        self, pixels: Pixels
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        probabilities, scores = self.answer(pixels)
        return probabilities.double().numpy(), scores.double().numpy()


def load_classifier(source: Source = Path("weights/classifier"), device: str = "cpu") -> Classifier:
    """The classifier whose weights `source` names.

    Args:
        source: a folder that holds them, or `owner/name[@revision]` on the Hub.
        device: where it runs.

    Raises:
        WeightsError: they are not there, damaged, or another net's.
    """
    origin = weights.find(source)
    net = weights.load(ConvClassifier, origin)
    if net.channels != 1:
        raise WeightsError(f"The weights in '{origin.source}' read numbers, not digits.")
    return Classifier(net, device, origin)
