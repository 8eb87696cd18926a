"""Publishing: to the local Hub, by the commands that people type."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from gradio_client import Client
from PIL import Image

from model import weights
from tests.conftest import ROOT
from tests.hub import ANNA, READER, Hub
from train.card import metrics_of

RUN = str(ROOT / "weights" / "classifier")
Publish = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    server = Hub()
    yield server
    server.close()


def environment(hub: Hub, home: Path, **variables: str) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("HF_")},
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_TOKEN": ANNA,
        **variables,
    }


def python(hub: Hub, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(hub, home),
        capture_output=True,
        text=True,
        timeout=100,
    )


# Runs commands one after the other: a process for each would import torch each time.
SHELL = """
import contextlib, io, json, os, runpy, sys
for line in sys.stdin:
    command, variables = json.loads(line)
    before, sys.argv = dict(os.environ), command
    os.environ.update(variables)
    out, err, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_module(command[0], run_name="__main__", alter_sys=True)
        except SystemExit as end:
            status = end.code
            if isinstance(status, str):
                print(status, file=sys.stderr)
                status = 1
    os.environ.clear()
    os.environ.update(before)
    print(json.dumps([status or 0, out.getvalue(), err.getvalue()]), flush=True)
"""


class Shell:
    """Where someone publishes: a process that knows one Hub."""

    def __init__(self, hub: Hub, home: Path, **variables: str) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-c", SHELL],
            cwd=ROOT,
            env=environment(hub, home, **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`python -m COMMAND...`, with these variables."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        print(json.dumps([command, variables]), file=self.program.stdin, flush=True)
        status, out, err = json.loads(self.program.stdout.readline())
        return subprocess.CompletedProcess(command, status, out, err)

    def close(self) -> None:
        self.program.kill()
        self.program.communicate()


@pytest.fixture(scope="module")
def shell(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    opened = Shell(hub, tmp_path_factory.mktemp("home"))
    yield opened
    opened.close()


@pytest.fixture
def publish(shell: Shell) -> Publish:
    def command(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return shell("train.publish", *options, **variables)

    return command


def pinned(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(r"pin it as [\w./-]+@([0-9a-f]{40})", done.stdout.strip())
    assert found is not None, done.stdout
    return found[1]


def problem(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence that it ended with."""
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_one_commit_that_comes_back(hub: Hub, publish: Publish, tmp_path: Path) -> None:
    commit = pinned(publish(RUN, "anna/reader", "--tag", "v1.0"))
    repo = hub.repos["models", "anna/reader"]
    assert repo.messages == ["initial commit", "Weights of classifier"]
    assert repo.refs == {"main": commit, "v1.0": commit}
    files = hub.files("models", "anna/reader")
    assert set(files) == {
        *(".gitattributes", "README.md", "config.json", "model.safetensors", "samples.png"),
        *("metrics.json", "evaluation.json", "evaluation.png", "history.csv"),
    }
    assert files["model.safetensors"] == Path(RUN, "model.safetensors").read_bytes()
    assert Image.open(io.BytesIO(files["samples.png"])).width > 300

    card = files["README.md"].decode()
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["license"] == "mit"
    results = front["model-index"][0]["results"]
    values = [metric["value"] for result in results for metric in result["metrics"]]
    figures = weights.find(RUN).figures
    assert len(values) == len(metrics_of(figures)) > 5
    assert round(figures["test"]["accuracy"], 6) in values
    for fact in (figures["command"], "seed: 0", "## Limits", "## Licence", "CC BY 4.0"):
        assert fact in card

    snippet = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    assert len(snippet[0].splitlines()) == 3
    done = python(hub, tmp_path / "elsewhere", "-c", snippet[0])
    assert done.stdout.strip() == "[7, 7, 7]", done.stderr

    # Again, with nothing new: nothing is sent.
    hub.uploaded.clear()
    assert pinned(publish(RUN, "anna/reader")) == commit
    assert not hub.uploaded
    assert "has a revision v1.0 already" in problem(publish(RUN, "anna/reader", "--tag", "v1.0"))
    generator = str(ROOT / "weights" / "generator")
    assert "another kind of net" in problem(publish(generator, "anna/reader"))


