"""The Morph tab: one digit turning into another."""

from __future__ import annotations

import gradio as gr

from model import Generator, Hand
from studio import limits, words
from studio.components import Player
from studio.controls import at_once, digit_keys, seed_with_dice
from studio.hands import HandReader
from studio.pictures import from_picture_url, to_base64

START, END, STEPS, SEED = "3", "8", 40, 1  # what plays before anything is asked

# The drawing goes along where it is asked for; see sketch.js.
WITH_DRAWING = """(start, end, steps, seed, _) => {
    const mine = [start, end].includes("MINE");
    return [start, end, steps, seed, mine ? (window.digitStudio?.dataUrl() ?? "") : ""];
}""".replace("MINE", words.MINE)


def build(hands: HandReader, generator: Generator, tab: gr.Tab) -> None:
    """Put the tab's contents on the page."""

    def end_of(name: str, key: str, drawing: str) -> int | Hand:
        if key != words.MINE:
            return limits.digit(name, key)
        return hands.read(from_picture_url(drawing))

    def morph(
        start: str, end: str, steps: float, seed: float | None, drawing: str = ""
    ) -> dict[str, str]:
        first, last = end_of(words.FROM, start, drawing), end_of(words.TO, end, drawing)
        frames = generator.interpolate(first, last, limits.steps(steps), limits.seed(seed))
        a, b = (e.label if isinstance(e, Hand) else e for e in (first, last))
        return {"pixels": to_base64(frames), "description": words.PLAYER.format(start=a, end=b)}

    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320, elem_classes="settings"):
            start = digit_keys(words.FROM, START, words.MINE)
            end = digit_keys(words.TO, END, words.MINE)
            steps = gr.Slider(
                limits.FEWEST_STEPS,
                limits.MOST_STEPS,
                STEPS,
                step=1,
                label=words.STEPS,
                buttons=[],
            )
            seed = seed_with_dice(SEED, words.ANOTHER_HAND)
            drawing = gr.Textbox(visible=False)
        with gr.Column(scale=2, min_width=320):
            player = Player(morph(START, END, STEPS, SEED), elem_id="player")
    settings = [start, end, steps, seed, drawing]
    at_once(settings, morph, player, triggers=[tab.select], js=WITH_DRAWING)
