"""Pen strokes for tests: real ones where the data is at hand, else a few of our own.

A stroke is a list of points in 0..1 of a square pad, y downwards.
"""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from train import strokes as pens

Stroke = list[tuple[float, float]]

# Drawn by hand for this project, one digit each.
OWN: dict[int, list[Stroke]] = {
    0: [[(.55, .15), (.42, .18), (.33, .32), (.30, .52), (.35, .72), (.47, .84), (.60, .78), (.68, .60), (.69, .40), (.64, .22), (.54, .15)]],
    1: [[(.52, .14), (.51, .30), (.50, .50), (.49, .70), (.48, .86)]],
    2: [[(.32, .30), (.38, .19), (.50, .15), (.62, .20), (.66, .33), (.60, .48), (.48, .62), (.36, .75), (.30, .83), (.45, .82), (.60, .82), (.72, .81)]],
    3: [[(.32, .20), (.45, .15), (.60, .19), (.64, .31), (.56, .42), (.45, .47), (.58, .50), (.67, .61), (.64, .76), (.50, .84), (.36, .82), (.29, .75)]],
    4: [[(.40, .15), (.36, .30), (.30, .47), (.28, .55), (.45, .55), (.60, .54), (.74, .53)], [(.60, .30), (.59, .50), (.57, .70), (.56, .88)]],
    5: [[(.68, .16), (.52, .16), (.38, .17), (.36, .32), (.35, .45), (.48, .42), (.62, .48), (.67, .62), (.61, .77), (.48, .84), (.34, .80)]],
    6: [[(.60, .14), (.48, .25), (.38, .42), (.34, .60), (.38, .76), (.50, .84), (.62, .78), (.64, .65), (.55, .56), (.43, .60), (.37, .68)]],
    7: [[(.28, .18), (.45, .18), (.60, .17), (.72, .17), (.64, .35), (.56, .52), (.49, .70), (.44, .86)]],
    8: [[(.62, .22), (.50, .15), (.38, .22), (.37, .34), (.50, .46), (.63, .58), (.66, .72), (.52, .84), (.37, .76), (.36, .62), (.48, .48), (.61, .36), (.62, .22)]],
    9: [[(.64, .30), (.54, .17), (.41, .20), (.35, .34), (.41, .47), (.54, .47), (.63, .36), (.64, .28), (.62, .50), (.59, .70), (.57, .87)]],
}  # fmt: skip


def canvas(strokes: list[Stroke], side: int = 280) -> Image.Image:
    """The strokes as the pad draws them, black on white."""
    centred = tuple(np.array(stroke) - 0.5 for stroke in strokes)
    return pens.canvas(centred, side, size=1.0)


def data_url(picture: Image.Image) -> str:
    """A picture as the page and the API's clients send it."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def real_strokes(each: int) -> list[tuple[int, list[Stroke]]]:
    """`each` drawings of every digit by many people, or our own where their data is not here.

    Every other point of a stroke: their tablet saw more than a browser does of a quick hand.
    """
    root = Path(os.environ.get("DATA_DIR") or Path(__file__).parents[2] / "shared" / "data")
    file = root / "pendigits" / "pendigits-orig.tra"
    if not file.is_file():
        return list(OWN.items())
    drawings = pens.read_pendigits(file)
    return [
        (
            digit,
            [
                [(0.5 + 0.7 * x, 0.5 + 0.7 * y) for x, y in (*stroke[:-1:2], stroke[-1])]
                for stroke in drawing.strokes
            ],
        )
        for digit in range(10)
        for drawing in [d for d in drawings if d.label == str(digit)][:each]
    ]
