"""The About tab: how it works, and how well, by figures that came with the weights."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import gradio as gr
import numpy as np

from model import Origin, PictureError
from model.picture import Pixels, open_picture
from model.weights import EVALUATION_PICTURE
from studio import words
from studio.components import script
from studio.origins import safe
from studio.pictures import to_base64


def build(origins: dict[str, Origin]) -> None:
    """Put the tab's contents on the page; nothing is computed here."""
    reader, writer = (_evaluation(origins.get(name)) for name in ("classifier", "generator"))
    matrix = _confusion(reader)
    worst = _tiles(origins.get("classifier"))
    errors = _errors(reader, len(worst))
    both = _tiles(origins.get("generator"))
    half = len(both) // 2
    parts = [
        "".join(f"<p>{safe(sentence)}</p>" for sentence in words.HOW_IT_WORKS),
        _table(words.READING_FIGURES, _reading_rows(reader)),
        _matrix(matrix) if matrix is not None else "",
        _curves(reader.get("curves")),
        _table(words.WRITING_FIGURES, _writing_rows(writer)),
        _pair() if half else "",
    ]
    parts.append(_links(origins))
    if not reader and not writer:
        parts.append(f"<p>{safe(words.NO_FIGURES)}</p>")

    # Asked for when the tab is first opened, so that the page does not carry it.
    def pictures(_: object = None) -> dict[str, str]:
        tiles = {"tiles": worst, "real": both[:half], "made": both[half:]}
        return {name: to_base64(digits) for name, digits in tiles.items()}

    gr.HTML(
        html_template=f'<div class="about">{"".join(parts)}</div>',
        js_on_load=script("about.js"),
        apply_default_css=False,
        elem_id="about",
        server_functions=[pictures],
        errors=errors,
        words={"caption": words.READ_AS_IS, "all": words.ALL_ERRORS.format(count=len(errors))},
    )


# -- what came with the weights, which may be somebody else's: only what fits is taken ------------


def _evaluation(origin: Origin | None) -> dict[str, Any]:
    found = origin.figures.get("evaluation") if origin is not None else None
    return found if isinstance(found, dict) else {}


def _tiles(origin: Origin | None) -> Pixels:
    """`(N, 28, 28)` of the picture beside the figures; N is 0 without one."""
    none = np.zeros((0, 28, 28), np.uint8)
    if origin is None or not (origin.folder / EVALUATION_PICTURE).is_file():
        return none
    try:
        picture = 255 - np.asarray(open_picture(origin.folder / EVALUATION_PICTURE).convert("L"))
    except PictureError:
        return none
    rows, columns = picture.shape[0] // 28, picture.shape[1] // 28
    if rows * columns not in range(1, 401):
        return none
    tiles = picture[: 28 * rows, : 28 * columns].reshape(rows, 28, columns, 28).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(-1, 28, 28))


def _confusion(reader: dict[str, Any]) -> list[list[int]] | None:
    try:
        matrix = np.asarray(reader["digits"]["confusion"], np.int64)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return matrix.tolist() if matrix.shape == (10, 10) else None


def _errors(reader: dict[str, Any], pictures: int) -> list[dict[str, int]]:
    try:
        worst = reader["digits"]["worst"][:pictures]
        return [
            {"tile": i, "is": int(row["is"]), "read_as": int(row["read_as"])}
            for i, row in enumerate(worst)
        ]
    except (KeyError, TypeError, ValueError):
        return []


def _percent(found: dict[str, Any], *path: str) -> str | None:
    value: Any = found
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return f"{100 * value:.2f} %" if isinstance(value, float | int) else None


def _number(found: dict[str, Any], *path: str) -> str | None:
    value: Any = found
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return f"{value:,.2f}" if isinstance(value, float | int) else None


Row = tuple[str, str | None, str | None]  # what, ours, real digits'


def _reading_rows(found: dict[str, Any]) -> list[Row]:
    return [
        (words.RIGHT_ON_MNIST, _percent(found, "test", "accuracy"), None),
        (words.RIGHT_ON_PENS, _percent(found, "sketches", "pens", "accuracy"), None),
        (words.LETTERS_REFUSED, _percent(found, "sketches", "letters", "refused"), None),
        (words.CALIBRATION, _percent(found, "test", "ece"), None),
        (words.F1, _percent(found, "digits", "macro", "f1"), None),
    ]


