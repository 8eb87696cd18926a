"""What each step of the recipe is worth: `python -m train.ablation --sketches data`.

A small net learns from a third of MNIST, then with one step more at a time. All is measured on
validation data: MNIST digits, pen digits and letters of writers that nothing was learnt from.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score

from model import load_classifier
from model.nets import ConvClassifier
from train.classifier import ClassifierOptions, answers, train
from train.data import Digits, data_folder, load_mnist, split
from train.hands import render
from train.loop import provenance, write_json
from train.negatives import render_letters
from train.options import run, writable_folder
from train.strokes import load_pen_data

# Each step keeps those before it.
STEPS: dict[str, dict[str, Any]] = {
    "MNIST alone": {"augment": False, "pens": 0, "slashed": 0.0, "redrawn": 0, "negatives": 0},
    "+ distorted": {"augment": True},
    "+ pen digits": {"pens": 2_500},
    "+ slashed zeros": {"slashed": 0.3},
    "+ MNIST redrawn with other pens": {"redrawn": 3_000},
    "+ what is no digit": {"negatives": 3_000},
}


def figures_of(
    net: ConvClassifier, sets: dict[str, Digits], letters: Digits, refuses: bool
) -> dict[str, float]:
    """Accuracy on each set, in per cent, and how well letters are told from its pen digits.

    Told by the digit score or, where the net was not taught to refuse, the highest probability.
    """

    def surely(logits: torch.Tensor, scores: torch.Tensor) -> npt.NDArray[np.float32]:
        return (scores if refuses else logits.softmax(1).amax(1)).numpy()

    found: dict[str, float] = {}
    digits: list[npt.NDArray[np.float32]] = []
    for name, drawn in sets.items():
        logits, scores = answers(net, drawn)
        found[name] = 100 * float((logits.argmax(1) == drawn.labels).float().mean())
        if name != "MNIST":
            digits.append(surely(logits, scores))
    some = np.concatenate(digits)
    others = surely(*answers(net, letters))
    is_digit = [1] * len(some) + [0] * len(others)
    found["letters, AUROC"] = 100 * float(roc_auc_score(is_digit, [*some, *others]))
    return found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="train.ablation", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--sketches", type=Path, required=True, help="folder of pen data")
    parser.add_argument("--data-dir", type=Path, help="folder that holds MNIST")
    parser.add_argument("--out", type=Path, default=Path("runs/ablation"), help="folder of runs")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each step (default 2)")
    parser.add_argument("--epochs", type=int, default=6, help="of each run (default 6)")
    parser.add_argument(
        "--limit", type=int, default=20_000, help="MNIST digits to use (default 20000)"
    )
    given = parser.parse_args()
    writable_folder(given.out)
    pen = load_pen_data(given.sketches)
    _, mnist = split(load_mnist(data_folder(given.data_dir), train=True), 5000)
    sets = {
        "MNIST": mnist,
        "pens": render(pen.validation, 2, seed=4),
        "other pens": render(pen.other_validation, 5, seed=5),
    }
    letters = render_letters(pen.validation_letters, 3, seed=6)
    rows: dict[str, list[dict[str, float]]] = {}
    changes: dict[str, Any] = {}
    for step, change in STEPS.items():
        changes |= change
        for seed in range(given.seeds):
            options = ClassifierOptions(
                out=given.out / f"{len(rows)}-{seed}",
                data_dir=given.data_dir,
                sketches=given.sketches,
                model="small",
                epochs=given.epochs,
                limit=given.limit,
                seed=seed,
                bf16=True,
                test=False,
                **changes,
            )
            train(options)
            net = load_classifier(options.out).net
            rows.setdefault(step, []).append(figures_of(net, sets, letters, options.negatives > 0))
        columns = list(rows[step][0])
        if len(rows) == 1:
            print("| step | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
        cells = []
        for column in columns:
            values = [row[column] for row in rows[step]]
            cells.append(f"{np.mean(values):.2f} ± {np.std(values):.2f}")
        print(f"| {step} | " + " | ".join(cells) + " |", flush=True)
    write_json(given.out / "ablation.json", {"figures": rows, **provenance()})


if __name__ == "__main__":
    run(main)
