"""Browsers hear at once of all that the page wants, and of nothing else."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from studio import early

TOLD = re.compile(
    r'<link rel="(?:modulepreload|preload" as="style)" crossorigin href="\./([^"]+)">'
)


def test_a_browser_is_told_of_just_what_it_will_want(app: str, chromium: Browser) -> None:
    with urllib.request.urlopen(app) as answer:
        text = answer.read().decode()
    told, named = set(TOLD.findall(text)), set(re.findall(r'="\./(assets/[^"]+)"', text))
    assert len(told) > 30
    context = chromium.new_context()  # which has nothing in its cache
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(f"{app}/")))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(app)
    page.wait_for_selector("#pad canvas.pad")
    page.wait_for_timeout(4000)  # after three seconds Chromium says what it did not use
    files = [url for url in asked if url.startswith("assets/")]
    assert complaints == []
    assert set(files) <= named
    assert told <= set(files)
    assert len(files) == len(set(files)), "something was fetched twice"
    context.close()


@pytest.mark.parametrize(
    "files", [{}, {"index.html": "<head>"}, {"index.html": '<script src="./assets/a.js">'}]
)
def test_scripts_of_another_kind_do_no_harm(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(early, "FRONT_END", tmp_path)
    assert early.links(["html", "image"]) == ""


def test_a_component_that_gradio_does_not_have_brings_nothing() -> None:
    assert early.links(["nosuchcomponent"]) == early.links([])
    assert len(early.links(["html"])) > len(early.links([]))
