"""Several digits side by side: where one ends and the next begins.

Heuristic over-segmentation (LeCun et al. 1998, section V): the ink is cut wherever a digit might
end, every run of neighbouring pieces is shown to a net, and the best way through the pieces,
found by dynamic programming, is the number. So a 5 whose bar stands apart stays one digit, because
it reads better whole, and two digits that touch are parted where both halves read well.

Whether a piece is a whole digit shows beside its neighbours only: the left half of a 0 is a fine 6,
until one sees the other half. So that net has two channels, the piece and all ink around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from model import weights
from model.blobs import connected
from model.classifier import Classifier
from model.nets import SIDE, ConvClassifier, folded
from model.picture import Box, Field, Ink, Picture, field_of, ink_of
from model.weights import Origin, Source, WeightsError

Indices = npt.NDArray[np.intp]
Span = tuple[int, int]  # of pieces: the first, and the one after the last

HEIGHT = 96  # pixels that a line of digits is looked at with
SPECK = 0.02  # of the largest part's ink: smaller parts are dust
NARROW = 0.45  # of the line's height: a part this narrow is not two digits
WIDEST = 1.6  # of the line's height: no digit is wider
TALL = 0.6  # of the line's height: a digit beyond doubt is at least as tall
PLAIN = 0.9  # a part with such a probability and such a digit score is not cut
APART = 0.12  # of the line's height: cuts closer than this are one
MOST_CUTS = 60  # of a part
LEAN = 0.1  # cost of a step aside, in pixels of ink
CUT = -0.25  # nats: cutting ink is cheap, since joining what should be apart is the likelier error


@dataclass(frozen=True)
class Digit:
    """One digit of a number.

    Attributes:
        label: 0..9.
        probability: of the label.
        box: left, top, right, bottom of its ink, in the picture's pixels.
    """

    label: int
    probability: float
    box: Box


@dataclass(frozen=True)
class Number:
    """What a line of digits was read as.

    Attributes:
        digits: from left to right.
        unread: parts among them that are no digits.
    """

    digits: tuple[Digit, ...]
    unread: int

    @property
    def text(self) -> str:
        """The digits as text; empty where there are none."""
        return "".join(str(digit.label) for digit in self.digits)


@dataclass(frozen=True)
class Piece:
    """A piece of ink between two cuts.

    Attributes:
        rows, columns: of its pixels.
        part: number of the connected part that it is of.
        is_cut: whether there is a cut on its left side.
    """

    rows: Indices
    columns: Indices
    part: int
    is_cut: bool = False


@dataclass(frozen=True)
class Lattice:
    """All that a line might be made of.

    Attributes:
        ink: of the line, at most HEIGHT pixels high.
        pieces: from left to right.
        spans: the ink of every run of pieces that may be a digit.
    """

    ink: Ink
    pieces: list[Piece]
    spans: dict[Span, Ink]

    def views(self) -> npt.NDArray[np.uint8]:
        """The spans as the net sees them, `(N, 2, 28, 28)`: themselves, and all ink around."""
        return np.stack([self._view(field_of(ink)) for ink in self.spans.values()])

    def is_uncut(self, span: Span) -> bool:
        """Whether a span is made of connected parts as they are."""
        own = {piece.part for piece in self.pieces[slice(*span)]}
        return sum(piece.part in own for piece in self.pieces) == span[1] - span[0]

    def _view(self, field: Field) -> npt.NDArray[np.uint8]:
        whole, scale = self.ink, self.ink.scale
        left, top, right, bottom = field.box
        corners = (
            (left - whole.left) / scale,
            (top - whole.top) / scale,
            (right - whole.left) / scale,
            (bottom - whole.top) / scale,
        )
        around = Image.fromarray(whole.ink).transform(
            (SIDE, SIDE), Image.Transform.EXTENT, corners, Image.Resampling.BILINEAR
        )
        return np.stack([field.pixels, (255 * np.asarray(around).clip(0, 1)).astype(np.uint8)])


class NumberReader:
    """Reads a line of digits.

    Args:
        net: tells whole digits from pieces; two channels, `Lattice.views`.
        classifier: reads what stands apart.
        origin: of the weights, where they were loaded.
    """

    def __init__(
        self, net: ConvClassifier, classifier: Classifier, origin: Origin | None = None
    ) -> None:
        self.origin = origin
        self.classifier = classifier
        self.net = folded(net.to(classifier.device))
        self.threshold = float(net.threshold)

    def read(self, picture: Picture) -> Number:
        """Read the digits in a picture, side by side in one line, whether or not they touch.

        Args:
            picture: as `model.picture.prepare` takes them.

        Raises:
            PictureError: it is no picture.
        """
        ink = ink_of(picture)
        if ink is None:
            return Number((), 0)
        parts = connected_parts(line := resized(ink))
        if not parts:
            return Number((), 0)
        plain = self._plain(parts, line)
        if len(plain) == len(parts):  # nothing is left that might be a piece of something
            digits = sorted(plain.values(), key=lambda digit: digit.box[0] + digit.box[2])
            return Number(tuple(digits), 0)
        lattice = lattice_of(line, parts, set(plain))
        probabilities, scores = self.answer(lattice)
        costs = -np.log(np.maximum(probabilities.max(1) * scores, 1e-9))
        path = best_path(lattice, dict(zip(lattice.spans, costs.tolist(), strict=True)))
        order = {span: row for row, span in enumerate(lattice.spans)}
        read: list[Digit] = []
        for span in path:
            own, row = lattice.spans[span], order[span]
            p, score, threshold = probabilities[row], scores[row], self.threshold
            if lattice.is_uncut(span):  # it stands apart: the classifier's word counts, too
                answer = self.classifier.answer(field_of(own).pixels[None])
                p = (p + answer[0][0].double().numpy()) / 2
                score, threshold = float(answer[1][0]), self.classifier.threshold
            if score >= threshold:
                read.append(Digit(int(p.argmax()), float(p.max()), box_of(own)))
        return Number(tuple(read), len(path) - len(read))

    def _plain(self, parts: list[Piece], line: Ink) -> dict[int, Digit]:
        """The connected parts that are beyond doubt a digit each, by number."""
        inks = [ink_of_pieces([part], line) for part in parts]
        readings = self.classifier.answer(np.stack([field_of(ink).pixels for ink in inks]))
        tall = height_of(parts)
        plain = {}
        for part, ink, p, score in zip(parts, inks, *readings, strict=True):
            surely = min(float(p.max()), float(score)) >= PLAIN
            if surely and ink.ink.shape[1] <= WIDEST * tall and ink.ink.shape[0] >= TALL * tall:
                plain[part.part] = Digit(int(p.argmax()), float(p.max()), box_of(ink))
        return plain

    @torch.inference_mode()
    def answer(self, lattice: Lattice) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Of each span: `(N, 10)` probabilities; `(N,)` in 0..1, whether it is a whole digit."""
        x = torch.from_numpy(lattice.views()).to(self.classifier.device).float().div_(255)
        probabilities, scores = self.net.answer(x.contiguous(memory_format=torch.channels_last))
        return probabilities.double().cpu().numpy(), scores.double().cpu().numpy()


