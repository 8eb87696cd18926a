"""Pen strokes: read, rendered, split by person, learnt from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model import load_classifier, load_number_reader
from tests.strokes import OWN
from tests.train.conftest import Run
from train.data import Digits
from train.evaluate import expected_calibration_error
from train.hands import in_another_custom, redraw, render, slash_zeros
from train.negatives import render_negatives
from train.numbers import compose, tracings
from train.options import TrainError
from train.strokes import READABLE_AS_DIGITS, Drawing, canvas, load_pen_data, read_pendigits

LETTERS = {"E": [[(0.7, 0.1), (0.3, 0.1), (0.3, 0.9), (0.7, 0.9)], [(0.3, 0.5), (0.6, 0.5)]]}


def unipen(strokes: list[list[tuple[float, float]]], upwards: bool) -> str:
    lines = []
    for stroke in strokes:
        lines.append(".PEN_DOWN")
        lines += [f" {round(500 * x)} {round(500 * (1 - y if upwards else y))}" for x, y in stroke]
        lines += [".PEN_UP", ".DT 100"]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def pens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pen data by 30 writers of digits and 6 of letters, all in one hand: ours."""
    folder = tmp_path_factory.mktemp("pens")
    (folder / "pendigits").mkdir()
    (folder / "uji").mkdir()
    blocks = [
        f'.SEGMENT DIGIT 0 ? "{digit}"\n.COMMENT {digit} {writer} 1\n{unipen(strokes, True)}\n'
        for writer in range(1, 31)
        for digit, strokes in OWN.items()
    ]
    (folder / "pendigits" / "pendigits-orig.tra").write_text("\n".join(blocks))
    for writer in range(1, 7):
        text = "\n".join(
            f'.SEGMENT CHARACTER 0 ? "{letter}"\n{unipen(strokes, False)}\n'
            for letter, strokes in {**LETTERS, "O": OWN[0], "7": OWN[7]}.items()
        )
        (folder / "uji" / f"UJIpenchars-w{writer:02}.txt").write_text(text)
    return folder


def test_strokes_are_read_upright_and_centred(pens: Path) -> None:
    drawings = read_pendigits(pens / "pendigits" / "pendigits-orig.tra")
    assert len(drawings) == 300
    seven = next(d for d in drawings if d.label == "7")
    (stroke,) = seven.strokes
    assert stroke[0, 1] < stroke[-1, 1]  # from the bar at the top to the foot
    low, high = stroke.min(0), stroke.max(0)
    assert (high - low).max() == pytest.approx(1)
    assert np.allclose(low + high, 0, atol=1e-9)


