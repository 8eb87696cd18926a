"""Brightness to ink: what is paper, what is drawn on it, under whatever light.

A drawing or a scan has paper of one brightness. A photo does not: a lamp, a shadow, the lens. There
the paper's brightness is estimated everywhere, by a morphological closing wider than any
stroke (the black-hat transform: Serra 1982; Gonzalez & Woods, section 9.6), and ink is what
is darker than its own surroundings.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.blobs import boxes, connected

Plane = npt.NDArray[np.float32]  # (H, W)

FAINTEST = 24  # of 255: a picture whose strongest mark differs less from its paper is blank
NOISE = 0.2  # of the strongest ink: fainter marks on large pictures are dust and JPEG artefacts
SMALL = 56  # pixels: pictures up to this side are digits already, every grey of theirs is ink

THUMB = 96  # pixels of the longer side: enough to see light and shadow
STROKE = 0.35  # of the longer side: no stroke is wider, no shadow narrower
UNEVEN = 0.12  # of the contrast: a paper that varies more needs its brightness estimated
ONE_GREY = 0.5  # share of pixels of one brightness by which a drawing is told from a photo

MAP = 320  # pixels of the longer side on which printed lines and specks are looked for
RULED = 0.7  # of the width: a line that long, from edge to edge, was printed


def find_ink(light: Plane) -> Plane | None:
    """Ink in 0..1 wherever it is, `(H, W)` in 0..255 -> `(H, W)`; `None` if there is none."""
    if max(light.shape) > SMALL and _is_uneven(light):
        ink = _in_uneven_light(light)
        return None if ink is None else _without_specks(_without_lines(ink))
    ink = _in_even_light(light)
    if ink is None or max(light.shape) <= SMALL:
        return ink
    return _without_lines(ink * (ink > NOISE))


def _in_even_light(light: Plane) -> Plane | None:
    """Paper is whatever the rim mostly shows; ink is what differs from it, darker or lighter."""
    paper = float(np.median(_rim(light)))
    darker, lighter = paper - float(light.min()), float(light.max()) - paper
    if max(darker, lighter) < FAINTEST:
        return None
    ink = (paper - light) / darker if darker > lighter else (light - paper) / lighter
    return ink.clip(0, 1)


# -- uneven light ----------------------------------------------------------------------------------


def _resized(plane: Plane, side: int, how: Image.Resampling = Image.Resampling.BOX) -> Plane:
    """Scaled so that the longer side is at most `side`."""
    height, width = plane.shape
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(plane).resize(size, how))


def _windows(plane: Plane, reach: int, axis: int) -> npt.NDArray[np.float32]:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach, reach)
    # Light that falls off towards the edge goes on falling off beyond it.
    padded = np.pad(plane, pad, mode="reflect", reflect_type="odd")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=axis)


def _slid(plane: Plane, reach: int, what: str) -> Plane:
    """The max, min or mean over a square window of `2 * reach + 1` pixels a side."""
    for axis in (0, 1):
        plane = getattr(_windows(plane, reach, axis), what)(axis=-1)
    return plane


def _paper(thumb: Plane) -> Plane:
    """The brightness of bright paper under dark ink: closed, so that strokes vanish."""
    reach = max(1, round(STROKE * max(thumb.shape) / 2))
    closed = _slid(_slid(thumb, reach, "max"), reach, "min")
    # Smooth, but never brighter than closed: the edge of a shadow is no ink.
    smooth = _slid(closed, max(1, reach // 4), "mean")
    return np.minimum(closed, smooth)


def _is_uneven(light: Plane) -> bool:
    """Whether the paper's brightness varies so much that one value will not do for it."""
    # A thick digit cropped closely fills its picture, but the rim still shows the paper.
    if any(_share_of_one_grey(part) > ONE_GREY for part in (_rim(light), light)):
        return False
    thumb = _upright(_resized(light, THUMB))
    paper = _paper(thumb)
    low, high = np.percentile(paper, [2, 98])
    return bool(high - low > UNEVEN * max(float((paper - thumb).max()), FAINTEST))


def _rim(light: Plane) -> Plane:
    return np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])


def _share_of_one_grey(light: Plane) -> float:
    """The largest share of pixels of one brightness, give or take two levels, as JPEG does."""
    greys = np.bincount(light.astype(np.uint8).ravel(), minlength=256)
    return float(np.convolve(greys, np.ones(5), "same").max()) / light.size


def _upright(thumb: Plane) -> Plane:
    """With the ink dark: turned over where the longer tail of local contrast is the light one."""
    around = _slid(thumb, max(1, round(STROKE * max(thumb.shape) / 2)), "mean")
    dark, bright = np.percentile(thumb - around, [1, 99])
    return 255 - thumb if bright > -dark else thumb


