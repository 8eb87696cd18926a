"""What a classifier, the critic, makes of a digit, as something that a generator learns from."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.nets import ConvClassifier, build_classifier, channels_last
from train.augment import augment
from train.classifier import validation_figures
from train.data import Digits
from train.loop import LoopOptions, fit


def train_critic(
    training: Digits, validation: Digits, options: LoopOptions, epochs: int
) -> ConvClassifier:
    """A small classifier of the training digits, frozen."""
    torch.manual_seed(options.seed)
    net = channels_last(build_classifier("small").to(training.images.device))

    def loss(net: nn.Module, index: Tensor, _step: int) -> Tensor:
        assert isinstance(net, ConvClassifier)
        x, y = training.batch(index)
        with torch.autocast(x.device.type, enabled=False):
            x = augment(x)
        return F.cross_entropy(_logits(net, x), y, label_smoothing=0.05)

    fit(
        net,
        len(training),
        replace(options, epochs=epochs, lr=3e-3, weight_decay=0.02),
        loss,
        lambda averaged: validation_figures(averaged, validation, len(validation)),
        name="critic",
        score="validation_fit",
        on_best=lambda _: None,
        stem="critic-",
    )
    return net.requires_grad_(False)


def _logits(net: ConvClassifier, x: Tensor) -> Tensor:
    return net.head(net.features(x.to(memory_format=torch.channels_last))).float()


def _stages(net: ConvClassifier, x: Tensor) -> list[Tensor]:
    """What each stage of convolutions ends in, and the features that the last layer sees."""
    found, h = [], x.to(memory_format=torch.channels_last)
    for layer in net.body:
        h = layer(h)
        if isinstance(layer, nn.MaxPool2d):
            found.append(h)
    return [*found, h]


def perceptual_loss(critic: ConvClassifier, made: Tensor, real: Tensor) -> Tensor:
    """Squared error of features, relative to their own square, summed over the critic's stages.

    Feature reconstruction loss (Johnson et al. 2016, section 3.2), each stage normalised.

    Args:
        critic: a frozen classifier.
        made: `(B, 1, 28, 28)` in 0..1, which gradients flow into.
        real: `(B, 1, 28, 28)` in 0..1, what it should look like.
    """
    with torch.no_grad():
        wanted = [stage.float() for stage in _stages(critic, real)]
    gaps = [
        F.mse_loss(stage.float(), goal) / goal.square().mean()
        for stage, goal in zip(_stages(critic, made), wanted, strict=True)
    ]
    return torch.stack(gaps).sum()


def label_loss(critic: ConvClassifier, made: Tensor, labels: Tensor) -> Tensor:
    """How far the critic's probabilities are from what the labels ask for, KL in nats a digit.

    Args:
        critic: a frozen classifier.
        made: `(B, 1, 28, 28)` in 0..1, which gradients flow into.
        labels: `(B, 10)` mixtures of labels, rows that sum to 1.
    """
    return F.kl_div(_logits(critic, made).log_softmax(1), labels, reduction="batchmean")
