"""Files that the page lets people take away, made from the digits that it sends back.

They answer the page's scripts outside Gradio's events, so what is wrong is an answer, too.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from typing import Any

import numpy as np

from model.picture import SIDE, Pixels
from studio import limits, words
from studio.pictures import animation, ink_on_paper


def pack(asked: object) -> dict[str, Any]:
    """Each digit as a PNG, black on white, in one ZIP.

    Args:
        asked: `[base64 of N x 784 bytes, N labels]`; a label is null where the digit has none.

    Returns:
        `{"file": base64}`, or `{"error": sentence}`.
    """
    pixels, labels = _digits(asked, limits.MOST_DIGITS)
    if pixels is None or not isinstance(labels, list) or len(labels) != len(pixels):
        return {"error": words.NOTHING_TO_SAVE}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, (picture, label) in enumerate(zip(ink_on_paper(pixels), labels, strict=True)):
            name = label if label in range(10) else "mixed"
            png = io.BytesIO()
            picture.save(png, "PNG")
            archive.writestr(f"{number + 1:03d}-{name}.png", png.getvalue())
    return {"file": base64.b64encode(file.getvalue()).decode("ascii")}


def film(asked: object) -> dict[str, Any]:
    """Frames as an animation that runs forth and back.

    Args:
        asked: `[base64 of N x 784 bytes, "webp" or "gif"]`, N >= 2.

    Returns:
        `{"file": base64}`, or `{"error": sentence}`.
    """
    pixels, kind = _digits(asked, limits.MOST_STEPS)
    if pixels is None or len(pixels) < limits.FEWEST_STEPS or kind not in ("webp", "gif"):
        return {"error": words.NOTHING_TO_SAVE}
    return {"file": base64.b64encode(animation(pixels, kind=str(kind))).decode("ascii")}


def _digits(asked: object, most: int) -> tuple[Pixels | None, object]:
    """The digits that came, at most so many, and what came with them."""
    encoded, rest = asked if isinstance(asked, list) and len(asked) == 2 else (None, None)
    size = SIDE * SIDE
    if not isinstance(encoded, str) or len(encoded) > 4 * (most * size // 3 + 1):
        return None, rest
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None, rest
    if not data or len(data) % size:
        return None, rest
    return np.frombuffer(data, np.uint8).reshape(-1, SIDE, SIDE), rest
