"""The way from one digit to another: which path to take, and how to walk it evenly.

A label mixed of two is one that the decoder was never taught: half way it paints ghosts. But the
encoder can be told that a 3 is an 8. Under that one label both digits have latents, and the path
between them is all made of strokes. There are several such paths, and a reader says which one leads
from the first digit to the second and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from model.picture import Pixels
from model.share import shared_out
from model.vae import DigitVAE

Floats = npt.NDArray[np.float64]
Read = Callable[[Pixels], Floats]  # (N, 28, 28) -> (N, 10) probabilities

TRIED = 32  # frames that a path is judged and measured by
LARGEST_STEP = 3.0  # times the median one, up to which a morph counts as even
UNSURE = 0.1  # a frame that is something else with this probability is to be leapt over
LEAP = 2.9  # times a usual step: how far the one step may go that crosses between the digits
EASE = 0.25  # of a usual step: what the first and the last step go


@dataclass(frozen=True)
class Route:
    """A way from one latent to another.

    Attributes:
        space: what is straight: "latent", or "noise" (through the prior), or "sphere" (noise too,
            along a great circle).
        under: whose label both ends are given: 0 the first digit's, 1 the last one's.
        bend: of a path between latents: 0 is straight, any other number bows it another way.
    """

    space: str
    under: int = 1
    bend: int = 0


# In this order; the first is taken of which one leap crosses all that is doubtful, else the best.
ROUTES = (
    *(Route("latent", under, bend) for bend in range(3) for under in (1, 0)),
    Route("sphere", 1),
    Route("sphere", 0),
    *(Route("latent", under, bend) for bend in range(3, 6) for under in (1, 0)),  # one in 14 morphs
)
BOW = 0.6  # how far bent paths stray half way, in standard deviations of the latents


class Walk:
    """One route between two latents, decoded wherever one likes.

    Args:
        net: the generator's.
        route: which way.
        ends: `(2, Z)` latents.
        labels: `(2,)` theirs.
    """

    def __init__(self, net: DigitVAE, route: Route, ends: Tensor, labels: Tensor) -> None:
        self.net, self.route = net, route
        self.label = labels[route.under]
        self.ends = relabelled(net, ends, labels, self.label.expand(2))
        if route.space != "latent":
            self.noise = net.prior.rewind(self.ends, self.label.expand(2))
        self.bow = torch.zeros_like(ends[:1])
        if route.bend:
            draws = np.random.default_rng(route.bend).standard_normal(ends.shape[1])
            self.bow = BOW * torch.from_numpy(draws).to(ends)[None]
        # What the other label cannot say of an end; it fades away on the way from there.
        self.rest = torch.zeros(2, 1, 1, 1, device=ends.device)
        self.rest = net.decode(ends, labels).sigmoid() - self._ink(ends.new_tensor([[0.0], [1.0]]))

    def frames(self, where: Floats) -> Pixels:
        """`(N,)` places in 0..1 -> `(N, 28, 28)` uint8, ink = 255."""
        t = torch.from_numpy(where).float().to(self.ends.device)[:, None]
        return self._ink(t)[:, 0].clamp(0, 1).mul(255).round().byte().cpu().numpy()

    def _ink(self, t: Tensor) -> Tensor:
        """`(N, 1)` places in 0..1 -> `(N, 1, 28, 28)`."""
        labels = self.label.expand(len(t))
        if self.route.space == "latent":
            z = torch.lerp(self.ends[:1], self.ends[1:], t) + 4 * t * (1 - t) * self.bow
        elif self.route.space == "noise":
            z = self.net.prior.flow(torch.lerp(self.noise[:1], self.noise[1:], t), labels)
        else:
            z = self.net.prior.flow(_slerp(self.noise[:1], self.noise[1:], t), labels)
        rest = torch.lerp(self.rest[:1], self.rest[1:], t[:, :, None, None])
        near = (2 * t[:, :, None, None] - 1).square()  # 1 at either end, 0 half way
        return shared_out(self.net.decode, z, labels).sigmoid() + near * rest


def relabelled(net: DigitVAE, z: Tensor, labels: Tensor, others: Tensor) -> Tensor:
    """The latents by which digits look the same under other labels.

    Args:
        net: the generator's.
        z: `(N, Z)` latents.
        labels: `(N,)` theirs.
        others: `(N,)` labels to give them instead; where it is the same, so is the latent.

    Returns:
        `(N, Z)`.
    """
    as_others, _ = net.encode(net.decode(z, labels).sigmoid(), others)
    return torch.where((labels == others)[:, None], z, as_others)


def walk(
    net: DigitVAE,
    ends: Tensor,
    labels: Tensor,
    steps: int,
    read: Read | None,
    routes: tuple[Route, ...] = ROUTES,
) -> Pixels:
    """The frames of the best route between two digits, evenly walked: see `paced`.

    Args:
        net: the generator's.
        ends: `(2, Z)` latents of the two.
        labels: `(2,)` theirs.
        steps: frames, both ends included, at least 2.
        read: says what digits are; without it the first route is taken as it is.
        routes: that are tried.

    Returns:
        `(steps, 28, 28)` uint8, ink = 255.
    """
    everywhere = np.linspace(0.0, 1.0, TRIED)
    start, end = int(labels[0]), int(labels[1])
    best: tuple[Walk, Floats, float | None] | None = None
    least = float("inf")
    leap = LEAP / (LEAP + float(_eased(steps).sum()) - 1)  # its share of the way
    for route in routes:
        way = Walk(net, route, ends, labels)
        dense = way.frames(everywhere)
        travelled = distances(dense)
        if read is None or start == end:
            best = way, travelled, None
            break
        low, high = _doubtful(read(dense), start, end)
        gap = float(travelled[high] - travelled[low]) / float(travelled[-1])
        if gap < least:
            middle = float(travelled[low] + travelled[high]) / 2
            best, least = (way, travelled, float(np.interp(middle, travelled, everywhere))), gap
        if gap < leap:  # one leap crosses it
            break
    assert best is not None
    way, travelled, at = best
    if steps > TRIED:  # a leap may be shorter then than those frames are apart
        everywhere = np.linspace(0.0, 1.0, steps)
        travelled = distances(way.frames(everywhere))
    leap_at = None if at is None else float(np.interp(at, everywhere, travelled))
    return way.frames(np.interp(paced(travelled[-1], steps, leap_at), travelled, everywhere))


def _doubtful(p: Floats, start: int, end: int) -> tuple[int, int]:
    """The frames between which it is neither surely the first digit nor surely the last one.

    Args:
        p: `(N, 10)` probabilities along the path.
        start, end: digits.
    """
    before = _while(p[:, start] > 1 - UNSURE) - 1  # the last one that surely is the first digit
    after = len(p) - _while(p[::-1, end] > 1 - UNSURE)  # the first one that surely is the last
    return max(before, 0), min(after, len(p) - 1)


def distances(frames: Pixels) -> Floats:
    """How far each frame is from the first one along the path, in L2 of pixels: `(N,)`."""
    steps = np.diff(frames.astype(np.float64), axis=0).reshape(len(frames) - 1, -1)
    lengths = np.sqrt((steps**2).sum(1)) + 1e-9  # strictly growing, so that it can be inverted
    return np.concatenate([[0.0], lengths.cumsum()])


def is_even(frames: Pixels) -> bool:
    """Whether no step is more than three times the median one."""
    sizes = np.diff(distances(frames))
    return bool(sizes.max() <= LARGEST_STEP * np.median(sizes))


def paced(length: float, steps: int, leap_at: float | None) -> Floats:
    """Places in 0..length of frames that are equally far apart, but for the ends and one leap.

    A morph sets out and arrives gently, as animators have it (Johnston & Thomas 1981, "slow in and
    slow out"). So its leap may be longer, for its median step is.

    Args:
        length: of the path.
        steps: frames, both ends included.
        leap_at: around which place to leap; `None`: nowhere.
    """
    sizes = _eased(steps)
    if leap_at is not None and steps >= 4:
        before, total = sizes.cumsum() - sizes, sizes.sum() - sizes + LEAP
        middle = length * (before + LEAP / 2) / total  # of the leap, whichever step it is
        sizes[np.abs(middle - leap_at).argmin()] = LEAP
    places = np.concatenate([[0.0], sizes.cumsum()])
    return length * places / places[-1]


def _eased(steps: int) -> Floats:
    """The sizes of `steps - 1` steps, in usual ones, of which more than half are."""
    sizes = np.ones(steps - 1)
    some = (steps - 2) // 4
    ramp = np.linspace(EASE, 1, some, endpoint=False)
    sizes[:some], sizes[steps - 1 - some :] = ramp, ramp[::-1]
    return sizes


def strays(seen: npt.NDArray[np.integer], start: int, end: int) -> int:
    """How many frames are not what they should be: `start` up to somewhere, `end` from there on."""
    wrong_before = np.concatenate([[0], (seen != start).cumsum()])
    wrong_after = np.concatenate([(seen != end)[::-1].cumsum()[::-1], [0]])
    return int((wrong_before + wrong_after).min())


def _while(true: npt.NDArray[np.bool_]) -> int:
    """How many are true before the first that is not."""
    return len(true) if true.all() else int(true.argmin())


def _slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Along the great circle through two vectors (Shoemake 1985): `(1, Z), (1, Z), (N, 1)`."""
    cosine = F.cosine_similarity(a, b).clamp(-1 + 1e-6, 1 - 1e-6)
    angle = torch.acos(cosine)[:, None]
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
