"""What generated digits, and all else that a generator does, are worth.

Whoever judges here, be it a classifier or a net whose features are measured in, took no part in
training the generator.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from skimage.morphology import skeletonize
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn

from model import Classifier, Generator
from model.morph import Route, is_even, strays, walk
from model.nets import CLASSES, ConvClassifier, build_classifier, channels_last, count_parameters
from model.picture import Pixels
from train.data import Digits, split
from train.loop import LoopOptions, fit

Features = npt.NDArray[np.float64]
NEIGHBOURS = 5  # k of density and coverage
SURE = 0.7  # a judge's confidence from which on a frame counts as some digit


@torch.inference_mode()
def features_of(classifier: Classifier, pixels: Pixels) -> Features:
    """What the judge's last layer sees: `(N, 28, 28)` uint8 -> `(N, F)`."""
    parts = []
    for start in range(0, len(pixels), 1000):
        x = torch.from_numpy(pixels[start : start + 1000]).unsqueeze(1).float().div_(255)
        parts.append(classifier.net.features(x.to(classifier.device)).double().cpu().numpy())
    return np.concatenate(parts)


def frechet_distance(a: Features, b: Features) -> float:
    """Distance of two Gaussians fitted to features (Heusel et al. 2017, section 3).

    |mean_a - mean_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), both `(N, F)`.
    """
    gap = a.mean(0) - b.mean(0)
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # tr((C_a C_b)^1/2) from the eigenvalues of the product, which are real and >= 0.
    roots = np.sqrt(np.linalg.eigvals(ca @ cb).real.clip(0)).sum()
    return float(gap @ gap + np.trace(ca) + np.trace(cb) - 2 * roots)


def density_and_coverage(real: Features, made: Features) -> tuple[float, float]:
    """How close to real digits the made ones lie, and how many real ones have a made one near.

    Naeem et al. 2020, equations 3 and 4: near is within the ball around a real digit that holds
    its k nearest real ones.

    Args:
        real: `(N, F)`.
        made: `(M, F)`.
    """
    among_real = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(real)  # itself is the first
    radii = among_real.kneighbors(real)[0][:, -1]
    gaps = torch.cdist(torch.from_numpy(real), torch.from_numpy(made)).numpy()
    inside = gaps <= radii[:, None]
    return float(inside.sum() / (NEIGHBOURS * len(made))), float(inside.any(1).mean())


def probabilities(judge: Classifier, pixels: Pixels) -> Features:
    """`(N, 28, 28)` uint8 -> `(N, 10)`."""
    parts = [judge.answer(pixels[i : i + 1000])[0].numpy() for i in range(0, len(pixels), 1000)]
    return np.concatenate(parts).astype(np.float64)


def judged(judge: Classifier, pixels: Pixels, labels: npt.NDArray[np.integer]) -> dict[str, Any]:
    """What the judge sees in digits that should be `labels`."""
    p = probabilities(judge, pixels)
    right = p.argmax(1) == labels
    return {
        "as_asked": float(right.mean()),
        "as_asked_by_digit": [float(right[labels == d].mean()) for d in range(CLASSES)],
        "mean_confidence": float(p.max(1).mean()),
        "above_0.7": float((p.max(1) > SURE).mean()),
        "n": len(pixels),
    }


def ask(generator: Generator, each: int, seed: int) -> tuple[Pixels, npt.NDArray[np.integer]]:
    """`each` digits a class, class by class, and their labels."""
    pixels = [generator.sample([d] * each, seed=seed + d) for d in range(CLASSES)]
    return np.concatenate(pixels), np.repeat(np.arange(CLASSES), each)


