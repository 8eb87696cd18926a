"""Measure trained weights, and say with what, on what and how many.

    python -m train.evaluate classifier weights/classifier
    python -m train.evaluate generator weights/generator --judge runs/judge --features runs/conv3
    python -m train.evaluate compare weights/classifier runs/conv3

The judge of generated digits is a classifier that took no part in training the generator.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

from model import (
    Generator,
    NumberReader,
    WeightsError,
    load_classifier,
    load_generator,
    load_number_reader,
    weights,
)
from model.classifier import Classifier, Reading
from model.morph import Route
from model.nets import count_parameters
from model.picture import Pixels, sheet
from train.data import DATASETS, Digits, data_folder, load_mnist
from train.judge import (
    ask,
    classification_accuracy_score,
    copy_figures,
    cost_figures,
    feature_figures,
    features_of,
    judged,
    morph_figures,
    restyle_figures,
)
from train.loop import LoopOptions, provenance, write_json
from train.numbers import Number, compose
from train.options import TrainError, run, writable_folder
from train.strokes import READABLE_AS_DIGITS, Drawing, PenData, canvas, load_pen_data

Features = npt.NDArray[np.float64]


def reading_figures(readings: list[Reading], labels: Sequence[int]) -> dict[str, float]:
    """How well digits were read.

    Returns:
        accuracy: the likeliest digit is the right one.
        accuracy_with_refusals: and it was not refused as no digit.
        accepted: share not refused.
        ece: expected calibration error of the likeliest digit's probability, 15 bins.
        n: how many.
    """
    p = np.array([reading.probabilities for reading in readings])
    right = p.argmax(1) == np.asarray(labels)
    accepted = np.array([reading.label is not None for reading in readings])
    return {
        "accuracy": float(right.mean()),
        "accuracy_with_refusals": float((right & accepted).mean()),
        "accepted": float(accepted.mean()),
        "ece": expected_calibration_error(p.max(1), right.astype(float)),
        "n": len(readings),
    }


def digit_figures(readings: list[Reading], labels: Sequence[int]) -> dict[str, Any]:
    """What is read as what, by the likeliest digit.

    Returns:
        macro: precision, recall and F1, means over the ten digits; by_digit: the same of each;
        confusion: 10 rows of counts, one a true digit; worst: the errors that it was surest of.
    """
    p = np.array([reading.probabilities for reading in readings])
    truth, read = np.asarray(labels), p.argmax(1)
    kinds = ("precision", "recall", "f1")
    scores = precision_recall_fscore_support(truth, read, labels=range(10), zero_division=0)[:3]
    wrong = np.flatnonzero(read != truth)
    worst = wrong[np.argsort(-p[wrong].max(1), kind="stable")][:50]
    return {
        "macro": {kind: float(np.mean(s)) for kind, s in zip(kinds, scores, strict=True)},
        "by_digit": {kind: np.round(s, 6).tolist() for kind, s in zip(kinds, scores, strict=True)},
        "confusion": confusion_matrix(truth, read, labels=range(10)).tolist(),
        "worst": [
            {
                "index": int(i),
                "is": int(truth[i]),
                "read_as": int(read[i]),
                "probability": round(float(p[i].max()), 6),
            }
            for i in worst
        ],
    }


def mnist_figures(classifier: Classifier, digits: Digits) -> dict[str, float]:
    """MNIST digits through `Classifier.classify`, the door the page uses."""
    return reading_figures(classifier.classify(digits.images.numpy()), digits.labels.tolist())


def expected_calibration_error(confidence: Features, right: Features, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017, eq. 3)."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[which == b].mean() - right[which == b].mean())) * (which == b).mean()
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))


PENS = (0.035, 0.065, 0.1)  # widths of the pens that drawings are measured with, of the canvas


def read_drawings(classifier: Classifier, drawings: list[Drawing]) -> list[Reading]:
    """Drawings on 280x280 canvases, by three pens in turn, through the page's door."""
    pictures = [canvas(d.strokes, pen=PENS[i % 3]) for i, d in enumerate(drawings)]
    return classifier.classify(pictures)