def load_number_reader(
    classifier: Classifier, source: Source = Path("weights/number")
) -> NumberReader:
    """The reader of numbers whose weights `source` names.

    Args:
        classifier: reads what stands apart.
        source: a folder that holds them, or `owner/name[@revision]` on the Hub.

    Raises:
        WeightsError: they are not there, damaged, or another net's.
    """
    origin = weights.find(source)
    net = weights.load(ConvClassifier, origin)
    if net.channels != 2:
        raise WeightsError(f"The weights in '{origin.source}' read digits, not numbers.")
    return NumberReader(net, classifier, origin)


def best_path(lattice: Lattice, costs: dict[Span, float]) -> list[Span]:
    """The cheapest sequence of spans that covers all pieces.

    Args:
        lattice: of the line.
        costs: of reading each of its spans, in nats; those missing are not used.
    """
    count = len(lattice.pieces)
    best: list[tuple[float, Span | None]] = [(0.0, None)]
    best += [(np.inf, None) for _ in range(count)]
    for first, last in sorted(costs, key=lambda span: span[1]):
        cost = best[first][0] + costs[first, last]
        cost += CUT if lattice.pieces[first].is_cut else 0.0
        best[last] = min(best[last], (cost, (first, last)), key=lambda way: way[0])
    path: list[Span] = []
    while (span := best[path[-1][0] if path else count][1]) is not None:
        path.append(span)
    return path[::-1]


# -- ink -> pieces ---------------------------------------------------------------------------------


def resized(ink: Ink) -> Ink:
    """At most HEIGHT pixels high."""
    height, width = ink.ink.shape
    if height <= HEIGHT:
        return ink
    size = max(1, round(width * HEIGHT / height)), HEIGHT
    small = np.asarray(Image.fromarray(ink.ink).resize(size, Image.Resampling.BOX))
    return Ink(small, ink.left, ink.top, ink.scale * height / HEIGHT)


def connected_parts(line: Ink) -> list[Piece]:
    """The connected parts that are more than dust."""
    labels, count = connected(line.ink > 0.25)
    if not count:
        return []
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    large = np.flatnonzero(areas >= SPECK * areas.max()) + 1
    places = [np.nonzero(labels == number) for number in large.tolist()]
    return [Piece(rows, columns, part) for part, (rows, columns) in enumerate(places)]