def test_a_private_generator_and_a_proposal(hub: Hub, publish: Publish, tmp_path: Path) -> None:
    generator = str(ROOT / "weights" / "generator")
    commit = pinned(publish(generator, "anna/writer", "--private"))
    assert hub.repos["models", "anna/writer"].private
    card = hub.files("models", "anna/writer")["README.md"].decode()
    snippet = re.findall(r"```python\n(.*?)```", card, re.DOTALL)[0]
    assert "(5, 28, 28)" in python(hub, tmp_path / "elsewhere", "-c", snippet).stdout

    number = str(ROOT / "weights" / "number")
    done = publish(number, "anna/numbers", "--create-pr")
    assert done.stdout.startswith("proposed at http"), done.stderr
    repo = hub.repos["models", "anna/numbers"]
    assert set(hub.files("models", "anna/numbers")) == {".gitattributes"}
    assert "model.safetensors" in repo.commits[repo.refs["refs/pr/1"]]
    assert commit == hub.repos["models", "anna/writer"].refs["main"]


@pytest.mark.parametrize(
    ("options", "variables", "sentence"),
    [
        ((RUN, "anna/x"), {"HF_TOKEN": ""}, "There is no token"),
        ((RUN, "anna/x"), {"HF_TOKEN": "hf_wrong"}, "refuses the token"),
        ((RUN, "anna/x"), {"HF_TOKEN": READER}, "may only read"),
        ((RUN, "otto/x"), {}, "publish as anna/..."),
        ((RUN, "anna x"), {}, "no name on the Hub"),
        (("/no/such/run", "anna/x"), {}, "no folder of weights"),
        ((RUN, "anna/x", "--tag", "v1", "--create-pr"), {}, "choose one of --tag"),
        (("space", "anna/x", "--tag", "v1"), {}, "leave them out with a space"),
    ],
)
def test_what_cannot_be_published(
    publish: Publish, options: tuple[str, ...], variables: dict[str, str], sentence: str
) -> None:
    assert sentence in problem(publish(*options, **variables))


def test_nothing_can_be_published_where_there_is_no_hub(hub: Hub, tmp_path: Path) -> None:
    shell = Shell(hub, tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert "cannot be reached" in problem(shell("train.publish", RUN, "anna/x"))
    shell.close()


def test_training_refuses_before_it_starts(shell: Shell, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    for module in ("train.classifier", "train.cvae"):
        options = ("--push", "otto/x", "--out", out, "--data-dir", "/nowhere")
        done = shell(module, *options)
        assert "publish as anna/..." in problem(done)
    assert not Path(out).exists()


def test_the_space_is_the_app_and_nothing_else(
    hub: Hub, publish: Publish, tmp_path: Path, serve: Callable[..., Any]
) -> None:
    pinned(publish(RUN, "anna/own"))
    assert publish("space", "anna/studio").returncode == 0
    assert hub.repos["spaces", "anna/studio"].sdk == "gradio"
    repo = hub.repos["spaces", "anna/studio"]
    repo.commit("main", {**hub.files("spaces", "anna/studio"), "old.py": b"# gone"}, "older")
    done = publish("space", "anna/studio", "--classifier", "anna/own")
    assert done.returncode == 0, done.stderr
    files = hub.files("spaces", "anna/studio")
    assert {path.split("/")[0] for path in files} == {
        ".gitattributes",
        "LICENSE",
        "README.md",
        "app.py",
        "model",
        "requirements.txt",
        "studio",
        "weights",
    }
    assert not [path for path in files if "pycache" in path]
    assert repo.variables == {"CLASSIFIER_REPO": "anna/own"}
    front = yaml.safe_load(files["README.md"].decode().split("---\n")[1])
    assert front["models"] == ["anna/own"]
    commit = hub.repos["models", "anna/own"].refs["main"]
    assert front["preload_from_hub"] == [f"anna/own config.json,model.safetensors {commit}"]

    # What was uploaded starts as it stands, and serves what it is told to.
    for path, content in files.items():
        (tmp_path / "space" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "space" / path).write_bytes(content)
    variables = {**repo.variables, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home")}
    url, _ = serve(folder=tmp_path / "space", **variables)
    info = Client(url, verbose=False).predict(api_name="/info")
    assert info["classifier"]["source"] == "anna/own"
    assert info["classifier"]["commit"] == commit
    assert info["generator"]["commit"] is None
    json.dumps(info)