def sketch_figures(classifier: Classifier, pen: PenData) -> dict[str, Any]:
    """Pen digits and letters of people never seen.

    Returns:
        pens: digits of the collection that is learnt from, the accuracy of each writer's, too, for
            hands differ more than nets do; other_pens: of one that is not;
        letters: told from those digits, each letter for itself as well.
    """
    pens = read_drawings(classifier, pen.test)
    by_writer: dict[int, list[bool]] = {}
    for drawing, reading in zip(pen.test, pens, strict=True):
        right = int(np.argmax(reading.probabilities)) == int(drawing.label)
        by_writer.setdefault(drawing.writer, []).append(right)
    figures: dict[str, Any] = {
        "pens": {
            **reading_figures(pens, [int(d.label) for d in pen.test]),
            "accuracy_by_writer": {w: float(np.mean(by_writer[w])) for w in sorted(by_writer)},
        },
    }
    if pen.other_test:
        others = read_drawings(classifier, pen.other_test)
        labels = [int(d.label) for d in pen.other_test]
        figures["other_pens"] = reading_figures(others, labels)
    if pen.test_letters:
        figures["letters"] = letter_figures(classifier, pen.test_letters, pens)
    return figures


def letter_figures(
    classifier: Classifier, letters: list[Drawing], digits: list[Reading]
) -> dict[str, Any]:
    """How well letters are told from digits by `digit_score`, and refused at the threshold."""
    readings = read_drawings(classifier, letters)
    scores = [reading.digit_score for reading in (*digits, *readings)]
    refused: dict[str, list[bool]] = {}
    for drawing, reading in zip(letters, readings, strict=True):
        refused.setdefault(drawing.label, []).append(reading.label is None)
    return {
        "auroc": float(roc_auc_score([1] * len(digits) + [0] * len(readings), scores)),
        "refused": float(np.mean([reading.label is None for reading in readings])),
        "refused_by_letter": {
            letter: float(np.mean(refused[letter])) for letter in sorted(refused)
        },
        "n": len(readings),
        "left_out": "".join(sorted(READABLE_AS_DIGITS)),
    }


def number_figures(reader: NumberReader, numbers: list[Number]) -> dict[str, float]:
    """Share of whole numbers that are read right."""
    texts = [reader.read(number.picture).text for number in numbers]
    right = [text == number.text for text, number in zip(texts, numbers, strict=True)]
    return {"accuracy": float(np.mean(right)), "n": len(numbers)}


def coarse_figures(classifier: Classifier, digits: Digits) -> dict[str, float]:
    """Digits as a scanner of few pixels sees them: 16x16 without a margin, enlarged to 160x160.

    They stand in for postal scans of other collections, which are not at hand.
    """
    pictures = []
    for image in digits.images.numpy():
        rows, columns = np.nonzero(image > 40)
        digit = Image.fromarray(
            image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        )
        scale = 16 / max(digit.size)
        size = max(1, round(digit.width * scale)), max(1, round(digit.height * scale))
        small = Image.new("L", (16, 16))
        corner = (16 - size[0]) // 2, (16 - size[1]) // 2
        small.paste(digit.resize(size, Image.Resampling.BILINEAR), corner)
        pictures.append(small.resize((160, 160), Image.Resampling.BICUBIC))
    return reading_figures(classifier.classify(pictures), digits.labels.tolist())


def evaluate_classifier(given: argparse.Namespace, data: Path) -> dict[str, Any]:
    """The reader's figures on the test digits and, where they are at hand, on sketches."""
    classifier, test = load_classifier(given.source), load_mnist(data, False, given.dataset)
    readings, labels = classifier.classify(test.images.numpy()), test.labels.tolist()
    figures: dict[str, Any] = {
        "classifier": given.source,
        "test": reading_figures(readings, labels),
        "digits": digit_figures(readings, labels),
        "coarse": coarse_figures(classifier, test[:2000]),
    }
    if given.sketches is not None:
        pen = load_pen_data(given.sketches)
        figures["sketches"] = sketch_figures(classifier, pen)
        reader = load_number_reader(classifier, given.number)
        figures["numbers"] = {
            kind: number_figures(reader, compose(pen.test, 400, 0, touching=touching))
            for kind, touching in (("apart", False), ("touching", True))
        }
    history = weights.find(given.source).folder / "history.csv"
    if history.is_file():
        with history.open(encoding="utf-8") as file:
            figures["curves"] = [
                {key: round(float(value), 6) for key, value in row.items()}
                for row in csv.DictReader(file)
            ]
    if given.out is not None:
        worst = [row["index"] for row in figures["digits"]["worst"]]
        save_pictures(given.out, test.images.numpy()[worst])
    if given.figures is not None:
        draw_classifier(given, figures, readings, test)
    return figures


