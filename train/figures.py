"""Pictures of what was measured, as PNG and SVG: legible in print and to the colour-blind."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from model.classifier import Reading
from model.generator import Generator
from model.picture import Pixels

MAP = "cividis"  # reads alike with and without red-green blindness, and in grey
INK, ACCENT = "#1c1a17", "#0072b2"  # the latter of Okabe & Ito's palette
PALETTE = (
    *("#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442"),
    *("#0072b2", "#d55e00", "#cc79a7", "#999999", "#882255"),
)
Floats = npt.NDArray[np.float64]


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write `folder/name.png` and `.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.{kind}" for kind in ("png", "svg")]
    for file in files:
        figure.savefig(file, dpi=150, bbox_inches="tight")
    return files


def training_curves(history: Path) -> Figure:
    """Every column of a run's `history.csv` against the epoch.

    Args:
        history: the file.
    """
    with history.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != "epoch"]
    figure = Figure(figsize=(7, 1.6 * len(names)), layout="constrained")
    axes = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    epochs = [int(row["epoch"]) for row in rows]
    for axis, name in zip(axes, names, strict=True):
        axis.plot(epochs, [float(row[name]) for row in rows], color=ACCENT, marker=".")
        axis.set_ylabel(name.replace("_", "\n"))
        axis.grid(alpha=0.3)
    axes[-1].set_xlabel("epoch")
    return figure


def confusion(matrix: npt.NDArray[np.int64]) -> Figure:
    """How often each digit was read as each: `(10, 10)` counts, rows the truth."""
    figure = Figure(figsize=(6, 5.4), layout="constrained")
    axis = figure.subplots()
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    # Errors are rare: a root makes one in a thousand visible.
    axis.imshow(np.sqrt(shares), cmap=MAP, vmin=0, vmax=1)
    for truth, row in enumerate(matrix):
        for read, count in enumerate(row):
            if count:
                dark = shares[truth, read] > 0.4
                axis.text(read, truth, f"{count}", ha="center", va="center", fontsize=8)
                axis.texts[-1].set_color(INK if dark else "white")
    axis.set_xticks(range(10))
    axis.set_yticks(range(10))
    axis.set_xlabel("read as")
    axis.set_ylabel("is")
    return figure


def readings(
    pixels: Pixels, answers: Sequence[Reading], labels: Sequence[int], columns: int = 10
) -> Figure:
    """Digits with what they were read as; the wrong ones say what they are.

    Args:
        pixels: `(N, 28, 28)` uint8, ink = 255.
        answers: N.
        labels: N.
        columns: digits in a row.
    """
    rows = max(1, -(-len(pixels) // columns))
    figure = Figure(figsize=(0.9 * columns, 1.15 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.axis("off")
    for axis, digit, answer, label in zip(axes, pixels, answers, labels, strict=False):
        best = int(np.argmax(answer.probabilities))
        axis.imshow(digit, cmap="gray_r", vmin=0, vmax=255)
        sure = f"{best} ({max(answer.probabilities):.0%})"
        axis.set_title(sure if best == label else f"{sure}, is {label}", fontsize=6)
    return figure


def reliability(confidence: Floats, right: Floats, bins: int = 15) -> Figure:
    """Accuracy against confidence, with how many digits each bin holds (Guo et al. 2017)."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    edges = np.linspace(0, 1, bins + 1)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    used = [b for b in range(bins) if (which == b).any()]
    centres = [confidence[which == b].mean() for b in used]
    upper.plot([0, 1], [0, 1], color=INK, linestyle=":", label="perfect")
    upper.plot(centres, [right[which == b].mean() for b in used], marker="o", color=ACCENT)
    upper.set_ylabel("share right")
    upper.grid(alpha=0.3)
    lower.hist(confidence, bins=list(edges), color=ACCENT)
    lower.set_yscale("log")
    lower.set_ylabel("digits")
    lower.set_xlabel("confidence")
    return figure


def side_by_side(columns: Mapping[str, Pixels], each: int = 10) -> Figure:
    """Sheets of digits next to one another: `{"real": (N, 28, 28), "generated": ...}`."""
    figure = Figure(figsize=(4.2 * len(columns), 4.6), layout="constrained")
    axes = figure.subplots(1, len(columns), squeeze=False)[0]
    for axis, (name, pixels) in zip(axes, columns.items(), strict=True):
        _sheet(axis, pixels, each)
        axis.set_title(name)
    return figure


def feature_map(features: Mapping[str, tuple[Floats, npt.NDArray[np.int64]]]) -> Figure:
    """Features in the plane of the first set's two principal components, a colour a digit.

    Args:
        features: name -> `(N, F)` features and `(N,)` labels.
    """
    figure = Figure(figsize=(5 * len(features), 5), layout="constrained")
    axes = figure.subplots(1, len(features), sharex=True, sharey=True, squeeze=False)[0]
    plane = PCA(2, random_state=0).fit(next(iter(features.values()))[0])
    for axis, (name, (rows, labels)) in zip(axes, features.items(), strict=True):
        points = plane.transform(rows)
        for digit, colour in enumerate(PALETTE):
            of_it = points[labels == digit]
            axis.scatter(*of_it.T, s=4, color=colour, alpha=0.5, label=str(digit), linewidths=0)
        axis.set_title(name)
        axis.set_xticks([])
        axis.set_yticks([])
    axes[-1].legend(markerscale=4, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


def latent_grid(generator: Generator, digit: int, seed: int, side: int = 10) -> Figure:
    """One digit's styles: two directions of noise, from one tail of the normal to the other."""
    draws = np.random.default_rng(seed).standard_normal((generator.net.latent, 2))
    across, down = np.linalg.qr(draws)[0].T
    steps = np.linspace(-2.5, 2.5, side)
    noise = np.stack([x * across + y * down for y in steps for x in steps])
    figure = Figure(figsize=(5, 5), layout="constrained")
    axis = figure.subplots()
    _sheet(axis, generator.from_noise(noise.astype(np.float32), [digit] * side * side), side)
    axis.set_title(f"styles of a {digit}")
    return figure


def _sheet(axis: Axes, pixels: Pixels, columns: int) -> None:
    rows = len(pixels) // columns
    tiles = pixels[: rows * columns].reshape(rows, columns, 28, 28)
    axis.imshow(tiles.swapaxes(1, 2).reshape(rows * 28, columns * 28), cmap="gray_r")
    axis.axis("off")
