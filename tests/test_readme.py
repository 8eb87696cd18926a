"""The README says what is true."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.strokes import OWN, canvas

README = (ROOT / "README.md").read_text("utf-8")
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def test_the_space_metadata_are_complete() -> None:
    assert README.startswith("---\n")
    data = yaml.safe_load(README.split("---\n")[1])
    assert data["sdk"] == "gradio"
    assert {data["colorFrom"], data["colorTo"]} <= COLOURS
    assert data["python_version"] == "3.12"
    assert data["license"] == "mit"
    assert (ROOT / data["app_file"]).is_file()
    assert len(data["short_description"]) <= 60
    assert data["title"]
    assert data["emoji"]
    assert data["tags"]
    assert isinstance(data["models"], list)
    assert data["datasets"] == ["ylecun/mnist"]
    known = "title emoji colorFrom colorTo sdk sdk_version python_version app_file license models"
    assert set(data) == {*known.split(), "datasets", "tags", "short_description"}
    requirement = re.search(r"gradio\S*>=([\d.]+)", (ROOT / "requirements.txt").read_text())
    assert requirement is not None
    assert data["sdk_version"].startswith(requirement[1])


def test_every_file_it_shows_or_links_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        if not link.startswith("http"):
            assert (ROOT / link).exists(), link


SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_first_snippet_runs_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    exec(SNIPPETS[0], {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("7 ") for line in lines)


def test_the_client_snippet_runs_against_the_app(
    app: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    canvas(OWN[7]).save("digit.png")
    found: dict[str, Any] = {}
    exec(SNIPPETS[1].replace("http://127.0.0.1:7860", app), found)
    assert found["reading"]["label"] == 7
    assert len(found["images"]) == 24
    assert found["picture"].endswith(".png")
    assert len(found["ten"]) == 10
    assert found["film"].endswith(".webp")
    assert found["weights"]["classifier"]["source"].endswith("classifier")


def snippet(language: str, holds: str) -> str:
    """The one snippet that holds a text."""
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    (one,) = (code for code in found if holds in code)
    return str(one)


def test_the_javascript_snippet_runs_against_the_app(app: str, tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no Node here")
    packages = ROOT / ".venv" / "node"  # kept between runs
    if not (packages / "node_modules" / "@gradio" / "client").is_dir():
        packages.mkdir(exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(packages)]
        subprocess.run([*install, "@gradio/client@2"], check=True, timeout=200)
    script = packages / "snippet.mjs"
    code = snippet("js", "Client.connect").replace("http://127.0.0.1:7860", app)
    script.write_text(code + "process.exit(0);\n")  # its connection would stay open
    done = subprocess.run(["node", script], capture_output=True, text=True, timeout=60)
    assert re.match(r"12 http://\S+\.png", done.stdout), done.stderr


def test_the_shell_snippet_runs_against_the_app(app: str, tmp_path: Path) -> None:
    canvas(OWN[7]).save(tmp_path / "digit.png")
    code = snippet("sh", "ask()").replace("http://127.0.0.1:7860", app)
    done = subprocess.run(
        ["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert '"label": 7' in done.stdout, done.stdout + done.stderr
    assert done.stdout.count('"url"') == 12
