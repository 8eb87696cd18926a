"""Classifier nets: one configurable convolutional family, and the registry of named ones.

Every classifier has the same signature, `(B, 1, 28, 28) in 0..1, ink = 1  ->  (B, 10) logits`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIDE = 28  # pixels along each side of a prepared picture
CLASSES = 10


class ConvClassifier(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="pytorch",
    license="mit",
    pipeline_tag="image-classification",
):
    """Stages of 3x3 convolutions, each stage halving the picture, and a head.

    Args:
        stages: output channels of the convolutions, one inner list a stage.
        batch_norm: BatchNorm after every convolution (Ioffe & Szegedy 2015).
        global_pool: average every channel over the picture before the head (Lin et al. 2013,
            section 3.2) instead of flattening it. Most parameters of small digit nets sit in the
            layer after a flatten, and are not missed.
        hidden: width of a fully connected layer before the logits; 0 for none.
        dropout: probability of dropping a feature before each fully connected layer.
        refuses: a second, one-number head says whether the picture is a digit at all.
        channels: pictures that are looked at together, one over the other.
    """

    def __init__(
        self,
        stages: Sequence[Sequence[int]] = ((32, 32), (64, 64), (128, 128)),
        batch_norm: bool = True,
        global_pool: bool = True,
        hidden: int = 0,
        dropout: float = 0.0,
        refuses: bool = True,
        channels: int = 1,
    ) -> None:
        super().__init__()
        self.channels = channels
        layers: list[nn.Module] = []
        side, width = SIDE, channels
        for number, stage in enumerate(stages):
            for wider in stage:
                layers.append(nn.Conv2d(width, wider, 3, padding=1, bias=not batch_norm))
                if batch_norm:
                    layers.append(nn.BatchNorm2d(wider))
                layers.append(nn.ReLU(inplace=True))
                width = wider
            if number < len(stages) - 1 or not global_pool:
                layers.append(nn.MaxPool2d(2))
                side //= 2
        if global_pool:
            layers.append(nn.AdaptiveAvgPool2d(1))
            side = 1
        layers.append(nn.Flatten())
        self.body = nn.Sequential(*layers)

        features = width * side * side
        head: list[nn.Module] = []
        if hidden:
            head += [nn.Dropout(dropout), nn.Linear(features, hidden), nn.ReLU(inplace=True)]
            features = hidden
        self.neck = nn.Sequential(*head)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(features, CLASSES))
        self.digit = nn.Linear(features, 1) if refuses else None
        # Divides the logits where probabilities are wanted; training ends by fitting it to the
        # validation digits (temperature scaling, Guo et al. 2017, section 4.2).
        self.register_buffer("temperature", torch.ones(()))
        # Pictures with a lower digit score are not called a digit; fitted likewise.
        self.register_buffer("threshold", torch.zeros(()))

    temperature: Tensor
    threshold: Tensor

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees: `(B, 1, 28, 28) -> (B, F)`, all >= 0 (after a ReLU)."""
        return self.neck(self.body(x))

    def forward(self, x: Tensor) -> Tensor:
        """`(B, 1, 28, 28)` in 0..1, ink = 1 -> `(B, 10)` logits."""
        return self.head(self.features(x))

    def logits_and_scores(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Both heads at once: `(B, 1, 28, 28)` in 0..1, ink = 1 -> `(B, 10)` logits, `(B,)` scores.

        The digit scores lie in 0..1, and are all 1 where the net refuses nothing.
        """
        features = self.features(x)
        logits = self.head(features).float()
        if self.digit is None:
            return logits, torch.ones(len(x), device=x.device)
        return logits, self.digit(features).float().sigmoid()[:, 0]

    def answer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """As `logits_and_scores`, with calibrated probabilities `(B, 10)` for the logits."""
        logits, scores = self.logits_and_scores(x)
        return (logits / self.temperature).softmax(dim=1), scores


CLASSIFIERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        # The bundled one.
        "digit": {"stages": ((32,), (64, 64, 64), (128, 128, 128)), "dropout": 0.1},
        # Conv 32 -> 64 -> 128 -> FC 512 -> 10 with dropout: the reference net of this field's
        # demos, 688,138 parameters. Its 512 features are what Fréchet distances are measured in.
        "conv3": {
            "stages": ((32,), (64,), (128,)),
            "batch_norm": False,
            "global_pool": False,
            "hidden": 512,
            "dropout": 0.25,
            "refuses": False,
        },
        # Two convolutions and a wide dense layer: 1,227,274 parameters, most of them in that layer.
        "simple": {
            "stages": ((32,), (64,)),
            "batch_norm": False,
            "global_pool": False,
            "hidden": 384,
            "dropout": 0.5,
            "refuses": False,
        },
        # Three blocks of two convolutions with BatchNorm, and a dense layer: 2.5 million.
        "improved": {
            "stages": ((64, 64), (128, 128), (256, 256)),
            "global_pool": False,
            "hidden": 576,
            "dropout": 0.4,
            "refuses": False,
        },
        # Two convolutions, linear, ReLU, linear.
        "conv2": {
            "stages": ((32,), (64,)),
            "batch_norm": False,
            "global_pool": False,
            "hidden": 128,
            "refuses": False,
        },
        # Learns in half a minute what takes `conv3` three.
        "quick": {
            "stages": ((16,), (32, 32), (64,)),
            "global_pool": False,
            "hidden": 128,
            "refuses": False,
        },
        # A quarter of the bundled one's work, to try things with.
        "small": {"stages": ((16,), (32, 32), (64, 64)), "dropout": 0.1},
        # Tells whole digits of a number from pieces: one channel is the piece, one all around it.
        "number": {"stages": ((24,), (48, 48), (96, 96)), "dropout": 0.2, "channels": 2},
    }
)


def build_classifier(name: str) -> ConvClassifier:
    """Make the net called `name`, with fresh random weights.

    Raises:
        KeyError: `CLASSIFIERS` has no such name.
    """
    return ConvClassifier(**CLASSIFIERS[name])


def channels_last(net: ConvClassifier) -> ConvClassifier:
    """The same net, its weights laid out as CPUs and tensor cores convolve fastest."""
    # torch's annotations know this argument only beside others
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def folded(net: ConvClassifier) -> ConvClassifier:
    """A copy in evaluation mode that answers alike and sooner, and is not to be trained.

    Every BatchNorm is folded into the convolution before it (Jacob et al. 2018, section 3.2).
    """
    copy = deepcopy(net).eval()
    layers: list[nn.Module] = []
    for layer in copy.body:
        if isinstance(layer, nn.BatchNorm2d):
            convolution = layers[-1]
            assert isinstance(convolution, nn.Conv2d)
            layers[-1] = fuse_conv_bn_eval(convolution, layer)
        else:
            layers.append(layer)
    copy.body = nn.Sequential(*layers)
    return channels_last(copy)


def count_parameters(net: nn.Module) -> int:
    """How many numbers training adjusts."""
    return sum(p.numel() for p in net.parameters())


def pick_device(name: str = "auto") -> torch.device:
    """`auto` is the first of cuda, mps, cpu that this machine has.

    Raises:
        ValueError: the named device is not on this machine, in one sentence.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(kind for kind, here in available.items() if here)
    if not available.get(name, False):
        here = ", ".join(kind for kind, usable in available.items() if usable)
        raise ValueError(
            f"There is no device '{name}' on this machine: choose one of auto, {here}."
        )
    return torch.device(name)
