"""The one path from any picture to what the nets read: 28x28, prepared as MNIST's digits were.

LeCun et al. (1998, section III.A): the digit is scaled, with antialiasing, to fit a 20x20 box and
placed in a 28x28 field with its centre of mass in the middle. A net that gets a canvas simply
shrunk to 28x28 instead is wrong four to six times as often (three nets, 15,023 pen digits).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from model.nets import SIDE

Picture: TypeAlias = "Image.Image | npt.ArrayLike | Any"
Pixels: TypeAlias = npt.NDArray[np.uint8]

BOX = 20  # pixels of the digit's longer side
CENTRE = SIDE // 2  # index of the pixel that the centre of mass comes to lie in, as in MNIST
FAINTEST = 24  # of 255: a picture whose strongest mark differs less from its paper is blank
NOISE = 0.2  # of the strongest ink: fainter marks on large pictures are dust and JPEG artefacts
LARGEST = 64_000_000  # pixels; more is an accident or an attack


class PictureError(ValueError):
    """A picture that cannot be used, said in one sentence that says what to do."""


def prepare(picture: Picture) -> Pixels | None:
    """A picture as the nets read it.

    Args:
        picture: a PIL image of any mode and size, or an array or tensor: `(H, W)`, `(H, W, C)`
            or `(1, H, W)` with C = 1, 2 (grey, alpha), 3 or 4 (RGB, alpha); bool, integers in
            0..255 (0..65535 where 16 bits wide), or floats in 0..1 or 0..255. Ink may be darker
            or lighter than the paper.

    Returns:
        `(28, 28)` uint8, ink = 255; `None` where nothing is drawn.

    Raises:
        PictureError: it is no picture.
    """
    ink = _ink(_luminance(_to_image(picture)))
    if ink is None:
        return None
    return _centre(_shrink(ink))


def prepare_all(pictures: Sequence[Picture] | Pixels) -> tuple[Pixels, list[int]]:
    """Prepare several pictures: `(N, 28, 28)` uint8 (blank ones zero), and which are not blank."""
    pixels, drawn = np.zeros((len(pictures), SIDE, SIDE), np.uint8), []
    for i, picture in enumerate(pictures):
        digit = prepare(picture)
        if digit is not None:
            pixels[i] = digit
            drawn.append(i)
    return pixels, drawn


# -- any picture -> a PIL image ----------------------------------------------------------------


def _to_image(picture: Picture) -> Image.Image:
    if isinstance(picture, Image.Image):
        if picture.width * picture.height > LARGEST:
            raise PictureError(
                f"That picture has {picture.width} x {picture.height} pixels: "
                "send one of at most 8000 x 8000."
            )
        return ImageOps.exif_transpose(picture)
    if hasattr(picture, "detach"):  # a tensor
        picture = picture.detach().cpu().numpy()
    try:
        array = np.asarray(picture)
    except ValueError as error:
        raise PictureError("That is not a picture: rows of different lengths.") from error
    if array.ndim == 3 and array.shape[0] == 1 and array.shape[2] > 4:
        array = array[0]  # (1, H, W), as torch has it
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (2, 3, 4))):
        raise PictureError(
            f"An array of shape {array.shape} is not a picture: send (H, W) or (H, W, 3)."
        )
    if array.size == 0:
        raise PictureError("That picture has no pixels: send one of at least 1 x 1.")
    if array.size > 4 * LARGEST:
        raise PictureError("That picture is too large: send one of at most 8000 x 8000 pixels.")
    return Image.fromarray(_to_bytes(array))


def _to_bytes(array: npt.NDArray[Any]) -> Pixels:
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * 255
    if not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
        raise PictureError("That is not a picture: its pixels are not numbers.")
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise PictureError("That picture holds values that are not numbers: replace NaN and inf.")
    top, bottom = float(values.max()), float(values.min())
    if np.issubdtype(array.dtype, np.floating):
        scale = 255.0 if top <= 1.0 else 1.0
    else:
        scale = 1.0 if top <= 255 else 255.0 / 65535.0
    if bottom < 0 or top * scale > 255.5:
        raise PictureError(
            f"Pixels between {bottom:g} and {top:g} are not a picture: send 0..255 or 0..1."
        )
    return np.rint(values * scale).clip(0, 255).astype(np.uint8)


# -- a PIL image -> how bright each point is -------------------------------------------------------


def _luminance(image: Image.Image) -> npt.NDArray[np.float32]:
    """`(H, W)` in 0..255; transparent parts become paper that the ink stands out from.

    Much larger pictures than the nets can use are averaged down to about a thousand pixels.
    """
    shrink = max(1, max(image.size) // 1000)
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        return _to_bytes(np.asarray(image)).astype(np.float32)
    if "A" in image.getbands() or "transparency" in image.info:
        grey = np.asarray(image.convert("RGBA").convert("LA").reduce(shrink), np.float32)
        light, alpha = grey[..., 0], grey[..., 1] / 255
        seen = float(alpha.sum())
        paper = 255.0 if seen and float((light * alpha).sum()) / seen < 128 else 0.0
        return np.asarray(light * alpha + paper * (1 - alpha), np.float32)
    return np.asarray(image.convert("L").reduce(shrink), np.float32)


# -- brightness -> ink ---------------------------------------------------------------------------


def _ink(light: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """Ink in 0..1, cropped to where there is some; `None` if there is none.

    The paper is whatever the rim mostly shows; ink is what differs from it, darker or lighter.
    """
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    paper = float(np.median(rim))
    darker, lighter = paper - float(light.min()), float(light.max()) - paper
    if max(darker, lighter) < FAINTEST:
        return None
    ink = (paper - light) / darker if darker > lighter else (light - paper) / lighter
    # A small picture's faint pixels are antialiased ink; a large one's are noise.
    floor = NOISE if max(light.shape) > 2 * SIDE else 0.0
    marked = ink > floor
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    box: npt.NDArray[np.float32] = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.where(box > floor, box, 0).astype(np.float32)


def _shrink(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scale the longer side to 20 pixels, averaging over what each new pixel covers."""
    height, width = ink.shape
    longer = max(height, width)
    if longer == BOX:
        return ink
    size = (max(1, round(width * BOX / longer)), max(1, round(height * BOX / longer)))
    # Bilinear widens its triangle with the ratio, so that it averages when it shrinks.
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR))
    return small / np.float32(max(float(small.max()), 1e-6))


