"""The Morph tab: one digit turning into another."""

from __future__ import annotations

import gradio as gr

from model import Generator
from model.generator import random_seed
from studio import limits, words
from studio.components import Player
from studio.pictures import to_base64

START, END, STEPS, SEED = "3", "8", 40, 3  # what plays before anything is asked


def build(generator: Generator) -> None:
    """Put the tab's contents on the page."""

    def morph(start: str, end: str, steps: float, seed: float | None) -> dict[str, str]:
        first, last = limits.digit(words.FROM, start), limits.digit(words.TO, end)
        frames = generator.interpolate(first, last, limits.steps(steps), limits.seed(seed))
        return {
            "pixels": to_base64(frames),
            "description": words.PLAYER.format(start=first, end=last),
        }

    digits = [str(d) for d in range(10)]
    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320, elem_classes="settings"):
            start = gr.Radio(digits, value=START, label=words.FROM, elem_classes="keys")
            end = gr.Radio(digits, value=END, label=words.TO, elem_classes="keys")
            steps = gr.Slider(
                limits.FEWEST_STEPS,
                limits.MOST_STEPS,
                STEPS,
                step=1,
                label=words.STEPS,
                buttons=[],
            )
            seed = gr.Number(SEED, label=words.SEED, precision=0)
            again = gr.Button(words.ANOTHER_HAND, variant="primary")
        with gr.Column(scale=2, min_width=320):
            player = Player(morph(START, END, STEPS, SEED), elem_id="player")

    again.click(random_seed, outputs=seed, api_visibility="private", queue=False)
    gr.on(
        [start.change, end.change, steps.change, seed.change],
        morph,
        [start, end, steps, seed],
        player,
        api_visibility="private",
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
    )
