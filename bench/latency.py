"""What reading and writing cost on one machine: `python -m bench.latency`.

Every row is the median of `--repeats` calls after a warm-up, and its ratio to the bare net, in one
process, interleaved so that a busy moment hits all rows alike.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image, ImageDraw

from model import load_classifier, load_generator, load_number_reader, prepare


def sketch() -> Image.Image:
    """A 7 on a 280x280 canvas, as the pad sends it."""
    image = Image.new("L", (280, 280), 255)
    path = [(80, 60), (200, 60), (120, 220)]
    ImageDraw.Draw(image).line(path, fill=0, width=18, joint="curve")
    return image


def four(overlap: float) -> Image.Image:
    """Four sevens, each moved over the one before it by a share of its width."""
    image = Image.new("L", (600, 200), 255)
    for i in range(4):
        left = 20 + i * 120 * (1 - overlap)
        path = [(left, 60), (left + 100, 60), (left + 40, 160)]
        ImageDraw.Draw(image).line(path, fill=0, width=14, joint="curve")
    return image


def medians(calls: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Milliseconds a call, by name."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repeats + 5):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn >= 5:
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeats", type=int, default=200, help="calls a row (default 200)")
    parser.add_argument("--threads", type=int, default=1, help="torch's threads (default 1)")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)

    classifier, generator = load_classifier(), load_generator()
    numbers = load_number_reader(classifier)
    row, chain = four(0.0), four(0.35)
    picture = sketch()
    pixels = prepare(picture)
    assert pixels is not None
    one, hand = pixels[None], generator.hand_of(pixels, 7)
    calls: dict[str, Callable[[], object]] = {
        "net, one digit": lambda: classifier.answer(one),
        "prepare a 280x280 sketch": lambda: prepare(picture),
        "classify a 280x280 sketch": lambda: classifier.classify([picture]),
        "explain a 280x280 sketch": lambda: classifier.explain(picture),
        "read four digits, apart": lambda: numbers.read(row),
        "read four digits, touching": lambda: numbers.read(chain),
        "sample 5 digits": lambda: generator.sample([7] * 5, seed=1),
        "sample 100 digits": lambda: generator.sample(np.arange(100) % 10, seed=1),
        "restyle": lambda: generator.restyle(hand),
        "write a number of 8 digits": lambda: generator.write_number("31415926", seed=1),
        "interpolate, 24 frames": lambda: generator.interpolate(3, 8, 24, seed=1),
    }
    found = medians(calls, given.repeats)
    base = found["net, one digit"]
    print(f"torch {torch.__version__}, {given.threads} threads, median of {given.repeats}")
    for name, value in found.items():
        print(f"{name:28s} {value:8.2f} ms {value / base:7.1f}x")


if __name__ == "__main__":
    main()