def save_pictures(folder: Path, pixels: Pixels) -> None:
    """Keep the digits that the figures speak of, for the page."""
    if len(pixels):
        sheet(pixels, columns=10, gap=0).save(folder / weights.EVALUATION_PICTURE, optimize=True)


def draw_classifier(
    given: argparse.Namespace, figures: dict[str, Any], answers: list[Reading], test: Digits
) -> None:
    """Pictures of a reader's figures."""
    from train import figures as draw  # matplotlib, which takes a while

    folder: Path = given.figures
    labels = test.labels.numpy()
    p = np.array([answer.probabilities for answer in answers])
    pixels = np.stack([answer.pixels for answer in answers])
    draw.save(draw.confusion(np.array(figures["digits"]["confusion"])), folder, "confusion")
    right = (p.argmax(1) == labels).astype(float)
    draw.save(draw.reliability(p.max(1), right), folder, "reliability")
    for name, chosen in (
        ("predictions", list(range(50))),
        ("worst-errors", [row["index"] for row in figures["digits"]["worst"]]),
    ):
        some = [answers[i] for i in chosen]
        draw.save(draw.readings(pixels[chosen], some, labels[chosen].tolist()), folder, name)
    history = weights.find(given.source).folder / "history.csv"
    if history.is_file():
        draw.save(draw.training_curves(history), folder, "training")


def draw_generator(
    given: argparse.Namespace,
    generator: Generator,
    made: Pixels,
    labels: npt.NDArray[np.integer],
    test: Digits,
) -> None:
    """Pictures of what a generator does."""
    from train import figures as draw

    folder: Path = given.figures
    some = np.random.default_rng(given.seed).permutation(len(made))
    real = test.images.numpy()
    sheets = {"real": real[:100], "generated": made[some[:100]]}
    draw.save(draw.side_by_side(sheets), folder, "real-and-generated")
    draw.save(draw.latent_grid(generator, 3, given.seed), folder, "latent-grid")
    if given.features is not None:
        net = load_classifier(given.features)
        few = 2000
        rows = {
            "real": (features_of(net, real[:few]), test.labels[:few].numpy()),
            "generated": (features_of(net, made[some[:few]]), np.asarray(labels)[some[:few]]),
        }
        draw.save(draw.feature_map(rows), folder, "features")


def compare(given: argparse.Namespace, data: Path) -> dict[str, Any]:
    """Several readers on the same test digits."""
    test = load_mnist(data, False, given.dataset)
    pen = load_pen_data(given.sketches) if given.sketches is not None else None
    rows: dict[str, Any] = {}
    for source in given.source:
        classifier = load_classifier(source)
        assert classifier.origin is not None
        readings = classifier.classify(test.images.numpy())
        labels = test.labels.tolist()
        rows[source] = {
            "parameters": count_parameters(classifier.net),
            "bytes": (classifier.origin.folder / weights.FILES[1]).stat().st_size,
            **reading_figures(readings, labels),
            "macro": digit_figures(readings, labels)["macro"],
        }
        if pen is not None:
            for name, drawings in (("pens", pen.test), ("validation_pens", pen.validation)):
                truth = [int(d.label) for d in drawings]
                rows[source][name] = reading_figures(read_drawings(classifier, drawings), truth)
    return {"compared": rows}


