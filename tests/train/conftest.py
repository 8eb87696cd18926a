"""A small MNIST of made digits, in MNIST's own files."""

from __future__ import annotations

import contextlib
import io
import os
import runpy
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


def run_here(module: str, *options: object, data: Path | None) -> subprocess.CompletedProcess[str]:
    """`python -m module`, in this process: a new one imports torch for three seconds first."""
    out, err = io.StringIO(), io.StringIO()
    status: object = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", command(module, *options)[2:])
        patch.delenv("DATA_DIR", raising=False)
        if data is not None:
            patch.setenv("DATA_DIR", str(data))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                runpy.run_module(module, run_name="__main__", alter_sys=True)
            except SystemExit as end:
                status = end.code
    code = status if isinstance(status, int) else 0
    return subprocess.CompletedProcess(module, code, out.getvalue(), err.getvalue())


@pytest.fixture
def train(mnist: Path) -> Run:
    """Run a training command to its end, as a user does."""

    def run(
        module: str, *options: object, data: Path | None = mnist
    ) -> subprocess.CompletedProcess[str]:
        return run_here(module, *options, data=data)

    return run


@pytest.fixture
def start(mnist: Path) -> Run:
    """The same in a process of its own, for commands that start more processes."""

    def run(module: str, *options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(module, *options),
            cwd=ROOT,
            env=environment(mnist),
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run
