"""Pictures as people have them: photographed, scanned, compressed. All from a drawing's ink."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageFilter


def photo(
    drawing: Image.Image,
    *,
    paper: tuple[int, int, int] = (226, 220, 205),
    ink: tuple[int, int, int] = (38, 52, 128),
    light: float = 0.0,
    shadow: float = 0.0,
    rules: str | None = None,
    tilt: float = 0.0,
    grain: float = 4.0,
    quality: int = 70,
    size: tuple[int, int] = (900, 1200),
    seed: int = 0,
) -> Image.Image:
    """A drawing on paper, photographed with a phone.

    Args:
        drawing: black on white, square.
        paper: its colour.
        ink: its colour.
        light: share by which the paper's brightness falls off from one corner to the other.
        shadow: darkness of a hand's shadow over a part of it, with a soft edge.
        rules: colour of ruled lines, if any.
        tilt: of paper and lines, in degrees.
        grain: standard deviation of the sensor's noise, of 255.
        quality: of the JPEG.
        size: width, height in pixels.
        seed: of the noise.
    """
    rng = np.random.default_rng(seed)
    width, height = size
    sheet = Image.new("RGB", size, paper)
    if rules is not None:
        lines = np.asarray(sheet).copy()
        colour = Image.new("RGB", (1, 1), rules).getpixel((0, 0))
        for line in range(40, height, height // 14):
            lines[line : line + 4] = colour
        sheet = Image.fromarray(lines)
        larger = sheet.resize((width * 3 // 2, height * 3 // 2))  # so that no corner is bare
        turned = larger.rotate(tilt, Image.Resampling.BICUBIC)
        left, top = (turned.width - width) // 2, (turned.height - height) // 2
        sheet = turned.crop((left, top, left + width, top + height))
    side = round(0.7 * width)
    mask = drawing.convert("L").resize((side, side)).point(lambda v: 255 - v)
    sheet.paste(Image.new("RGB", (side, side), ink), (width // 8, height // 5), mask)

    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None]
    bright = 1 - light * (x + y) / 2
    edge = x + 0.4 * y - 0.75
    bright *= 1 - shadow / (1 + np.exp(-edge * 60))
    blurred = sheet.filter(ImageFilter.GaussianBlur(1.5))
    pixels = np.asarray(blurred, np.float32) * bright[..., None]
    pixels += np.float32(grain) * rng.standard_normal(pixels.shape, np.float32)
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


PHOTOS: dict[str, dict[str, Any]] = {
    "on white paper": {"paper": (240, 240, 238)},
    "in pale pencil": {"ink": (140, 140, 140)},
    "under a lamp": {"light": 0.55},
    "in a shadow": {"shadow": 0.5},
    "under a lamp, in a shadow": {"light": 0.35, "shadow": 0.45, "grain": 7.0},
    "on ruled paper": {"rules": "#9fb4d8"},
    "on ruled paper as dark as the ink": {"rules": "#33427f", "tilt": 2.0},
    "on ruled paper, tilted, under a lamp": {"rules": "#8aa0cc", "tilt": -3.0, "light": 0.5},
    "with chalk on a board": {"paper": (44, 62, 52), "ink": (225, 228, 220), "light": 0.5},
    "compressed to rags": {"light": 0.3, "quality": 12},
}
