"""Training on many devices at once: `torchrun --nproc-per-node=N -m train.classifier`.

Every process draws the same batch and augments it, then learns from a part of its own; the
gradients' mean over all parts is the whole batch's. So a run is the same on one device and on many,
up to rounding, for nets without dropout and BatchNorm; those two draw and normalise part by part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn

from train.options import TrainError


def processes() -> int:
    """How many take part."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """Which of them this one is; 0 alone writes files and shows progress."""
    return dist.get_rank() if processes() > 1 else 0


@contextmanager
def together(device: torch.device) -> Iterator[torch.device]:
    """Join the other processes, if torchrun has started several; gives this one's device."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()


def alone(command: str) -> None:
    """Refuse to be one of several processes.

    Raises:
        TrainError: torchrun has started several.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise TrainError(f"{command} trains in one process: start it without torchrun.")


def part(batch: Tensor) -> Tensor:
    """This process's rows of a batch."""
    return batch if processes() == 1 else batch[rank() :: processes()]


def check_batch(size: int) -> None:
    """Refuse a batch that cannot be dealt out evenly.

    Raises:
        TrainError: it cannot.
    """
    if size % processes():
        raise TrainError(
            f"--batch-size {size} cannot be dealt out to {processes()} processes: "
            f"choose a multiple of {processes()}."
        )


def average_gradients(net: nn.Module) -> None:
    """Give every process the mean of all gradients."""
    if processes() == 1:
        return
    gradients = [p.grad for p in net.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])  # one message for all of them
    dist.all_reduce(flat)
    flat /= processes()
    start = 0
    for gradient in gradients:
        gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
        start += gradient.numel()


def mean(value: Tensor) -> Tensor:
    """The mean of a number over all processes."""
    if processes() == 1:
        return value
    total = value.clone()
    dist.all_reduce(total)
    return total / processes()


def anyone(true: bool, device: torch.device) -> bool:
    """Whether it is true for any of the processes."""
    if processes() == 1:
        return true
    flag = torch.tensor(float(true), device=device)
    dist.all_reduce(flag)
    return bool(flag)


def same_everywhere(net: nn.Module) -> None:
    """Give every process the first one's averages of BatchNorm and the like."""
    if processes() > 1:
        for buffer in net.buffers():
            dist.broadcast(buffer, 0)
