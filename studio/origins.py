"""Which weights answer: said at the foot of the page, and by `/info`."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from model import Origin
from studio import words

_TOO_LONG = {"options"}  # of what was measured: repeated by the command


def facts(origin: Origin) -> dict[str, Any]:
    """Source, commit, figures and note, as `/info` gives them."""
    return {
        "source": origin.source,
        "commit": origin.commit,
        "figures": {k: v for k, v in origin.figures.items() if k not in _TOO_LONG},
        "note": origin.note,
    }


def build(origins: dict[str, Origin]) -> None:
    """Put the foot on the page: what is not as asked first."""
    notes = [origin.note for origin in origins.values() if origin.note]
    lines = [
        words.WEIGHTS[name].format(
            source=words.AT_COMMIT.format(source=origin.source, commit=origin.commit[:7])
            if origin.commit
            else origin.source
        )
        + _figure(origin.figures)
        for name, origin in origins.items()
    ]
    told = "".join(f'<p role="status">{safe(note)}</p>' for note in dict.fromkeys(notes))
    gr.HTML(
        f"{told}<p>{safe(' '.join(lines))}</p>",
        js_on_load=None,
        apply_default_css=False,
        elem_id="weights",
    )


def _figure(figures: dict[str, Any]) -> str:
    """The one figure that says most."""
    try:
        test, samples = figures.get("test"), figures.get("evaluation", {}).get("samples")
        if test:
            return words.READ_RIGHT.format(
                percent=f"{100 * test['accuracy']:.2f}", n=f"{test['n']:,}"
            )
        if samples:
            return words.WRITTEN_RIGHT.format(
                percent=f"{100 * samples['as_asked']:.2f}", n=f"{samples['n']:,}"
            )
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):  # somebody else's figures: none of ours
        pass
    return ""


def safe(text: str) -> str:
    """Text that neither the browser nor Gradio's own templates (`${...}`, `{{...}}`) execute."""
    return escape(text).replace("$", "&#36;").replace("{", "&#123;").replace("}", "&#125;")
