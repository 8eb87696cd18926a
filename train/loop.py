"""The training loop, shared by every net.

All randomness of a step is a function of (seed, step): the seed is set anew before each one. A
checkpoint therefore needs no generator states, and a resumed run is the uninterrupted one.
"""

from __future__ import annotations

import csv
import json
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from model.nets import pick_device
from train import parallel
from train.data import DATASETS
from train.options import TrainError, option

Loss = Callable[[nn.Module, Tensor, int], Tensor]  # net, indices of a batch, step -> loss
Validate = Callable[[nn.Module], dict[str, float]]  # averaged net -> figures
OnBest = Callable[[nn.Module], None]
Order = Callable[[torch.Generator], Tensor]  # -> the indices of an epoch, in order


@dataclass(frozen=True)
class LoopOptions:
    """What every training command can be told."""

    out: Path = option(Path("runs/latest"), "folder for weights, figures and checkpoints")
    data_dir: Path | None = option(None, "folder that holds MNIST (else DATA_DIR, else ./data)")
    dataset: str = option("mnist", "what to learn", choices=tuple(DATASETS))
    epochs: int = option(20, "passes over the training digits", low=1)
    batch_size: int = option(128, "digits a step", low=1)
    lr: float = option(3e-3, "highest learning rate of the one-cycle schedule", low=1e-8, high=10)
    optimizer: str = option("adamw", "which optimiser", choices=("adamw", "adam", "sgd", "rmsprop"))
    schedule: str = option("onecycle", "of the learning rate", choices=("onecycle", "constant"))
    weight_decay: float = option(0.02, "weight decay, AdamW's decoupled", low=0, high=1)
    ema: float = option(0.998, "decay a step of the averaged weights that are kept", low=0, high=1)
    seed: int = option(0, "of everything random", low=0, high=2**31)
    device: str = option("auto", "where to train", choices=("auto", "cpu", "cuda", "mps"))
    bf16: bool = option(False, "bfloat16 arithmetic: twice as fast where the processor has it")
    validation: int = option(5000, "training digits set aside to choose by", low=1)
    limit: int = option(0, "use only so many training digits, to try things; 0: all", low=0)
    patience: int = option(0, "stop after so many epochs without improvement; 0: never", low=0)
    resume: bool = option(False, "continue the run in --out where it was stopped")
    push: str | None = option(None, "publish the result to this owner/name on the Hub")


def device_of(options: LoopOptions) -> torch.device:
    """The device to train on.

    Raises:
        TrainError: this machine does not have it.
    """
    try:
        return pick_device(options.device)
    except ValueError as error:
        raise TrainError(str(error)) from error


class StoppedError(TrainError):
    """Ctrl-C was pressed; the checkpoint is written."""


@contextmanager
def _interrupt_flag() -> Iterator[list[bool]]:
    """Turn the first Ctrl-C into a flag, so that no step is cut in half; a second one kills."""
    pressed = [False]

    def press(_signal: int, _frame: FrameType | None) -> None:
        if pressed[0]:
            raise KeyboardInterrupt
        pressed[0] = True

    try:
        before = signal.signal(signal.SIGINT, press)
    except ValueError:  # not the main thread: nobody can press anything
        yield pressed
        return
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def save_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and move it there, so that no half file is ever seen."""
    beside = path.with_name(path.name + ".part")
    write(beside)
    beside.replace(path)


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON."""
    save_atomically(path, lambda p: p.write_text(json.dumps(value, indent=2, default=str) + "\n"))


def provenance() -> dict[str, Any]:
    """The command and the machine that a figure stands beside."""
    module = getattr(sys.modules.get("__main__"), "__spec__", None)
    program = f"python -m {module.name}" if module else "python"
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": " ".join([program, *sys.argv[1:]]),
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads"
        + (f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }


# What may differ between a run and its continuation without changing what is learnt.
_FREE_TO_CHANGE = {"resume", "out", "data_dir", "device", "test", "patience", "push"}


