"""The walkthrough runs from top to bottom."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOK = ROOT / "notebooks" / "walkthrough.ipynb"


def test_it_runs_from_top_to_bottom(mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(mnist))
    monkeypatch.setenv("WALKTHROUGH_LIMIT", "500")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": ROOT}}).execute()
    texts = "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )
    assert "70,395 parameters" in texts
    assert "generated:" in texts
    pictures = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= 8


def test_it_has_prose_between_the_cells_and_no_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    kinds = [cell.cell_type for cell in cells]
    assert kinds.count("markdown") >= kinds.count("code") - 3
    assert not any(cell.get("outputs") for cell in cells)  # they would go stale
