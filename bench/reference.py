"""The reference nets by their own recipes, and ours by ours: `python -m bench.reference`.

Each is trained, if `--out` does not hold it yet, and all are measured alike: readers on the test
digits and on pen digits of people never seen, writers by a judge that none of them met. The test
digits are looked at here, once, and by nothing before.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from bench.latency import medians
from model import load_classifier, load_generator, weights
from train import classifier, cvae
from train.data import data_folder, load_mnist
from train.evaluate import compare
from train.judge import ask, cost_figures, feature_figures, judged
from train.loop import provenance, write_json
from train.options import TrainError, parse, run, writable_folder

GOAL = 0.9937  # of the test digits: what the best known of the references reads right

# What the nets are trained with, beside the recipe that goes with each name.
READERS: dict[str, tuple[str, ...]] = {
    "conv3": (),
    "quick": (),
    "simple": (),
    "improved": (),
    "conv2": (),
    "digit": ("--bf16",),  # and pen data, where there is any
}
WRITERS: dict[str, tuple[str, ...]] = {"vae": (), "vae2d": (), "cvae-mlp": (), "cvae": ("--bf16",)}
JUDGE = ("--epochs", "8", "--seed", "1", "--bf16")
FEATURES = "conv3"  # whose 512 features distances are measured in
OURS = {"quick", "digit", "cvae"}


def train(command: str, argv: Sequence[str], out: Path) -> dict[str, Any]:
    """The figures of one training, which is done only if `out` does not hold it.

    Args:
        command: `classifier` or `cvae`.
        argv: its options.
        out: folder of the run; a run that was stopped goes on.
    """
    if not (out / weights.FIGURES).is_file():
        argv = [*argv, "--out", str(out), "--resume"]
        print(f"{out.name}: python -m train.{command} {' '.join(argv)}", file=sys.stderr)
        if command == "classifier":
            options = parse(
                classifier.ClassifierOptions, argv, "train.classifier", "", classifier.RECIPES
            )
            classifier.train(options)
        else:
            cvae.train(parse(cvae.CVAEOptions, argv, "train.cvae", "", cvae.RECIPES))
    figures = weights.find(out).figures
    if "training_seconds" not in figures:
        raise TrainError(
            f"{out / weights.FIGURES} does not say how long training took: delete that run."
        )
    return figures


def readers(
    names: Sequence[str], out: Path, data: Path, given: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """Of each reader: parameters, bytes, accuracies, seconds of training, milliseconds a digit."""
    asked = argparse.Namespace(
        source=[str(out / name) for name in names], dataset="mnist", sketches=given.sketches
    )
    compared = compare(asked, data)["compared"]
    nets = {name: load_classifier(out / name) for name in names}
    digit = load_mnist(data, False).images[:1].numpy()

    def one(name: str) -> Callable[[], object]:
        return lambda: nets[name].answer(digit)

    times = medians({name: one(name) for name in names}, given.repeats)
    rows = {}
    for name in names:
        row, figures = compared[str(out / name)], weights.find(out / name).figures
        rows[name] = {
            "parameters": row["parameters"],
            "bytes": row["bytes"],
            "accuracy": row["accuracy"],
            "pens": row["pens"]["accuracy"] if "pens" in row else None,
            "n": row["n"],
            "pens_n": row["pens"]["n"] if "pens" in row else None,
            "validation_pens": row["validation_pens"]["accuracy"] if "pens" in row else None,
            "seconds": figures["training_seconds"],
            "epochs": figures["epochs"],
            "milliseconds": times[name],
            "reaches_goal": row["accuracy"] >= GOAL,
        }
    return rows


def writers(
    names: Sequence[str], out: Path, data: Path, given: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """Of each writer, and of real digits: what the judge says, distances, cost."""
    judge, features = load_classifier(out / "judge"), load_classifier(out / FEATURES)
    training, test = load_mnist(data, True), load_mnist(data, False)
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        generator = load_generator(out / name)
        made, labels = ask(generator, given.each, given.seed)
        figures = weights.find(out / name).figures
        found = judged(judge, made, labels)
        if not getattr(generator.net, "conditional", True):
            found["as_asked"] = None  # it cannot be asked for anything
        rows[name] = {
            **found,
            **feature_figures(features, made, training, test),
            **cost_figures(generator, out / name),
            "seconds": figures["training_seconds"],
            "epochs": figures["epochs"],
        }
    real = judged(judge, test.images.numpy(), test.labels.numpy())
    some = next(iter(rows.values()), None)
    if some is not None:
        real["frechet"] = {"made": some["frechet"]["real"]}
        real["coverage"] = {"made": some["coverage"]["real"]}
    rows["real digits"] = real
    return rows


# -- as tables ------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, cells in rows.items():
        shown = f"**{name}**" if name in OURS else name
        lines.append("| " + " | ".join([shown, *cells]) + " |")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f}"


def _megabytes(count: float) -> str:
    return f"{count / 1e6:.2f}"


def readers_table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown."""
    head = (
        "reader",
        "parameters",
        "MB",
        "MNIST test, %",
        "pens, %",
        "validation pens, %",
        "epochs",
        "training, s",
        "time to 99.37 %, s",
        "ms a digit",
    )
    return _table(
        head,
        {
            name: (
                f"{row['parameters']:,}",
                _megabytes(row["bytes"]),
                _percent(row["accuracy"]),
                _percent(row["pens"]),
                _percent(row["validation_pens"]),
                str(row["epochs"]),
                str(row["seconds"]),
                str(row["seconds"]) if row["reaches_goal"] else "not reached",
                f"{row['milliseconds']:.2f}",
            )
            for name, row in rows.items()
        },
    )


