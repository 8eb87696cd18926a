"""Two replicas behind nginx, one of which dies under load and comes back."""

from __future__ import annotations

import base64
import http.client
import io
import json
import re
import shutil
import subprocess
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
from tests.strokes import OWN, canvas

NGINX = shutil.which("nginx", path=SBIN)
pytestmark = pytest.mark.skipif(NGINX is None, reason="there is no nginx here")
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


def test_a_replica_may_die_under_load(
    replicas: tuple[str, list[tuple[str, App]]], chromium: Browser, serve: Callable[..., Any]
) -> None:
    url, ((address_of_first, first), (_, second)) = replicas
    file = io.BytesIO()
    canvas(OWN[7]).save(file, "PNG")
    address = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    data = json.dumps({"data": [{"url": address}]}).encode()
    read: list[int | None] = []
    lost: list[str] = []
    stop = threading.Event()

    def client(number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            visitor = f"{number}-{turn % 8}"  # of many cookies some lead to either replica
            for _ in range(TRIES):
                try:
                    read.append(read_seven(url, visitor, data))
                    break
                except (OSError, ValueError, http.client.HTTPException) as error:
                    last = str(error)
                    time.sleep(0.2)
            else:
                lost.append(last)

    context = chromium.new_context(**DESKTOP, reduced_motion="reduce")
    page = Visit(context.new_page(), url).page
    numeral = page.locator("#pad .numeral")
    expect(numeral).to_have_text("3")
    clients = [threading.Thread(target=client, args=(i,)) for i in range(8)]
    for thread in clients:
        thread.start()
    examples = page.locator("#pad .examples button")
    try:
        for round_, victim in enumerate((first, None, second)):
            before = len(read)
            deadline = time.monotonic() + 30
            while len(read) < before + 40 and time.monotonic() < deadline:
                page.wait_for_timeout(50)
            if victim is not None:
                victim.kill()
                victim.wait()
            elif round_ == 1:  # the first one comes back, where nginx looks for it
                port = address_of_first.rsplit(":", 1)[1]
                serve_again = App("--port", port, folder=ROOT)
                while not answers(address_of_first):
                    time.sleep(0.2)
                page.wait_for_timeout(2500)  # nginx tries it again after two seconds
            for i, text in enumerate(("2", "5", "7", "8")):
                examples.nth(i).click()
                expect(numeral).to_have_text(text)
    finally:
        stop.set()
        for thread in clients:
            thread.join(60)
        serve_again.kill()
    assert len(read) >= 100
    assert set(read) == {7}  # no wrong answer
    assert not lost  # who asks again loses nothing
    context.close()
