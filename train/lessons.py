"""What users taught an app, as digits to learn from (see `studio.lessons`)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import snapshot_download
from PIL import Image

from model import PictureError, hub
from model.picture import prepare_all
from train.data import Digits
from train.options import TrainError


def load_lessons(source: str) -> Digits:
    """All drawings of a folder, or of a dataset on the Hub, prepared as the reader sees them.

    Args:
        source: a folder that holds `metadata.jsonl` and pictures, at any depth; or `owner/name`,
            or `owner/name@revision`, of a dataset on the Hub that does.

    Raises:
        TrainError: there is no such thing, or nothing in it.
    """
    folder = Path(source).expanduser()
    if not folder.is_dir():
        folder = _fetched(source)
    pictures, labels = [], []
    for table in sorted(folder.rglob("metadata.jsonl")):
        for number, line in enumerate(table.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                name, label = Path(row["file_name"]), row["label"]
                if label not in range(10) or name.is_absolute() or ".." in name.parts:
                    raise ValueError(row)
                with Image.open(table.parent / name) as picture:
                    pictures.append(picture.copy())
            except (ValueError, KeyError, TypeError, OSError) as error:
                raise TrainError(
                    f"Line {number} of {table} is no lesson: it needs file_name, of a picture "
                    "there, and label, 0 to 9."
                ) from error
            labels.append(int(label))
    if not labels:
        raise TrainError(f"There is no drawing in '{source}': name a folder with metadata.jsonl.")
    try:
        pixels, drawn = prepare_all(pictures)
    except PictureError as error:
        raise TrainError(f"A picture in '{source}' cannot be read: {error}") from error
    return Digits(torch.from_numpy(pixels[drawn]), torch.from_numpy(np.array(labels)[drawn]).long())


def _fetched(source: str) -> Path:
    repository = hub.Repository.parse(source)
    if repository is None:
        raise TrainError(
            f"There is no folder '{source}': name one, or owner/name of a dataset on the Hub."
        )
    try:
        return Path(
            snapshot_download(
                repository.name,
                repo_type="dataset",
                revision=repository.revision,
                allow_patterns=["*.jsonl", "*.png"],
            )
        )
    except Exception as error:
        raise TrainError(str(hub.explain(error, source))) from error
