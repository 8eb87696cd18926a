"""MNIST as whole tensors. 70,000 digits are 55 MB: no loader, no worker processes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from train.options import TrainError

SPLIT_SEED = 0  # the validation digits are the same in every run, whatever its --seed


@dataclass(frozen=True)
class Digits:
    """Pictures and what they show.

    Attributes:
        images: `(N, 28, 28)`, or `(N, C, 28, 28)` of several channels; uint8, ink = 255.
        labels: `(N,)` int64 in 0..9.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: Tensor | slice) -> Digits:
        return Digits(self.images[index], self.labels[index])

    def to(self, device: torch.device) -> Digits:
        """The same digits on another device."""
        return Digits(self.images.to(device), self.labels.to(device))

    def batch(self, index: Tensor | slice) -> tuple[Tensor, Tensor]:
        """Nets' input: `(B, C, 28, 28)` float in 0..1, C mostly 1, and `(B,)` labels."""
        images = self.images[index]
        images = images if images.dim() == 4 else images.unsqueeze(1)
        return images.float().div_(255), self.labels[index]


def join(*parts: Digits) -> Digits:
    """All digits of the parts, in order."""
    return Digits(torch.cat([p.images for p in parts]), torch.cat([p.labels for p in parts]))


@dataclass(frozen=True)
class Mixture:
    """Pools of digits, of each of which an epoch sees as many as told, drawn anew every time.

    Attributes:
        digits: all pools, one after the other.
        sizes: of the pools.
        takes: how many of each pool an epoch sees, at most its size.
    """

    digits: Digits
    sizes: tuple[int, ...]
    takes: tuple[int, ...]

    @staticmethod
    def of(*pools: tuple[Digits, int]) -> Mixture:
        """Pools, each with how many of it an epoch is to see, or 0 for all."""
        digits = join(*(pool for pool, _ in pools))
        sizes = tuple(len(pool) for pool, _ in pools)
        takes = tuple(min(take or len(pool), len(pool)) for pool, take in pools)
        return Mixture(digits, sizes, takes)

    def order(self, generator: torch.Generator) -> Tensor:
        """The indices of one epoch, shuffled: `(sum(takes),)`."""
        parts, start = [], 0
        for size, take in zip(self.sizes, self.takes, strict=True):
            parts.append(start + torch.randperm(size, generator=generator)[:take])
            start += size
        chosen = torch.cat(parts)
        return chosen[torch.randperm(len(chosen), generator=generator)]


def data_folder(given: Path | None) -> Path:
    """`--data-dir`, else the variable `DATA_DIR`, else `data`."""
    return given or Path(os.environ.get("DATA_DIR") or "data")


# Pictures of 28x28 in ten classes: torchvision's class, and what the labels 0 to 9 stand for.
DATASETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mnist": ("MNIST", tuple("0123456789")),
    "fashion-mnist": (
        "FashionMNIST",
        tuple(
            [
                "T-shirt",
                "trousers",
                "pullover",
                "dress",
                "coat",
                "sandal",
                "shirt",
                "trainer",
                "bag",
                "boot",
            ]
        ),
    ),
    "kmnist": ("KMNIST", ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")),
    "emnist-digits": ("EMNIST", tuple("0123456789")),
    "qmnist": ("QMNIST", tuple("0123456789")),
}


def load_mnist(folder: Path, train: bool, dataset: str = "mnist") -> Digits:
    """Training or test pictures, downloaded into `folder` if they are not there.

    Args:
        folder: that holds or is to hold them, as torchvision lays them out.
        train: the training part, 60,000 of MNIST, or else the test part, 10,000.
        dataset: a name in `DATASETS`.

    Raises:
        TrainError: they are not there and cannot be downloaded, or the files are damaged.
    """
    from torchvision import datasets  # slow to import, and only training needs it

    kind, _ = DATASETS[dataset]
    settings = {"split": "digits"} if dataset == "emnist-digits" else {}
    place = folder / kind / "raw"
    try:
        data = getattr(datasets, kind)(str(folder), train=train, download=True, **settings)
    except (RuntimeError, OSError) as error:
        raise TrainError(
            f"{kind} is not in {place} and could not be downloaded: "
            "name a folder that holds it with --data-dir or DATA_DIR, or go online."
        ) from error
    except (ValueError, AssertionError) as error:
        raise TrainError(
            f"The {kind} files in {place} are damaged: delete them and try again."
        ) from error
    images, labels = data.data, data.targets
    if dataset == "qmnist":
        labels = labels[:, 0]  # the others say who wrote it
    if len(images) != len(labels) or not len(labels):
        raise TrainError(
            f"The {kind} files in {place} hold {len(images)} pictures and {len(labels)} labels: "
            "delete them and try again."
        )
    if dataset == "emnist-digits":
        images = images.transpose(1, 2)  # it comes lying on its side
    return Digits(images.contiguous(), labels.long())


def split(digits: Digits, validation: int) -> tuple[Digits, Digits]:
    """Training and validation digits, by one fixed shuffle.

    Raises:
        TrainError: fewer than one digit would be left to train on.
    """
    if validation >= len(digits):
        raise TrainError(
            f"There are only {len(digits)} training digits: --validation must be smaller."
        )
    order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(SPLIT_SEED))
    return digits[order[validation:]], digits[order[:validation]]
