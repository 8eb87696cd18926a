"""Writing digits: labels in, pictures out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from model import weights
from model.classifier import Classifier, load_classifier
from model.cvae import NETS
from model.line import set_in_line
from model.morph import relabelled, walk
from model.nets import CLASSES, pick_device
from model.picture import Pixels
from model.share import shared_out
from model.vae import DigitVAE
from model.weights import Origin, Source

Labels: TypeAlias = Sequence[int] | npt.NDArray[np.integer]

SEEDS = 2**32  # seeds are 0 <= seed < SEEDS
LONGEST_NUMBER = 32  # digits

# A hand is taken from one label to another by following the prior's flow back to this time, of 0
# (noise) to 1 (the latent itself), and forth again. Measured: see `train.evaluate generator`.
HAND_TIME = 0.35
# How far two digits of one number differ, in standard deviations of the latents at that time.
UNSTEADINESS = 0.15


def random_seed() -> int:
    """A seed nobody can foresee."""
    return secrets.randbelow(SEEDS)


@dataclass(frozen=True)
class Hand:
    """A digit as the generator knows it.

    Attributes:
        label: which digit, 0..9.
        z: `(Z,)`, how it is written.
    """

    label: int
    z: npt.NDArray[np.float32]


class Generator:
    """A trained CVAE and its latent prior.

    The same seed gives the same pictures on every machine: noise is drawn by NumPy on the CPU, and
    the first pictures do not depend on how many follow.
    """

    def __init__(
        self,
        net: DigitVAE,
        device: str = "cpu",
        reader: Classifier | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Serve `net`, whose weights are of `origin`, where they were loaded.

        A `reader`, if there is one, chooses the way that morphs take.
        """
        self.origin = origin
        self.reader = reader
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
        _check(0.0 <= temperature <= 2.0, f"temperature must lie in 0..2, not {temperature}")
        y = self._labels(labels)
        z = self.net.prior.flow(self.noise(len(y), seed) * temperature, y)
        return self._pictures(z, y)

    @torch.inference_mode()
    def from_noise(self, noise: npt.NDArray[np.float32], labels: Labels) -> Pixels:
        """The digits that noise becomes: `(N, Z)` standard normal, N labels -> `(N, 28, 28)` uint8.

        Raises:
            ValueError: shapes do not fit, or a label is no digit.
        """
        noise_, y = self._latents("noise", noise, labels)
        return self._pictures(self.net.prior.flow(noise_, y), y)

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
        return self._pictures(*self._latents("z", z, labels))

    @torch.inference_mode()
    def mix(
        self,
        first: int,
        second: int,
        share: float = 0.5,
        count: int = 1,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Pixels:
        """Digits between two digits, which nobody has a name for.

        Args:
            first: digit in 0..9.
            second: digit in 0..9.
            share: of the second one, 0..1.
            count: how many, N.
            temperature: as for `sample`.
            seed: as for `sample`.

        Returns:
            `(N, 28, 28)` uint8, ink = 255.

        Raises:
            ValueError: an argument is out of range.
        """
        _check(0.0 <= share <= 1.0, f"share must lie in 0..1, not {share}")
        _check(count >= 0, f"count must be at least 0, not {count}")
        _check(0.0 <= temperature <= 2.0, f"temperature must lie in 0..2, not {temperature}")
        noise = self.noise(count, seed) * temperature
        one, two = (self._labels([digit]).expand(count) for digit in (first, second))
        near = one if share < 0.5 else two  # no label between two was ever taught
        z = torch.lerp(
            relabelled(self.net, self.net.prior.flow(noise, one), one, near),
            relabelled(self.net, self.net.prior.flow(noise, two), two, near),
            share,
        )
        return self._pictures(z, near)

    @torch.inference_mode()
    def hand(self, label: int, temperature: float = 1.0, seed: int | None = None) -> Hand:
        """A hand that nobody has: the one of the first digit that `sample` would write.

        Raises:
            ValueError: an argument is out of range.
        """
        _check(0.0 <= temperature <= 2.0, f"temperature must lie in 0..2, not {temperature}")
        y = self._labels([label])
        z = self.net.prior.flow(self.noise(1, seed) * temperature, y)
        return Hand(int(label), z[0].float().cpu().numpy())

    def hand_of(self, pixels: Pixels, label: int) -> Hand:
        """The hand that wrote a digit: `(28, 28)` uint8 as `prepare` gives it, and which it is.

        Raises:
            ValueError: the shape does not fit, or the label is no digit.
        """
        return Hand(int(label), self.encode(np.asarray(pixels)[None], [label])[0])

    @torch.inference_mode()
    def restyle(self, hand: Hand, labels: Labels = tuple(range(CLASSES))) -> Pixels:
        """Other digits in the same hand: as slanted, as large, as heavy.

        Args:
            hand: of `hand_of` or `hand`.
            labels: N digits in 0..9.

        Returns:
            `(N, 28, 28)` uint8, ink = 255.

        Raises:
            ValueError: a label is no digit.
        """
        y = self._labels(labels)
        return self._pictures(self._in_hand(hand, y, None), y)

    @torch.inference_mode()
    def write_number(
        self,
        text: str,
        temperature: float = 1.0,
        seed: int | None = None,
        hand: Hand | None = None,
    ) -> Pixels:
        """A number in one hand, as one picture.

        Args:
            text: 1 to 32 digits.
            temperature: as for `sample`; a given hand keeps its own.
            seed: as for `sample`.
            hand: whose; `None` for one that the seed decides.

        Returns:
            `(H, W)` uint8, ink = 255; a digit is about 20 pixels high.

        Raises:
            ValueError: the text is no such number, or an argument is out of range.
        """
        fine = 1 <= len(text) <= LONGEST_NUMBER and text.isascii() and text.isdecimal()
        _check(fine, f"a number to write has 1 to {LONGEST_NUMBER} digits and nothing else")
        y = self._labels([int(letter) for letter in text])
        noise = self.noise(len(y) + 1, seed)[1:]  # the first is the hand's
        given = hand if hand is not None else self.hand(int(text[0]), temperature, seed)
        strength = temperature if hand is None else 1.0
        return set_in_line(self._pictures(self._in_hand(given, y, noise * strength), y))

    @torch.inference_mode()
    def interpolate(
        self, start: int | Hand, end: int | Hand, steps: int = 24, seed: int | None = None
    ) -> Pixels:
        """One digit turning into another, in even steps, gently at both ends.

        Args:
            start: of the first picture: a digit in 0..9, or a hand, which knows its digit.
            end: of the last one.
            steps: pictures, both ends included; at least 2.
            seed: of digits that come without a hand; they have one in common, unless they are the
                same digit.

        Returns:
            `(steps, 28, 28)` uint8, ink = 255.

        Raises:
            ValueError: an argument is out of range.
        """
        _check(steps >= 2, f"steps must be at least 2, not {steps}")
        labels = self._labels([e.label if isinstance(e, Hand) else e for e in (start, end)])
        noise = self.noise(2, seed)
        if labels[0] != labels[1]:
            noise[1] = noise[0]
        ends = self.net.prior.flow(noise, labels)
        for i, given in enumerate((start, end)):
            if isinstance(given, Hand):
                ends[i] = torch.from_numpy(given.z)
        read = None if self.reader is None else self._read
        return walk(self.net, ends, labels, steps, read)

    def _read(self, pixels: Pixels) -> npt.NDArray[np.float64]:
        assert self.reader is not None
        return self.reader.answer(pixels)[0].double().numpy()

    def _in_hand(self, hand: Hand, labels: Tensor, noise: Tensor | None) -> Tensor:
        """`(N, Z)` latents of digits in a hand, each a little different where there is noise."""
        own = torch.tensor([hand.label], device=self.device)
        z = torch.from_numpy(hand.z).to(self.device)[None]
        style = self.net.prior.rewind(z, own, end=HAND_TIME).expand(len(labels), -1)
        if noise is not None:
            style = style + UNSTEADINESS * noise
        return self.net.prior.flow(style, labels, start=HAND_TIME)

    def _labels(self, labels: Labels) -> Tensor:
        for label in labels:
            _check(label in range(CLASSES), f"a label must be a digit 0..9, not {label!r}")
        return torch.tensor([int(label) for label in labels], dtype=torch.long, device=self.device)

    def _latents(
        self, name: str, values: npt.NDArray[np.float32], labels: Labels
    ) -> tuple[Tensor, Tensor]:
        y, values = self._labels(labels), np.asarray(values, np.float32)
        shape = (len(y), self.net.latent)
        _check(
            values.shape == shape,
            f"{len(y)} labels need {name} of shape {shape}, not {values.shape}",
        )
        return torch.from_numpy(values).to(self.device), y

    def _pictures(self, z: Tensor, labels: Tensor) -> Pixels:
        logits = shared_out(self.net.decode, z, labels)[:, 0]
        return logits.sigmoid().mul(255).round().byte().cpu().numpy()


def _check(fine: bool, sentence: str) -> None:
    if not fine:
        raise ValueError(sentence[0].upper() + sentence[1:] + ".")


def load_generator(
    source: Source = Path("weights/generator"),
    device: str = "cpu",
    reader: Classifier | None = None,
) -> Generator:
    """The generator whose weights `source` names.

    Args:
        source: a folder that holds them, or `owner/name[@revision]` on the Hub.
        device: where it runs.
        reader: chooses the way that morphs take; `None` for the bundled classifier.

    Raises:
        WeightsError: they are not there, damaged, or another net's.
    """
    origin = weights.find(source)
    net = weights.load(NETS, origin)
    return Generator(net, device, load_classifier() if reader is None else reader, origin)
