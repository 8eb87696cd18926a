"""`python -m model.predict` and `python -m model.doctor`, as people type them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from model import doctor, predict
from tests.conftest import ROOT
from tests.strokes import OWN, canvas


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    for digit in (2, 7):
        canvas(OWN[digit]).save(tmp_path / f"{digit}.png")
    canvas(OWN[4]).save(tmp_path / "more" / "4.jpg")
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def table(output: str) -> dict[str, str]:
    rows = [line.split("\t") for line in output.splitlines()]
    return {Path(row[0]).name: row[1] for row in rows}


def test_files_folders_and_patterns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict.main([str(folder)]) == 0
    assert table(capsys.readouterr().out) == {"2.png": "2", "7.png": "7", "4.jpg": "4"}
    assert predict.main([str(folder / "*.png"), str(folder / "more" / "4.jpg")]) == 0
    assert list(table(capsys.readouterr().out)) == ["2.png", "7.png", "4.jpg"]


def test_what_cannot_be_read_is_told_after_and_with_status_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.png").write_bytes((folder / "2.png").read_bytes()[:40])
    (folder / "empty").mkdir()
    names = ["broken.png", "notes.txt", "none.png", "7.png", "empty"]
    assert predict.main([str(folder / name) for name in names]) == 1
    told = capsys.readouterr()
    assert table(told.out) == {"7.png": "7"}
    assert len(told.err.splitlines()) == 4
    assert "Traceback" not in told.err


def test_json_and_probabilities(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / "7.png"), str(folder / "none.png")]
    assert predict.main([*files, "--json", "--probabilities"]) == 1
    seven, none = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert seven["label"] == 7
    assert sum(seven["probabilities"]) == pytest.approx(1)
    assert seven["probability"] == max(seven["probabilities"])
    assert none == {"file": files[1], "error": "There is no such file."}


@pytest.mark.parametrize("what", ["picture", "names"])
def test_standard_input(
    folder: Path,
    what: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = folder / "7.png"
    content = picture.read_bytes() if what == "picture" else f"{picture}\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert predict.main([]) == 0
    assert list(table(capsys.readouterr().out).values()) == ["7"]


def test_wrong_weights_are_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict.main([str(folder), "--weights", "/no/such"]) == 1
    assert "no folder of weights" in capsys.readouterr().err


def run_doctor(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "model.doctor"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_doctor_finds_nothing_and_something(tmp_path: Path) -> None:
    done = run_doctor(DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "0 to 9 were written and read" in done.stdout
    assert "note   data: MNIST is not in" in done.stdout
    assert "ILL" not in done.stdout


def test_the_doctor_says_what_to_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("torch>=99\nno-such-thing>=1\n")
    monkeypatch.setattr("model.weights.ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert doctor.main() == 1
    told = capsys.readouterr().out
    assert "and >=99 is needed: run pip install -r requirements.txt." in told
    assert "ILL    nets: There is no folder of weights" in told
    assert told.splitlines()[-1] == "Mend what is ILL first."
