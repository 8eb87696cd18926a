"""The Generate tab: digits that nobody wrote."""

from __future__ import annotations

import gradio as gr

from model import Generator
from studio import limits, words
from studio.components import Sheet
from studio.controls import at_once, digit_keys, seed_with_dice
from studio.pictures import to_base64

LABEL, COUNT, TEMPERATURE, SEED = "7", 20, 1.0, 7  # what is shown before anything is asked


def build(generator: Generator) -> None:
    """Put the tab's contents on the page."""

    def write(label: str, count: float, temperature: float, seed: float | None) -> dict[str, str]:
        digit, many = limits.digit(words.WHICH_DIGIT, label), limits.count(count)
        pixels = generator.sample(
            [digit] * many, limits.temperature(temperature), limits.seed(seed)
        )
        sentence = words.SHEET_ONE if many == 1 else words.SHEET
        return {
            "pixels": to_base64(pixels),
            "description": sentence.format(count=many, label=digit),
        }

    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320, elem_classes="settings"):
            label = digit_keys(words.WHICH_DIGIT, LABEL)
            count = gr.Slider(
                1, limits.MOST_DIGITS, COUNT, step=1, label=words.HOW_MANY, buttons=[]
            )
            temperature = gr.Slider(
                0,
                limits.HOTTEST,
                TEMPERATURE,
                step=0.05,
                label=words.TEMPERATURE,
                info=words.TEMPERATURE_HELP,
                buttons=[],
            )
            seed = seed_with_dice(SEED, words.AGAIN)
        with gr.Column(scale=2, min_width=320):
            sheet = Sheet(write(LABEL, COUNT, TEMPERATURE, SEED), elem_id="sheet")
    at_once([label, count, temperature, seed], write, sheet)