def height_of(parts: list[Piece]) -> float:
    """Of the tallest part, in pixels."""
    return float(max(int(np.ptp(part.rows)) + 1 for part in parts))


def lattice_of(line: Ink, parts: list[Piece], uncut: set[int]) -> Lattice:
    """All that some connected parts may be read as.

    Args:
        line: the ink.
        parts: of it.
        uncut: numbers of the parts that are digits as they are.
    """
    tall = height_of(parts)
    pieces: list[Piece] = []
    for part in parts:
        narrow = int(np.ptp(part.columns)) + 1 < NARROW * tall
        pieces += [part] if narrow or part.part in uncut else _cut(part, line.ink, tall)
    pieces.sort(key=lambda piece: float(piece.columns.mean()))
    spans: dict[Span, Ink] = {}
    for first in range(len(pieces)):
        for last in range(first + 1, len(pieces) + 1):
            together = ink_of_pieces(pieces[first:last], line)
            if last > first + 1 and together.ink.shape[1] > WIDEST * tall:
                break
            spans[first, last] = together
    return Lattice(line, pieces, spans)


def ink_of_pieces(pieces: list[Piece], line: Ink) -> Ink:
    """The ink of some pieces together, cropped."""
    rows = np.concatenate([piece.rows for piece in pieces])
    columns = np.concatenate([piece.columns for piece in pieces])
    top, left = int(rows.min()), int(columns.min())
    own = np.zeros((int(rows.max()) - top + 1, int(columns.max()) - left + 1), np.float32)
    own[rows - top, columns - left] = line.ink[rows, columns]
    return Ink(own, line.left + left * line.scale, line.top + top * line.scale, line.scale)


def box_of(ink: Ink) -> Box:
    """Left, top, right, bottom of ink, in the picture's pixels."""
    height, width = ink.ink.shape
    return (ink.left, ink.top, ink.left + width * ink.scale, ink.top + height * ink.scale)


def _cut(part: Piece, ink: npt.NDArray[np.float32], tall: float) -> list[Piece]:
    """A connected part, cut where little ink is crossed."""
    top, left = int(part.rows.min()), int(part.columns.min())
    rows, columns = part.rows - top, part.columns - left
    width = int(columns.max()) + 1
    own = np.zeros((int(rows.max()) + 1, width), np.float32)
    own[rows, columns] = ink[part.rows, part.columns]
    paths, crossed = _seams(own)
    margin, apart = round(0.12 * tall), max(2, round(APART * tall))
    chosen: list[int] = []
    for x in np.argsort(crossed, kind="stable").tolist():
        if len(chosen) == MOST_CUTS:
            break
        if margin <= x < width - margin and all(abs(x - other) >= apart for other in chosen):
            chosen.append(x)
    if not chosen:
        return [part]
    chosen.sort()
    # Seams may meet; beyond a seam means beyond all seams to the left of it.
    seams = np.maximum.accumulate(paths[chosen], axis=0)
    place = (columns[None] >= seams[:, rows]).sum(0)
    pieces: list[Piece] = []
    for number in range(len(chosen) + 1):
        here = place == number
        if here.sum() >= 3:  # fewer: between two seams that met
            cut = bool(pieces)
            pieces.append(Piece(part.rows[here], part.columns[here], part.part, cut))
    return pieces or [part]


def _seams(own: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """For every column, the path from top to bottom through its middle that crosses least ink.

    A path moves at most one column a row (seam carving's dynamic program: Avidan & Shamir 2007,
    section 3), for a small cost, so that it slips between digits that lean or overlap.

    Args:
        own: `(H, W)` ink.

    Returns:
        `(W, H)`: each path's column in every row; and `(W,)`: what it costs.
    """
    height, width = own.shape
    middle = height // 2

    def towards(rows: list[int]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Costs of reaching the last of the rows, and the column one came from in each."""
        cost = own[rows[0]].copy()
        came = np.zeros((len(rows), width), np.int64)
        for i, row in enumerate(rows[1:], 1):
            beside = np.pad(cost, 1, constant_values=np.inf)
            ways = np.stack([cost, beside[:-2] + LEAN, beside[2:] + LEAN])
            way = ways.argmin(0)
            came[i] = np.arange(width) + np.array([0, -1, 1])[way]
            cost = ways.min(0) + own[row]
        return cost.astype(np.float32), came

    down, up = list(range(middle + 1)), list(range(height - 1, middle - 1, -1))
    paths = np.empty((width, height), np.int64)
    total = -own[middle]
    for rows in (down, up):
        cost, came = towards(rows)
        total = total + cost
        at = np.arange(width)
        for i in range(len(rows) - 1, -1, -1):
            paths[:, rows[i]] = at
            at = came[i][at]
    return paths, total
