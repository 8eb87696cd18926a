"""The Draw tab: what is drawn is read while it is drawn."""

from __future__ import annotations

from typing import Any

import gradio as gr

from model import Classifier, PictureError
from studio.components import Pad
from studio.pictures import from_data_url, to_base64


def build(classifier: Classifier) -> None:
    """Put the tab's contents on the page."""

    def read(url: str) -> dict[str, Any]:
        # Called by the pad's script, outside Gradio's events: an exception would reach the log as
        # a traceback and the page as nothing, so what is wrong is an answer, too.
        try:
            reading = classifier.classify([from_data_url(url)])[0]
        except PictureError as error:
            return {"error": str(error)}
        return {
            "label": reading.label,
            "probabilities": reading.probabilities,
            "blank": reading.blank,
            "pixels": to_base64(reading.pixels),
        }

    with gr.Column(min_width=320):
        Pad(read, elem_id="pad")
