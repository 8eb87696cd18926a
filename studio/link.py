"""Links to what is on the page: which tab, which digit, which seed, how wild.

All of it happens in the browser. What a link says is checked there before it becomes a setting, and
here again, as whatever a setting says is, before anything is made of it.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from model.generator import SEEDS
from studio import words
from studio.components import ASSETS


def build(page: gr.Blocks, head: gr.HTML, settings: dict[str, Any]) -> None:
    """Let a link be copied, and the page be opened as a link says.

    Args:
        page: whose language is now.
        head: has the button, and an event `copy_link`.
        settings: components by the names that they have in links.
    """
    rules = json.dumps({name: _rule(component) for name, component in settings.items()})
    source = (ASSETS / "link.js").read_text("utf-8")
    told = {"copied": words.LINK_COPIED, "failed": words.LINK_NOT_COPIED}
    prelude = f"const rules = {rules}; const words = {json.dumps(told)};\n{source}\n"
    components = list(settings.values())
    private: dict[str, Any] = {"api_visibility": "private", "queue": False}
    head.copy_link(
        None, components, None, js=f"(...values) => {{ {prelude} copy(values); }}", **private
    )
    page.load(
        None,
        components,
        components,
        js=f"(...values) => {{ {prelude} return opened(values); }}",
        **private,
    )


def _rule(component: Any) -> dict[str, Any]:
    """What a setting may be: one of some keys, a number in a range, or a short text."""
    if isinstance(component, gr.Radio):
        # What is drawn or picked stays in the browser that it was drawn in.
        return {
            "keys": [key for _, key in component.choices if key not in (words.MINE, words.PICKED)]
        }
    if isinstance(component, gr.Slider):
        return {"low": component.minimum, "high": component.maximum}
    if isinstance(component, gr.Number):
        return {"low": 0, "high": SEEDS - 1, "whole": True}
    return {"length": component.max_length}
