"""Train a digit classifier: `python -m train.classifier --out runs/classifier`."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import weights
from model.classifier import Classifier
from model.nets import (
    CLASSIFIERS,
    ConvClassifier,
    build_classifier,
    channels_last,
    count_parameters,
)
from train import parallel, publish
from train.augment import augment, shift_pixels
from train.data import DATASETS, Digits, Mixture, data_folder, join, load_mnist, split
from train.evaluate import coarse_figures, mnist_figures, sketch_figures
from train.hands import redraw, render, slash_zeros
from train.lessons import load_lessons
from train.loop import LoopOptions, device_of, fit, provenance, write_json
from train.negatives import render_letters, render_negatives
from train.options import option, parse, run, writable_folder
from train.strokes import PenData, load_pen_data

# The threshold lies half way, in log odds, between the digit scores that so many validation
# digits exceed and that so many validation letters stay below.
ACCEPTED, REFUSED = 0.999, 0.95
REFUSAL_WEIGHT = 0.3  # of telling digits from other things, beside telling digits apart


# Nets that look at one picture; those of more channels have commands of their own.
DIGIT_NETS = tuple(name for name, net in CLASSIFIERS.items() if net.get("channels", 1) == 1)


@dataclass(frozen=True)
class ClassifierOptions(LoopOptions):
    """Options of `python -m train.classifier`."""

    out: Path = option(Path("runs/classifier"), "folder for weights, figures and checkpoints")
    model: str = option("digit", "which net", choices=DIGIT_NETS)
    augment: bool = option(True, "distort the digits as other hands might have written them")
    shift: int = option(0, "move the digits by up to so many whole pixels", low=0, high=8)
    smoothing: float = option(0.05, "label smoothing", low=0, high=0.5)
    choose: str = option(
        "fit",
        "which epoch's weights are kept: those of the likeliest validation labels, or of the most "
        "right ones",
        choices=("fit", "accuracy"),
    )
    sketches: Path | None = option(None, "folder of pen data to learn from as well")
    pens: int = option(9_000, "pen digits an epoch, of four times as many renderings", low=0)
    redrawn: int = option(8_000, "MNIST digits redrawn with other pens an epoch", low=0)
    slashed: float = option(0.3, "share of MNIST's zeros that come slashed as well", low=0, high=1)
    negatives: int = option(8_000, "pictures an epoch that are no digits", low=0)
    extra: str | None = option(
        None, "folder, or dataset on the Hub, of what users taught: its digits are learnt, too"
    )
    test: bool = option(True, "measure on the 10,000 test digits, once, at the end")


# Of the reference nets, as their projects trained them.
_PLAIN: dict[str, object] = {
    "epochs": 10,
    "batch_size": 64,
    "lr": 1e-3,
    "optimizer": "adam",
    "schedule": "constant",
    "weight_decay": 0.0,
    "ema": 0.0,
    "smoothing": 0.0,
    "augment": False,
    "choose": "accuracy",
}
RECIPES: dict[str, dict[str, object]] = {
    **{name: _PLAIN for name in ("conv3", "simple", "improved", "conv2")},
    # The way to 99.37 % that takes least time; see `bench.reference`.
    "quick": {
        "epochs": 4,
        "batch_size": 256,
        "lr": 1e-2,
        "ema": 0.99,
        "bf16": True,
        "augment": False,
        "shift": 2,
    },
}


@torch.inference_mode()
def answers(net: ConvClassifier, digits: Digits) -> tuple[Tensor, Tensor]:
    """`(N, 10)` logits and `(N,)` digit scores of prepared digits."""
    parts = []
    for start in range(0, len(digits), 1000):
        x, _ = digits.batch(slice(start, start + 1000))
        parts.append(net.logits_and_scores(x.to(memory_format=torch.channels_last)))
    logits, scores = zip(*parts, strict=True)
    return torch.cat(logits), torch.cat(scores)


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The divisor of the logits with the lowest negative log-likelihood.

    One number, so every value from 0.05 to 5 is tried, in steps of 2 %.
    """
    candidates = torch.logspace(math.log10(0.05), math.log10(5), 233).tolist()
    return min(candidates, key=lambda t: float(F.cross_entropy(logits / t, labels)))


def validation_figures(net: nn.Module, digits: Digits, mnist: int) -> dict[str, float]:
    """Accuracy, and mean negative log-likelihood after calibration, on prepared digits.

    The first `mnist` digits are MNIST's; where others follow, each kind has its own accuracy, too.
    """
    assert isinstance(net, ConvClassifier)
    logits, _ = answers(net, digits)
    nll = F.cross_entropy(logits / best_temperature(logits, digits.labels), digits.labels)
    right = (logits.argmax(1) == digits.labels).float()
    # Chosen by likelihood, not accuracy: two dozen errors in 5,000 are mostly chance.
    figures = {"validation_fit": -float(nll), "validation_accuracy": float(right.mean())}
    if mnist < len(digits):
        figures["validation_mnist"] = float(right[:mnist].mean())
        figures["validation_sketches"] = float(right[mnist:].mean())
    return figures


def calibrate(net: ConvClassifier, digits: Digits, letters: Digits | None) -> None:
    """Fit the temperature to digits; and where there are letters to be refused, the threshold."""
    logits, scores = answers(net, digits)
    net.temperature.fill_(best_temperature(logits, digits.labels))
    if letters is not None:
        _, lower = answers(net, letters)
        ends = torch.stack([scores.quantile(1 - ACCEPTED), lower.quantile(REFUSED)])
        net.threshold.fill_(float(ends.logit(eps=1e-6).mean().sigmoid()))


