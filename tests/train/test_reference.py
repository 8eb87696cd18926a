"""The comparison with the reference nets, on digits so few that its figures mean nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.train.conftest import Run


def test_it_trains_measures_and_goes_on_where_it_was(train: Run, tmp_path: Path) -> None:
    asked = (
        *("--out", tmp_path, "--only", "conv2", "quick", "cvae-mlp"),
        *("--limit", 400, "--epochs", 1, "--each", 30, "--repeats", 3),
    )
    done = train("bench.reference", *asked)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "reference.json").read_text())
    assert found["readers"]["conv2"]["parameters"] == 421_642
    assert 0 <= found["readers"]["quick"]["accuracy"] <= 1
    assert found["writers"]["cvae-mlp"]["n"] == 300
    assert found["writers"]["real digits"]["n"] == 100
    assert "| **quick** | 107,834 |" in done.stdout
    before = (tmp_path / "conv2" / "model.safetensors").stat().st_mtime_ns
    assert train("bench.reference", *asked).returncode == 0
    assert (tmp_path / "conv2" / "model.safetensors").stat().st_mtime_ns == before
