"""What every generator's net is, and the plain ones: perceptrons, sampled from N(0, I)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from model.nets import CLASSES, SIDE


class Prior(Protocol):
    """p(z | y), as a way from standard normal noise to latents and back."""

    def flow(
        self, noise: Tensor, labels: Tensor, steps: int | None = None, start: float = 0.0
    ) -> Tensor:
        """Carry noise `(B, Z)`, or what `rewind` gave, to latents `(B, Z)`."""

    def rewind(
        self, z: Tensor, labels: Tensor, steps: int | None = None, end: float = 0.0
    ) -> Tensor:
        """The inverse of `flow`: latents `(B, Z)` back to time `end`, where 0 is noise."""


class StandardPrior:
    """N(0, I), whatever the label: noise is latents."""

    def flow(
        self, noise: Tensor, labels: Tensor, steps: int | None = None, start: float = 0.0
    ) -> Tensor:
        """`(B, Z)` as it is."""
        return noise

    def rewind(
        self, z: Tensor, labels: Tensor, steps: int | None = None, end: float = 0.0
    ) -> Tensor:
        """`(B, Z)` as it is."""
        return z


class DigitVAE(nn.Module):
    """A variational autoencoder of digits (Kingma & Welling 2014), with or without labels.

    Attributes:
        latent: Z, numbers that describe a digit, or where it knows the label, its style.
        prior: where its latents lie.
    """

    latent: int
    prior: Prior

    def encode(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z | x, y): `(B, 1, 28, 28), (B,) -> (B, Z), (B, Z)`."""
        raise NotImplementedError

    def decode(self, z: Tensor, labels: Tensor) -> Tensor:
        """Logits of ink: `(B, Z), (B,) or (B, 10) -> (B, 1, 28, 28)`."""
        raise NotImplementedError

    @staticmethod
    def reparameterize(mean: Tensor, log_variance: Tensor) -> Tensor:
        """A draw of z that gradients pass through (Kingma & Welling 2014, section 2.4)."""
        return mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)

    def forward(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Reconstruction logits, mean and log-variance."""
        mean, log_variance = self.encode(x, labels)
        return self.decode(self.reparameterize(mean, log_variance), labels), mean, log_variance


class PerceptronVAE(
    DigitVAE,
    PyTorchModelHubMixin,
    library_name="pytorch",
    license="mit",
    pipeline_tag="unconditional-image-generation",
):
    """Fully connected layers, the decoder's a mirror of the encoder's.

    Args:
        hidden: widths of the encoder's hidden layers.
        latent: Z.
        conditional: whether encoder and decoder are told the label, one-hot (Sohn et al. 2015).
            Else labels are ignored: it writes some digit.
    """

    def __init__(
        self, hidden: Sequence[int] = (400,), latent: int = 20, conditional: bool = True
    ) -> None:
        super().__init__()
        self.latent, self.conditional = latent, conditional
        told = CLASSES if conditional else 0
        widths = [SIDE * SIDE + told, *hidden]
        self.encoder = _perceptron(widths)
        self.posterior = nn.Linear(hidden[-1], 2 * latent)
        back = [latent + told, *reversed(hidden)]
        self.decoder = nn.Sequential(*_perceptron(back), nn.Linear(hidden[0], SIDE * SIDE))
        self.prior = StandardPrior()

    def encode(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """As `DigitVAE.encode`."""
        features = self.encoder(self._with_label(x.flatten(1), labels))
        mean, log_variance = self.posterior(features).chunk(2, dim=1)
        return mean, log_variance

    def decode(self, z: Tensor, labels: Tensor) -> Tensor:
        """As `DigitVAE.decode`."""
        logits: Tensor = self.decoder(self._with_label(z, labels))
        return logits.unflatten(1, (1, SIDE, SIDE))

    def _with_label(self, x: Tensor, labels: Tensor) -> Tensor:
        if not self.conditional:
            return x
        mixed = labels if labels.is_floating_point() else F.one_hot(labels, CLASSES)
        return torch.cat([x, mixed.to(x.dtype)], dim=1)


def _perceptron(widths: Sequence[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width, wider in itertools.pairwise(widths):
        layers += [nn.Linear(width, wider), nn.ReLU()]
    return nn.Sequential(*layers)
