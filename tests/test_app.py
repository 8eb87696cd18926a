"""Starting and stopping `python app.py`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client

from tests.conftest import ROOT, App, free_port
from tests.hub import Hub, Repo

Serve = Callable[..., Any]


def run(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *options],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_bad_options_are_one_sentence(app: str) -> None:
    assert "USER:PASSWORD" in run("--help").stdout
    assert "anna:secret" in last_line(run("--auth", "anna"))
    assert "from 1 to 65535" in last_line(run("--port", "70000"))
    with ThreadPoolExecutor() as both:
        nowhere = both.submit(run, "--weights-dir", "/no/such/place")
        taken = both.submit(run, "--port", app.rsplit(":", 1)[1])
    assert "no folder of weights" in last_line(nowhere.result())
    assert "choose another with --host or --port" in last_line(taken.result())


def test_a_proxy_stops_no_start_and_what_is_in_flight_is_finished(serve: Serve) -> None:
    nobody = "http://127.0.0.1:1"
    url, process = serve(HTTP_PROXY=nobody, http_proxy=nobody, NO_PROXY="", no_proxy="")
    process.says("Running on")  # once Gradio has asked its own server
    asked = urllib.request.Request(
        f"{url}/gradio_api/call/interpolate",
        json.dumps({"data": [3, 8, 120, 1, 2, None, None]}).encode(),
        {"Content-Type": "application/json"},
    )
    event = json.load(urllib.request.urlopen(asked, timeout=10))["event_id"]
    stream = urllib.request.urlopen(f"{url}/gradio_api/call/interpolate/{event}", timeout=20)
    process.send_signal(signal.SIGTERM)
    begin = time.monotonic()
    assert "event: complete" in stream.read().decode()
    assert process.wait(10) == 0
    assert time.monotonic() - begin < 5


def test_a_folder_that_cannot_be_written_to_is_one_sentence() -> None:
    wrong = last_line(run("--port", str(free_port()), GRADIO_TEMP_DIR="/proc/nowhere"))
    assert "GRADIO_TEMP_DIR" in wrong


def test_gradios_variables_no_network_for_a_public_link_and_ctrl_c() -> None:
    port = str(free_port())
    variables = {
        "GRADIO_SERVER_PORT": port,
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SHARE_SERVER_ADDRESS": "127.0.0.1:1",
    }
    process = App("--share", folder=ROOT, **variables)
    try:
        process.says(f"http://127.0.0.1:{port}")
        assert "There is no public link" in process.log()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert "Traceback" not in process.log()
    finally:
        process.kill()


IMPORTS = """
import sys

def among(*names):
    print([name for name in names if name in sys.modules])

from model import *
among("gradio", "matplotlib", "studio", "train")
import app
from studio.page import build
build(load_models(*(Wanted(f"weights/{kind}") for kind in app.NETS)))
among("torchvision", "matplotlib", "sklearn", "scipy", "train")
"""


def test_model_knows_nothing_of_the_page_and_a_start_needs_no_training_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.split("\n") == ["[]", "[]", ""], done.stderr


def test_no_file_is_left_in_the_source(app: str) -> None:
    assert not list((ROOT / "studio").glob("*.pyi"))


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    server = Hub()
    for name in ("classifier", "generator"):
        files = {file.name: file.read_bytes() for file in (ROOT / "weights" / name).iterdir()}
        repo = server.repos["models", f"anna/{name}"] = Repo(False, "anna")
        repo.commit("main", files, "first")
    damaged = {**files, "model.safetensors": b"\x80\x04 a pickle"}
    server.repos["models", "anna/damaged"] = Repo(False, "anna")
    server.repos["models", "anna/damaged"].commit("main", damaged, "damaged")
    yield server
    server.close()


def of_hub(hub: Hub, home: Path, **variables: str) -> dict[str, str]:
    """What the app is told of the Hub."""
    return {"HF_ENDPOINT": hub.url, "HF_HOME": str(home), "HF_TOKEN": "", **variables}


def foot_of(url: str) -> str:
    """What the page's foot says of the weights; that it is shown, the page's own tests tell."""
    with urllib.request.urlopen(f"{url}/config") as answer:
        components = json.load(answer)["components"]
    foot = next(c for c in components if c["props"].get("elem_id") == "weights")  # in English
    return unescape(re.sub("<[^>]+>", "", foot["props"]["value"]))


def test_weights_of_the_hub_answer_and_say_so(serve: Serve, hub: Hub, tmp_path: Path) -> None:
    options = ("--classifier", "anna/classifier", "--generator", "anna/generator")
    url, process = serve(*options, **of_hub(hub, tmp_path))
    commit = hub.repos["models", "anna/classifier"].refs["main"]
    assert f"anna/classifier, commit {commit[:7]}" in foot_of(url)
    info = Client(url, verbose=False).predict(api_name="/info")
    assert info["classifier"]["commit"] == commit
    assert info["classifier"]["figures"]["test"]["n"] == 10_000
    assert info["number"]["commit"] is None
    assert info["generator"]["note"] is None
    process.terminate()
    process.wait(20)

    # The same, and the Hub is gone: from the cache, or else the bundled ones.
    with hub.failing("silent"):
        url, process = serve(
            *options, within=10, **of_hub(hub, tmp_path, NUMBER_REPO="anna/never-fetched")
        )
        foot = foot_of(url)
    assert "too slow to give 'anna/classifier'" in foot
    assert f"commit {commit[:7]}" in foot
    assert "too slow to give 'anna/never-fetched'" in foot
    assert foot.count("The bundled weights serve instead.") == 1
    process.terminate()
    process.wait(20)
    assert "Traceback" not in process.log()


# What else a Hub can do wrong, tests/model/test_hub.py does.
def test_wrong_weights_of_the_hub_do_not_stop_the_app(
    serve: Serve, hub: Hub, tmp_path: Path
) -> None:
    wrong = {"CLASSIFIER_REPO": "anna/damaged", "GENERATOR_REPO": "anna/reeder"}
    url, process = serve(within=10, **of_hub(hub, tmp_path, **wrong))
    foot = foot_of(url)
    assert "'anna/damaged' are damaged" in foot
    assert "no repository 'anna/reeder'" in foot
    assert foot.count("The bundled weights serve instead.") == 2
    assert "weights/classifier" in foot
    process.terminate()
    process.wait(20)
    log = process.log()
    assert "The bundled weights serve instead." in log
    assert "Traceback" not in log


def test_a_wrong_name_is_an_error_where_it_was_typed(hub: Hub, tmp_path: Path) -> None:
    wrong = last_line(run("--classifier", "anna/reeder", **of_hub(hub, tmp_path)))
    assert "no repository 'anna/reeder'" in wrong


def test_a_zerogpu_space_finds_what_it_demands(tmp_path: Path) -> None:
    (tmp_path / "spaces.py").write_text(
        "import sys\nassert 'torch' not in sys.modules\nfound = []\n"
        "def GPU(function):\n    found.append(function)\n    return function\n"
    )
    code = "import studio, spaces; print(len(spaces.found), isinstance(spaces.found[0](), str))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.split() == ["1", "True"], done.stderr
