"""A small MNIST of made digits, in MNIST's own files."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model import Generator
from tests.conftest import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def write_idx(path: Path, values: np.ndarray) -> None:
    """The IDX format: magic with the type (8 = bytes) and dimensions, sizes, then the bytes."""
    header = struct.pack(f">I{values.ndim}I", 0x0800 | values.ndim, *values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


@pytest.fixture(scope="session")
def mnist(tmp_path_factory: pytest.TempPathFactory, generator: Generator) -> Path:
    """A data folder with 600 training and 100 test digits."""
    folder = tmp_path_factory.mktemp("data")
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count, seed in (("train", 600, 1), ("t10k", 100, 2)):
        labels = np.arange(count) % 10
        write_idx(raw / f"{name}-images-idx3-ubyte", generator.sample(labels.tolist(), seed=seed))
        write_idx(raw / f"{name}-labels-idx1-ubyte", labels)
    return folder


def command(module: str, *options: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, options)]


def environment(data: Path | None = None) -> dict[str, str]:
    variables = {k: v for k, v in os.environ.items() if k != "DATA_DIR"}
    return variables | ({"DATA_DIR": str(data)} if data else {})


@pytest.fixture
def train(mnist: Path) -> Run:
    """Run a training command to its end, as a user does."""

    def run(
        module: str, *options: object, data: Path | None = mnist
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(module, *options),
            cwd=ROOT,
            env=environment(data),
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run
