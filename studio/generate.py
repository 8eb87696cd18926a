"""The Generate tab: digits that nobody wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from model.generator import LONGEST_NUMBER
from studio import downloads, limits, words
from studio.components import Line, Sheet
from studio.controls import at_once, digit_keys, seed_with_dice
from studio.pictures import line_value, to_base64
from studio.writer import Order, Writer

# What is written when the tab is opened.
LABEL, COUNT, TEMPERATURE, SEED, NUMBER = "7", 20, 1.0, 7, "31415926"
SHARE = 0.5  # of the other digit, once there is one


def build(writer: Writer, tab: gr.Tab) -> dict[str, Any]:
    """Put the tab's contents on the page; its settings, by their names in links."""
    generator = writer.generator

    def write(
        label: str, other: str, share: float, count: float, temperature: float, seed: float | None
    ) -> dict[str, Any]:
        digit, many = limits.digit(words.WHICH_DIGIT, label), limits.count(count)
        heat, start = limits.temperature(temperature), limits.seed(seed)
        order = Order(digit, many, heat, start)
        sentence = words.SHEET_ONE if many == 1 else words.SHEET
        if other != words.NOTHING_ELSE:
            second = limits.digit(words.MIXED_WITH, other)
            order = replace(order, second=second, share=limits.share(share))
            sentence = words.SHEET_MIXED
        readings = writer.read_back(order)
        return {
            "pixels": to_base64(writer.write(order)),
            "description": sentence.format(count=many, label=digit, other=other),
            "labels": [digit if other == words.NOTHING_ELSE else None] * many,
            "readings": [{"label": r.label, "probability": max(r.probabilities)} for r in readings],
        }

    def write_line(text: str, temperature: float, seed: float | None) -> dict[str, Any]:
        number = limits.number(text)
        line = generator.write_number(number, limits.temperature(temperature), limits.seed(seed))
        return line_value(line, words.WRITTEN.format(text=number))

    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320, elem_classes="settings"):
            label = digit_keys(words.WHICH_DIGIT, LABEL)
            other = digit_keys(words.MIXED_WITH, words.NOTHING_ELSE, words.NOTHING_ELSE)
            share = gr.Slider(
                0,
                1,
                SHARE,
                step=0.05,
                label=words.SHARE,
                info=words.SHARE_HELP,
                buttons=[],
                visible=False,
            )
            other.change(
                words.bound(lambda key: gr.update(visible=key != words.NOTHING_ELSE)),
                other,
                share,
                api_visibility="private",
                show_progress="hidden",
                queue=False,
            )
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
        with gr.Column(scale=2, min_width=320, elem_classes="written"):
            sheet = Sheet(downloads.pack, elem_id="sheet")
            number = gr.Textbox(
                NUMBER,
                label=words.WRITE_NUMBER,
                info=words.WRITE_NUMBER_HELP,
                max_length=LONGEST_NUMBER,
                elem_id="number",
            )
            line = Line(elem_id="line")
    settings = [label, other, share, count, temperature, seed]
    at_once(settings, write, sheet, triggers=[tab.select])
    at_once([number, temperature, seed], write_line, line, triggers=[tab.select])
    return {
        "generate.digit": label,
        "generate.with": other,
        "generate.share": share,
        "generate.count": count,
        "generate.temperature": temperature,
        "generate.seed": seed,
        "generate.number": number,
    }
