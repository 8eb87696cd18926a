"""The Your hand tab: draw one digit, and see all ten, and any number, written by your hand."""

from __future__ import annotations

from typing import Any

import gradio as gr

from model import Generator
from studio import limits, words
from studio.components import HandPad
from studio.hands import HandReader
from studio.pictures import from_picture_url, line_value, to_base64

NUMBER, SEED = "2026", 1  # the seed of how unsteady the hand is


def build(hands: HandReader, generator: Generator) -> None:
    """Put the tab's contents on the page."""

    # Called by the tab's script, outside Gradio's events: what is wrong is an answer, too.

    def imitate(asked: object) -> dict[str, Any]:
        url, text = asked if isinstance(asked, list) and len(asked) == 2 else (None, "")
        try:
            hand = hands.read(from_picture_url(url))
        except gr.Error as error:
            return {"problem": error.message}
        answer: dict[str, Any] = {
            "digits": to_base64(generator.restyle(hand)),
            "told": words.YOUR_TEN.format(label=hand.label),
        }
        if text:
            try:
                number = limits.number(text)
            except gr.Error as error:
                return answer | {"problem": error.message}
            line = generator.write_number(number, seed=SEED, hand=hand)
            answer["line"] = line_value(line, number)
        return answer

    with gr.Column(min_width=320):
        HandPad(imitate, NUMBER, elem_id="hand")
