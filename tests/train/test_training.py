"""The training commands, from the command line to files that load."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model import load_classifier, load_generator, weights
from model.nets import build_classifier
from tests.conftest import ROOT, free_port
from tests.train.conftest import Run, command, environment, run_here
from train import parallel
from train.classifier import RECIPES as CLASSIFIER_RECIPES
from train.classifier import ClassifierOptions
from train.compress import compress
from train.cvae import RECIPES as CVAE_RECIPES
from train.cvae import CVAEOptions
from train.loop import LoopOptions, optimizer_of
from train.options import TrainError, parse
from train.options import run as run_command

CLASSIFIER = (
    *("--validation", 100, "--limit", 400, "--batch-size", 50),
    *("--epochs", 3, "--seed", 5),
)
CVAE = (
    *("--limit", 250, "--validation", 50, "--batch-size", 50, "--epochs", 2),
    *("--prior-epochs", 3, "--prior-batch-size", 100),
    *("--straight-epochs", 2, "--straight-pairs", 50),
)


def interrupt_after(file: Path, run: list[str], data: Path) -> subprocess.CompletedProcess[str]:
    """Start a command, press Ctrl-C a moment after `file` appears, and wait for its end."""
    process = subprocess.Popen(
        run,
        cwd=ROOT,
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not file.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.15)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(run, process.returncode, out, err)


def same_weights(a: Path, b: Path) -> bool:
    return (a / "model.safetensors").read_bytes() == (b / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def trained(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished training run. Not to be changed."""
    folder = tmp_path_factory.mktemp("trained")
    done = run_here("train.classifier", *CLASSIFIER, "--out", folder, data=mnist)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_classifier_is_trained_and_loads(trained: Path) -> None:
    net = load_classifier(trained).net
    assert 0.05 <= float(net.temperature) <= 5
    metrics = json.loads((trained / "metrics.json").read_text())
    assert metrics["parameters"] == 463_723
    assert metrics["test"]["n"] == 100
    assert metrics["options"]["seed"] == 5
    assert metrics["training_seconds"] > 0
    assert metrics["date"]
    assert metrics["command"].startswith("python -m train.classifier --validation 100")
    assert metrics["versions"]["torch"] == torch.__version__
    with (trained / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    losses = [float(row["loss"]) for row in rows]
    assert losses[-1] < losses[0]


def test_an_interrupted_classifier_resumes_to_identical_weights(
    train: Run, trained: Path, mnist: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    run = command("train.classifier", *CLASSIFIER, "--out", broken)
    stopped = interrupt_after(broken / "checkpoint.pt", run, mnist)
    assert stopped.returncode == 1, stopped.stderr
    assert "--resume continues" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    load_classifier(broken)  # what is left can be used

    resumed = train("train.classifier", *CLASSIFIER, "--out", broken, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert same_weights(trained, broken)
    assert (trained / "history.csv").read_text() == (broken / "history.csv").read_text()


def test_a_resumed_run_must_be_the_same_run(train: Run, trained: Path) -> None:
    other = train("train.classifier", *CLASSIFIER, "--lr", 0.1, "--out", trained, "--resume")
    assert other.returncode == 1
    assert "--lr" in other.stderr


def test_two_processes_train_as_one_does(train: Run, start: Run, tmp_path: Path) -> None:
    options = ("--model", "conv2", "--augment", "--batch-size", 100, "--epochs", 2)
    rest = ("--validation", 100, "--no-test", "--ema", 0.9)
    one, two = tmp_path / "one", tmp_path / "two"
    assert train("train.classifier", *options, *rest, "--out", one).returncode == 0
    several = ("--nproc-per-node", 2, "--rdzv-endpoint", f"127.0.0.1:{free_port()}", "-m")
    launch = ("torch.distributed.run", *several, "train.classifier", *options, *rest)
    done = start(*launch, "--out", two)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("weights and metrics.json are in") == 1
    curves = [np.genfromtxt(run / "history.csv", delimiter=",", names=True) for run in (one, two)]
    for name in ("loss", "validation_fit", "validation_accuracy"):
        assert np.allclose(curves[0][name], curves[1][name], rtol=2e-3), name
    a, b = (load_classifier(run).net.state_dict() for run in (one, two))
    for name, tensor in a.items():
        assert torch.allclose(tensor, b[name], atol=2e-3), name


def test_a_batch_that_cannot_be_dealt_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processes", lambda: 2)
    parallel.check_batch(100)
    with pytest.raises(TrainError, match="cannot be dealt out to 2 processes"):
        parallel.check_batch(101)


def test_it_stops_early_when_nothing_improves(train: Run, tmp_path: Path) -> None:
    options = ("--validation", 100, "--batch-size", 50, "--epochs", 30, "--lr", 1e-7)
    done = train(
        "train.classifier", "--model", "small", *options, "--patience", 1, "--out", tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "metrics.json").read_text())["epochs"] < 30


def test_reference_nets_come_with_their_own_recipes() -> None:
    def classifier(*argv: str) -> ClassifierOptions:
        return parse(ClassifierOptions, argv, "train.classifier", "", CLASSIFIER_RECIPES)

    assert classifier().schedule == "onecycle"
    conv3 = classifier("--model", "conv3")
    assert (conv3.optimizer, conv3.schedule, conv3.augment) == ("adam", "constant", False)
    assert classifier("--model", "conv3", "--optimizer", "sgd", "--augment").optimizer == "sgd"
    assert classifier("--model", "conv3", "--augment").augment
    cvae = parse(CVAEOptions, ("--model", "cvae-mlp"), "train.cvae", "", CVAE_RECIPES)
    assert (cvae.epochs, cvae.lr, cvae.batch_size, cvae.beta) == (10, 1e-3, 128, 1.0)
    assert (cvae.perceptual, cvae.mixing) == (0, 0)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_every_optimizer_learns(optimizer: str) -> None:
    torch.manual_seed(0)
    net = torch.nn.Linear(4, 1)
    options = LoopOptions(optimizer=optimizer, schedule="constant", lr=0.01, ema=0.0)
    x = torch.randn(64, 4)
    target = x.sum(1, keepdim=True)
    made = optimizer_of(net, options)
    losses = []
    for _ in range(50):
        loss = (net(x) - target).square().mean()
        made.zero_grad()
        loss.backward()
        made.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_a_generator_is_trained_and_resumes_to_identical_weights(
    train: Run, mnist: Path, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    done = train("train.cvae", *CVAE, "--out", whole)
    assert done.returncode == 0, done.stderr
    assert load_generator(whole).sample([1, 2, 3]).shape == (3, 28, 28)
    for name in (
        "metrics.json",
        "history.csv",
        "prior-history.csv",
        "straight-history.csv",
        "samples.png",
    ):
        assert (whole / name).stat().st_size > 0

    run = command("train.cvae", *CVAE, "--out", broken)
    assert interrupt_after(broken / "checkpoint.pt", run, mnist).returncode == 1
    assert train("train.cvae", *CVAE, "--out", broken, "--resume").returncode == 0
    assert same_weights(whole, broken)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--model", "nosuchnet"), "--model"),
        (("--batch-size", "0"), "--batch-size: must be at least 1"),
        (("--batch-size", "many"), "--batch-size"),
        (("--epochs", "-3"), "--epochs: must be at least 1"),
        (("--lr", "nan"), "--lr: must be at least"),
        (("--device", "tpu"), "--device"),
        (("--validation", "600"), "--validation must be smaller"),
        (("--out", "/proc/here"), "Cannot write to the folder /proc/here"),
        (("--no-such-option",), "--no-such-option"),
    ],
)
def test_bad_options_are_one_sentence(train: Run, options: tuple[str, ...], says: str) -> None:
    out = () if "--out" in options else ("--out", "/tmp/unused-digit-run")
    done = train("train.classifier", *options, *out)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_ctrl_c_between_two_trainings_is_one_word(capsys: pytest.CaptureFixture[str]) -> None:
    def pressed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        run_command(pressed)
    assert ended.value.code == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_missing_data_is_one_sentence(train: Run, tmp_path: Path) -> None:
    """A data folder where nothing can be: neither found nor downloaded."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    options = ("--out", tmp_path / "run", "--data-dir", blocked)
    done = train("train.classifier", *options, data=None)
    assert done.returncode == 1
    assert "name a folder that holds it with --data-dir" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_damaged_data_is_one_sentence(train: Run, mnist: Path, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in (mnist / "MNIST" / "raw").iterdir():
        (raw / file.name).write_bytes(file.read_bytes()[:5000])
    done = train("train.classifier", "--out", tmp_path / "run", data=tmp_path)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def drawn(folder: Path) -> set[str]:
    """The names of figures that are there both as a picture and as a drawing."""
    for picture in folder.glob("*.png"):
        assert Image.open(picture).width > 400
        assert "<svg" in picture.with_suffix(".svg").read_text()
    return {picture.stem for picture in folder.glob("*.png")}


def test_a_generator_is_evaluated(train: Run, tmp_path: Path) -> None:
    options = (
        *("--judge", "weights/classifier", "--features", "weights/classifier"),
        *("--each", 20, "--paths", 5, "--cas-epochs", 2),
    )
    done = train("train.evaluate", "generator", *options, "--figures", tmp_path / "figures")
    assert done.returncode == 0, done.stderr
    assert drawn(tmp_path / "figures") == {"real-and-generated", "latent-grid", "features"}
    figures = json.loads(done.stdout)
    assert figures["samples"]["n"] == 200
    assert figures["samples"]["as_asked"] >= 0.9
    assert figures["test_digits"]["n"] == 100
    for name in ("made", "real", "real_as_many_a_class"):
        assert np.isfinite(figures["frechet"][name])
    assert 0 < figures["coverage"]["made"] <= 1
    assert figures["density"]["made"] > 0
    made, test = (figures["nearest_training_digit"][whose] for whose in ("made", "test"))
    assert made == sorted(made)
    assert test[0] > 0
    assert figures["restyle"]["n"] == 100
    assert figures["restyle"]["thickness_correlation"] > 0.5
    assert figures["morphs"]["n"] == 5
    assert set(figures["morphs_by_one_route"]) == {"straight", "noise", "spherical"}
    score = figures["classification_accuracy_score"]
    assert 0 <= score["made"] <= 1
    assert 0 <= score["real"] <= 1
    assert figures["cost"]["bytes"] <= 6_000_000


def test_a_classifier_is_evaluated(train: Run, tmp_path: Path) -> None:
    run = tmp_path / "run"  # with a history, as a training leaves it
    shutil.copytree(ROOT / "weights" / "classifier", run)
    (run / "history.csv").write_text("epoch,loss,validation_fit\n1,0.5,-0.2\n2,0.4,-0.1\n")
    done = train("train.evaluate", "classifier", run, "--figures", tmp_path, "--out", run)
    assert done.returncode == 0, done.stderr
    names = {"confusion", "reliability", "predictions", "worst-errors", "training"}
    assert drawn(tmp_path) == names
    figures = json.loads(done.stdout)
    assert weights.find(run).figures["evaluation"] == figures
    digits = figures["digits"]
    confusion = np.array(digits["confusion"])
    assert confusion.sum() == 100
    assert confusion.trace() == round(100 * figures["test"]["accuracy"])
    assert digits["macro"]["recall"] == pytest.approx(np.mean(confusion.diagonal() / 10))
    assert len(digits["worst"]) == 100 - confusion.trace()
    test = figures["test"]
    assert test["n"] == 100
    assert 0.95 <= test["accuracy_with_refusals"] <= test["accuracy"] <= 1
    assert 0.95 <= test["accepted"] <= 1
    assert 0 <= test["ece"] <= 0.1


def test_classifiers_are_compared(train: Run, tmp_path: Path) -> None:
    weights.save(build_classifier("small"), tmp_path)
    done = train("train.evaluate", "compare", "weights/classifier", tmp_path)
    assert done.returncode == 0, done.stderr
    ours, random = json.loads(done.stdout)["compared"].values()
    assert ours["accuracy"] > random["accuracy"]
    assert ours["parameters"] == 463_723


def test_a_search_finds_settings_and_goes_on_where_it_was(train: Run, tmp_path: Path) -> None:
    options = ("--validation", 100, "--epochs", 1, "--out", tmp_path)
    assert train("train.tune", *options, "--trials", 1).returncode == 0
    done = train("train.tune", *options, "--trials", 2)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "tuning.json").read_text())
    assert [trial["trial"] for trial in found["trials"]] == [0, 1]
    fits = [trial["validation_fit"] for trial in found["trials"]]
    assert found["best"]["validation_fit"] == max(fits)
    assert "python -m train.classifier --model small --optimizer" in done.stdout


def test_compressed_readers_agree_with_the_original(mnist: Path, tmp_path: Path) -> None:
    rows = compress(str(ROOT / "weights" / "classifier"), tmp_path, mnist)["versions_of_it"]
    original = rows.pop("torch, float32")
    assert len(rows) == 4
    for name, row in rows.items():
        assert row["n"] == 100
        assert row["same_label"] >= (0.97 if "int8" in name else 1)
        assert row["largest_difference"] < (0.3 if "int8" in name else 1e-4)
        assert Path(row["file"]).stat().st_size == row["bytes"]
    assert rows["onnx, int8 static"]["bytes"] < 0.35 * original["bytes"]


def test_a_run_is_bundled_at_half_the_size(train: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "run", tmp_path / "bundle"
    weights.save(load_classifier().net, source)
    unfinished = train("train.bundle", "classifier", source, "--to", target)
    assert unfinished.returncode == 1
    assert "finish the training run first" in unfinished.stderr
    (source / "metrics.json").write_text("{}")
    done = train("train.bundle", "classifier", source, "--to", target)
    assert done.returncode == 0, done.stderr
    load_classifier(target)
    sizes = [(folder / "model.safetensors").stat().st_size for folder in (source, target)]
    assert sizes[1] < 0.52 * sizes[0]
    wrong = train("train.bundle", "generator", source, "--to", target)
    assert wrong.returncode == 1
    assert len(wrong.stderr.strip().splitlines()) == 1
