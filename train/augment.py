"""Augmentation of whole batches of digits, on the device they are on."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def _uniform(like: Tensor, count: int, reach: float) -> Tensor:
    return (torch.rand(count, device=like.device) * 2 - 1) * reach


def shift_pixels(x: Tensor, most: int) -> Tensor:
    """Digits moved by whole pixels either way, which costs next to nothing.

    Args:
        x: `(B, 1, H, W)` in 0..1, ink = 1.
        most: pixels, down and across.
    """
    count, _, height, width = x.shape
    padded = F.pad(x[:, 0], (most, most, most, most))
    down = torch.randint(0, 2 * most + 1, (count, 1, 1), device=x.device)
    across = torch.randint(0, 2 * most + 1, (count, 1, 1), device=x.device)
    rows = torch.arange(height, device=x.device)[None, :, None] + down
    columns = torch.arange(width, device=x.device)[None, None, :] + across
    return padded[torch.arange(count, device=x.device)[:, None, None], rows, columns].unsqueeze(1)


def augment(
    x: Tensor,
    *,
    degrees: float = 10.0,
    shear: float = 0.2,
    scale: float = 0.12,
    shift: float = 1.0,
    elastic: float = 0.9,
    stroke: float = 0.3,
    coarse: float = 0.1,
) -> Tensor:
    """Digits as other hands and pens might have written them.

    One resampling does rotation, shear, scale, shift and the elastic distortion of Simard et al.
    (2003, section 2); a blend with the 3x3 maximum or minimum then fattens or thins the stroke. A
    few lose their detail, as in a scan of few pixels.

    Args:
        x: `(B, C, H, W)` in 0..1, ink = 1; all channels of one are distorted alike.
        degrees: largest rotation either way.
        shear: largest horizontal shear, as a tangent.
        scale: largest relative change of height and of width.
        shift: largest shift, in pixels.
        elastic: standard deviation of the elastic displacement, in pixels.
        stroke: largest share of the fattened or thinned picture in the blend.
        coarse: share of pictures averaged down to 14 to 22 pixels a side, and enlarged.

    Returns:
        `(B, C, H, W)` in 0..1.
    """
    count, _, height, width = x.shape
    angle = _uniform(x, count, math.radians(degrees))
    cos, sin = torch.cos(angle), torch.sin(angle)
    tall, wide = 1 + _uniform(x, count, scale), 1 + _uniform(x, count, scale)
    slant = _uniform(x, count, shear)
    affine = torch.stack(
        [
            torch.stack([cos * wide, slant - sin, _uniform(x, count, 2 * shift / width)], dim=1),
            torch.stack([sin, cos * tall, _uniform(x, count, 2 * shift / height)], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(affine, list(x.shape), align_corners=False)

    # Coarse noise, smoothly enlarged, is the cheap form of Simard's blurred noise.
    noise = torch.randn(count, 2, 6, 6, device=x.device)
    bend = F.interpolate(noise, size=(height, width), mode="bicubic", align_corners=True)
    strength = torch.rand(count, 1, 1, 1, device=x.device) * elastic * 2 / width
    grid = grid + (bend * strength).permute(0, 2, 3, 1)
    x = F.grid_sample(x, grid, align_corners=False)

    blend = _uniform(x, count, stroke).view(-1, 1, 1, 1)
    fat = F.max_pool2d(x, 3, stride=1, padding=1)
    thin = -F.max_pool2d(-x, 3, stride=1, padding=1)
    x = torch.where(blend > 0, torch.lerp(x, fat, blend), torch.lerp(x, thin, -blend))
    few = int(count * coarse)
    if few:
        side = int(torch.randint(14, 23, ()))
        small = F.interpolate(x[:few], size=(side, side), mode="area")
        large = F.interpolate(small, size=(height, width), mode="bicubic", align_corners=False)
        x = torch.cat([large, x[few:]])
    return x.clamp_(0, 1)
