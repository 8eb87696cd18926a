"""What the tabs that write digits have in common: a seed, and settings that act at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from model.generator import random_seed
from studio import words


def digit_keys(label: str, value: str, *others: str) -> gr.Radio:
    """Ten keys and perhaps others, one of them pressed."""
    keys = [*(str(digit) for digit in range(10)), *others]
    return gr.Radio(keys, value=value, label=label, elem_classes="keys")


def seed_with_dice(value: int, dice: str) -> gr.Number:
    """A seed, and a button `dice` that throws another."""
    seed = gr.Number(value, label=words.SEED, info=words.SEED_HELP, precision=0)
    button = gr.Button(dice, variant="primary")
    button.click(random_seed, outputs=seed, api_visibility="private", queue=False)
    return seed


def at_once(
    settings: list[Any],
    answer: Callable[..., Any],
    output: Component,
    *,
    triggers: Sequence[Any] = (),
    js: str | None = None,
) -> None:
    """Whenever one of the settings changes, put `answer(*settings)` into `output`.

    Args:
        settings: components.
        answer: may raise `gr.Error`.
        output: a component.
        triggers: other events that it is to happen at.
        js: a function in the browser that the settings pass through on their way.
    """
    gr.on(
        [*(setting.change for setting in settings), *triggers],
        answer,
        settings,
        output,
        js=js,
        api_visibility="private",
        trigger_mode="always_last",  # the default loses the last change
        show_progress="hidden",
        queue=False,
    )
