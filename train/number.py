"""Train the net that reads touching digits: `python -m train.number --sketches data`.

It learns from numbers composed of pen digits and of MNIST's, cut as `model.number` cuts them. Of
the runs of pieces, those on the best way through the true digits are whole digits; what holds too
little of a digit, or too much of another, is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from model import NumberReader, WeightsError, load_classifier, weights
from model.nets import ConvClassifier, build_classifier, channels_last, count_parameters
from model.number import Lattice, Span, connected_parts, lattice_of, resized
from model.picture import ink_of
from train import parallel, publish
from train.augment import augment
from train.classifier import answers, best_temperature, loss_of
from train.data import Digits, Mixture, data_folder, join, load_mnist, split
from train.evaluate import number_figures
from train.hands import by_another_hand
from train.loop import LoopOptions, device_of, fit, provenance, write_json
from train.negatives import not_a_number
from train.numbers import Number, Tracing, compose, tracings
from train.options import TrainError, option, parse, run, writable_folder
from train.strokes import Drawing, canvas, load_pen_data

# How much of a run is of one digit, and how much of the digit it is, whichever is less:
LEAST = 0.55  # for the runs on the true way; numbers that cannot be cut that well are left out
LITTLE = 0.6  # below it, a run off that way is no digit; above it, it is neither this nor that


@dataclass(frozen=True)
class NumberOptions(LoopOptions):
    """Options of `python -m train.number`."""

    out: Path = option(Path("runs/number"), "folder for weights, figures and checkpoints")
    epochs: int = option(18, "passes", low=1)
    sketches: Path = option(Path("data"), "folder of pen data")
    numbers: int = option(2500, "numbers to compose of pen digits and learn from", low=10)
    redrawn: int = option(
        10_000, "numbers to compose of MNIST's digits, drawn anew, and learn from", low=0
    )
    negatives: int = option(40_000, "runs an epoch that are no whole digits", low=1)
    smoothing: float = option(0.0, "label smoothing", low=0, high=0.5)
    classifier: str = option("weights/classifier", "reads what stands apart, when measured")


def true_path(lattice: Lattice, shares: dict[Span, tuple[int, float]], count: int) -> set[Span]:
    """The way through the pieces that is best for its worst digit; empty where none is good.

    Args:
        lattice: of the number.
        shares: of each span: which digit it is of most, and how well it holds it, in 0..1.
        count: digits of the number.
    """
    best: dict[tuple[int, int], tuple[float, Span | None]] = {(0, 0): (1.0, None)}
    for span in sorted(shares):
        first, last = span
        digit, share = shares[span]
        if (first, digit) in best:
            worst = min(best[first, digit][0], share)
            if worst > best.get((last, digit + 1), (0.0, None))[0]:
                best[last, digit + 1] = (worst, span)
    end = (len(lattice.pieces), count)
    if best.get(end, (0.0, None))[0] < LEAST:
        return set()
    path: set[Span] = set()
    while (span_ := best[end][1]) is not None:
        path.add(span_)
        end = (span_[0], end[1] - 1)
    return path


def samples(number: Number) -> tuple[list[np.ndarray], list[int]]:
    """Runs of pieces as the net sees them, `(2, 28, 28)` each, and their labels; -1: no digit."""
    ink = ink_of(number.picture)
    assert ink is not None
    line = resized(ink)
    lattice = lattice_of(line, connected_parts(line), set())
    held = np.zeros((len(lattice.pieces), len(number.text)))
    for row, piece in enumerate(lattice.pieces):
        x = (line.left + (piece.columns + 0.5) * line.scale).astype(int)
        y = (line.top + (piece.rows + 0.5) * line.scale).astype(int)
        height, width = number.inks.shape[1:]
        held[row] = number.inks[:, y.clip(0, height - 1), x.clip(0, width - 1)].sum(1)
    sizes = np.array([len(piece.rows) for piece in lattice.pieces])
    shares = {}
    for span in lattice.spans:
        own = held[slice(*span)].sum(0)
        share = np.minimum(own / sizes[slice(*span)].sum(), own / held.sum(0))
        shares[span] = (int(share.argmax()), float(share.max()))
    path = true_path(lattice, shares, len(number.text))
    if not path:
        return [], []
    views, labels = [], []
    for span, view in zip(lattice.spans, lattice.views(), strict=True):
        digit, share = shares[span]
        if span in path or share < LITTLE:
            views.append(view)
            labels.append(int(number.text[digit]) if span in path else -1)
    return views, labels


def learnt_from(
    drawings: Sequence[Drawing | Tracing], count: int, seed: int
) -> tuple[Digits, Digits]:
    """Whole digits of composed numbers, and what is none."""
    views: list[np.ndarray] = []
    labels: list[int] = []
    numbers = [
        number
        for digits, share in ((2, 0.2), (3, 0.2), (4, 0.6))
        for number in compose(
            drawings, round(share * count), seed + digits, touching=True, digits=digits, overlap=0.6
        )
    ]
    for number in tqdm(numbers, desc="numbers", leave=False, disable=None):
        some, what = samples(number)
        views += some
        labels += what
    digits = Digits(torch.from_numpy(np.stack(views)), torch.tensor(labels))
    return digits[digits.labels >= 0], digits[digits.labels < 0]


def no_numbers(letters: list[Drawing], count: int, seed: int) -> Digits:
    """Runs of pieces of letters, scribbles and shapes, labelled -1."""
    rng = np.random.default_rng(seed)
    views: list[np.ndarray] = []
    for turn in tqdm(range(count), desc="no numbers", leave=False, disable=None):
        strokes = by_another_hand(not_a_number(letters, turn, rng), rng)
        ink = ink_of(canvas(strokes, 280, rng.uniform(0.3, 0.7), rng.uniform(0.03, 0.08)))
        assert ink is not None
        line = resized(ink)
        views += list(lattice_of(line, connected_parts(line), set()).views())
    return Digits(torch.from_numpy(np.stack(views)), torch.full((len(views),), -1))


def validation_figures(net: nn.Module, whole: Digits, parts: Digits) -> dict[str, float]:
    """How likely the net finds the truth about runs of unseen writers' digits."""
    assert isinstance(net, ConvClassifier)
    logits, scores = answers(net, whole)
    _, lower = answers(net, parts)
    likely = F.cross_entropy(logits, whole.labels)
    missed = -scores.clamp_min(1e-6).log().mean()
    taken = -(1 - lower).clamp_min(1e-6).log().mean()
    return {
        "validation_fit": -float(likely + missed + taken),
        "validation_accuracy": float((logits.argmax(1) == whole.labels).float().mean()),
        "validation_whole": float((scores > 0.5).float().mean()),
        "validation_refused": float((lower < 0.5).float().mean()),
    }


