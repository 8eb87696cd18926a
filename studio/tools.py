"""MCP tools: a model that asks for several pictures gets pictures, not their addresses."""

from __future__ import annotations

from typing import Any

from gradio.mcp import GradioMCPServer

_answer = GradioMCPServer.postprocess_output_data


def _laid_out(output: Any) -> list[Any]:
    """The single things in an answer: of a gallery its pictures."""
    if isinstance(output, list | tuple):
        return [single for part in output for single in _laid_out(part)]
    if isinstance(output, dict) and set(output) == {"image", "caption"}:
        return [output["image"]]
    return [output]


def _with_galleries_laid_out(server: GradioMCPServer, data: Any, root_url: str) -> list[Any]:
    return list(_answer(server, _laid_out(data), root_url))


def show_galleries() -> None:
    """Let Gradio lay out galleries, as it does single pictures."""
    setattr(GradioMCPServer, "postprocess_output_data", _with_galleries_laid_out)  # noqa: B010  # mypy
