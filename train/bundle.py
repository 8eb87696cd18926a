"""Make a run the default that the app starts with: `python -m train.bundle classifier runs/x`.

The weights are stored as float16, half the size, together with the run's figures. What that costs
is measured by `python -m train.evaluate` on the bundle.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from torch import nn

from model import WeightsError, weights
from model.cvae import NETS
from model.nets import ConvClassifier
from model.plane import POINTS
from model.vae import PerceptronVAE
from train.data import data_folder, load_mnist
from train.loop import write_json
from train.options import TrainError, run, writable_folder

KINDS: dict[str, tuple[type[nn.Module], ...]] = {
    "classifier": (ConvClassifier,),
    "number": (ConvClassifier,),
    "generator": NETS,
    "map": (PerceptronVAE,),
}


def bundle(source: Path, target: Path, kind: str) -> None:
    """Copy the weights of a run into `target`, halved, and its figures.

    Raises:
        TrainError: the run holds no such weights, or no figures.
    """
    if not (source / "metrics.json").is_file():
        raise TrainError(f"There is no metrics.json in {source}: finish the training run first.")
    try:
        net = weights.load(KINDS[kind], source)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    weights.save(net, writable_folder(target), half=True)
    copy_figures(source, target)
    if isinstance(net, PerceptronVAE):
        write_points(net, target)


def write_points(net: PerceptronVAE, folder: Path, count: int = 1000) -> None:
    """Write where the first test digits lie on a map."""
    some = load_mnist(data_folder(None), train=False)[:count]
    with torch.inference_mode():
        places, _ = net.encode(*some.batch(slice(None)))
    rounded = [[round(x, 3) for x in place] for place in places.tolist()]
    text = json.dumps({"places": rounded, "labels": some.labels.tolist()}, separators=(",", ":"))
    (folder / POINTS).write_text(text + "\n", "utf-8")


def copy_figures(source: Path, target: Path) -> None:
    """Copy what was measured, with the checksum of the weights that it is now about."""
    figures = json.loads((source / weights.FIGURES).read_text("utf-8"))
    write_json(
        target / weights.FIGURES, {**figures, "sha256": weights.sha256(target / weights.FILES[1])}
    )
    for name in (weights.EVALUATION, weights.EVALUATION_PICTURE, "history.csv"):
        if (source / name).is_file() and source.resolve() != target.resolve():
            shutil.copy(source / name, target / name)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="train.bundle", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("kind", choices=tuple(KINDS), help="what was trained")
    parser.add_argument("run", type=Path, help="folder of the training run")
    parser.add_argument("--to", type=Path, help="folder to write (default weights/KIND)")
    given = parser.parse_args()
    bundle(given.run, given.to or weights.ROOT / "weights" / given.kind, given.kind)


if __name__ == "__main__":
    run(main)
