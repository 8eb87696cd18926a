"""What the tabs that write digits have in common: a seed, and settings that act at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from model.generator import random_seed
from studio import words


def digit_keys(label: str, value: str) -> gr.Radio:
    """Ten keys, one of them pressed."""
    return gr.Radio(
        [str(digit) for digit in range(10)], value=value, label=label, elem_classes="keys"
    )


def seed_with_dice(value: int, dice: str) -> gr.Number:
    """A seed, and a button `dice` that throws another."""
    seed = gr.Number(value, label=words.SEED, info=words.SEED_HELP, precision=0)
    button = gr.Button(dice, variant="primary")
    button.click(random_seed, outputs=seed, api_visibility="private", queue=False)
    return seed


def at_once(settings: list[Any], answer: Callable[..., Any], output: Component) -> None:
    """Whenever one of the settings changes, put `answer(*settings)` into `output`."""
    gr.on(
        [setting.change for setting in settings],
        answer,
        settings,
        output,
        api_visibility="private",
        trigger_mode="always_last",  # the default loses the last change
        show_progress="hidden",
        queue=False,
    )