def train(options: NumberOptions) -> dict[str, object]:
    """Train as told; weights and figures go into `options.out`, the figures are also returned.

    Raises:
        TrainError: something the user can mend.
    """
    parallel.alone("train.number")
    device = device_of(options)
    if options.push is not None:
        publish.check(options.push)
    writable_folder(options.out)
    pen = load_pen_data(options.sketches)
    try:
        classifier = load_classifier(options.classifier)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    whole, parts = learnt_from(pen.training, options.numbers, seed=10)
    if options.redrawn:  # the pens' two dozen hands are too few
        mnist, _ = split(load_mnist(data_folder(options.data_dir), train=True), options.validation)
        traced = tracings(mnist[: 4 * options.redrawn])
        more_whole, more_parts = learnt_from(traced, options.redrawn, seed=40)
        whole, parts = join(whole, more_whole), join(parts, more_parts)
    others = no_numbers(pen.letters, options.numbers // 2, seed=30)
    mixture = Mixture.of((whole, 0), (parts, options.negatives), (others, options.negatives // 3))
    training = mixture.digits.to(device)
    held_whole, held_parts = learnt_from(pen.validation, max(20, options.numbers // 10), seed=20)
    held_parts = join(
        held_parts, no_numbers(pen.validation_letters, max(4, options.numbers // 20), seed=31)
    )
    held_whole, held_parts = held_whole.to(device), held_parts.to(device)

    torch.manual_seed(options.seed)
    net = channels_last(build_classifier("number").to(device))

    def loss(net: nn.Module, index: Tensor, _step: int) -> Tensor:
        x, y = training.batch(index)
        with torch.autocast(device.type, enabled=False):
            x = augment(x, degrees=5, shear=0.1, scale=0.08, shift=0.8, elastic=0.7, coarse=0)
        assert isinstance(net, ConvClassifier)
        return loss_of(net, x, y, options.smoothing, refusal_weight=1.0)

    history, seconds = fit(
        net,
        sum(mixture.takes),
        options,
        loss,
        lambda averaged: validation_figures(averaged, held_whole, held_parts),
        name="number",
        score="validation_fit",
        on_best=lambda best: weights.save(best, options.out),
        order_of=mixture.order,
    )
    logits, _ = answers(net, held_whole)
    net.temperature.fill_(best_temperature(logits, held_whole.labels))
    net.threshold.fill_(0.5)
    weights.save(net, options.out)
    reader = NumberReader(net, classifier)
    figures: dict[str, object] = {
        "parameters": count_parameters(net),
        "epochs": len(history),
        "training_seconds": round(seconds),
        "chosen": max(history, key=lambda row: row["validation_fit"]),
        "validation_numbers": {
            kind: number_figures(reader, compose(pen.validation, 200, 1, touching=touching))
            for kind, touching in (("apart", False), ("touching", True))
        },
    }
    write_json(
        options.out / "metrics.json", {**figures, **provenance(), "options": asdict(options)}
    )
    if options.push is not None:
        publish.tell(publish.publish(options.out, options.push), options.push)
    return figures


def main() -> None:
    """The command line."""
    options = parse(NumberOptions, None, "train.number", __doc__ or "")
    figures = train(options)
    print(f"weights and metrics.json are in {options.out}")
    print(f"validation: {figures['validation_numbers']}")


if __name__ == "__main__":
    run(main)