def feature_figures(
    net: Classifier, made: Pixels, training: Digits, test: Digits
) -> dict[str, Any]:
    """Distances in a net's features: of made digits to the test set, and of real ones to it.

    Made digits come in equal numbers a class, which the test set's do not. So real digits stand
    beside them twice: as they come, and as many of each class as were made.
    """
    count = len(made)
    reference = features_of(net, test.images.numpy())
    ours = features_of(net, made)
    real = features_of(net, training.images[:count].numpy())
    each = [torch.where(training.labels == d)[0][: count // CLASSES] for d in range(CLASSES)]
    balanced = features_of(net, training.images[torch.cat(each)].numpy())
    few = min(5000, len(reference))
    shuffled = np.random.default_rng(0).permutation(len(ours))[:few]
    density, coverage = density_and_coverage(reference[:few], ours[shuffled])
    real_density, real_coverage = density_and_coverage(reference[:few], real[:few])
    return {
        "frechet": {
            "made": frechet_distance(ours, reference),
            "real": frechet_distance(real, reference),
            "real_as_many_a_class": frechet_distance(balanced, reference),
            "n": count,
        },
        "density": {"made": density, "real": real_density, "n": few},
        "coverage": {"made": coverage, "real": real_coverage, "n": few},
    }


def nearest_training_digit(pixels: Pixels, training: Digits) -> Features:
    """L2 to the closest training digit, ink from 0 to 1: `(N, 28, 28)` uint8 -> `(N,)`."""
    known = training.images.flatten(1).float().div_(255)
    parts = []
    for start in range(0, len(pixels), 500):
        some = torch.from_numpy(pixels[start : start + 500]).flatten(1).float().div_(255)
        parts.append(torch.cdist(some, known).amin(1).double().numpy())
    return np.concatenate(parts)


def copy_figures(made: Pixels, training: Digits, test: Digits) -> dict[str, Any]:
    """Whether made digits are copies: if so, they lie closer to training digits than test ones."""
    some = np.random.default_rng(0).permutation(len(made))[:2000]
    quantiles = [0.01, 0.1, 0.5, 0.9]
    return {
        "quantiles": quantiles,
        "made": np.quantile(nearest_training_digit(made[some], training), quantiles).tolist(),
        "test": np.quantile(
            nearest_training_digit(test.images[:2000].numpy(), training), quantiles
        ).tolist(),
        "n": 2000,
    }


def classification_accuracy_score(
    generator: Generator, training: Digits, test: Digits, options: LoopOptions
) -> dict[str, float]:
    """Test accuracy of a net that learns from made digits only, and of its twin that has real ones.

    Ravuri & Vinyals 2019. Both nets are `small`, see as many digits as often, undistorted, and
    choose their best epoch on a part of their own digits.
    """
    count = len(training)
    labels = training.labels
    made = torch.zeros_like(training.images)
    for digit in range(CLASSES):
        which = torch.where(labels == digit)[0]
        pixels = [
            generator.sample([digit] * len(part), seed=1000 * (digit + 1) + number)
            for number, part in enumerate(which.split(1000))
        ]
        made[which] = torch.from_numpy(np.concatenate(pixels))
    return {
        "made": _accuracy_after(
            Digits(made, labels), test, replace(options, out=options.out / "made")
        ),
        "real": _accuracy_after(training, test, replace(options, out=options.out / "real")),
        "n": count,
        "epochs": options.epochs,
    }


def _accuracy_after(digits: Digits, test: Digits, options: LoopOptions) -> float:
    """Test accuracy of a small net after learning from `digits`."""
    options.out.mkdir(parents=True, exist_ok=True)
    training, validation = split(digits, min(options.validation, len(digits) // 5))
    torch.manual_seed(options.seed)
    net = channels_last(build_classifier("small"))

    def loss(net: nn.Module, index: Tensor, _step: int) -> Tensor:
        assert isinstance(net, ConvClassifier)
        x, y = training.batch(index)
        return F.cross_entropy(net(x.to(memory_format=torch.channels_last)).float(), y)

    def accuracy(net: nn.Module, on: Digits) -> float:
        assert isinstance(net, ConvClassifier)
        return float(
            (
                probabilities(Classifier(net), on.images.numpy()).argmax(1) == on.labels.numpy()
            ).mean()
        )

    fit(
        net,
        len(training),
        options,
        loss,
        lambda averaged: {"accuracy": accuracy(averaged, validation)},
        name=options.out.name,
        score="accuracy",
        on_best=lambda _: None,
    )
    return accuracy(net, test)


def slants(pixels: Pixels) -> Features:
    """How far digits lean: columns a row, from the second moments of the ink; `(N,)`."""
    ink = pixels.astype(np.float64) / 255
    rows, columns = np.mgrid[: ink.shape[1], : ink.shape[2]]
    total = ink.sum((1, 2)) + 1e-9
    down = rows - ((ink * rows).sum((1, 2)) / total)[:, None, None]
    across = columns - ((ink * columns).sum((1, 2)) / total)[:, None, None]
    return (ink * down * across).sum((1, 2)) / ((ink * down**2).sum((1, 2)) + 1e-9)


def thicknesses(pixels: Pixels) -> Features:
    """Width of the pen: ink a pixel of its skeleton; `(N,)`."""
    return np.array([(d / 255).sum() / max(1, skeletonize(d > 127).sum()) for d in pixels])


def restyle_figures(generator: Generator, judge: Classifier, digits: Digits) -> dict[str, float]:
    """Whether ten digits in the hand of one lean as it does, are as heavy, and are what was asked.

    The correlations are of an input's slant or thickness with the mean over its ten.
    """
    inputs = digits.images.numpy()
    hands = zip(inputs, digits.labels.tolist(), strict=True)
    tens = np.stack([generator.restyle(generator.hand_of(*hand)) for hand in hands])
    flat = tens.reshape(-1, *tens.shape[2:])
    right = probabilities(judge, flat).argmax(1) == np.tile(np.arange(CLASSES), len(inputs))

    def correlation(measure: Callable[[Pixels], Features]) -> float:
        of_ten = measure(flat).reshape(len(inputs), CLASSES).mean(1)
        return float(np.corrcoef(measure(inputs), of_ten)[0, 1])

    return {
        "slant_correlation": correlation(slants),
        "thickness_correlation": correlation(thicknesses),
        "as_asked": float(right.mean()),
        "n": len(inputs),
    }


def morph_figures(
    generator: Generator,
    judge: Classifier,
    count: int,
    seed: int,
    steps: int = 24,
    routes: tuple[Route, ...] | None = None,
) -> dict[str, float]:
    """Random morphs between different digits of different hands.

    Args:
        generator: with its reader, or without.
        judge: neither is the generator's reader.
        count: morphs.
        seed: of their ends.
        steps: frames of each.
        routes: to take instead of those that `Generator.interpolate` chooses from.

    Returns:
        fine: share of frames that are some digit for sure, or look like one of the two ends.
        flips_once: share of morphs whose label goes from the first to the second once, no other.
        even: share of morphs whose largest step is at most three times the median.
    """
    random = np.random.default_rng(seed)
    fine, once, even = 0.0, 0, 0
    for _ in range(count):
        first, second = random.choice(CLASSES, 2, replace=False).tolist()
        hands = [generator.hand(d, seed=int(random.integers(2**31))) for d in (first, second)]
        if routes is None:
            frames = generator.interpolate(hands[0], hands[1], steps)
        else:
            ends = torch.from_numpy(np.stack([hand.z for hand in hands])).to(generator.device)
            labels = torch.tensor([first, second], device=generator.device)
            with torch.inference_mode():
                frames = walk(generator.net, ends, labels, steps, None, routes)
        p = probabilities(judge, frames)
        seen = p.argmax(1)
        fine += float(((p.max(1) > SURE) | (seen == first) | (seen == second)).mean())
        once += seen[0] == first and seen[-1] == second and strays(seen, first, second) == 0
        even += is_even(frames)
    return {
        "fine": fine / count,
        "flips_once": float(once / count),
        "even": float(even / count),
        "n": count,
        "steps": steps,
    }


def cost_figures(generator: Generator, folder: Path) -> dict[str, float]:
    """Size, and median time of 30 calls."""

    def milliseconds(count: int) -> float:
        times = []
        for turn in range(33):
            start = time.perf_counter()
            generator.sample([turn % CLASSES] * count, seed=turn)
            times.append(1000 * (time.perf_counter() - start))
        return statistics.median(times[3:])

    return {
        "parameters": count_parameters(generator.net),
        "bytes": sum(file.stat().st_size for file in folder.glob("model.safetensors")),
        "milliseconds_for_5": milliseconds(5),
        "milliseconds_for_100": milliseconds(100),
        "threads": torch.get_num_threads(),
    }
