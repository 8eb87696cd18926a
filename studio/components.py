"""The page's own components: the pad, the gallery and the player.

Each is a `gr.HTML` whose template never changes, so that its canvases live as long as the page,
and whose script draws the bytes that Python sends as `value`. Nothing that comes from a user is
ever put into a template: Gradio executes what it finds there.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from model.generator import LONGEST_NUMBER
from studio import words

ASSETS = Path(__file__).parent / "assets"

# A 3, as the unseen hand draws it: points in 0..1 of the pad's side.
_CURVE = (
    (0.30, 0.27), (0.36, 0.20), (0.46, 0.17), (0.57, 0.18), (0.65, 0.25), (0.66, 0.34),
    (0.60, 0.42), (0.50, 0.46), (0.43, 0.47), (0.53, 0.48), (0.63, 0.53), (0.69, 0.62),
    (0.68, 0.72), (0.60, 0.80), (0.48, 0.83), (0.36, 0.81), (0.28, 0.73),
)  # fmt: skip


def _opening() -> list[list[list[float]]]:
    """The strokes of the 3: a Catmull-Rom spline through the points, in steps of a hand's speed."""
    points = np.array(_CURVE)
    padded = np.vstack([points[:1], points, points[-1:]])
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.arange(0, 1, 0.25)[:, None, None]  # four steps between two points
    curve = b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return [[*curve.swapaxes(0, 1).reshape(-1, 2).round(4).tolist(), list(_CURVE[-1])]]


def script(*names: str) -> str:
    """What runs when a component is on the page: these files, after `ink.js`."""
    return "\n".join((ASSETS / part).read_text("utf-8") for part in ("ink.js", *names))


Answer = Callable[[str], dict[str, Any]]

# What `sketchOn` of sketch.js makes work.
_SURFACE = f"""
    <canvas class="pad" tabindex="0" role="img" aria-label="{escape(words.PAD)}"></canvas>
    <canvas class="marks" aria-hidden="true"></canvas>
    <p class="invite" aria-hidden="true">{escape(words.INVITE)}</p>
    <div class="tools">
      <button type="button" class="undo">{escape(words.UNDO)}</button>
      <button type="button" class="clear">{escape(words.CLEAR)}</button>
      <button type="button" class="upload">{escape(words.UPLOAD)}</button>
      <input type="file" accept="image/*" hidden>
    </div>
    <p class="problem" role="alert"></p>"""


class Pad(gr.HTML):
    """A pad to draw on, and what is read there.

    Args:
        read: `data URL of a picture -> reading` as `studio.draw` gives it, called while drawing.
        explain: `data URL of a picture -> heat map`, called when somebody asks why.
        teach: `[data URL of a picture, digit] -> what came of it`, where wrong readings are kept.
        notice: what is kept, said before it is.
    """

    def __init__(
        self,
        read: Answer,
        explain: Answer,
        teach: Callable[[Any], dict[str, Any]] | None = None,
        notice: str | None = None,
        **kwargs: Any,
    ) -> None:
        keys = "".join(f'<button type="button" value="{d}">{d}</button>' for d in range(10))
        lesson = f"""
    <details class="teach"><summary>{escape(words.WRONG)}</summary>
      <p>{escape(notice or "")}</p><div class="keys">{keys}</div><p role="status"></p></details>"""
        bars = "".join(
            f'<li><span class="percent"></span><span class="bar"><i></i></span><b>{d}</b></li>'
            for d in range(10)
        )
        super().__init__(
            html_template=f"""
<div class="desk">
  <div class="paper">{_SURFACE}
  </div>
  <div class="reading">
    <div class="verdict">
      <span class="numeral" aria-hidden="true"></span>
      <p class="certainty" role="status"></p>
      <figure class="seen"><canvas width="28" height="28"></canvas>
        <figcaption>{escape(words.SEEN)}</figcaption></figure>
    </div>
    <ol class="bars" aria-label="{escape(words.BARS)}">{bars}</ol>
    <button type="button" class="why" aria-pressed="false">{escape(words.WHY)}</button>
    <p class="reason" hidden>{escape(words.REASON)}</p>{lesson if teach else ""}
  </div>
</div>""",
            js_on_load=script("sketch.js", "pad.js"),
            apply_default_css=False,
            server_functions=[read, explain, *([teach] if teach else [])],
            opening=_opening(),
            words={
                "nothing": words.NOTHING,
                "no_digit": words.NO_DIGIT,
                "certain": words.CERTAIN,
                "probable": words.PROBABLE,
                "torn": words.TORN,
                "no_answer": words.NO_ANSWER,
                "no_picture": words.NO_PICTURE,
            },
            **kwargs,
        )


