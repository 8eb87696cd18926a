"""The page's own components: the pad, the gallery and the player.

Each is a `gr.HTML` whose template never changes, so that its canvases live as long as the page,
and whose script draws the bytes that Python sends as `value`. Nothing that comes from a user is
ever put into a template: Gradio executes what it finds there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from model.generator import LONGEST_NUMBER
from studio import thrift, words  # noqa: F401  thrift: before the classes below

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


Answer = Callable[[Any], dict[str, Any]]


def _surface() -> str:
    """What `sketchOn` of sketch.js makes work."""
    return f"""
    <canvas class="pad" tabindex="0" role="img" aria-label="{escape(words.PAD)}"></canvas>
    <canvas class="marks" aria-hidden="true"></canvas>
    <p class="invite" aria-hidden="true">{escape(words.INVITE)}</p>
    <div class="tools">
      <button type="button" class="undo" disabled>{escape(words.UNDO)}</button>
      <button type="button" class="redo" disabled>{escape(words.REDO)}</button>
      <button type="button" class="clear">{escape(words.CLEAR)}</button>
      <button type="button" class="upload"
        title="{escape(words.UPLOAD_HELP)}">{escape(words.UPLOAD)}</button>
      <button type="button" class="camera">{escape(words.CAMERA)}</button>
      <input type="file" class="file" accept="image/*" hidden>
      <input type="file" class="shot" accept="image/*" capture="environment" hidden>
    </div>
    <dialog aria-label="{escape(words.CAMERA)}">
      <video autoplay muted playsinline></video>
      <div class="tools">
        <button type="button" class="take">{escape(words.TAKE)}</button>
        <button type="button" class="cancel">{escape(words.CANCEL)}</button>
      </div>
    </dialog>
    <p class="problem" role="alert"></p>"""


def _bound(*answers: Callable[..., Any]) -> list[Callable[..., Any]]:
    """Functions that the page's scripts call, in the language of the page."""
    return [words.bound(answer) for answer in answers]


def _menu() -> dict[str, str]:
    """What `digits.js` says."""
    return {
        "to_pad": words.TO_PAD,
        "morph_start": words.MORPH_START,
        "morph_end": words.MORPH_END,
        "save_digit": words.SAVE_DIGIT,
    }


