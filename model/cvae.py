"""The generator's net: a convolutional conditional VAE and its learned latent prior.

The CVAE (Kingma & Welling 2014; Sohn et al. 2015) maps digit and label to a latent z and back.
N(0, I) is not where its encoder puts the digits, so samples drawn from it are often no digit at
all (Chadebec & Allassonnière 2022). A small net therefore learns the true distribution of z given
the label by flow matching (Lipman et al. 2023): it carries Gaussian noise to latents along an
ordinary differential equation. Learnt anew from its own pairs of noise and latent, it does so along
lines that are nearly straight, in a single step (Liu et al. 2023).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from model.nets import CLASSES
from model.vae import DigitVAE, PerceptronVAE


class FiLMBlock(nn.Module):
    """Residual 3x3 convolutions, steered by a condition (FiLM, Perez et al. 2018)."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.film = nn.Linear(condition, 2 * channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)  # a block starts as the identity
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """`(B, C, H, W), (B, E) -> (B, C, H, W)`."""
        scale, shift = self.film(condition)[:, :, None, None].chunk(2, dim=1)
        h = F.silu(self.norm(x) * (1 + scale) + shift)
        return x + self.conv2(F.silu(self.conv1(h)))


class Encoder(nn.Module):
    """Digit and label to the mean and log-variance of q(z | x, y)."""

    def __init__(self, width: int, condition: int, latent: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, width, 4, stride=2, padding=1)
        self.block1 = FiLMBlock(width, condition)
        self.down = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
        self.block2 = FiLMBlock(2 * width, condition)
        self.squeeze = nn.Conv2d(2 * width, width, 3, stride=2, padding=1)
        self.out = nn.Linear(width * 16, 2 * latent)

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """`(B, 1, 28, 28), (B, E) -> (B, Z), (B, Z)`."""
        h = self.block1(self.stem(x), condition)  # (B, W, 14, 14)
        h = self.block2(self.down(h), condition)  # (B, 2W, 7, 7)
        h = F.silu(self.squeeze(F.silu(h)))  # (B, W, 4, 4)
        mean, log_variance = self.out(h.flatten(1)).chunk(2, dim=1)
        return mean, log_variance.clamp(-12, 4)


