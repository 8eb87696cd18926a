"""What the tabs that write digits have in common: a seed, and settings that act at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from model.generator import random_seed
from studio import words


def digit_keys(label: str, value: str, *others: str, elem_id: str | None = None) -> gr.Radio:
    """Ten keys and perhaps others, one of them pressed."""
    keys = [*(str(digit) for digit in range(10)), *others]
    return gr.Radio(keys, value=value, label=label, elem_classes="keys", elem_id=elem_id)


def seed_with_dice(value: int, dice: str) -> gr.Number:
    """A seed, and a button `dice` that throws another."""
    seed = gr.Number(
        value,
        label=words.SEED,
        info=words.SEED_HELP,
        precision=0,
    )
    button = gr.Button(dice, variant="primary")
    button.click(random_seed, outputs=seed, api_visibility="private", queue=False)
    return seed


def at_once(
    settings: list[Any],
    answer: Callable[..., dict[str, Any]],
    output: Component,
    *,
    also: Sequence[Any] = (),
    triggers: Sequence[Any] = (),
    js: str | None = None,
) -> None:
    """Whenever one of the settings changes, put `answer(*settings)` into `output`.

    Where it cannot be, the output is `{"problem": sentence}`.

    Args:
        settings: components.
        answer: may raise `gr.Error`.
        output: a component.
        also: components that `answer` gets after the settings; nothing happens when they change.
        triggers: other events that it is to happen at.
        js: a function in the browser that the settings pass through on their way.
    """

    def answered(*given: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = answer(*given)
        except gr.Error as error:  # Gradio would show no word of it: this is not in its queue
            return {"problem": error.message}
        return found

    gr.on(
        [*(setting.change for setting in settings), *triggers],
        words.bound(answered),
        [*settings, *also],
        output,
        js=js,
        api_visibility="private",
        trigger_mode="always_last",  # the default loses the last change
        show_progress="hidden",
        queue=False,
    )
