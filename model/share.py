"""Sharing out work on many rows among processors that have none."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import torch
from torch import Tensor

LEAST = 10  # rows that are worth another thread


@cache
def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="rows")


def shared_out(work: Callable[..., Tensor], *rows: Tensor) -> Tensor:
    """`work(*rows)`, done in several parts at the same time where that is sooner.

    A server gives each request one of torch's threads, so that many visitors do not get into each
    other's way; then the other processors help a request that is large. Where torch has a thread
    for every processor, or a GPU works, or gradients are wanted, nothing is shared out.

    Args:
        work: takes tensors of N rows each, gives one of N rows, each row's from those rows alone.
        rows: those tensors, N >= 1.
    """
    count = len(rows[0])
    parts = min(processors() // torch.get_num_threads(), count // LEAST)
    if parts < 2 or rows[0].device.type != "cpu" or not torch.is_inference_mode_enabled():
        return work(*rows)

    def part(*some: Tensor) -> Tensor:
        with torch.inference_mode():  # which every thread has for itself
            return work(*some)

    pieces = (tensor.tensor_split(parts) for tensor in rows)
    return torch.cat(list(_helpers().map(part, *pieces)))