def _writing_rows(found: dict[str, Any]) -> list[Row]:
    samples, real = found.get("samples", {}), found.get("test_digits", {})
    score = "classification_accuracy_score"
    return [
        (words.AS_ASKED, _percent(samples, "as_asked"), _percent(real, "as_asked")),
        (words.CONFIDENCE, _percent(samples, "mean_confidence"), _percent(real, "mean_confidence")),
        (words.FRECHET, _number(found, "frechet", "made"), _number(found, "frechet", "real")),
        (
            words.COVERAGE,
            _percent(found, "coverage", "made"),
            _percent(found, "coverage", "real"),
        ),
        (words.SCHOOL, _percent(found, score, "made"), _percent(found, score, "real")),
    ]


# -- HTML -----------------------------------------------------------------------------------------


def _table(title: str, rows: Sequence[Row]) -> str:
    known = [row for row in rows if row[1] is not None]
    if not known:
        return ""
    compared = any(real is not None for _, _, real in known)
    head = f"<th></th><th>{safe(words.OURS)}</th>"
    head += f"<th>{safe(words.REAL)}</th>" if compared else ""
    body = "".join(
        f'<tr><th scope="row">{safe(what)}</th><td>{safe(ours or "")}</td>'
        + (f"<td>{safe(real or '')}</td>" if compared else "")
        + "</tr>"
        for what, ours, real in known
    )
    return f"<h2>{safe(title)}</h2><table><tr>{head}</tr>{body}</table>"


def _matrix(matrix: list[list[int]]) -> str:
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(10))
    body = ""
    for is_, row in enumerate(matrix):
        cells = ""
        for read, count in enumerate(row):
            if count and read != is_:
                told = escape(words.CELL.format(count=count, digit=is_, read=read))
                cells += (
                    f'<td><button type="button" aria-pressed="false" data-is="{is_}" '
                    f'data-read="{read}" aria-label="{told}">{count}</button></td>'
                )
            else:
                cells += f'<td class="{"right" if read == is_ else "none"}">{count or ""}</td>'
        body += f'<tr><th scope="row">{is_}</th>{cells}</tr>'
    return (
        f"<h2>{safe(words.CONFUSION)}</h2><p>{safe(words.CONFUSION_HELP)}</p>"
        f'<div class="errors"><table class="matrix"><tr><td></td>{head}</tr>{body}</table>'
        '<div class="shown"><p class="told" role="status"></p><div class="tiles"></div></div></div>'
    )


def _curves(rows: object) -> str:
    """The share of validation digits read wrong, epoch by epoch, as a drawing."""
    try:
        shares = [1 - float(row["validation_accuracy"]) for row in rows]  # type: ignore[attr-defined]
    except (KeyError, TypeError, ValueError):
        return ""
    if len(shares) < 2 or not all(0 <= share <= 1 for share in shares):
        return ""
    top = max(shares) or 1.0
    points = " ".join(
        f"{40 + 340 * i / (len(shares) - 1):.1f},{110 - 95 * share / top:.1f}"
        for i, share in enumerate(shares)
    )
    return (
        f"<h2>{safe(words.CURVE)}</h2>"
        f'<svg viewBox="0 0 400 135" role="img" aria-label="{escape(words.CURVE)}">'
        f'<path d="M40 10V110H385"/><polyline points="{points}"/>'
        f'<text x="36" y="18" text-anchor="end">{100 * top:.1f} %</text>'
        '<text x="36" y="113" text-anchor="end">0</text>'
        f'<text x="40" y="128">1</text><text x="380" y="128" text-anchor="end">{len(shares)}</text>'
        f'<text x="210" y="128" text-anchor="middle">{escape(words.EPOCH)}</text></svg>'
    )


def _links(origins: dict[str, Origin]) -> str:
    """Where the code and the weights are, as far as they are somewhere."""
    links = {}
    if space := os.environ.get("SPACE_ID"):
        links[f"https://huggingface.co/spaces/{quote(space)}/tree/main"] = words.CODE
    for origin in origins.values():
        if origin.commit:
            repository = origin.source.partition("@")[0]
            told = words.WEIGHTS_AND_CARD.format(repository=repository)
            links[f"https://huggingface.co/{quote(repository)}/tree/{quote(origin.commit)}"] = told
    items = (f'<a href="{safe(to)}" rel="noopener">{safe(name)}</a>' for to, name in links.items())
    return f'<p class="links">{" ".join(items)}</p>' if links else ""


def _pair() -> str:
    halves = "".join(
        f'<figure><figcaption>{safe(caption)}</figcaption><div class="tiles" data-of="{name}" '
        f'role="img" aria-label="{escape(caption)}"></div></figure>'
        for name, caption in (("real", words.REAL_DIGITS), ("made", words.MADE_DIGITS))
    )
    return f'<div class="pair">{halves}</div>'
