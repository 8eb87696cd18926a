"""The map: digits laid out in a plane, every point of which can be drawn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from model import weights
from model.picture import Pixels
from model.vae import PerceptronVAE
from model.weights import Origin, Source, WeightsError

POINTS = "points.json"  # where test digits lie


@dataclass(frozen=True)
class Layer:
    """A linear layer in eight bits: `weights * scales[:, None]` are its weights.

    Attributes:
        weights: `(out, in)` int8.
        scales: `(out,)` float32.
        bias: `(out,)` float32.
    """

    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


class Plane:
    """A decoder of two latent numbers.

    Args:
        net: a VAE with two latents and no labels.
        places: `(N, 2)` where real digits lie.
        labels: `(N,)` which they are, 0..9.
        origin: of the weights.
    """

    def __init__(
        self,
        net: PerceptronVAE,
        places: npt.NDArray[np.float32],
        labels: npt.NDArray[np.uint8],
        origin: Origin | None = None,
    ) -> None:
        self.net, self.places, self.labels, self.origin = net.eval(), places, labels, origin

    @torch.inference_mode()
    def draw(self, places: npt.NDArray[np.float32]) -> Pixels:
        """`(N, 2)` places -> `(N, 28, 28)` uint8, ink = 255."""
        nothing = torch.zeros(len(places), dtype=torch.long)
        logits = self.net.decode(torch.from_numpy(places), nothing)[:, 0]
        return logits.sigmoid().mul(255).round().byte().numpy()

    def layers(self) -> list[Layer]:
        """The decoder, small enough for a browser: ReLU between layers, a sigmoid at the end."""
        found = []
        for layer in self.net.decoder:
            if isinstance(layer, nn.Linear):
                rows = layer.weight.detach().numpy()
                scales = np.maximum(np.abs(rows).max(1), 1e-12) / 127
                whole = np.round(rows / scales[:, None]).astype(np.int8)
                bias = layer.bias.detach().numpy().astype(np.float32)
                found.append(Layer(whole, scales.astype(np.float32), bias))
        return found


def load_plane(source: Source = Path("weights/map")) -> Plane:
    """The map whose weights `source` names: a folder, or `owner/name[@revision]` on the Hub.

    Raises:
        WeightsError: they are not there, damaged, or another net's.
    """
    origin = weights.find(source)
    net = weights.load(PerceptronVAE, origin)
    if net.latent != 2 or net.conditional:
        raise WeightsError(
            f"The weights in '{origin.source}' are not of a map: they have no plane."
        )
    try:
        found = json.loads((origin.folder / POINTS).read_text("utf-8"))
        places = np.asarray(found["places"], np.float32).reshape(-1, 2)
        labels = np.asarray(found["labels"], np.uint8)
    except (OSError, ValueError, KeyError, TypeError):
        places, labels = np.zeros((0, 2), np.float32), np.zeros(0, np.uint8)
    return Plane(net, places[: len(labels)], labels[: len(places)], origin)