def evaluate_generator(given: argparse.Namespace, data: Path) -> dict[str, Any]:
    """The generator's figures against the test digits."""
    generator, judge = load_generator(given.source), load_classifier(given.judge)
    training, test = load_mnist(data, True, given.dataset), load_mnist(data, False, given.dataset)
    made, labels = ask(generator, given.each, given.seed)
    without = Generator(generator.net, str(generator.device))
    routes = {"straight": "latent", "noise": "noise", "spherical": "sphere"}
    figures: dict[str, Any] = {
        "generator": given.source,
        "judge": given.judge,
        "seed": given.seed,
        "samples": judged(judge, made, labels),
        "test_digits": judged(judge, test.images.numpy(), test.labels.numpy()),
        "cost": cost_figures(generator, weights.find(given.source).folder),
        "nearest_training_digit": copy_figures(made, training, test),
        "restyle": restyle_figures(generator, judge, test[:1000]),
        "morphs": morph_figures(generator, judge, given.paths, given.seed),
        "morphs_by_one_route": {
            name: morph_figures(
                without, judge, max(1, given.paths // 5), given.seed, routes=(Route(space),)
            )
            for name, space in routes.items()
        },
    }
    if given.out is not None:
        five = np.arange(given.each)[:5]
        ours = np.concatenate([made[labels == digit][five] for digit in range(10)])
        truth = test.labels.numpy()
        real = [test.images.numpy()[truth == digit][: len(five)] for digit in range(10)]
        save_pictures(given.out, np.concatenate([*real, ours]))
    if given.figures is not None:
        draw_generator(given, generator, made, labels, test)
    if given.features is not None:
        net = load_classifier(given.features)
        figures |= {"features": given.features, **feature_figures(net, made, training, test)}
    if given.cas_epochs:
        with tempfile.TemporaryDirectory() as folder:
            options = LoopOptions(
                out=Path(folder), epochs=given.cas_epochs, seed=given.seed, bf16=given.bf16
            )
            with contextlib.redirect_stdout(sys.stderr):  # its progress; figures go to stdout
                score = classification_accuracy_score(generator, training, test, options)
            figures["classification_accuracy_score"] = score
    return figures


def options(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="train.evaluate", description=(__doc__ or "").split("\n")[0]
    )
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("classifier", "generator", "compare"):
        command = kinds.add_parser(kind)
        command.add_argument(
            "source",
            nargs="+" if kind == "compare" else "?",
            default=f"weights/{kind}",
            help="weights: a folder, or owner/name[@revision] on the Hub",
        )
        command.add_argument(
            "--data-dir", type=Path, help="folder that holds MNIST (else DATA_DIR, else ./data)"
        )
        command.add_argument(
            "--dataset", choices=tuple(DATASETS), default="mnist", help="what it has learnt"
        )
        if kind != "generator":
            command.add_argument("--sketches", type=Path, help="folder of pen data to read as well")
        if kind != "compare":
            command.add_argument(
                "--figures", type=Path, metavar="DIR", help="draw figures, PNG and SVG, into DIR"
            )
        if kind == "classifier":
            command.add_argument(
                "--number", default="weights/number", help="folder of the number reader's weights"
            )
        command.add_argument("--out", type=Path, help="folder to write evaluation.json into")
        if kind == "generator":
            command.add_argument(
                "--judge",
                required=True,
                help="weights of a classifier that the generator never met",
            )
            command.add_argument(
                "--features",
                help="weights of the net in whose features to measure Fréchet distances",
            )
            command.add_argument(
                "--each", type=int, default=1000, help="samples a digit (default 1000)"
            )
            command.add_argument("--seed", type=int, default=0, help="of all samples (default 0)")
            command.add_argument(
                "--paths", type=int, default=1000, help="morphs to judge (default 1000)"
            )
            command.add_argument(
                "--cas-epochs",
                type=int,
                default=8,
                help="epochs of the two nets of the classification accuracy score (default 8; 0: "
                "do without)",
            )
            command.add_argument(
                "--bf16", action="store_true", help="train those two in bfloat16 arithmetic"
            )
    return parser.parse_args(argv)


def main() -> None:
    """Evaluate what the command line names; print the figures as JSON."""
    given = options()
    for folder in (given.out, getattr(given, "figures", None)):
        if folder is not None:
            writable_folder(folder)
    data = data_folder(given.data_dir)
    try:
        figures = {
            "classifier": evaluate_classifier,
            "generator": evaluate_generator,
            "compare": compare,
        }[given.kind](given, data)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    figures.update(provenance())
    if given.out is not None:
        write_json(given.out / weights.EVALUATION, figures)
    json.dump(figures, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    run(main)
