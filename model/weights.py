"""Where weights come from, and how they are read and written.

A source names a folder that holds `config.json` and `model.safetensors`, or a repository on the
Hugging Face Hub that does. Nothing else is ever read: a pickle could run code.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import inspect
import io
import json
import logging
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from huggingface_hub import PyTorchModelHubMixin
from safetensors import SafetensorError
from torch import nn

from model import hub

ROOT = Path(__file__).resolve().parent.parent
FILES = ("config.json", "model.safetensors")
FIGURES = "metrics.json"  # what was measured in training; may be missing
EVALUATION = "evaluation.json"  # and what `train.evaluate` measured later; likewise
EVALUATION_PICTURE = "evaluation.png"  # digits that it speaks of, 28x28 each, ten in a row
_MORE = (FIGURES, EVALUATION, EVALUATION_PICTURE)

Net = TypeVar("Net", bound=nn.Module)
log = logging.getLogger(__name__)


class WeightsError(hub.UnavailableError):
    """Weights that cannot be had, said in one sentence."""


@dataclass(frozen=True)
class Origin:
    """Where weights are.

    Attributes:
        source: as it was named.
        folder: that holds the files.
        commit: of the Hub, 40 hexadecimal digits; `None` for a folder of one's own.
        figures: what `metrics.json` says of them, and `evaluation.json` under "evaluation"; empty
            without them.
        note: one sentence, where these are not just what was asked for.
    """

    source: str
    folder: Path
    commit: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    note: str | None = None


Source = str | Path | Origin


def find(source: Source, patience: float | None = None) -> Origin:
    """Where the weights are that `source` names, fetched if need be.

    Args:
        source: a folder; as text also `owner/name` or `owner/name@revision` on the Hub. A relative
            folder may start at the project's root, too, and goes before a repository.
        patience: seconds after which the Hub counts as failing; see `model.hub.fetch`.

    Raises:
        WeightsError: there is no such thing, or it cannot be had.
    """
    if isinstance(source, Origin):
        return source
    given = Path(source).expanduser()
    candidates = [given] if given.is_absolute() else [given, ROOT / given]
    folder = next((path for path in candidates if path.is_dir()), None)
    if folder is not None:
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise WeightsError(
                f"The folder of weights '{source}' lacks {' and '.join(missing)}"
                + (", and a pickle is never read." if _pickles(folder) else "."),
                wrong_name=True,
            )
        return Origin(str(source), folder, figures=_figures(folder))
    repository = hub.Repository.parse(source) if isinstance(source, str) else None
    if repository is None:
        raise WeightsError(
            f"There is no folder of weights at '{source}': "
            f"name one that holds {' and '.join(FILES)}, or owner/name on the Hub.",
            wrong_name=True,
        )
    try:
        found = hub.fetch(repository, FILES, _MORE, patience)
    except hub.HubError as error:
        raise WeightsError(str(error), error.wrong_name) from error
    note = None
    if found.problem is not None:
        note = f"{found.problem} The copy fetched earlier is used, commit {found.commit[:7]}."
        log.warning(note)
    return Origin(str(repository), found.folder, found.commit, _figures(found.folder), note)


def load(kinds: type[Net] | tuple[type[Net], ...], source: Source) -> Net:
    """The net that `source` names, of one of the classes: in eval mode, on the CPU, in float32.

    Raises:
        WeightsError: the source is not there, damaged, or of another net.
    """
    origin = find(source)
    file = origin.folder / "model.safetensors"
    try:
        known = origin.figures.get("sha256")
        if known is not None and known != sha256(file):
            raise SafetensorError("not the file that was published")
        kind = _kind_of(origin.folder, kinds if isinstance(kinds, tuple) else (kinds,))
        with contextlib.redirect_stdout(io.StringIO()):  # the mixin prints
            # strict: by default the mixin leaves missing tensors random without a word.
            net = kind.from_pretrained(str(origin.folder), strict=True, local_files_only=True)
    except (SafetensorError, json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        if origin.commit is not None:
            for name in (*FILES, *_MORE):
                hub.forget(origin.folder / name)
        raise WeightsError(
            f"The weights in '{origin.source}' are damaged or unreadable: "
            "fetch or train them again."
        ) from error
    except (RuntimeError, TypeError, ValueError) as error:
        raise WeightsError(
            f"The weights in '{origin.source}' are not of a {kind.__name__}: name other ones."
        ) from error
    assert isinstance(net, kind)
    return net


def _kind_of(folder: Path, kinds: tuple[type[Net], ...]) -> Any:
    """The class whose arguments the folder's config.json names; else the first, to say what not."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    for kind in kinds:
        if isinstance(config, dict) and set(config) <= set(inspect.signature(kind).parameters):
            return kind
    return kinds[0]


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


def sha256(file: Path) -> str:
    """Of a file's bytes, hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _figures(folder: Path) -> dict[str, Any]:
    figures, evaluation = _read_json(folder / FIGURES), _read_json(folder / EVALUATION)
    return {**figures, "evaluation": evaluation} if evaluation else figures


def _read_json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):  # a help, not a need
        return {}
    return found if isinstance(found, dict) else {}


def _pickles(folder: Path) -> bool:
    return any(folder.glob(f"*{end}") for end in (".bin", ".pt", ".pth", ".pkl", ".ckpt"))