def _centre(digit: npt.NDArray[np.float32]) -> Pixels:
    """Paste into 28x28, the centre of mass in the middle."""
    height, width = digit.shape
    mass = float(digit.sum())
    row = float((digit.sum(axis=1) * np.arange(height)).sum()) / mass
    column = float((digit.sum(axis=0) * np.arange(width)).sum()) / mass
    top = min(max(round(CENTRE - row), 0), SIDE - height)
    left = min(max(round(CENTRE - column), 0), SIDE - width)
    field = np.zeros((SIDE, SIDE), np.uint8)
    field[top : top + height, left : left + width] = np.rint(digit * 255)
    return field


def sheet(pixels: Pixels, columns: int, gap: int = 2) -> Image.Image:
    """Many digits as one picture, black on white, in rows.

    Args:
        pixels: `(N, 28, 28)` uint8, ink = 255.
        columns: digits in a row.
        gap: white pixels around each digit.

    Returns:
        A grey image.
    """
    cell = SIDE + 2 * gap
    rows = -(-len(pixels) // columns)
    paper = np.full((rows * cell, columns * cell), 255, np.uint8)
    for i, digit in enumerate(pixels):
        top, left = (i // columns) * cell + gap, (i % columns) * cell + gap
        paper[top : top + SIDE, left : left + SIDE] = 255 - digit
    return Image.fromarray(paper)
