"""The pieces of training."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from model import Classifier, Generator
from train.augment import augment
from train.cvae import DOUBT, clarified, mixed_digits, negative_elbo
from train.data import DATASETS, load_mnist, split
from train.judge import density_and_coverage, frechet_distance, slants, thicknesses
from train.options import TrainError
from train.perceptual import label_loss, perceptual_loss


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


def test_density_and_coverage_know_dull_from_varied() -> None:
    random = np.random.default_rng(0)
    real, varied = random.standard_normal((2, 500, 8))
    density, coverage = density_and_coverage(real, varied)
    assert density == pytest.approx(1, abs=0.15)
    assert coverage > 0.9
    dull = 0.1 * random.standard_normal((500, 8))
    assert density_and_coverage(real, dull)[0] > 1.2
    assert density_and_coverage(real, dull)[1] < 0.5
    assert density_and_coverage(real, varied + 50) == (0, 0)


def test_slant_and_thickness_are_what_they_say() -> None:
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 12:15] = 255
    leaning = np.zeros_like(upright)
    for row in range(4, 24):
        start = 18 - row // 2
        leaning[row, start : start + 3] = 255
    assert slants(np.stack([upright, leaning])) == pytest.approx([0, -0.5], abs=0.02)
    wide = np.zeros_like(upright)
    wide[4:24, 11:16] = 255
    thin, thick = thicknesses(np.stack([upright, wide]))
    assert thin == pytest.approx(3, rel=0.25)
    assert thick / thin == pytest.approx(5 / 3, rel=0.25)


def test_a_critic_likes_the_same_digit_and_the_label_asked_for(
    classifier: Classifier, generator: Generator
) -> None:
    net = classifier.net
    x = torch.from_numpy(generator.sample([3] * 20, seed=1))[:, None].float() / 255
    other = torch.from_numpy(generator.sample([3] * 20, seed=2))[:, None].float() / 255
    with torch.inference_mode():
        assert float(perceptual_loss(net, x, x)) == 0
        near = float(perceptual_loss(net, (x + 0.02).clamp(0, 1), x))
        assert 0 < near < float(perceptual_loss(net, other, x))
        labels = torch.eye(10)[[3] * 20]
        assert (
            float(label_loss(net, x, labels)) < 0.3 < float(label_loss(net, x, labels.roll(1, 1)))
        )


@pytest.mark.parametrize("batch", [1, 2, 7, 8])
def test_mixed_digits_have_the_labels_of_two(generator: Generator, batch: int) -> None:
    labels = torch.arange(batch)
    z = torch.from_numpy(np.stack([generator.hand(d, seed=1).z for d in range(batch)]))
    torch.manual_seed(0)
    with torch.inference_mode():
        made, asked = mixed_digits(generator.net, z, labels)
    assert made.shape == ((batch + 1) // 2, 1, 28, 28)
    assert 0 <= float(made.min()) <= float(made.max()) <= 1
    assert torch.allclose(asked.sum(1), torch.ones(len(asked)))
    assert int((asked > 0).sum(1).max()) <= 2


def test_unclear_latents_are_made_clear_and_others_left_alone(
    generator: Generator, classifier: Classifier
) -> None:
    net, critic = generator.net, classifier.net
    labels = torch.arange(300) % 10
    with torch.no_grad():
        z = net.prior.flow(1.5 * generator.noise(300, seed=7), labels)

    def doubted(z: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            seen = critic(net.decode(z, labels).sigmoid()).softmax(1)
        return seen.gather(1, labels[:, None])[:, 0] < DOUBT

    before, clear = doubted(z), clarified(net, critic, z, labels)
    assert 5 < before.sum() < 150
    assert doubted(clear).sum() < 0.1 * before.sum()
    assert torch.equal(clear[~before], z[~before])
    moved = ((clear - z) / z.std(0))[before].square().mean(1).sqrt()
    assert 0 < moved.min() < moved.max() < 1  # of a standard deviation


@pytest.mark.parametrize("dataset", ["fashion-mnist", "kmnist", "qmnist", "emnist-digits"])
def test_other_data_sets_are_read_where_torchvision_puts_them(
    dataset: str, mnist: Path, tmp_path: Path
) -> None:
    kind, names = DATASETS[dataset]
    assert len(names) == 10
    with pytest.raises(TrainError, match=f"^{kind} is not in .* or go online\\.$"):
        load_mnist(tmp_path / "none", True, dataset)
    source, raw = mnist / "MNIST" / "raw", tmp_path / kind / "raw"
    raw.mkdir(parents=True)
    for file in source.iterdir():
        name, content = file.name, file.read_bytes()
        if dataset == "emnist-digits":
            name = f"emnist-digits-{name.replace('t10k', 'test')}"
        elif dataset == "qmnist":
            name = f"qmnist-{name.replace('t10k', 'test')}"
            if "labels" in name:  # eight columns of 32 bits, the first of them the digit
                name = name.replace("idx1-ubyte", "idx2-int")
                table = np.zeros((len(content) - 8, 8), ">i4")
                table[:, 0] = list(content[8:])
                content = struct.pack(">III", 0x0C02, *table.shape) + table.tobytes()
        (raw / name).write_bytes(content)
    found, plain = load_mnist(tmp_path, True, dataset), load_mnist(mnist, True)
    assert (found.labels == plain.labels).all()
    upright = plain.images.transpose(1, 2) if dataset == "emnist-digits" else plain.images
    assert (found.images == upright).all()
