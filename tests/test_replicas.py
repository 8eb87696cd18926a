"""Two replicas behind nginx, one of which dies under load and comes back."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import SBIN
from tests.conftest import DESKTOP, ROOT, App, Visit, answers, free_port
from tests.strokes import OWN, canvas, data_url

NGINX = shutil.which("nginx", path=SBIN)
TRIES = 4


@pytest.fixture
def replicas(
    serve: Callable[..., Any], tmp_path: Path
) -> Iterator[tuple[str, list[tuple[str, App]]]]:
    """The address of nginx with the settings of `deploy/`, and the two apps behind it."""
    with ThreadPoolExecutor() as both:
        started = [start.result() for start in [both.submit(serve) for _ in range(2)]]
    front = free_port()
    settings = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for before, (url, _) in zip(("127.0.0.1:7861", "127.0.0.1:7862"), started, strict=True):
        settings = settings.replace(before, url.removeprefix("http://"))
    settings = settings.replace("listen 7860", f"listen 127.0.0.1:{front}")
    (tmp_path / "nginx.conf").write_text(settings)
    where = ["-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    command = [str(NGINX), *where, "-e", "stderr", "-g", "daemon off;"]
    nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{front}"
    deadline = time.monotonic() + 20
    while not answers(url) and time.monotonic() < deadline:
        time.sleep(0.1)
    yield url, started
    nginx.terminate()
    nginx.wait(10)


def read_seven(url: str, visitor: str, data: bytes) -> int | None:
    """One call of the API, as a visitor of this name: what the picture is read as.

    Raises:
        OSError: no answer came.
    """
    headers = {"Content-Type": "application/json", "Cookie": f"replica={visitor}"}
    request = urllib.request.Request(f"{url}/gradio_api/call/classify", data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        event = json.load(answer)["event_id"]
    request = urllib.request.Request(f"{url}/gradio_api/call/classify/{event}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        stream = answer.read().decode()
    found = re.search(r'"label": (\d|null)', stream)
    if found is None:
        raise OSError(stream)
    return None if found[1] == "null" else int(found[1])


class Clients:
    """Eight clients of the API that ask one thing after the other, and again what is not answered.

    Args:
        url: whom they ask.
    """

    def __init__(self, url: str) -> None:
        picture = {"url": data_url(canvas(OWN[7]))}
        self.url, self.data = url, json.dumps({"data": [picture]}).encode()
        self.read: list[int | None] = []
        self.again: list[str] = []  # what was asked again
        self.lost: list[str] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(i,)) for i in range(8)]

    def _ask(self, number: int) -> None:
        turn = 0
        while not self.stop.is_set():
            turn += 1
            visitor = f"{number}-{turn % 8}"  # of many cookies some lead to either replica
            for _ in range(TRIES):
                try:
                    self.read.append(read_seven(self.url, visitor, self.data))
                    break
                except (OSError, ValueError, http.client.HTTPException) as error:
                    self.again.append(str(error))
                    time.sleep(0.2)
            else:
                self.lost.append(self.again[-1])

    def wait_for(self, more: int) -> None:
        """Until so many more answers are there."""
        before, deadline = len(self.read), time.monotonic() + 30
        while len(self.read) < before + more and time.monotonic() < deadline:
            time.sleep(0.05)

    def __enter__(self) -> Clients:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


@contextlib.contextmanager
def session(chromium: Browser, url: str) -> Iterator[Callable[[], None]]:
    """A page that is open; calling it has four examples read."""
    context = chromium.new_context(**DESKTOP, reduced_motion="reduce")
    page = Visit(context.new_page(), url).page
    examples = page.locator("#pad .examples button")

    def read() -> None:
        for i, text in enumerate(("2", "5", "7", "8")):
            examples.nth(i).click()
            expect(page.locator("#pad .numeral")).to_have_text(text)

    yield read
    context.close()


@pytest.mark.skipif(NGINX is None, reason="there is no nginx here")
def test_a_replica_may_die_under_load(
    replicas: tuple[str, list[tuple[str, App]]], chromium: Browser
) -> None:
    url, ((address_of_first, first), (_, second)) = replicas
    with (
        contextlib.ExitStack() as at_last,
        session(chromium, url) as read,
        Clients(url) as clients,
    ):
        clients.wait_for(40)
        assert not clients.again  # a visitor stays with one replica, which knows its own calls
        read()
        first.kill()
        clients.wait_for(40)
        read()
        # It comes back, where nginx looks for it every two seconds.
        back = App("--port", address_of_first.rsplit(":", 1)[1], folder=ROOT)
        at_last.callback(back.kill)
        while not answers(address_of_first):
            time.sleep(0.2)
        time.sleep(2.5)
        clients.wait_for(40)
        second.kill()
        clients.wait_for(40)
        read()
    assert len(clients.read) >= 160
    assert set(clients.read) == {7}  # no wrong answer
    assert not clients.lost  # who asks again loses nothing


def replica_processes() -> set[int]:
    """The processes of Ray's replicas."""
    listed = subprocess.run(["pgrep", "-f", "ray::ServeReplica"], capture_output=True, text=True)
    return set(map(int, listed.stdout.split()))


def test_ray_serve_replaces_a_replica_that_died_under_load(chromium: Browser) -> None:
    pytest.importorskip("ray")
    front = str(free_port())
    url = f"http://127.0.0.1:{front}"
    command = ["-m", "deploy.ray_serve", "--replicas", "2", "2", "--port", front]
    ray = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=-1, text=True)
    try:
        assert ray.stdout is not None
        assert ray.stdout.readline().startswith("Running on")
        both = replica_processes()
        assert len(both) == 2
        with session(chromium, url) as read, Clients(url) as clients:
            clients.wait_for(40)
            assert not clients.again
            read()
            os.kill(min(both), signal.SIGKILL)
            clients.wait_for(80)
            read()
            deadline = time.monotonic() + 30
            while len(replica_processes()) < 2 and time.monotonic() < deadline:
                time.sleep(0.2)
        assert replica_processes() - both  # another one came
        assert set(clients.read) == {7}
        assert not clients.lost
    finally:
        ray.terminate()
        assert ray.wait(30) == 0
    assert not replica_processes()