def loss_of(
    net: ConvClassifier,
    x: Tensor,
    labels: Tensor,
    smoothing: float,
    refusal_weight: float = REFUSAL_WEIGHT,
) -> Tensor:
    """Cross-entropy of the digits; and of being one, where the net says so.

    Args:
        net: to be trained.
        x: `(B, C, 28, 28)` in 0..1, ink = 1.
        labels: `(B,)` in 0..9, or -1 for what is no digit, which only the second head learns from.
        smoothing: of the digits' labels (Szegedy et al. 2016, section 7).
        refusal_weight: of telling digits from other things, beside telling digits apart.
    """
    features = net.features(x.to(memory_format=torch.channels_last))
    logits = net.head(features).float()
    loss = F.cross_entropy(logits, labels, label_smoothing=smoothing, ignore_index=-1)
    if net.digit is None:
        return loss
    is_digit = (labels >= 0).float()
    refusal = F.binary_cross_entropy_with_logits(net.digit(features).float()[:, 0], is_digit)
    return loss + refusal_weight * refusal


def pen_pools(mnist: Digits, pen: PenData, options: ClassifierOptions) -> list[tuple[Digits, int]]:
    """What is learnt beside MNIST: pen digits, what is no digit, and MNIST by other pens.

    Pens have fixed renderings here, four times as many as an epoch sees: as good as drawing them
    anew each time, and done once. The seeds are fixed, too: runs differ in what they learn when.
    """
    pools = []
    if options.pens:
        renderings = math.ceil(4 * options.pens / len(pen.training))
        pools.append((render(pen.training, renderings, seed=1), options.pens))
    if options.negatives:
        twice = render_negatives(pen.letters, pen.training, 2 * options.negatives, seed=3)
        pools.append((twice, options.negatives))
    if options.slashed:
        pools.append((slash_zeros(mnist, options.slashed, seed=2), 0))
    if options.redrawn:
        pools.append((redraw(mnist, 3 * options.redrawn, seed=7), options.redrawn))
    return pools


def train(options: ClassifierOptions) -> dict[str, object]:
    """Train as told; weights and figures go into `options.out`, the figures are also returned.

    Of several processes (`train.parallel`) only the first writes and measures.

    Raises:
        TrainError: something the user can mend.
    """
    with parallel.together(device_of(options)) as device:
        return _train(options, device)


def _train(options: ClassifierOptions, device: torch.device) -> dict[str, object]:
    if options.push is not None:
        publish.check(options.push)
    writable_folder(options.out)
    folder = data_folder(options.data_dir)
    pen = load_pen_data(options.sketches) if options.sketches else None
    lessons = load_lessons(options.extra) if options.extra else None
    digits = load_mnist(folder, True, options.dataset)
    if options.limit:
        digits = digits[: options.limit]
    training, validation = split(digits, options.validation)
    mnist = len(validation)
    pools, letters = [(training, 0)], None
    if lessons is not None:
        pools.append((lessons, 0))
    if pen is not None:
        pools += pen_pools(training, pen, options)
        others = render(pen.other_validation, 5, seed=5)
        validation = join(validation, render(pen.validation, 2, seed=4), others)
        letters = render_letters(pen.validation_letters, 3, seed=6).to(device)
    mixture = Mixture.of(*pools)
    training, validation = mixture.digits.to(device), validation.to(device)

    torch.manual_seed(options.seed)
    net = channels_last(build_classifier(options.model).to(device))

    def loss(net: nn.Module, index: Tensor, _step: int) -> Tensor:
        x, y = training.batch(index)
        if options.shift:
            x = shift_pixels(x, options.shift)
        if options.augment:
            with torch.autocast(device.type, enabled=False):
                x = augment(x)
        assert isinstance(net, ConvClassifier)
        return loss_of(net, parallel.part(x), parallel.part(y), options.smoothing)

    history, seconds = fit(
        net,
        sum(mixture.takes),
        options,
        loss,
        lambda averaged: validation_figures(averaged, validation, mnist),
        name=options.model,
        score=f"validation_{options.choose}",
        on_best=lambda best: weights.save(best, options.out),
        order_of=mixture.order,
    )
    if parallel.rank() > 0:
        return {}
    calibrate(net, validation, letters)
    weights.save(net, options.out)
    figures: dict[str, object] = {
        "labels": DATASETS[options.dataset][1],
        "parameters": count_parameters(net),
        "epochs": len(history),
        "training_seconds": round(seconds),
        "chosen": max(history, key=lambda row: row[f"validation_{options.choose}"]),
    }
    if options.test:
        test = load_mnist(folder, False, options.dataset)
        classifier = Classifier(net, str(device))
        figures["test"] = mnist_figures(classifier, test)
        figures["coarse"] = coarse_figures(classifier, test[:2000])
        if pen is not None:
            figures["sketches"] = sketch_figures(classifier, pen)
    write_json(
        options.out / "metrics.json", {**figures, **provenance(), "options": asdict(options)}
    )
    if options.push is not None:
        publish.tell(publish.publish(options.out, options.push), options.push)
    return figures


def main() -> None:
    """The command line."""
    options = parse(ClassifierOptions, None, "train.classifier", __doc__ or "", RECIPES)
    figures = train(options)
    if not figures:
        return  # not the first of several processes
    print(f"weights and metrics.json are in {options.out}")
    if "test" in figures:
        print(f"test: {figures['test']}")


if __name__ == "__main__":
    run(main)
