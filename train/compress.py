"""Make a reader smaller or faster, and see what that costs: `python -m train.compress SOURCE`.

Writes a `torch.export` program, ONNX, and ONNX quantised to int8, dynamically and statically. Each
is loaded again and compared with the original: size, accuracy, latency.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from model import WeightsError, load_classifier
from model.nets import ConvClassifier
from train.data import data_folder, load_mnist
from train.loop import provenance, write_json
from train.options import Parser, TrainError, run, writable_folder

Answer = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]  # (B, 1, 28, 28) -> (B, 10)
CALIBRATION = 500  # digits that static quantisation takes its ranges from
TIMED = 100  # runs of one digit


class _Reader(nn.Module):
    """The net as the page uses it: calibrated probabilities and the digit score."""

    def __init__(self, net: ConvClassifier) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        probabilities: tuple[Tensor, Tensor] = self.net.answer(x)
        return probabilities


class _Calibration(CalibrationDataReader):
    """Digits, one at a time."""

    def __init__(self, digits: npt.NDArray[np.float32]) -> None:
        self.digits = iter(digits)

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        digit = next(self.digits, None)
        return None if digit is None else {"digit": digit[None]}


def export_onnx(net: ConvClassifier, file: Path) -> None:
    """Write a net as ONNX: `digit` `(N, 1, 28, 28)` float32 -> `probabilities`, `score`.

    Args:
        net: in eval mode, on the CPU.
        file: where to.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about itself
        torch.onnx.export(
            _contiguous(net),
            (torch.zeros(2, 1, 28, 28),),
            str(file),
            input_names=["digit"],
            output_names=["probabilities", "score"],
            dynamic_shapes=_BATCH,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


_BATCH = {"x": {0: torch.export.Dim("batch", min=1, max=4096)}}


def _contiguous(net: ConvClassifier) -> nn.Module:
    """What is exported, its weights laid out as other runtimes expect them."""
    plain = copy.deepcopy(net).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return _Reader(plain).eval()


def export(net: ConvClassifier, digits: npt.NDArray[np.float32], folder: Path) -> dict[str, Path]:
    """Write every version of a net into `folder`.

    Args:
        net: in eval mode, on the CPU.
        digits: `(N, 1, 28, 28)` float32 in 0..1, for static quantisation.
        folder: where to.

    Returns:
        name -> file.
    """
    files = {
        "torch.export": folder / "model.pt2",
        "onnx": folder / "model.onnx",
        "onnx, int8 dynamic": folder / "model-int8-dynamic.onnx",
        "onnx, int8 static": folder / "model-int8-static.onnx",
    }
    example = (torch.from_numpy(digits[:2]),)
    export_onnx(net, files["onnx"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporters, about themselves
        program = torch.export.export(_contiguous(net), example, dynamic_shapes=_BATCH)
        torch.export.save(program, files["torch.export"])
        prepared = folder / "prepared.onnx"
        quant_pre_process(str(files["onnx"]), str(prepared))
        quantize_dynamic(
            str(prepared), str(files["onnx, int8 dynamic"]), weight_type=QuantType.QUInt8
        )
        quantize_static(
            str(prepared),
            str(files["onnx, int8 static"]),
            _Calibration(digits[:CALIBRATION]),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
        )
        prepared.unlink()
    return files


def load(file: Path) -> Answer:
    """An exported file as a function from digits to probabilities."""
    if file.suffix == ".pt2":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of read-only buffers, which we only read
            module = torch.export.load(file).module()

        def by_torch(digits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            with torch.inference_mode():
                answer: npt.NDArray[np.float32] = module(torch.from_numpy(digits))[0].numpy()
            return answer

        return by_torch
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def by_onnx(digits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        answer: npt.NDArray[np.float32] = session.run(["probabilities"], {"digit": digits})[0]
        return answer

    return by_onnx


def measure(
    answer: Answer,
    size: int,
    digits: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
    reference: npt.NDArray[np.float32] | None,
) -> dict[str, Any]:
    """Size, accuracy, time for one digit, and how far the answers are from the original's."""
    parts = [answer(digits[start : start + 500]) for start in range(0, len(digits), 500)]
    p = np.concatenate(parts)
    one = digits[:1]
    for _ in range(10):
        answer(one)
    times = []
    for _ in range(TIMED):
        started = time.perf_counter()
        answer(one)
        times.append(time.perf_counter() - started)
    row: dict[str, Any] = {
        "bytes": size,
        "accuracy": float((p.argmax(1) == labels).mean()),
        "n": len(labels),
        "milliseconds": round(1000 * statistics.median(times), 3),
    }
    if reference is not None:
        row["same_label"] = float((p.argmax(1) == reference.argmax(1)).mean())
        row["largest_difference"] = float(np.abs(p - reference).max())
    return row


def compress(source: str, folder: Path, data: Path) -> dict[str, Any]:
    """Export, load again and measure, all on the test digits.

    Raises:
        TrainError: something the user can mend.
    """
    try:
        classifier = load_classifier(source)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    writable_folder(folder)
    net = classifier.net
    training = load_mnist(data, train=True)
    test = load_mnist(data, train=False)
    some = training[slice(0, CALIBRATION)].batch(slice(None))[0].numpy()
    digits, labels = test.batch(slice(None))[0].numpy(), test.labels.numpy()

    def original(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            answer: npt.NDArray[np.float32] = net.answer(torch.from_numpy(x))[0].numpy()
        return answer

    size = sum(p.numel() * p.element_size() for p in net.state_dict().values())
    rows = {"torch, float32": measure(original, size, digits, labels, None)}
    reference = np.concatenate([original(part) for part in _parts(digits)])
    for name, file in export(net, some, folder).items():
        rows[name] = measure(load(file), file.stat().st_size, digits, labels, reference)
        rows[name]["file"] = str(file)
    figures = {"classifier": source, "versions_of_it": rows, **provenance()}
    write_json(folder / "compression.json", figures)
    return figures


def _parts(digits: npt.NDArray[np.float32]) -> Iterable[npt.NDArray[np.float32]]:
    return (digits[start : start + 500] for start in range(0, len(digits), 500))


def main() -> None:
    """The command line."""
    parser: argparse.ArgumentParser = Parser(
        prog="train.compress", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("source", help="of a reader: a folder, or owner/name[@revision] on the Hub")
    parser.add_argument("--out", type=Path, default=Path("runs/compressed"), help="folder to write")
    parser.add_argument(
        "--data-dir", type=Path, help="folder that holds MNIST (else DATA_DIR, else ./data)"
    )
    given = parser.parse_args()
    figures = compress(given.source, given.out, data_folder(given.data_dir))
    json.dump(figures, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    run(main)
