"""The Map tab: digits in a plane, decoded in the browser where the finger is."""

from __future__ import annotations

import base64
from typing import Any

import gradio as gr
import numpy as np
import numpy.typing as npt

from model import Plane
from studio.components import Map


def build(plane: Plane) -> None:
    """Put the tab's contents on the page."""

    # Asked for once, when the tab is first opened; moving over the map asks nothing.
    def send(_: object = None) -> dict[str, Any]:
        return {
            "layers": [
                {
                    "rows": layer.weights.shape[0],
                    "weights": _base64(layer.weights),
                    "scales": _base64(layer.scales),
                    "bias": _base64(layer.bias),
                }
                for layer in plane.layers()
            ],
            "places": _base64(plane.places),
            "labels": plane.labels.tolist(),
        }

    with gr.Column(min_width=320):
        Map(send, elem_id="map")


def _base64(array: npt.NDArray[Any]) -> str:
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode("ascii")
