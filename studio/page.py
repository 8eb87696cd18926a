"""The page, in each of its languages, and its endpoints."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr
import torch
from starlette.middleware import Middleware

from model import Models
from model.picture import Pixels
from studio import about, api, draw, generate, hand, link, morph, origins, plane, words
from studio.components import script
from studio.early import EarlyLinks, links
from studio.guard import Guard, GuardedBlocks, SmallPages
from studio.hands import HandReader
from studio.lessons import Lessons
from studio.shelf import Shelf
from studio.theme import CSS, theme
from studio.thrift import one_application, settle
from studio.writer import Writer

# That work on one net. More of them share out the work of small nets at more cost than gain where
# several visitors ask at once, or the browser is on the same machine.
THREADS = 1


def build(models: Models, lessons: Lessons | None = None) -> gr.Blocks:
    """The whole app, ready to launch with `launch_settings`, and torch set to work for many.

    Args:
        models: that read and write.
        lessons: take what users teach.
    """
    torch.set_num_threads(THREADS)
    _, *others = words.LANGUAGES
    writer = Writer(models.generator, models.classifier)
    ink = draw.written(models.generator)
    with one_application():
        with GuardedBlocks(
            title=words.TITLE,
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(600, 3600),  # seconds: how often it is tidied, how old files may grow
        ) as page:
            _build_page(page, models, writer, ink, lessons)
            api.build(models, writer)
        for language in others:
            route = page.route(words.LANGUAGE, language, show_in_navbar=False)
            with words.speaking(language), route:
                _build_page(page, models, writer, ink, lessons)
        # api_open: else POST /run/<name> walks past the queue and its limits.
        page.queue(max_size=64, api_open=False)
    settle(page)
    return page


def _build_page(
    page: gr.Blocks,
    models: Models,
    writer: Writer,
    ink: list[Pixels],
    lessons: Lessons | None,
) -> None:
    """Everything that is seen, in the language of now."""
    classifier, generator = models.classifier, models.generator
    hands = HandReader(classifier, generator)
    gr.Navbar(visible=False)
    head = gr.HTML(
        html_template=_head(),
        js_on_load=script("head.js"),
        apply_default_css=False,
        elem_id="title",
        language=words.language(),
    )
    with gr.Tabs(elem_id="tabs"):
        with gr.Tab(words.DRAW, id="draw"):
            draw.build(classifier, models.numbers, ink, lessons)
        with gr.Tab(words.GENERATE, id="generate") as tab:
            settings = generate.build(writer, tab)
        with gr.Tab(words.MORPH, id="morph") as tab:
            settings |= morph.build(hands, tab)
        with gr.Tab(words.HAND, id="hand"):
            hand.build(hands, generator)
        with gr.Tab(words.MAP, id="map"):
            plane.build(models.plane)
        with gr.Tab(words.ABOUT, id="about"):
            about.build(models.origins())
    link.build(page, head, settings)
    origins.build(models.origins())


def _head() -> str:
    """The title, the link to be copied, and the way to the other languages."""
    first = next(iter(words.LANGUAGES))
    links = ""
    for name, sentences in words.LANGUAGES.items():
        if name != words.language():
            where = "./" if name == first else name
            links += f'<a href="{where}" lang="{name}">{escape(sentences.LANGUAGE)}</a>'
    copy = f'<button type="button" aria-live="polite">{escape(words.COPY_LINK)}</button>'
    return f"""
<nav>{copy}{links}</nav><h1>{escape(words.TITLE)}</h1><p>{escape(words.TAGLINE)}</p>"""


def _paths() -> frozenset[str]:
    """Where the page is, in its languages."""
    _, *others = words.LANGUAGES
    return frozenset(["/", *(f"/{language}" for language in others)])


def launch_settings(page: gr.Blocks) -> dict[str, Any]:
    """What `page.launch` is to be given, besides where to listen."""
    public = (fn for fn in page.fns.values() if fn.api_visibility == "public")
    names = frozenset(str(fn.api_name) for fn in public)
    parts = page.config["components"]
    kinds = {str(part["type"]) for part in parts if part["props"].get("visible", True)}
    return {
        "app_kwargs": {
            "middleware": [
                Middleware(Guard, names),
                Middleware(SmallPages, _paths()),
                Middleware(EarlyLinks, _paths(), links(kinds)),
                Middleware(Shelf),
            ],
            "openapi_url": None,
        },
        "theme": theme(),
        "css": CSS,
        "ssr_mode": False,
        "run_history": False,
        "state_session_capacity": 100,  # of states that hold nothing
        "enable_monitoring": False,
        "max_file_size": "5mb",
        "footer_links": ["api"],
    }
