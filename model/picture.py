"""The one path from any picture to what the nets read: 28x28, prepared as MNIST's digits were.

LeCun et al. (1998, section III.A): the digit is scaled, with antialiasing, to fit a 20x20 box and
placed in a 28x28 field with its centre of mass in the middle. A net that gets a canvas simply
shrunk to 28x28 instead is wrong four to six times as often (three nets, 15,023 pen digits).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from model.nets import SIDE
from model.paper import find_ink

Picture: TypeAlias = "Image.Image | npt.ArrayLike | Any"
Pixels: TypeAlias = npt.NDArray[np.uint8]
Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom

BOX = 20  # pixels of the digit's longer side
CENTRE = SIDE // 2  # index of the pixel that the centre of mass comes to lie in, as in MNIST
LARGEST = 64_000_000  # pixels; more is an accident or an attack
TOO_LARGE = f"That picture is too large: send one of at most {LARGEST:,} pixels."
UNREADABLE = "That file is not a picture I can read: send a PNG or JPEG."


class PictureError(ValueError):
    """A picture that cannot be used, said in one sentence that says what to do."""


@dataclass(frozen=True)
class Ink:
    """Where there is ink in a picture.

    Attributes:
        ink: `(H, W)` float32 in 0..1, cropped to where there is some.
        left, top: of the crop, in the picture's pixels.
        scale: pixels of the picture that one of `ink` stands for, along each side.
    """

    ink: npt.NDArray[np.float32]
    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Field:
    """What the nets read, and where it is in the picture.

    Attributes:
        pixels: `(28, 28)` uint8, ink = 255.
        box: left, top, right, bottom of the 28x28 field, in the picture's pixels.
    """

    pixels: Pixels
    box: Box


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
    ink = ink_of(picture)
    return None if ink is None else field_of(ink).pixels


def ink_of(picture: Picture) -> Ink | None:
    """The ink in a picture, as `prepare` takes one; `None` where nothing is drawn.

    Raises:
        PictureError: it is no picture.
    """
    light, scale = _luminance(_to_image(picture))
    ink = find_ink(light)
    return None if ink is None else cropped(Ink(ink, scale=scale))


def cropped(ink: Ink) -> Ink | None:
    """The same ink without the empty margin; `None` where all is empty."""
    marked = ink.ink > 0
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if not len(rows):
        return None
    return Ink(
        ink.ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1],
        ink.left + float(columns[0]) * ink.scale,
        ink.top + float(rows[0]) * ink.scale,
        ink.scale,
    )


def field_of(ink: Ink) -> Field:
    """Ink as the nets read it: scaled to 20 pixels, its centre of mass in the middle of 28."""
    small = _shrink(ink.ink)
    pixels, left, top = _centre(small)
    side = ink.scale * max(ink.ink.shape) / max(small.shape)  # of a pixel of the field
    x, y = ink.left - left * side, ink.top - top * side
    return Field(pixels, (x, y, x + SIDE * side, y + SIDE * side))


def prepare_all(pictures: Sequence[Picture] | Pixels) -> tuple[Pixels, list[int]]:
    """Prepare several pictures: `(N, 28, 28)` uint8 (blank ones zero), and which are not blank."""
    pixels, drawn = np.zeros((len(pictures), SIDE, SIDE), np.uint8), []
    for i, picture in enumerate(pictures):
        digit = prepare(picture)
        if digit is not None:
            pixels[i] = digit
            drawn.append(i)
    return pixels, drawn


def open_picture(source: io.BytesIO | str | Path) -> Image.Image:
    """Open and decode a picture file, whoever made it.

    Raises:
        PictureError: it is no picture, a damaged one, or too large to be decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(source)
            if image.width * image.height > LARGEST:  # before anything is decoded
                raise PictureError(TOO_LARGE)
            image.load()
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(UNREADABLE) from error
    return image


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


def _luminance(image: Image.Image) -> tuple[npt.NDArray[np.float32], int]:
    """`(H, W)` in 0..255; and by how much the picture was averaged down: to about 600 pixels.

    Transparent parts become paper that the ink stands out from.
    """
    shrink = max(1, max(image.size) // 600)
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        image = Image.fromarray(_to_bytes(np.asarray(image)))
    if "A" in image.getbands() or "transparency" in image.info:
        grey = np.asarray(image.convert("RGBA").reduce(shrink).convert("LA"), np.float32)
        light, alpha = grey[..., 0], grey[..., 1] / 255
        seen = float(alpha.sum())
        paper = 255.0 if seen and float((light * alpha).sum()) / seen < 128 else 0.0
        return np.asarray(light * alpha + paper * (1 - alpha), np.float32), shrink
    return np.asarray(image.convert("L").reduce(shrink), np.float32), shrink


# -- ink -> 28x28 --------------------------------------------------------------------------------


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


def _centre(digit: npt.NDArray[np.float32]) -> tuple[Pixels, int, int]:
    """Paste into 28x28, the centre of mass in the middle; also: how far from the left and top."""
    height, width = digit.shape
    mass = float(digit.sum())
    row = float((digit.sum(axis=1) * np.arange(height)).sum()) / mass
    column = float((digit.sum(axis=0) * np.arange(width)).sum()) / mass
    top = min(max(round(CENTRE - row), 0), SIDE - height)
    left = min(max(round(CENTRE - column), 0), SIDE - width)
    field = np.zeros((SIDE, SIDE), np.uint8)
    field[top : top + height, left : left + width] = np.rint(digit * 255)
    return field, left, top


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