def test_people_are_in_one_part_only(pens: Path) -> None:
    data = load_pen_data(pens)
    parts = [{d.writer for d in part} for part in (data.training, data.validation, data.test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert sum(map(len, parts)) == 30
    letters = (data.letters, data.validation_letters, data.test_letters)
    people = [{d.writer for d in part} for part in letters]
    assert sum(map(len, people)) == len(set.union(*people)) == 6
    assert not {d.writer for d in data.other_validation} & {d.writer for d in data.other_test}
    assert {d.label for part in letters for d in part} == {"E"}  # an O may be a zero


def test_renderings_differ_and_are_prepared(pens: Path) -> None:
    digits = render(load_pen_data(pens).validation, each=2, seed=1)
    assert digits.images.shape == (60, 28, 28)
    assert digits.images.dtype == torch.uint8
    assert digits.labels.bincount().tolist() == [6] * 10
    assert len({image.numpy().tobytes() for image in digits.images}) == 60


def test_customs_add_strokes_and_keep_the_label(pens: Path) -> None:
    drawings = load_pen_data(pens).training
    rng = np.random.default_rng(0)
    for label in "017":
        some = [d for d in drawings if d.label == label]
        more = [len(in_another_custom(d, rng)) > len(d.strokes) for d in some * 5]
        assert 0.1 < np.mean(more) < 0.5


def test_zeros_are_slashed() -> None:
    (zero,) = [np.array(stroke) - 0.5 for stroke in OWN[0]]
    digits = render([Drawing("0", (zero,), 1)], 10, seed=0)
    slashed = slash_zeros(digits, share=0.5, seed=0)
    assert len(slashed) == 5
    assert set(slashed.labels.tolist()) == {0}


def test_mnist_is_redrawn_with_a_pen_of_even_width() -> None:
    (one,) = [np.array(stroke) - 0.5 for stroke in OWN[1]]
    digits = render([Drawing("1", (one,), 1)], 6, seed=0)
    again = redraw(digits, 4, seed=0)
    assert again.labels.tolist() == [1] * 4
    assert again.images.shape == (4, 28, 28)
    widths = {int((image[14] > 127).sum()) for image in again.images}
    assert len(widths) > 1
    for image in again.images:
        rows = [int((row > 127).sum()) for row in image[8:20]]
        assert max(rows) - min(rows) <= 2


def test_numbers_are_composed_of_one_hand(pens: Path) -> None:
    drawings = load_pen_data(pens).training
    for touching in (False, True):
        for number in compose(drawings, 5, seed=1, touching=touching):
            assert len(number.text) == 4
            ink = np.asarray(number.picture) < 128
            gaps = np.diff(np.flatnonzero(ink.any(0))).max() - 1
            assert (gaps == 0) == touching


def test_numbers_are_composed_of_mnists_digits_too() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    images[0, 4:24, 12:16] = 255  # a 1
    images[1, 12:16, 4:24] = 255  # one lying down
    ones = tracings(Digits(torch.from_numpy(images), torch.tensor([1, 1])))
    (number,) = compose(ones[:1], 1, seed=1, touching=False, digits=2)
    assert number.text == "11"
    for ink in number.inks:
        tall, wide = np.ptp(np.flatnonzero(ink.any(1))), np.ptp(np.flatnonzero(ink.any(0)))
        assert 80 < tall < 115
        assert wide < 16  # the pen's width at most
    (lying,) = compose(ones[1:], 1, seed=1, touching=False, digits=1)
    assert np.flatnonzero(lying.inks[0].any(1)).size < 16


def test_digits_that_cannot_be_halved_do_not_hang_it(pens: Path) -> None:
    ones = [drawing for drawing in load_pen_data(pens).training if drawing.label == "1"]
    assert len(render_negatives([], ones[:3], 30, seed=0)) == 30


def test_negatives_are_no_digits_and_no_letters_that_look_like_one(pens: Path) -> None:
    data = load_pen_data(pens)
    negatives = render_negatives(data.letters, data.training, 50, seed=0)
    assert isinstance(negatives, Digits)
    assert set(negatives.labels.tolist()) == {-1}
    assert {"O", "l", "S"} <= READABLE_AS_DIGITS


def test_a_pens_width_is_what_was_asked(pens: Path) -> None:
    line = np.array([[0.0, -0.5], [0.0, 0.5]])
    thin, thick = (255 - np.asarray(canvas((line,), 280, pen=p)) for p in (0.03, 0.1))
    assert (thin[140] > 127).sum() == pytest.approx(0.03 * 280, abs=1.5)
    assert (thick[140] > 127).sum() == pytest.approx(0.1 * 280, abs=1.5)


def test_calibration_error_of_known_confidences() -> None:
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    right = np.array([1.0] * 9 + [0.0] + [1.0] * 3 + [0.0] * 7)
    assert expected_calibration_error(confidence, right) == pytest.approx(0.15)


def test_a_classifier_learns_from_pens(train: Run, pens: Path, tmp_path: Path) -> None:
    options = ("--validation", 100, "--batch-size", 100, "--epochs", 1, "--pens", 50)
    run = ("--redrawn", 20, "--negatives", 50, "--sketches", pens, "--out", tmp_path)
    done = train("train.classifier", *options, *run)
    assert done.returncode == 0, done.stderr
    sketches = json.loads((tmp_path / "metrics.json").read_text())["sketches"]
    assert sketches["pens"]["n"] == 30
    by_writer = sketches["pens"]["accuracy_by_writer"]
    assert set(by_writer) == {"10", "20", "30"}
    # each drew as many
    assert np.mean(list(by_writer.values())) == pytest.approx(sketches["pens"]["accuracy"])
    assert sketches["other_pens"]["n"] == 2
    assert sketches["letters"]["n"] == 2
    assert set(sketches["letters"]["refused_by_letter"]) == {"E"}
    assert 0 <= load_classifier(tmp_path).threshold <= 1


def test_classifiers_are_compared_on_pens(train: Run, pens: Path) -> None:
    done = train("train.evaluate", "compare", "weights/classifier", "--sketches", pens)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["compared"].values()
    for name in ("pens", "validation_pens"):
        assert row[name]["n"] == 30
        assert row[name]["accuracy"] > 0.9


def test_a_number_reader_is_trained_and_loads(train: Run, pens: Path, tmp_path: Path) -> None:
    data = ("--numbers", 10, "--redrawn", 10, "--negatives", 100, "--validation", 100)
    options = ("--batch-size", 20, "--epochs", 1)
    done = train("train.number", *data, *options, "--sketches", pens, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["validation_numbers"]["apart"]["n"] == 200
    reader = load_number_reader(load_classifier(), tmp_path)
    assert reader.read(Image.new("L", (50, 50), 255)).text == ""
    done = train("train.number", "--sketches", tmp_path, "--out", tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_without_pen_data_is_one_sentence(train: Run, tmp_path: Path) -> None:
    done = train("train.classifier", "--sketches", tmp_path, "--out", tmp_path / "run")
    assert done.returncode == 1
    assert "UCI data set 81" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    (tmp_path / "empty.tra").write_text("nothing")
    with pytest.raises(TrainError, match="no pen strokes"):
        read_pendigits(tmp_path / "empty.tra")
