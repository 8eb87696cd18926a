"""The Morph tab: one digit turning into another."""

from __future__ import annotations

import gradio as gr

from model import Generator
from studio import limits, words
from studio.components import Player
from studio.controls import at_once, digit_keys, seed_with_dice
from studio.pictures import to_base64

START, END, STEPS, SEED = "3", "8", 40, 1  # what plays before anything is asked


def build(generator: Generator) -> None:
    """Put the tab's contents on the page."""

    def morph(start: str, end: str, steps: float, seed: float | None) -> dict[str, str]:
        first, last = limits.digit(words.FROM, start), limits.digit(words.TO, end)
        frames = generator.interpolate(first, last, limits.steps(steps), limits.seed(seed))
        return {
            "pixels": to_base64(frames),
            "description": words.PLAYER.format(start=first, end=last),
        }

    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320, elem_classes="settings"):
            start, end = digit_keys(words.FROM, START), digit_keys(words.TO, END)
            steps = gr.Slider(
                limits.FEWEST_STEPS,
                limits.MOST_STEPS,
                STEPS,
                step=1,
                label=words.STEPS,
                buttons=[],
            )
            seed = seed_with_dice(SEED, words.ANOTHER_HAND)
        with gr.Column(scale=2, min_width=320):
            player = Player(morph(START, END, STEPS, SEED), elem_id="player")
    at_once([start, end, steps, seed], morph, player)
