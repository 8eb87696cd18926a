"""The pieces of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from train.augment import augment
from train.cvae import negative_elbo
from train.data import load_mnist, split
from train.judge import frechet_distance
from train.options import TrainError


def test_data_are_whole_tensors(mnist: Path) -> None:
    digits = load_mnist(mnist, train=True)
    assert digits.images.shape == (600, 28, 28)
    assert digits.images.dtype == torch.uint8
    x, y = digits.batch(torch.tensor([0, 5]))
    assert x.shape == (2, 1, 28, 28)
    assert 0 <= float(x.min()) <= float(x.max()) <= 1
    assert y.tolist() == [0, 5]


def test_the_validation_split_is_the_same_in_every_run(mnist: Path) -> None:
    digits = load_mnist(mnist, train=True)
    torch.manual_seed(1)
    training, validation = split(digits, 100)
    torch.manual_seed(2)
    again, _ = split(digits, 100)
    assert len(training) == 500
    assert len(validation) == 100
    assert torch.equal(training.images, again.images)
    with pytest.raises(TrainError, match="only 600"):
        split(digits, 600)


def test_augmented_digits_are_near_but_not_the_same(mnist: Path) -> None:
    x, _ = load_mnist(mnist, train=True).batch(slice(0, 200))
    torch.manual_seed(3)
    y = augment(x)
    assert y.shape == x.shape
    assert 0 <= float(y.min()) <= float(y.max()) <= 1
    changed = (x - y).abs().mean(dim=(1, 2, 3))
    assert float(changed.min()) > 0
    assert float(changed.mean()) < 0.15
    assert float((x.sum() - y.sum()).abs() / x.sum()) < 0.1
    torch.manual_seed(3)
    assert torch.equal(y, augment(x))


def test_without_strength_augmentation_changes_nothing() -> None:
    x = torch.rand(5, 1, 28, 28)
    still = augment(x, degrees=0, shear=0, scale=0, shift=0, elastic=0, stroke=0)
    assert torch.allclose(x, still, atol=1e-4)


def test_the_kl_is_that_of_two_gaussians() -> None:
    mean, log_variance = torch.randn(6, 4), torch.randn(6, 4)
    x = torch.rand(6, 1, 28, 28)
    _, kl = negative_elbo(torch.zeros_like(x), x, mean, log_variance, beta=2.0)
    q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    p = torch.distributions.Normal(0.0, 1.0)
    expected = 2.0 * torch.distributions.kl_divergence(q, p).sum(1).mean()
    assert kl.item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_frechet_distance_of_known_gaussians() -> None:
    rng = np.random.default_rng(0)
    a = rng.standard_normal((40_000, 3))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    moved = 2 * rng.standard_normal((40_000, 3)) + [1, 0, 0]
    # |mean gap|^2 + sum of (deviation gap)^2 = 1 + 3
    assert frechet_distance(a, moved) == pytest.approx(4, abs=0.1)
