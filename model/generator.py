"""Writing digits: labels in, pictures out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from model import weights
from model.cvae import ConvCVAE
from model.nets import CLASSES, pick_device
from model.picture import Pixels

Labels: TypeAlias = Sequence[int] | npt.NDArray[np.integer]

SEEDS = 2**32  # seeds are 0 <= seed < SEEDS


def random_seed() -> int:
    """A seed nobody can foresee."""
    return secrets.randbelow(SEEDS)


class Generator:
    """A trained CVAE and its latent prior.

    The same seed gives the same pictures on every machine: noise is drawn by NumPy on the CPU, and
    the first pictures do not depend on how many follow.
    """

    def __init__(self, net: ConvCVAE, device: str = "cpu") -> None:
        self.device = pick_device(device)
        self.net = net.eval().to(self.device)

    def noise(self, count: int, seed: int | None) -> Tensor:
        """`(count, Z)` standard normal numbers, the same everywhere for the same seed.

        Raises:
            ValueError: the seed is out of range.
        """
        _check(seed is None or 0 <= seed < SEEDS, f"seed must lie in 0..{SEEDS - 1}, not {seed}")
        generator = np.random.Generator(np.random.PCG64(random_seed() if seed is None else seed))
        draws = generator.standard_normal((count, self.net.latent), np.float64)
        return torch.from_numpy(draws.astype(np.float32)).to(self.device)

    @torch.inference_mode()
    def sample(self, labels: Labels, temperature: float = 1.0, seed: int | None = None) -> Pixels:
        """Digits that nobody wrote.

        Args:
            labels: N digits in 0..9.
            temperature: scale of the noise: 0 the typical digit, 1 people's variety, above wilder.
            seed: 0 <= seed < 2**32; None for a new one.

        Returns:
            `(N, 28, 28)` uint8, ink = 255.

        Raises:
            ValueError: a label is no digit, or temperature or seed is out of range.
        """
        y = self._labels(labels)
        _check(0.0 <= temperature <= 2.0, f"temperature must lie in 0..2, not {temperature}")
        z = self.net.prior.flow(self.noise(len(y), seed) * temperature, y)
        return self._pictures(z, y)

    @torch.inference_mode()
    def encode(self, pixels: Pixels, labels: Labels) -> npt.NDArray[np.float32]:
        """The latents of prepared digits: `(N, 28, 28)` uint8, N labels -> `(N, Z)`.

        Raises:
            ValueError: shapes do not fit, or a label is no digit.
        """
        y, pixels = self._labels(labels), np.asarray(pixels)
        _check(pixels.dtype == np.uint8, f"pixels must be uint8, ink = 255, not {pixels.dtype}")
        _check(
            pixels.shape == (len(y), 28, 28),
            f"{len(y)} labels need pixels of shape ({len(y)}, 28, 28), not {pixels.shape}",
        )
        x = torch.from_numpy(pixels).to(self.device).unsqueeze(1).float().div_(255)
        mean, _ = self.net.encode(x, y)
        return mean.float().cpu().numpy()

    @torch.inference_mode()
    def decode(self, z: npt.NDArray[np.float32], labels: Labels) -> Pixels:
        """The digits of latents: `(N, Z)`, N labels -> `(N, 28, 28)` uint8.

        Raises:
            ValueError: shapes do not fit, or a label is no digit.
        """
        y, z = self._labels(labels), np.asarray(z, np.float32)
        shape = (len(y), self.net.latent)
        _check(z.shape == shape, f"{len(y)} labels need z of shape {shape}, not {z.shape}")
        return self._pictures(torch.from_numpy(z).to(self.device), y)

    @torch.inference_mode()
    def interpolate(self, start: int, end: int, steps: int = 24, seed: int | None = None) -> Pixels:
        """One digit turning into another, in one hand.

        Args:
            start: digit in 0..9 of the first picture.
            end: digit in 0..9 of the last one.
            steps: pictures, both ends included; at least 2.
            seed: of the hand, as for `sample`.

        Returns:
            `(steps, 28, 28)` uint8, ink = 255.

        Raises:
            ValueError: an argument is out of range.
        """
        _check(steps >= 2, f"steps must be at least 2, not {steps}")
        ends = self._labels([start, end])
        t = torch.linspace(0, 1, steps, device=self.device)[:, None]
        onehot = F.one_hot(ends, CLASSES).float()
        noise = self.noise(2, seed)
        if start != end:
            noise[1] = noise[0]
        z = self.net.prior.flow(noise, ends)
        mixed = (1 - t) * onehot[:1] + t * onehot[1:]
        return self._pictures((1 - t) * z[:1] + t * z[1:], mixed)

    def _labels(self, labels: Labels) -> Tensor:
        for label in labels:
            _check(label in range(CLASSES), f"a label must be a digit 0..9, not {label!r}")
        return torch.tensor([int(label) for label in labels], dtype=torch.long, device=self.device)

    def _pictures(self, z: Tensor, labels: Tensor) -> Pixels:
        logits = self.net.decode(z, labels)[:, 0]
        return logits.sigmoid().mul(255).round().byte().cpu().numpy()


def _check(fine: bool, sentence: str) -> None:
    if not fine:
        raise ValueError(sentence[0].upper() + sentence[1:] + ".")


def load_generator(source: str | Path = "weights/generator", device: str = "cpu") -> Generator:
    """The generator whose weights `source` names: a folder that holds them.

    Raises:
        WeightsError: they are not there, damaged, or another net's.
    """
    return Generator(weights.load(ConvCVAE, source), device)
