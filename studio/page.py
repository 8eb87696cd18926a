"""The page: its tabs and its endpoints."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from model import Models
from studio import about, api, draw, generate, hand, morph, origins, plane, words
from studio.hands import HandReader
from studio.lessons import Lessons
from studio.theme import CSS, theme


def build(models: Models, lessons: Lessons | None = None) -> gr.Blocks:
    """The whole app, ready to launch with `launch_settings`; `lessons` take what users teach."""
    classifier, generator = models.classifier, models.generator
    hands = HandReader(classifier, generator)
    with gr.Blocks(
        title=words.TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(600, 3600),  # seconds: how often it is tidied, how old files may grow
    ) as page:
        gr.HTML(
            f"<h1>{escape(words.TITLE)}</h1><p>{escape(words.TAGLINE)}</p>",
            js_on_load=None,
            apply_default_css=False,
            elem_id="title",
        )
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(words.DRAW, id="draw"):
                draw.build(classifier, models.numbers, lessons)
            with gr.Tab(words.GENERATE, id="generate"):
                generate.build(generator)
            with gr.Tab(words.MORPH, id="morph") as tab:
                morph.build(hands, generator, tab)
            with gr.Tab(words.HAND, id="hand"):
                hand.build(hands, generator)
            with gr.Tab(words.MAP, id="map"):
                plane.build(models.plane)
            with gr.Tab(words.ABOUT, id="about"):
                about.build(models.origins())
        origins.build(models.origins())
        api.build(models)
    # api_open: else POST /run/<name> walks past the queue and its limits.
    page.queue(max_size=64, api_open=False, default_concurrency_limit=2)
    return page


def launch_settings() -> dict[str, Any]:
    """What `Blocks.launch` is to be given, besides where to listen."""
    return {
        "theme": theme(),
        "css": CSS,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "max_file_size": "10mb",
        "footer_links": ["api"],
    }