def _in_uneven_light(light: Plane) -> Plane | None:
    thumb = _resized(light, THUMB)
    upright = _upright(thumb)
    if upright is not thumb:
        light = 255 - light
    height, width = light.shape
    paper = np.asarray(
        Image.fromarray(_paper(upright)).resize((width, height), Image.Resampling.BILINEAR)
    )
    soft = max(1, max(height, width) // 400)  # against the grain of the film
    ink = 1 - _slid(light, soft, "mean") / np.maximum(paper, 1)
    # The strongest mark that is more than a speck wide.
    peak = float(_slid(_resized(ink, THUMB * 2), 1, "mean").max())
    if peak * 255 < FAINTEST:
        return None
    return ((ink / peak - 0.3) / 0.4).clip(0, 1)


# -- what is printed, and dust ------------------------------------------------------------------


def _without_lines(ink: Plane) -> Plane:
    """Ruled lines, which run from edge to edge, taken out; strokes that cross them stay."""
    edge = max(1, max(ink.shape) // 50)
    rulings = [
        np.minimum(ink[:, :edge].max(1).max(), ink[:, -edge:].max(1).max()) > NOISE,
        np.minimum(ink[:edge].max(0).max(), ink[-edge:].max(0).max()) > NOISE,
    ]
    if not any(rulings):
        return ink
    mask = _resized((ink > NOISE).astype(np.float32), MAP) > 0.25
    printed = np.zeros(mask.shape, bool)
    if rulings[0]:
        printed |= _ruled(mask)
    if rulings[1]:
        printed |= _ruled(mask.T).T
    # A tightly cropped 7 or 2 has such a line, too; but then the rest of it meets an edge.
    rest = mask & ~printed
    if not printed.any() or any(
        side.any() for side in (rest[0], rest[-1], rest[:, 0], rest[:, -1])
    ):
        return ink
    height, width = ink.shape
    gone = Image.fromarray(printed).resize((width, height), Image.Resampling.NEAREST)
    return np.where(np.asarray(gone), 0, ink).astype(np.float32)


def _ruled(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The pixels of nearly level lines across the whole mask, but for those that strokes cross."""
    height, width = mask.shape
    y, x = np.nonzero(mask)
    printed = np.zeros_like(mask)
    best: tuple[float, float] = (0.0, 0.0)
    for slope in np.linspace(-0.12, 0.12, 49):
        # One row more at either end, for what leaves the picture.
        rows = np.rint(y - slope * (x - width / 2)).astype(np.int64).clip(-1, height) + 1
        found = np.bincount(rows, minlength=height + 2)[1:-1]
        best = max(best, (float(found.max()) / width, float(slope)))
    coverage, slope = best
    if coverage < RULED:
        return printed
    # The same lines level: level[r, x] is mask[r + lean[x], x].
    lean = np.rint(slope * (np.arange(width) - width / 2)).astype(int)
    rows = np.arange(height)[:, None] + lean[None]
    inside = (rows >= 0) & (rows < height)
    columns = np.broadcast_to(np.arange(width), rows.shape)
    level = mask[rows.clip(0, height - 1), columns] & inside
    # A tilted line near a corner is cut short by the picture's edge.
    full = level.sum(1) / np.maximum(inside.sum(1), 0.15 * width)
    gone = np.zeros_like(level)
    thickest = max(3, round(0.04 * height))
    for row in np.flatnonzero(full > RULED).tolist():
        top, bottom = row, row + 1
        while top > 0 and full[top - 1] > 0.6 * full[row]:
            top -= 1
        while bottom < height and full[bottom] > 0.6 * full[row]:
            bottom += 1
        if bottom - top > thickest:
            continue
        top, bottom = max(top - 1, 0), min(bottom + 1, height)
        above = level[max(top - 2, 0) : top].any(0)
        below = level[bottom : bottom + 2].any(0)
        crossing = _widened(above) & _widened(below)
        gone[top:bottom] |= ~crossing[None]
    printed[rows[inside], columns[inside]] = gone[inside]
    return printed


def _widened(row: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return np.convolve(row, np.ones(5))[2:-2] > 0  # "same" is longer where the row is short


def _without_specks(ink: Plane) -> Plane | None:
    """Dust, and what comes in from the photo's edge, taken out where there is something larger."""
    small = _resized(ink, MAP)
    labels, count = connected(small > 0.3)
    if not count:
        return None
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    box = boxes(labels, count)
    height, width = small.shape
    at_edge = (box[:, :2] <= 1).any(1) | (box[:, 2] >= width - 1) | (box[:, 3] >= height - 1)
    within = ~at_edge & (areas > 0.002 * small.size)
    kept = within if within.any() else np.ones(count, bool)
    kept &= areas > 0.03 * areas[kept].max()
    keep = np.r_[False, kept][labels]
    # A pixel of soft rim around what is kept, and all of the rest gone.
    keep = _slid(keep.astype(np.float32), 1, "max") > 0
    whole = Image.fromarray(keep).resize(ink.shape[::-1], Image.Resampling.NEAREST)
    return np.where(np.asarray(whole), ink, 0).astype(np.float32)
