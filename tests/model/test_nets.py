"""The named nets have the sizes that were published, and answer as all others do."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model import load_generator, weights
from model.cvae import GENERATORS, build_generator
from model.nets import CLASSIFIERS, build_classifier, count_parameters, folded


@pytest.mark.parametrize(
    ("name", "published", "tolerance"),
    [("conv3", 688_138, 0), ("simple", 1_200_000, 0.03), ("improved", 2_500_000, 0.01)],
)
def test_sizes_of_reference_classifiers(name: str, published: int, tolerance: float) -> None:
    assert count_parameters(build_classifier(name)) == pytest.approx(published, rel=tolerance)


@pytest.mark.parametrize(("name", "published"), [("vae", 801_224), ("cvae-mlp", 660_824)])
def test_sizes_of_reference_generators(name: str, published: int) -> None:
    assert count_parameters(build_generator(name)) == published


def test_ours_are_small() -> None:
    assert count_parameters(build_classifier("digit")) < 1_200_000
    assert count_parameters(build_classifier("number")) < 200_000
    with pytest.raises(KeyError):
        build_classifier("nosuchnet")


@pytest.mark.parametrize("name", CLASSIFIERS)
@torch.inference_mode()
def test_every_classifier_answers_and_folded_alike(name: str) -> None:
    torch.manual_seed(0)
    net = build_classifier(name)
    x = torch.rand(8, net.channels, 28, 28)
    net.train()(x)  # or else BatchNorm does nothing that could be lost
    probabilities, scores = net.eval().answer(x)
    assert probabilities.shape == (8, 10)
    assert torch.allclose(probabilities.sum(1), torch.ones(8))
    assert torch.equal(probabilities.argmax(1), net(x).argmax(1))
    assert scores.shape == (8,)
    assert 0 <= float(scores.min()) <= float(scores.max()) <= 1
    folded_probabilities, folded_scores = folded(net).answer(x)
    assert torch.allclose(folded_probabilities, probabilities, atol=1e-5)
    assert torch.allclose(folded_scores, scores, atol=1e-5)


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
