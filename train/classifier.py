"""Train a digit classifier: `python -m train.classifier --out runs/classifier`."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import weights
from model.classifier import Classifier
from model.nets import CLASSIFIERS, build_classifier, channels_last, count_parameters
from train.augment import augment
from train.data import Digits, data_folder, load_mnist, split
from train.evaluate import accuracy
from train.loop import LoopOptions, device_of, fit, provenance, write_json
from train.options import option, parse, run, writable_folder


@dataclass(frozen=True)
class ClassifierOptions(LoopOptions):
    """Options of `python -m train.classifier`."""

    out: Path = option(Path("runs/classifier"), "folder for weights, figures and checkpoints")
    model: str = option("digit", "which net", choices=tuple(CLASSIFIERS))
    augment: bool = option(True, "distort the digits as other hands might have written them")
    smoothing: float = option(0.05, "label smoothing", low=0, high=0.5)


@torch.inference_mode()
def logits_of(net: nn.Module, digits: Digits) -> Tensor:
    """`(N, 10)` logits of prepared digits."""
    parts = []
    for start in range(0, len(digits), 1000):
        x, _ = digits.batch(slice(start, start + 1000))
        parts.append(net(x.to(memory_format=torch.channels_last)).float())
    return torch.cat(parts)


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The divisor of the logits with the lowest negative log-likelihood.

    One number, so every value from 0.05 to 5 is tried, in steps of 2 %.
    """
    candidates = torch.logspace(math.log10(0.05), math.log10(5), 233).tolist()
    return min(candidates, key=lambda t: float(F.cross_entropy(logits / t, labels)))


def validation_figures(net: nn.Module, digits: Digits) -> dict[str, float]:
    """Accuracy, and mean negative log-likelihood after calibration, on prepared digits."""
    logits = logits_of(net, digits)
    nll = F.cross_entropy(logits / best_temperature(logits, digits.labels), digits.labels)
    right = int((logits.argmax(1) == digits.labels).sum())
    return {"validation_accuracy": right / len(digits), "validation_nll": float(nll)}


def train(options: ClassifierOptions) -> dict[str, object]:
    """Train as told; weights and figures go into `options.out`, the figures are also returned.

    Raises:
        TrainError: something the user can mend.
    """
    device = device_of(options)
    writable_folder(options.out)
    folder = data_folder(options.data_dir)
    digits = load_mnist(folder, train=True)
    if options.limit:
        digits = digits[: options.limit]
    training, validation = split(digits, options.validation)
    training, validation = training.to(device), validation.to(device)

    torch.manual_seed(options.seed)
    net = channels_last(build_classifier(options.model).to(device))

    def loss(net: nn.Module, index: Tensor, _step: int) -> Tensor:
        x, y = training.batch(index)
        if options.augment:
            with torch.autocast(device.type, enabled=False):
                x = augment(x)
        logits = net(x.to(memory_format=torch.channels_last)).float()
        return F.cross_entropy(logits, y, label_smoothing=options.smoothing)

    history = fit(
        net,
        len(training),
        options,
        loss,
        lambda averaged: validation_figures(averaged, validation),
        name=options.model,
        score="validation_accuracy",
        on_best=lambda best: weights.save(best, options.out),
    )
    net.temperature.fill_(best_temperature(logits_of(net, validation), validation.labels))
    weights.save(net, options.out)
    figures: dict[str, object] = {
        "parameters": count_parameters(net),
        "epochs": len(history),
        "chosen": max(history, key=lambda row: row["validation_accuracy"]),
    }
    if options.test:
        test = load_mnist(folder, train=False)
        figures["test"] = accuracy(Classifier(net, str(device)), test)
    write_json(
        options.out / "metrics.json", {**figures, **provenance(), "options": asdict(options)}
    )
    return figures


def main() -> None:
    """The command line."""
    options = parse(ClassifierOptions, None, "train.classifier", __doc__ or "")
    figures = train(options)
    print(f"weights and metrics.json are in {options.out}")
    if "test" in figures:
        print(f"test: {figures['test']}")


if __name__ == "__main__":
    run(main)
