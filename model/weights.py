"""Where weights come from, and how they are read and written.

A source names a folder that holds `config.json` and `model.safetensors`. Nothing else is ever
read: a pickle could run code.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import tempfile
from pathlib import Path
from typing import TypeVar

from huggingface_hub import PyTorchModelHubMixin
from safetensors import SafetensorError
from torch import nn

ROOT = Path(__file__).resolve().parent.parent
FILES = ("config.json", "model.safetensors")

Net = TypeVar("Net", bound=PyTorchModelHubMixin)


class WeightsError(Exception):
    """Weights that cannot be had, said in one sentence."""


def find(source: str | Path) -> Path:
    """The folder that `source` names; relative ones may also start at the project's root.

    Raises:
        WeightsError: there is no such folder, or a file is missing in it.
    """
    given = Path(source).expanduser()
    candidates = [given] if given.is_absolute() else [given, ROOT / given]
    folder = next((path for path in candidates if path.is_dir()), None)
    if folder is None:
        raise WeightsError(
            f"There is no folder of weights at '{source}': "
            f"name one that holds {' and '.join(FILES)}."
        )
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise WeightsError(f"The folder of weights '{source}' lacks {' and '.join(missing)}.")
    return folder


def load(kind: type[Net], source: str | Path) -> Net:
    """The net of class `kind` that `source` names, in eval mode, on the CPU, in float32.

    Raises:
        WeightsError: the source is not there, damaged, or of another net.
    """
    folder = find(source)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the mixin prints
            # strict: by default the mixin leaves missing tensors random without a word.
            net = kind.from_pretrained(str(folder), strict=True, local_files_only=True)
    except (SafetensorError, json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise WeightsError(
            f"The weights in '{source}' are damaged or unreadable: fetch or train them again."
        ) from error
    except (RuntimeError, TypeError, ValueError) as error:
        raise WeightsError(
            f"The weights in '{source}' are not of a {kind.__name__}: name another folder."
        ) from error
    return net


def save(net: nn.Module, folder: Path, *, half: bool = False) -> None:
    """Write a net's `config.json` and `model.safetensors` into `folder`, or replace them.

    `half` stores float16, half the size; loading gives float32 again. The card that the mixin
    writes is left out: a card is made when weights are published.
    """
    twin = copy.deepcopy(net).cpu()
    assert isinstance(twin, PyTorchModelHubMixin), "only a net that can be loaded can be saved"
    if half:
        twin.half()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as part:
        twin.save_pretrained(part)
        for name in FILES:
            (Path(part) / name).chmod(0o644)  # safetensors makes it the owner's alone
            (Path(part) / name).replace(folder / name)