class HandPad(gr.HTML):
    """A pad that shows the same drawing, and beside it ten digits and a number in its hand.

    Args:
        imitate: `[data URL of a picture, text] -> answer` as `studio.hand` gives it.
        number: that is written before anybody asks.
    """

    def __init__(
        self, imitate: Callable[[list[str]], dict[str, Any]], number: str, **kwargs: Any
    ) -> None:
        super().__init__(
            html_template=f"""
<div class="desk">
  <div class="paper">{_SURFACE}
  </div>
  <div class="answer">
    <p class="told" role="status"></p>
    <div class="ten" role="img"></div>
    <label>{escape(words.NUMBER)}
      <input class="number" inputmode="numeric" autocomplete="off" value="{number}"
        maxlength="{LONGEST_NUMBER}"></label>
    <canvas class="line" role="img" hidden></canvas>
  </div>
</div>""",
            js_on_load=script("sketch.js", "hand.js"),
            apply_default_css=False,
            server_functions=[imitate],
            words={
                "first": words.DRAW_FIRST,
                "no_answer": words.NO_ANSWER,
                "no_picture": words.NO_PICTURE,
            },
            **kwargs,
        )


class Line(gr.HTML):
    """A written number. `value`: `{"pixels": base64, "width": W, "height": H, "description"}`."""

    def __init__(self, value: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(
            value,
            html_template='<canvas class="line" role="img"></canvas>',
            js_on_load=script("line.js"),
            apply_default_css=False,
            **kwargs,
        )


class Sheet(gr.HTML):
    """A gallery of digits. `value`: `{"pixels": base64 of N x 784 bytes, "description": str}`."""

    def __init__(self, value: dict[str, str], **kwargs: Any) -> None:
        super().__init__(
            value,
            html_template='<div class="digits" role="img"></div>',
            js_on_load=script("sheet.js"),
            apply_default_css=False,
            **kwargs,
        )


class Player(gr.HTML):
    """A morph that plays. `value` as a `Sheet`'s, at least two frames."""

    def __init__(self, value: dict[str, str], **kwargs: Any) -> None:
        super().__init__(
            value,
            html_template=f"""
<div class="morph">
  <canvas class="screen" width="448" height="448" role="img"></canvas>
  <div class="controls">
    <button type="button" class="play"></button>
    <input type="range" min="0" value="0" aria-label="{escape(words.SCRUB)}">
  </div>
  <div class="strip" aria-hidden="true"></div>
</div>""",
            js_on_load=script("player.js"),
            apply_default_css=False,
            words={"play": words.PLAY, "pause": words.PAUSE},
            **kwargs,
        )


class Map(gr.HTML):
    """Digits in a plane.

    Args:
        send: the decoder and where real digits lie, as `studio.map` gives them.
    """

    def __init__(self, send: Callable[..., dict[str, Any]], **kwargs: Any) -> None:
        legend = "".join(f"<li>{digit}</li>" for digit in range(10))
        super().__init__(
            html_template=f"""
<div class="map">
  <div class="field">
    <canvas class="plane" tabindex="0" role="application"
      aria-label="{escape(words.PLANE)}"></canvas>
    <canvas class="marks" aria-hidden="true"></canvas>
    <i class="cross" aria-hidden="true"></i>
  </div>
  <div class="side">
    <p>{escape(words.MAP_HELP)}</p>
    <canvas class="here" width="448" height="448" role="img"
      aria-label="{escape(words.HERE)}"></canvas>
    <ol class="legend" aria-label="{escape(words.LEGEND)}">{legend}</ol>
    <div class="kept"></div>
    <p class="told" role="status"></p>
  </div>
</div>""",
            js_on_load=script("map.js"),
            apply_default_css=False,
            server_functions=[send],
            words={"kept": words.MAP_KEPT, "no_answer": words.NO_ANSWER},
            **kwargs,
        )