def writers_table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown."""
    head = (
        "writer",
        "parameters",
        "MB",
        "as asked, %",
        "mean confidence, %",
        "above 0.7, %",
        "Fréchet",
        "coverage",
        "epochs",
        "training, s",
        "ms for 5",
    )

    def cells(row: Mapping[str, Any]) -> tuple[str, ...]:
        trained = "seconds" in row
        return (
            f"{row['parameters']:,}" if trained else "",
            _megabytes(row["bytes"]) if trained else "",
            _percent(row["as_asked"]),
            _percent(row["mean_confidence"]),
            _percent(row["above_0.7"]),
            f"{row['frechet']['made']:.2f}" if "frechet" in row else "",
            f"{row['coverage']['made']:.2f}" if "coverage" in row else "",
            str(row["epochs"]) if trained else "",
            str(row["seconds"]) if trained else "",
            f"{row['milliseconds_for_5']:.1f}" if trained else "",
        )

    return _table(head, {name: cells(row) for name, row in rows.items()})


def options(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bench.reference", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--out", type=Path, default=Path("runs/reference"), help="folder of runs")
    parser.add_argument("--data-dir", type=Path, help="folder that holds MNIST")
    parser.add_argument("--sketches", type=Path, help="folder of pen data: ours learns from it")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=(*READERS, *WRITERS),
        default=(*READERS, *WRITERS),
        help="nets to train and measure (default: all)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of trainings and samples (default 0)")
    parser.add_argument("--each", type=int, default=1000, help="samples a digit (default 1000)")
    parser.add_argument("--repeats", type=int, default=100, help="timed calls (default 100)")
    parser.add_argument("--limit", type=int, default=0, help="training digits, to try things")
    parser.add_argument("--epochs", type=int, default=0, help="of every training, to try things")
    return parser.parse_args(argv)


def main() -> None:
    """The command line."""
    given = options()
    writable_folder(given.out)
    data = data_folder(given.data_dir)
    common = ["--data-dir", str(data)]
    tried = [f"--limit={given.limit}", "--validation=100"] if given.limit else []
    tried += [f"--epochs={given.epochs}"] if given.epochs else []
    reading = [name for name in READERS if name in given.only]
    writing = [name for name in WRITERS if name in given.only]
    for name in [*reading, *([FEATURES] if writing and FEATURES not in reading else [])]:
        pens = ["--sketches", str(given.sketches)] if name == "digit" and given.sketches else []
        own = ["--model", name, *READERS[name], *pens, "--seed", str(given.seed), "--no-test"]
        train("classifier", [*own, *common, *tried], given.out / name)
    if writing:
        train("classifier", [*JUDGE, "--no-test", *common, *tried], given.out / "judge")
    for name in writing:
        own = ["--model", name, *WRITERS[name], "--seed", str(given.seed)]
        train("cvae", [*own, *common, *tried], given.out / name)

    found: dict[str, Any] = {"goal": GOAL, "seed": given.seed, "threads": torch.get_num_threads()}
    if reading:
        found["readers"] = readers(reading, given.out, data, given)
        print(readers_table(found["readers"]))
    if writing:
        found["writers"] = writers(writing, given.out, data, given)
        print("\n" + writers_table(found["writers"]))
    write_json(given.out / "reference.json", {**found, **provenance()})


if __name__ == "__main__":
    run(main)