class Decoder(nn.Module):
    """Latent and label to the logits of a digit."""

    def __init__(self, width: int, condition: int, latent: int) -> None:
        super().__init__()
        self.latent = nn.Linear(latent, condition)
        self.seed = nn.Linear(latent + condition, 2 * width // 3 * 49)
        self.widen = nn.Conv2d(2 * width // 3, 2 * width, 1)
        self.block1 = FiLMBlock(2 * width, condition)
        self.up1 = nn.Conv2d(2 * width, 4 * width, 3, padding=1)
        self.block2 = FiLMBlock(width, condition)
        self.up2 = nn.Conv2d(width, 4 * (width // 2), 3, padding=1)
        self.out = nn.Conv2d(width // 2, 1, 3, padding=1)

    def forward(self, z: Tensor, condition: Tensor) -> Tensor:
        """`(B, Z), (B, E) -> (B, 1, 28, 28)` logits of ink."""
        steer = condition + self.latent(z)
        h = self.seed(torch.cat([z, condition], dim=1)).unflatten(1, (-1, 7, 7))
        h = self.block1(self.widen(h), steer)  # (B, 2W, 7, 7)
        h = F.pixel_shuffle(self.up1(F.silu(h)), 2)  # (B, W, 14, 14)
        h = self.block2(h, steer)
        h = F.pixel_shuffle(self.up2(F.silu(h)), 2)  # (B, W/2, 28, 28)
        return self.out(F.silu(h))


CURVED = 4  # steps along a flow that was not straightened


class LatentPrior(nn.Module):
    """p(z | y): a residual perceptron that flows Gaussian noise to latents.

    Attributes:
        mean: `(Z,)`, of the training set's latents.
        scale: `(Z,)`, their standard deviation.
        steps: of the integration, unless told otherwise: a straight flow needs one.
    """

    mean: Tensor
    scale: Tensor
    steps: Tensor
    frequencies: Tensor

    def __init__(self, latent: int, condition: int, width: int, blocks: int) -> None:
        super().__init__()
        # The flow works on standardised latents; these are the training set's.
        self.register_buffer("mean", torch.zeros(latent))
        self.register_buffer("scale", torch.ones(latent))
        self.register_buffer("steps", torch.tensor(CURVED))
        frequencies = torch.exp(torch.linspace(0.0, math.log(64.0), 16))
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.labels = nn.Embedding(CLASSES, condition)
        self.time = nn.Linear(32, condition)
        self.into = nn.Linear(latent, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(blocks))
        self.films = nn.ModuleList(nn.Linear(condition, 2 * width) for _ in range(blocks))
        self.first = nn.ModuleList(nn.Linear(width, width) for _ in range(blocks))
        self.second = nn.ModuleList(nn.Linear(width, width) for _ in range(blocks))
        self.out = nn.Linear(width, latent)
        for layer in (*self.second, *self.films, self.out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def standardise(self, z: Tensor) -> Tensor:
        """Latents as the flow has them, of mean 0 and deviation 1: `(B, Z) -> (B, Z)`."""
        return (z - self.mean) / self.scale

    def velocity(self, z: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """v(z_t, t, y) at standardised latents: `(B, Z), (B,) in 0..1, (B,) -> (B, Z)`."""
        return self._steered(z, self._steering(t, labels))

    def _steering(self, t: Tensor, labels: Tensor) -> list[Tensor]:
        """What time and label do to each block: `(B,), (B,) or (B, 10) -> (B, 2W)` a block."""
        angles = t[:, None] * self.frequencies
        clock = self.time(torch.cat([angles.sin(), angles.cos()], dim=1))
        steer = F.silu(_embed(self.labels, labels) + clock)
        return [film(steer) for film in self.films]

    def _steered(self, z: Tensor, steering: Sequence[Tensor]) -> Tensor:
        h = self.into(z)
        for norm, steer, first, second in zip(
            self.norms, steering, self.first, self.second, strict=True
        ):
            scale, shift = steer.chunk(2, dim=1)
            h = h + second(F.silu(first(norm(h) * (1 + scale) + shift)))
        return self.out(h)

    def flow(
        self, noise: Tensor, labels: Tensor, steps: int | None = None, start: float = 0.0
    ) -> Tensor:
        """Carry noise to latents by Kutta's third-order method, three velocities a step.

        Args:
            noise: `(B, Z)`, standard normal (smaller: tidier digits); or what `rewind` gave.
            labels: `(B,)` whole or `(B, 10)` mixed.
            steps: of the integration; `None` for the prior's own number.
            start: the time that `noise` belongs to, 0 for pure noise.

        Returns:
            `(B, Z)` latents, as `ConvCVAE.decode` takes them.
        """
        return self._carry(noise, labels, start, 1.0, steps) * self.scale + self.mean

    def rewind(
        self, z: Tensor, labels: Tensor, steps: int | None = None, end: float = 0.0
    ) -> Tensor:
        """The inverse of `flow`: latents `(B, Z)` back to time `end`, where 0 is noise.

        In one step, there and back is 0.01 standard deviations off at `HAND_TIME`, 0.13 at 0.
        """
        return self._carry(self.standardise(z), labels, 1.0, end, steps)

    def _carry(
        self, z: Tensor, labels: Tensor, start: float, end: float, steps: int | None
    ) -> Tensor:
        if start == end:
            return z
        steps = int(self.steps) if steps is None else steps
        width = (end - start) / steps
        # Every time that is needed, at once: what time and label do is known before the way is.
        times = torch.linspace(start, end, 2 * steps + 1, device=z.device)
        every = labels.repeat(len(times), *[1] * (labels.dim() - 1))
        parts = self._steering(times.repeat_interleave(len(z)), every)
        each = (part.unflatten(0, (len(times), len(z))) for part in parts)
        steering = list(zip(*each, strict=True))
        for step in range(steps):
            at_first, at_half, at_last = steering[2 * step : 2 * step + 3]
            first = self._steered(z, at_first)
            half = self._steered(z + 0.5 * width * first, at_half)
            last = self._steered(z + width * (2 * half - first), at_last)
            z = z + width / 6 * (first + 4 * half + last)
        return z


def _embed(table: nn.Embedding, labels: Tensor) -> Tensor:
    """Labels may be whole, `(B,)`, or mixed, `(B, 10)` with rows that sum to 1."""
    return labels @ table.weight if labels.is_floating_point() else table(labels)


class ConvCVAE(
    DigitVAE,
    PyTorchModelHubMixin,
    library_name="pytorch",
    license="mit",
    pipeline_tag="unconditional-image-generation",
):
    """Convolutional conditional VAE with a flow-matched class-conditional latent prior.

    Args:
        latent: Z, numbers that describe a digit's style.
        width: channels at 14x14; twice as many at 7x7, half as many at 28x28.
        condition: E, width of a label's embedding.
        prior_width: width of the prior's perceptron.
        prior_blocks: its residual blocks.
    """

    def __init__(
        self,
        latent: int = 32,
        width: int = 48,
        condition: int = 64,
        prior_width: int = 384,
        prior_blocks: int = 3,
    ) -> None:
        super().__init__()
        self.latent = latent
        self.labels = nn.Embedding(CLASSES, condition)
        self.encoder = Encoder(width, condition, latent)
        self.decoder = Decoder(width, condition, latent)
        self.prior: LatentPrior = LatentPrior(latent, condition, prior_width, prior_blocks)

    def encode(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z | x, y): `(B, 1, 28, 28), (B,) -> (B, Z), (B, Z)`."""
        return self.encoder(x, _embed(self.labels, labels))

    def decode(self, z: Tensor, labels: Tensor) -> Tensor:
        """Logits of ink: `(B, Z), (B,) or (B, 10) -> (B, 1, 28, 28)`."""
        return self.decoder(z, _embed(self.labels, labels))


GENERATORS: Mapping[str, tuple[type[DigitVAE], Mapping[str, Any]]] = MappingProxyType(
    {
        # The bundled one.
        "cvae": (ConvCVAE, {}),
        # 784 -> 400 -> 200 -> 20 and back, no labels: 801,224 parameters.
        "vae": (PerceptronVAE, {"hidden": (400, 200), "latent": 20, "conditional": False}),
        # Two latent numbers: a map of all digits.
        "vae2d": (PerceptronVAE, {"hidden": (256, 128), "latent": 2, "conditional": False}),
        # 784+10 -> 400 -> 20 -> 400 -> 784, the recipe of most demos.
        "cvae-mlp": (PerceptronVAE, {"hidden": (400,), "latent": 20}),
    }
)
NETS = (ConvCVAE, PerceptronVAE)  # classes of generators


def build_generator(name: str) -> DigitVAE:
    """Make the net called `name`, with fresh random weights.

    Raises:
        KeyError: `GENERATORS` has no such name.
    """
    kind, settings = GENERATORS[name]
    return kind(**settings)
