"""Connected parts of a mask, without SciPy, which the app does not otherwise need."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int32]


def connected(mask: Mask) -> tuple[Labels, int]:
    """Number the 8-connected parts of a mask.

    Runs of each row are joined with the overlapping runs of the row above by union-find
    (Rosenfeld & Pfaltz 1966, with runs in place of pixels): a sketch has a few hundred runs.

    Args:
        mask: `(H, W)`.

    Returns:
        `(H, W)` int32, 0 outside and 1..n inside, by the order of their first rows; and n.
    """
    height, width = mask.shape
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    stops = np.nonzero(edges == -1)[1]
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    first = np.searchsorted(rows, np.arange(height + 1)).tolist()
    begin, end = starts.tolist(), stops.tolist()
    for row in range(1, height):
        above, last = first[row - 1], first[row]
        for run in range(first[row], first[row + 1]):
            while above < last and end[above] < begin[run]:
                above += 1
            touching = above
            while touching < last and begin[touching] <= end[run]:
                low, high = sorted((root(touching), root(run)))
                parent[high] = low
                touching += 1

    numbers: dict[int, int] = {}
    labels = np.zeros((height, width), np.int32)
    for run in range(len(rows)):
        number = numbers.setdefault(root(run), len(numbers) + 1)
        labels[rows[run], begin[run] : end[run]] = number
    return labels, len(numbers)


def boxes(labels: Labels, count: int) -> npt.NDArray[np.int64]:
    """`(count, 4)`: left, top, right, bottom of each part, right and bottom exclusive."""
    found = np.empty((count, 4), np.int64)
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns] - 1
    found[:, :2] = np.iinfo(np.int64).max
    found[:, 2:] = -1
    np.minimum.at(found[:, 0], numbers, columns)
    np.minimum.at(found[:, 1], numbers, rows)
    np.maximum.at(found[:, 2], numbers, columns)
    np.maximum.at(found[:, 3], numbers, rows)
    found[:, 2:] += 1
    return found
