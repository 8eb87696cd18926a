"""Fixtures: the models, a running app, a browser."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from model import (
    Classifier,
    Generator,
    NumberReader,
    load_classifier,
    load_generator,
    load_number_reader,
)
from tests import browser as browsers

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Training first, while the process is small: later it takes half as long again."""
    items.sort(key=lambda item: not item.path.is_relative_to(ROOT / "tests" / "train"))


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return load_classifier()


@pytest.fixture(scope="session")
def numbers(classifier: Classifier) -> NumberReader:
    return load_number_reader(classifier)


@pytest.fixture(scope="session")
def generator() -> Generator:
    return load_generator()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError as error:
        return getattr(error, "code", None) == 401  # asks for a password: it is there


class App(subprocess.Popen[str]):
    """A running `python app.py`. Its log is a file: a pipe that nobody reads fills and stops it."""

    def __init__(self, *options: str, folder: Path, **variables: str) -> None:
        self.file = tempfile.TemporaryFile("w+")  # noqa: SIM115  # as long as the process
        super().__init__(
            [sys.executable, "app.py", *options],
            cwd=folder,
            env={**os.environ, **variables},
            stdout=self.file,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def log(self) -> str:
        """What it has said so far; read without moving the place where it goes on writing."""
        return os.pread(self.file.fileno(), 1 << 20, 0).decode()

    def says(self, text: str) -> None:
        """Wait until it has said that."""
        deadline = time.monotonic() + 90
        while text not in self.log():
            if self.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the app did not say {text!r}:\n{self.log()}")
            time.sleep(0.1)


@contextlib.contextmanager
def serving() -> Iterator[Callable[..., tuple[str, App]]]:
    """Start `python app.py` with options, as a user does; give its address and process."""
    running: list[App] = []

    def start(
        *options: str, folder: Path = ROOT, within: float = 90, **variables: str
    ) -> tuple[str, App]:
        port = free_port()
        process = App("--port", str(port), *options, folder=folder, **variables)
        running.append(process)
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + within
        while not answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"the app did not start:\n{process.log()}")
            time.sleep(0.2)
        return url, process

    try:
        yield start
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[str, App]]]:
    """Start apps that run as long as a test."""
    with serving() as start:
        yield start


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """The address of a running app with the bundled weights, MCP tools and all."""
    with serving() as start:
        yield start("--mcp")[0]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browsers.find()
    if path is None:
        pytest.fail("No browser: run `make test`, or install chromium or google-chrome.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--use-fake-device-for-media-stream",  # a camera that shows a test picture
                "--use-fake-ui-for-media-stream",
            ],
        )
        yield browser
        browser.close()


class Visit:
    """One visitor's page, and what went wrong or out while it was open."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.problems: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "console",
            lambda m: self.problems.append(m.text) if m.type == "error" else None,
        )
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(url)
        # The page is there once its opening digit is read.
        page.wait_for_function("document.querySelector('#pad .numeral')?.textContent")

    def foreign(self, url: str) -> list[str]:
        """Requests that left the app."""
        return [r for r in self.requests if not r.startswith((url, "data:", "blob:"))]


DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
    "color_scheme": "dark",
}


SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture(scope="session")
def contexts(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A browser for each size. Visits share it, as one who comes again: Gradio's files are kept."""
    opened = {
        name: chromium.new_context(**size, reduced_motion="reduce") for name, size in SIZES.items()
    }
    yield opened
    for context in opened.values():
        context.close()


def visiting(context: BrowserContext, url: str) -> Iterator[Visit]:
    visit = Visit(context.new_page(), url)
    yield visit
    visit.page.close()
    assert not visit.problems
    assert not visit.foreign(url)


@pytest.fixture(params=SIZES)
def visit(
    request: pytest.FixtureRequest, contexts: dict[str, BrowserContext], app: str
) -> Iterator[Visit]:
    """The page, opened on a desktop by day and on a phone by night. Nothing may go wrong on it."""
    yield from visiting(contexts[request.param], app)


@pytest.fixture
def desktop(contexts: dict[str, BrowserContext], app: str) -> Iterator[Visit]:
    """The same, on a desktop: for what does not depend on the screen or the finger."""
    yield from visiting(contexts["desktop"], app)


@pytest.fixture
def phone(contexts: dict[str, BrowserContext], app: str) -> Iterator[Visit]:
    """The same, on a phone."""
    yield from visiting(contexts["phone"], app)