def _identity(options: LoopOptions) -> dict[str, Any]:
    return {k: str(v) for k, v in asdict(options).items() if k not in _FREE_TO_CHANGE}


def fit(
    net: nn.Module,
    count: int,
    options: LoopOptions,
    loss: Loss,
    validate: Validate,
    *,
    name: str,
    score: str,
    on_best: OnBest,
    stem: str = "",
    order_of: Order | None = None,
) -> tuple[list[dict[str, float]], float]:
    """Train `net`, averaging its weights.

    After each epoch the averaged net is validated; where `score` is the highest so far,
    `on_best` is called with it. `options.out` gets `{stem}checkpoint.pt` and `{stem}history.csv`.

    Args:
        net: trained in place; on return it holds the best averaged weights.
        count: number of training items an epoch; `loss` gets indices below it.
        options: of the run.
        loss: `(net, (B,) indices, step) -> scalar`.
        validate: `averaged net -> figures`, among them `score`, where higher is better.
        name: of the net, for the progress bar.
        score: the figure that chooses.
        on_best: told of each new best net.
        stem: before the files' names, where a run trains several nets.
        order_of: where an epoch is not simply a shuffle of `range(count)`: its `count` indices.

    Returns:
        The history, one dict an epoch; and the seconds it took, earlier parts of the run included.

    Raises:
        StoppedError: Ctrl-C; the checkpoint lets `--resume` continue.
        TrainError: nothing to resume, or another run's checkpoint; or the loss is not a number.
    """
    parallel.check_batch(options.batch_size)
    epochs, first = options.epochs, parallel.rank() == 0
    device = next(net.parameters()).device
    batches = max(1, count // options.batch_size)
    optimizer = optimizer_of(net, options)
    schedule = schedule_of(optimizer, options, epochs * batches)
    average = AveragedModel(net, avg_fn=_moving_average(options.ema), use_buffers=True)
    path = options.out / f"{stem}checkpoint.pt"
    step, best, seconds = 0, float("-inf"), 0.0
    history: list[dict[str, float]] = []
    best_state: dict[str, Tensor] = {}
    total = torch.zeros((), device=device)  # of this epoch's losses

    if options.resume and path.exists():
        saved = torch.load(path, map_location=device, weights_only=True)
        if saved["options"] != _identity(options):
            differ = [k for k, v in _identity(options).items() if saved["options"].get(k) != v]
            flags = ", ".join("--" + key.replace("_", "-") for key in differ)
            raise TrainError(
                f"The run in {options.out} was started with other options ({flags}): "
                "repeat those, or choose another --out."
            )
        net.load_state_dict(saved["net"])
        average.load_state_dict(saved["average"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        step, history, best = saved["step"], saved["history"], saved["best"]
        best_state, seconds, total = saved["best_state"], saved["seconds"], saved["total"]

    started = time.monotonic() - seconds

    def checkpoint() -> None:
        if not first:
            return
        state = {
            "net": net.state_dict(),
            "average": average.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "step": step,
            "history": history,
            "best": best,
            "best_state": best_state,
            "total": total,
            "seconds": time.monotonic() - started,
            "options": _identity(options),
        }
        save_atomically(path, lambda p: torch.save(state, p))

    with _interrupt_flag() as pressed:
        while step < epochs * batches and not _stale(history, score, options.patience):
            epoch, done = divmod(step, batches)
            shuffle = torch.Generator().manual_seed(_mix(options.seed, epoch, 1))
            order = order_of(shuffle) if order_of else torch.randperm(count, generator=shuffle)
            order = order.to(device)
            net.train()
            if not done:
                total = torch.zeros((), device=device)
            bar = tqdm(
                range(done, batches),
                desc=f"{name} {epoch + 1}/{epochs}",
                initial=done,
                total=batches,
                leave=False,
                mininterval=1.0,
                disable=None if first else True,
            )
            for batch in bar:
                torch.manual_seed(_mix(options.seed, step, 2))
                index = order[batch * options.batch_size : (batch + 1) * options.batch_size]
                optimizer.zero_grad(set_to_none=True)
                with torch.autocast(device.type, torch.bfloat16, enabled=options.bf16):
                    value = loss(net, index, step)
                value.backward()
                parallel.average_gradients(net)
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                average.update_parameters(net)
                step += 1
                total += value.detach()
                if batch % 20 == 0:
                    bar.set_postfix(loss=f"{value.item():.4f}")
                if parallel.anyone(pressed[0], device):
                    bar.close()
                    if not history and first:  # leave something that can be used, however raw
                        on_best(average.module)
                    checkpoint()
                    raise StoppedError(
                        f"Stopped in epoch {epoch + 1} of {epochs}; "
                        "the same command with --resume continues."
                    )
            mean = float(parallel.mean(total)) / batches
            if mean != mean:
                raise TrainError(
                    f"The loss is no longer a number in epoch {epoch + 1}: lower --lr."
                )
            average.eval()
            parallel.same_everywhere(average)
            with torch.inference_mode():
                figures = validate(average.module)
            history.append({"epoch": epoch + 1, "loss": mean, **figures})
            if figures[score] > best:
                best = figures[score]
                best_state = {k: v.clone() for k, v in average.module.state_dict().items()}
                if first:
                    on_best(average.module)
            checkpoint()
            if not first:
                continue
            _write_history(options.out / f"{stem}history.csv", history)
            shown = "  ".join(f"{k} {v:.4f}" for k, v in history[-1].items() if k != "epoch")
            minutes = (time.monotonic() - started) / 60
            tqdm.write(f"{name} epoch {epoch + 1:3d}/{epochs}  {shown}  {minutes:.1f} min")

    net.load_state_dict(best_state)
    net.eval()
    return history, time.monotonic() - started


def optimizer_of(net: nn.Module, options: LoopOptions) -> torch.optim.Optimizer:
    """The optimiser that the options name; SGD with Nesterov's momentum of 0.9."""
    lr, decay = options.lr, options.weight_decay
    if options.optimizer == "adamw":
        return torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=decay)
    if options.optimizer == "adam":
        return torch.optim.Adam(net.parameters(), lr=lr, weight_decay=decay)
    if options.optimizer == "rmsprop":
        return torch.optim.RMSprop(net.parameters(), lr=lr, weight_decay=decay)
    return torch.optim.SGD(net.parameters(), lr=lr, weight_decay=decay, momentum=0.9, nesterov=True)


def schedule_of(
    optimizer: torch.optim.Optimizer, options: LoopOptions, steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """One cycle up and down (Smith & Topin 2018), or no change at all."""
    if options.schedule == "constant":
        return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: 1.0)
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=options.lr, total_steps=steps + 1, pct_start=0.2
    )


def _moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """An exponential moving average that forgets its random start: it follows closely at first."""

    def update(average: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        keep = min(decay, (1 + int(count)) / (10 + int(count)))
        return current + keep * (average - current)

    return update


def _mix(seed: int, number: int, purpose: int) -> int:
    """A seed of its own for every (run, step, purpose)."""
    return (seed * 1_000_003 + number) * 7 + purpose


def _stale(history: list[dict[str, float]], score: str, patience: int) -> bool:
    if not patience or len(history) <= patience:
        return False
    scores = [row[score] for row in history]
    return scores.index(max(scores)) < len(scores) - patience


def _write_history(path: Path, history: list[dict[str, float]]) -> None:
    def write(part: Path) -> None:
        with part.open("w", newline="") as file:
            table = csv.DictWriter(file, fieldnames=list(history[0]))
            table.writeheader()
            table.writerows(history)

    save_atomically(path, write)
