"""The named nets have the sizes that were published, and answer as all others do."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model import load_generator, weights
from model.cvae import GENERATORS, build_generator
from model.nets import CLASSIFIERS, build_classifier, count_parameters


@pytest.mark.parametrize(
    ("name", "published", "tolerance"),
    [("conv3", 688_138, 0), ("simple", 1_200_000, 0.03), ("improved", 2_500_000, 0.01)],
)
def test_sizes_of_reference_classifiers(name: str, published: int, tolerance: float) -> None:
    assert count_parameters(build_classifier(name)) == pytest.approx(published, rel=tolerance)


@pytest.mark.parametrize(("name", "published"), [("vae", 801_224), ("cvae-mlp", 660_824)])
def test_sizes_of_reference_generators(name: str, published: int) -> None:
    assert count_parameters(build_generator(name)) == published


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_answers(name: str) -> None:
    net = build_classifier(name).eval()
    assert net(torch.rand(2, net.channels, 28, 28)).shape == (2, 10)


@pytest.mark.parametrize("name", GENERATORS)
def test_every_generator_is_saved_loaded_and_does_all_there_is(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    weights.save(build_generator(name), tmp_path)
    generator = load_generator(tmp_path)
    digits = generator.sample([1, 2, 3], seed=1)
    assert digits.shape == (3, 28, 28)
    assert (digits == generator.sample([1, 2, 3], seed=1)).all()
    z = generator.encode(digits, [1, 2, 3])
    assert z.shape == (3, generator.net.latent)
    assert generator.decode(z, [1, 2, 3]).shape == (3, 28, 28)
    assert generator.interpolate(1, 2, 5, seed=1).shape == (5, 28, 28)
    assert generator.restyle(generator.hand(4, seed=1)).shape == (10, 28, 28)
    assert generator.mix(3, 8, count=2, seed=1).shape == (2, 28, 28)
