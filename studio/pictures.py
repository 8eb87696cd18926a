"""Pictures on their way in and out: what the page and the endpoints send and are sent."""

from __future__ import annotations

import base64
import binascii
import io
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from model.picture import SIDE, TOO_LARGE, UNREADABLE, PictureError, Pixels, open_picture
from studio import thrift, words  # noqa: F401  thrift: before the classes below

LONGEST_URL = 4_000_000  # characters of a data URL: several times what the pad ever sends


def from_data_url(url: object) -> Image.Image:
    """The picture in a `data:image/...;base64,` URL.

    Raises:
        PictureError: it is none.
    """
    if not isinstance(url, str) or not url.startswith("data:image/"):
        raise PictureError(UNREADABLE)
    if len(url) > LONGEST_URL:
        raise PictureError(TOO_LARGE)
    try:
        data = base64.b64decode(url.partition(";base64,")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(UNREADABLE) from error
    return open_picture(io.BytesIO(data))


def from_picture_url(url: object) -> Image.Image:
    """As `from_data_url`, for events of the page.

    Raises:
        gr.Error: it is none, in one sentence.
    """
    try:
        return from_data_url(url)
    except PictureError as error:
        raise gr.Error(words.translated(str(error)), print_exception=False) from error


def to_base64(pixels: Pixels) -> str:
    """`(N, 28, 28)` or `(H, W)` uint8 as the page's canvases take them."""
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode("ascii")


def line_value(line: Pixels, description: str) -> dict[str, Any]:
    """`(H, W)` uint8 as the page's canvases take it."""
    height, width = line.shape
    return {
        "pixels": to_base64(line),
        "width": width,
        "height": height,
        "description": description,
    }


def ink_on_paper(pixels: Pixels) -> list[Image.Image]:
    """`(N, 28, 28)` uint8, ink = 255, as N grey pictures, black on white."""
    return [Image.fromarray(255 - digit) for digit in pixels]


def number_on_paper(line: Pixels, scale: int = 4) -> Image.Image:
    """`(H, W)` uint8, ink = 255, as one grey picture, black on white, `scale` times as large."""
    picture = Image.fromarray(255 - line)
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BICUBIC)


def animation(frames: Pixels, scale: int = 8, kind: str = "webp") -> bytes:
    """Frames as a looping animation that runs forth and back, with a rest at each end.

    Args:
        frames: `(N, 28, 28)` uint8, ink = 255, N >= 2.
        scale: pixels a side of each of the 28x28.
        kind: `webp`, or `gif`, which is several times as large.
    """
    side = SIDE * scale
    forth = [image.resize((side, side), Image.Resampling.BICUBIC) for image in ink_on_paper(frames)]
    film = forth + forth[-2:0:-1]
    durations = [40] * len(film)  # milliseconds
    durations[0] = durations[len(forth) - 1] = 500
    file = io.BytesIO()
    settings: dict[str, Any] = {"quality": 60, "method": 0}
    if kind == "gif":  # 16 greys: a quarter of the size that all of them would take
        film = [frame.quantize(16) for frame in film]
        settings = {"optimize": False}
    film[0].save(
        file,
        kind.upper(),
        save_all=True,
        append_images=film[1:],
        duration=durations,
        loop=0,
        **settings,
    )
    return file.getvalue()


class DigitImage(gr.Image):
    """An image input that opens only what was uploaded.

    The stock `gr.Image` opens any file of the server whose path a request names, and answers a
    damaged file with an empty error.
    """

    is_template = True  # keep the stock front end

    def preprocess(self, payload: object) -> Image.Image | None:
        """The uploaded picture, undecided about its mode and its turning: `prepare` sees to both.

        Raises:
            gr.Error: nothing was uploaded, or no picture.
        """
        path, url = getattr(payload, "path", None), getattr(payload, "url", None)
        if not path and not url:
            return None
        try:
            if not path:
                return from_data_url(url)
            if not Path(path).resolve().is_relative_to(Path(self.GRADIO_CACHE).resolve()):
                raise PictureError(words.NOT_UPLOADED)
            return open_picture(path)
        except PictureError as error:
            raise gr.Error(words.translated(str(error)), print_exception=False) from error