class Pad(gr.HTML):
    """A pad to draw on, and what is read there.

    Args:
        read: `data URL of a picture -> reading` as `studio.draw` gives it, called while drawing.
        explain: `data URL of a picture -> heat map`, called when somebody asks why.
        teach: `[data URL of a picture, digit] -> what came of it`, where wrong readings are kept.
        notice: what is kept, said before it is.
        examples: what can be tried at a press: `description` each, and the ink or the strokes.
    """

    def __init__(
        self,
        read: Answer,
        explain: Answer,
        examples: Sequence[dict[str, Any]],
        teach: Answer | None = None,
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
        names = (escape(example["description"]) for example in examples)
        tries = "".join(
            f'<button type="button" aria-label="{name}"><canvas></canvas></button>'
            for name in names
        )
        super().__init__(
            html_template=f"""
<div class="desk">
  <div class="paper">{_surface()}
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
  <div class="examples" role="group" aria-label="{escape(words.EXAMPLES)}">
    <span>{escape(words.EXAMPLES)}</span>{tries}</div>
</div>""",
            js_on_load=script("sketch.js", "pad.js"),
            apply_default_css=False,
            server_functions=_bound(read, explain, *([teach] if teach else [])),
            opening=_opening(),
            examples=list(examples),
            words={
                "nothing": words.NOTHING,
                "no_digit": words.NO_DIGIT,
                "certain": words.CERTAIN,
                "probable": words.PROBABLE,
                "torn": words.TORN,
                "no_answer": words.NO_ANSWER,
                "no_picture": words.NO_PICTURE,
                "no_camera": words.NO_CAMERA,
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
  <div class="paper">{_surface()}
  </div>
  <div class="answer">
    <p class="told" role="status"></p>
    <div class="ten" role="group"></div>
    <label>{escape(words.NUMBER)}
      <input class="number" inputmode="numeric" autocomplete="off" value="{number}"
        maxlength="{LONGEST_NUMBER}"></label>
    <canvas class="line" role="img" hidden></canvas>
  </div>
</div>""",
            js_on_load=script("sketch.js", "digits.js", "hand.js"),
            apply_default_css=False,
            server_functions=_bound(imitate),
            words={
                **_menu(),
                "first": words.DRAW_FIRST,
                "no_answer": words.NO_ANSWER,
                "no_picture": words.NO_PICTURE,
                "no_camera": words.NO_CAMERA,
            },
            **kwargs,
        )


class Line(gr.HTML):
    """A written number.

    `value`, here and below, is null until the tab is opened and its first one is made, and may be
    `{"problem": sentence}`: then what was there stays. Else:
    `{"pixels": base64, "width": W, "height": H, "description"}`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=f"""
<canvas class="line" role="img" hidden></canvas>
<div class="tools"><button type="button" disabled>{escape(words.SAVE_NUMBER)}</button></div>
<p class="problem" role="alert"></p>""",
            js_on_load=script("line.js"),
            apply_default_css=False,
            **kwargs,
        )


class Sheet(gr.HTML):
    """A gallery of digits.

    `value`: `{"pixels": base64 of N x 784 bytes, "description": str, "labels": N digits or null,
    "readings": N of {"label", "probability"}}`.

    Args:
        pack: `[pixels, labels] -> {"file": base64 of a ZIP}`.
    """

    def __init__(self, pack: Answer, **kwargs: Any) -> None:
        super().__init__(
            html_template=f"""
<div class="digits" role="group"></div>
<div class="tools">
  <button type="button" class="save-sheet" disabled>{escape(words.SAVE_SHEET)}</button>
  <button type="button" class="save-zip" disabled>{escape(words.SAVE_ZIP)}</button>
</div>
<p class="problem" role="alert"></p>""",
            js_on_load=script("digits.js", "sheet.js"),
            apply_default_css=False,
            server_functions=_bound(pack),
            words={
                **_menu(),
                "read": words.DIGIT_READ,
                "unread": words.DIGIT_UNREAD,
                "no_answer": words.NO_ANSWER,
            },
            **kwargs,
        )


class Player(gr.HTML):
    """A morph that plays.

    `value`: `{"pixels": base64 of N x 784 bytes, N >= 2, "description": str, "chances": base64 of
    N x 10 bytes, each frame's probabilities, 255 = 1}`.

    Args:
        film: `[pixels, "webp" or "gif"] -> {"file": base64}`.
    """

    def __init__(self, film: Answer, **kwargs: Any) -> None:
        super().__init__(
            html_template=f"""
<div class="morph">
  <canvas class="screen" width="448" height="448" role="img"
    aria-label="{escape(words.MORPH)}"></canvas>
  <div class="controls">
    <button type="button" class="play"></button>
    <input type="range" min="0" value="0" aria-label="{escape(words.SCRUB)}">
  </div>
  <svg class="chart" viewBox="-4 -8 408 96" role="img" aria-label="{escape(words.CHART)}"></svg>
  <p class="now"></p>
  <div class="strip" aria-hidden="true"></div>
  <div class="tools">
    <button type="button" class="film" value="webp" disabled>{escape(words.SAVE_WEBP)}</button>
    <button type="button" class="film" value="gif" disabled>{escape(words.SAVE_GIF)}</button>
  </div>
  <p class="problem" role="alert"></p>
</div>""",
            js_on_load=script("player.js"),
            apply_default_css=False,
            server_functions=_bound(film),
            words={
                "play": words.PLAY,
                "pause": words.PAUSE,
                "read_as": words.READ_NOW,
                "no_answer": words.NO_ANSWER,
            },
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
    <figure>
      <canvas class="here" width="448" height="448" role="img"
        aria-label="{escape(words.HERE)}"></canvas>
      <figcaption role="status"></figcaption>
    </figure>
    <ol class="legend" aria-label="{escape(words.LEGEND)}">{legend}</ol>
    <div class="kept"></div>
    <p class="told" role="status"></p>
  </div>
</div>""",
            js_on_load=script("digits.js", "map.js"),
            apply_default_css=False,
            server_functions=[send],
            words={
                **_menu(),
                "kept": words.MAP_KEPT,
                "kept_at": words.KEPT_AT,
                "among": words.AMONG,
                "between": words.BETWEEN,
                "nowhere": words.NOWHERE,
                "no_answer": words.NO_ANSWER,
            },
            **kwargs,
        )
