"""Starting and stopping `python app.py`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, free_port

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
    assert "no folder of weights" in last_line(run("--weights-dir", "/no/such/place"))
    taken = app.rsplit(":", 1)[1]
    assert "choose another with --host or --port" in last_line(run("--port", taken))


def test_sigterm_and_ctrl_c_end_it_well(serve: Serve) -> None:
    for how in (signal.SIGTERM, signal.SIGINT):
        _, process = serve()
        process.send_signal(how)
        assert process.wait(10) == 0


def test_a_password_is_asked_for(serve: Serve) -> None:
    url, _ = serve("--auth", "anna:secret")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{url}/gradio_api/info")
    assert error.value.code == 401
    form = b"username=anna&password=secret"
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert opener.open(f"{url}/login", form).status == 200
    assert opener.open(f"{url}/gradio_api/info").status == 200


def test_gradios_own_variables_keep_working(tmp_path: Path) -> None:
    port = str(free_port())
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "GRADIO_SERVER_PORT": port, "GRADIO_SERVER_NAME": "127.0.0.1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "Running on" in line:
                assert f"http://127.0.0.1:{port}" in line
                break
        else:
            pytest.fail("the app did not start")
    finally:
        process.terminate()
        process.wait(10)


def test_a_start_needs_none_of_the_training_libraries() -> None:
    code = (
        "import sys, app; from studio.page import build; from model import *;"
        "c = load_classifier(); build(c, load_number_reader(c), load_generator());"
        "print([m for m in ('torchvision', 'matplotlib', 'sklearn', 'scipy', 'train')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_model_knows_nothing_of_the_page() -> None:
    code = (
        "import sys, model; print([m for m in ('gradio', 'matplotlib', 'studio', 'train')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_no_file_is_left_in_the_source(app: str) -> None:
    assert not list((ROOT / "studio").glob("*.pyi"))
