"""Figures that came with weights of strangers are shown as figures, and as nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from model import Origin
from studio import about, origins


def html_of(page: gr.Blocks) -> str:
    return " ".join(
        str(block.value if block.elem_id == "weights" else block.html_template)
        for block in page.blocks.values()
        if isinstance(block, gr.HTML)
    )


@pytest.mark.parametrize(
    "evaluation",
    [
        {},
        {"test": "99", "digits": None},
        {"test": {"accuracy": "<img src=x onerror=alert(1)>", "n": "${alert(1)}"}},
        {"digits": {"confusion": [["<script>"] * 10] * 10, "worst": "all"}},
        {"digits": {"confusion": [[1, 2], [3, 4]], "worst": [{"is": "<b>"}]}},
        {"curves": [{"validation_accuracy": "<b>"}, {}]},
        {"curves": [{"validation_accuracy": 9.0}, {"validation_accuracy": 0.9}]},
        {"samples": {"as_asked": ["${alert(1)}"], "n": 3}},
        [1, 2, 3],
    ],
)
def test_nothing_of_a_strangers_figures_runs(evaluation: Any, tmp_path: Path) -> None:
    Image.new("L", (5000, 3), 0).save(tmp_path / "evaluation.png")
    figures = {"evaluation": evaluation, "test": evaluation}
    name = "${alert(1)}<script>"
    origin = Origin(name, tmp_path, "0" * 40, figures, note="{{alert(1)}} <b>failed</b>")
    with gr.Blocks() as page:
        about.build({"classifier": origin, "generator": origin})
        origins.build({"classifier": origin, "generator": origin})
    html = html_of(page)
    assert "${" not in html
    assert "{{" not in html
    for tag in ("<script", "<img", "<b>"):
        assert tag not in html
