"""Weights from the Hub, by the unmodified client against a local server; and when it fails."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from model import WeightsError, load_classifier, weights
from model.hub import Repository, explain
from tests.conftest import ROOT
from tests.hub import ANNA, OTHER, Hub, Repo

READER = "anna/reader"
LOADER = """
import json, sys, time
from model import WeightsError, load_classifier, weights
for line in sys.stdin:
    started = time.monotonic()
    try:
        origin = load_classifier(weights.find(line.strip(), PATIENCE)).origin
        answer = {"commit": origin.commit, "note": origin.note}
    except WeightsError as error:
        answer = {"error": str(error)}
    print(json.dumps({**answer, "seconds": time.monotonic() - started}), flush=True)
"""


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    server = Hub()
    yield server
    server.close()


class Machine:
    """A machine with its own cache, on which one program loads what it is told."""

    def __init__(self, hub: Hub, home: Path, patience: float = 20.0, **variables: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
        self.home = home
        self.program = subprocess.Popen(
            [sys.executable, "-c", LOADER.replace("PATIENCE", str(patience))],
            cwd=ROOT,
            env={
                **environment,
                "HF_ENDPOINT": hub.url,
                "HF_HOME": str(home),
                "HF_HUB_DISABLE_TELEMETRY": "1",
                **variables,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def load(self, source: str = READER) -> dict[str, Any]:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        print(source, file=self.program.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.program.stdout.readline())
        assert "\n" not in (answer.get("error") or "")
        return answer

    def stop(self) -> None:
        self.program.kill()
        self.program.communicate()


@pytest.fixture(scope="module")
def machines() -> Iterator[Callable[..., Machine]]:
    """Start a machine."""
    started: list[Machine] = []

    def start(*given: Any, **variables: Any) -> Machine:
        started.append(Machine(*given, **variables))
        return started[-1]

    yield start
    for machine in started:
        machine.stop()


@pytest.fixture(scope="module")
def machine(
    hub: Hub, machines: Callable[..., Machine], tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    """One machine for all tests that do not need one of their own."""
    return machines(hub, tmp_path_factory.mktemp("home"), patience=2.0)


def put(
    hub: Hub,
    name: str = READER,
    changed: dict[str, bytes | None] | None = None,
    private: bool = False,
) -> str:
    """A commit of the bundled reader, with some files other than they are; its name."""
    bundled = {file.name: file.read_bytes() for file in (ROOT / "weights" / "classifier").iterdir()}
    files = {**bundled, **(changed or {})}
    whole = {key: value for key, value in files.items() if value is not None}
    repo = hub.repos.setdefault(("models", name), Repo(private, name.split("/")[0]))
    return repo.commit("main", whole, "test")


def test_names_of_repositories() -> None:
    assert Repository.parse("a/b") == Repository("a/b")
    assert Repository.parse("a/b@v1.0") == Repository("a/b", "v1.0")
    assert Repository.parse("a/b@refs/pr/1") == Repository("a/b", "refs/pr/1")
    for wrong in (
        "a",
        "a/b/c",
        "../b",
        "./b",
        "a b/c",
        "a/b@",
        "/a/b",
        "a/b@c@d",
        "a/" + 100 * "b",
    ):
        assert Repository.parse(wrong) is None, wrong


def test_fetched_once_and_then_reused_offline(
    hub: Hub, machines: Callable[..., Machine], tmp_path: Path
) -> None:
    commit = put(hub)
    first = machines(hub, tmp_path)
    assert first.load()["commit"] == commit
    hub.requests.clear()
    again = first.load()
    assert again["commit"] == commit
    assert again["note"] is None
    assert not any(request.startswith("GET /anna") for request in hub.requests)
    hub.requests.clear()
    offline = machines(hub, tmp_path, HF_HUB_OFFLINE="1")
    answer = offline.load()
    assert answer["commit"] == commit
    assert "copy fetched earlier" in answer["note"]
    assert offline.load(f"{READER}@{commit}")["note"] is None
    assert not hub.requests


def test_a_pinned_revision_survives_a_later_push(hub: Hub, machine: Machine) -> None:
    first = put(hub)
    hub.repos["models", READER].refs["v1"] = first
    later = put(hub, changed={"README.md": b"new"})
    assert machine.load()["commit"] == later
    assert machine.load(f"{READER}@v1")["commit"] == first
    assert machine.load(f"{READER}@{first}")["commit"] == first


def test_a_private_repository_needs_its_owners_token(
    hub: Hub, machine: Machine, machines: Callable[..., Machine], tmp_path: Path
) -> None:
    commit = put(hub, "anna/secret", private=True)
    assert machines(hub, tmp_path / "a", HF_TOKEN=ANNA).load("anna/secret")["commit"] == commit
    stranger = machines(hub, tmp_path / "b", HF_TOKEN=OTHER)
    for other in (machine, stranger):
        assert "no repository 'anna/secret'" in other.load("anna/secret")["error"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("anna/reeder", "no repository 'anna/reeder'"),
        ("anna/reader@v9", "no revision 'anna/reader@v9'"),
        ("no such thing", "name one that holds config.json and model.safetensors, or owner/name"),
    ],
)
def test_wrong_names(hub: Hub, machine: Machine, source: str, sentence: str) -> None:
    put(hub)
    assert sentence in machine.load(source)["error"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"model.safetensors": None}, "a file is missing there"),
        ({"model.safetensors": None, "pytorch_model.bin": b"\x80"}, "a file is missing there"),
        ({"model.safetensors": b"\x80\x04pickle"}, "damaged"),
        ({"model.safetensors": b"<html>"}, "damaged"),
        ({"config.json": b"{"}, "damaged"),
        ({"config.json": b'{"stages": [[4], [8]]}'}, "not of a ConvClassifier"),
        ({"config.json": b'{"stages": [[4], [8]], "surprise": 1}'}, "not of a ConvClassifier"),
    ],
)
def test_bad_content(
    hub: Hub, machine: Machine, changed: dict[str, bytes | None], sentence: str
) -> None:
    put(hub, "anna/bad", changed)
    assert sentence in machine.load("anna/bad")["error"]


def test_damaged_content_is_not_kept(hub: Hub, machine: Machine) -> None:
    figures = json.dumps({"sha256": weights.sha256(ROOT / "weights/classifier/model.safetensors")})
    commit = put(hub, "anna/checked", {"metrics.json": figures.encode()})
    with hub.failing("corrupt"):
        assert "damaged" in machine.load("anna/checked")["error"]
    assert machine.load("anna/checked")["commit"] == commit


FAILURES = {
    "500": ("fails (status 500)", 3),
    "429": ("too many requests", 3),
    "401": ("refuses the token", 3),
    "html": ("want you to log in", 3),
    "silent": ("too slow", 3),
    "slow": ("too slow", 3),
    "truncated": ("too slow", 3),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_hub_without_and_with_a_copy(hub: Hub, machine: Machine, failure: str) -> None:
    sentence, seconds = FAILURES[failure]
    name = f"anna/tried-{failure}"
    commit = put(hub, name)
    with hub.failing(failure):
        answer = machine.load(name)
    assert sentence in answer["error"]
    assert answer["seconds"] < seconds
    assert machine.load(name)["commit"] == commit  # all is well again
    with hub.failing(failure):
        answer = machine.load(name)
    assert answer["commit"] == commit
    assert answer["seconds"] < seconds


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_no_hub_at_all(
    hub: Hub, machines: Callable[..., Machine], tmp_path: Path, endpoint: str
) -> None:
    answer = machines(hub, tmp_path, HF_ENDPOINT=endpoint).load()
    assert "cannot be reached" in answer["error"]
    assert answer["seconds"] < 3


def test_no_room_for_the_cache(hub: Hub, machines: Callable[..., Machine], tmp_path: Path) -> None:
    put(hub)
    home = tmp_path / "file"
    home.write_text("a file where the cache's folder should be")
    assert machines(hub, home).load()["error"]


def test_a_full_disk_is_named() -> None:
    for error in (OSError(errno.ENOSPC, "No space"), RuntimeError("Task error: os error 28")):
        assert "disk is full" in str(explain(error, READER))
    assert "make it writable" in str(explain(OSError(errno.EROFS, "Read-only"), READER))


def test_a_folder_goes_before_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert weights.find("weights/classifier").commit is None
    with pytest.raises(WeightsError, match="no folder of weights"):
        weights.find(Path("weights/none"))  # a path is never a repository


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    for file in (ROOT / "weights" / "classifier").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    figures = {"sha256": weights.sha256(tmp_path / "model.safetensors")}
    (tmp_path / "metrics.json").write_text(json.dumps(figures))
    assert load_classifier(tmp_path).origin is not None
    content = bytearray((tmp_path / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match="damaged"):
        load_classifier(tmp_path)
