"""The Morph tab: one digit turning into another."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np

from model import Hand
from studio import downloads, limits, words
from studio.components import Player
from studio.controls import at_once, digit_keys, seed_with_dice
from studio.hands import HandReader
from studio.pictures import from_picture_url, to_base64

START, END, STEPS, SEED = "3", "8", 40, 1  # what plays when the tab is opened

# The drawing and the picked digits go along where they are asked for; see sketch.js and digits.js.
_WITH_PICTURES = """(start, end, steps, seed) => {
    const { dataUrl, picked } = window.digitStudio ?? {};
    const of = (name, key) =>
        key === "MINE" ? { url: dataUrl?.() } : key === "PICKED" ? picked?.[name] : undefined;
    return [start, end, steps, seed, of("start", start) ?? null, of("end", end) ?? null];
}"""


def build(hands: HandReader, tab: gr.Tab) -> dict[str, Any]:
    """Put the tab's contents on the page; its settings, by their names in links."""
    generator, classifier = hands.generator, hands.classifier

    def end_of(name: str, key: str, sent: object) -> int | Hand:
        if key not in (words.MINE, words.PICKED):
            return limits.digit(name, key)
        picture = sent if isinstance(sent, dict) else {}
        if key == words.PICKED and not picture:
            raise gr.Error(words.NOTHING_PICKED, print_exception=False)
        label = picture.get("label") if key == words.PICKED else None
        return hands.read(from_picture_url(picture.get("url")), label)

    def morph(
        start: str,
        end: str,
        steps: float,
        seed: float | None,
        start_picture: object = None,
        end_picture: object = None,
    ) -> dict[str, str]:
        first = end_of(words.FROM, start, start_picture)
        last = end_of(words.TO, end, end_picture)
        frames = generator.interpolate(first, last, limits.steps(steps), limits.seed(seed))
        chances = np.array([reading.probabilities for reading in classifier.classify(frames)])
        a, b = (e.label if isinstance(e, Hand) else e for e in (first, last))
        return {
            "pixels": to_base64(frames),
            "chances": to_base64((255 * chances).round().astype(np.uint8)),
            "description": words.PLAYER.format(start=a, end=b),
        }

    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320, elem_classes="settings"):
            others = (words.MINE, words.PICKED)
            start = digit_keys(words.FROM, START, *others, elem_id="morph-start")
            end = digit_keys(words.TO, END, *others, elem_id="morph-end")
            steps = gr.Slider(
                limits.FEWEST_STEPS,
                limits.MOST_STEPS,
                STEPS,
                step=1,
                label=words.STEPS,
                buttons=[],
            )
            seed = seed_with_dice(SEED, words.ANOTHER_HAND)
            pictures: list[Any] = [gr.JSON(visible=False), gr.JSON(visible=False)]
        with gr.Column(scale=2, min_width=320):
            player = Player(downloads.film, elem_id="player")
    settings = [start, end, steps, seed]
    js = _WITH_PICTURES.replace("MINE", words.MINE).replace("PICKED", words.PICKED)
    at_once(settings, morph, player, also=pictures, triggers=[tab.select], js=js)
    return {"morph.start": start, "morph.end": end, "morph.steps": steps, "morph.seed": seed}
