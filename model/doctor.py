"""Check the set-up: `python -m model.doctor` says what is well, and of the rest what to mend."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement

from model import weights

MNIST = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


class Trouble(Exception):  # noqa: N818  a finding, not a failure of ours
    """What is wrong, and what to do about it.

    Attributes:
        needed: whether the app cannot do without it.
    """

    def __init__(self, sentence: str, needed: bool = True) -> None:
        super().__init__(sentence)
        self.needed = needed


def python() -> str:
    """Whether this Python is one that is supported."""
    version = platform.python_version()
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise Trouble(f"Python {version} is not supported: install one of 3.10 to 3.13.")
    return f"{version} on {platform.system()} {platform.machine()}"


def libraries() -> str:
    """Whether what the app needs is installed, in versions that fit."""
    found = []
    for line in (weights.ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith(("#", "-")):
            continue
        need = Requirement(line)
        try:
            version = importlib.metadata.version(need.name)
        except importlib.metadata.PackageNotFoundError:
            raise Trouble(f"{need.name} is missing: run pip install -r requirements.txt.") from None
        if not need.specifier.contains(version, prereleases=True):
            raise Trouble(
                f"{need.name} is {version}, and {need.specifier} is needed: "
                "run pip install -r requirements.txt."
            )
        found.append(f"{need.name} {version}")
    return ", ".join(found)


def device() -> str:
    """What there is to compute on."""
    import torch

    from model.nets import pick_device

    name = str(pick_device("auto"))
    if name == "cuda":
        name = f"cuda, {torch.cuda.get_device_name()}"
    return f"{name}, {torch.get_num_threads()} threads; the app itself uses the CPU"


def data() -> str:
    """Whether MNIST is where training would look for it."""
    folder = Path(os.environ.get("DATA_DIR") or "data") / "MNIST" / "raw"
    missing = [n for n in MNIST if not any((folder / f"{n}{end}").exists() for end in ("", ".gz"))]
    if missing:
        raise Trouble(
            f"MNIST is not in {folder}: training downloads it, or set DATA_DIR to a folder that "
            "holds it.",
            needed=False,
        )
    return f"MNIST in {folder}"


def nets() -> str:
    """Whether the bundled weights are whole, and read what they write."""
    from model import WeightsError, load_classifier, load_generator, load_number_reader

    try:
        reader = load_classifier()
        load_number_reader(reader)
        digits = list(range(10))
        made = load_generator(reader=reader).sample(digits, temperature=0.0, seed=0)
    except WeightsError as error:
        raise Trouble(f"{error} (git checkout weights/ brings the bundled ones back.)") from error
    read = [reading.label for reading in reader.classify(made)]
    if read != digits:
        raise Trouble(f"The digits 0 to 9 were written and read as {read}: reinstall torch.")
    return "all three load; 0 to 9 were written and read"


def places() -> str:
    """Whether files can be written where the app and training write."""
    from huggingface_hub import constants

    written = []
    for folder, need in (
        (Path(tempfile.gettempdir()), True),
        (Path.cwd(), False),
        (Path(constants.HF_HUB_CACHE), False),
    ):
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        try:
            with tempfile.TemporaryFile(dir=there):
                written.append(str(folder))
        except OSError as error:
            how = "set TMPDIR to a folder that can be" if need else "training or the Hub need it"
            raise Trouble(
                f"{folder} cannot be written to ({error.strerror}): {how}.", needed=need
            ) from error
    return "can write to " + ", ".join(written)


CHECKS: dict[str, Callable[[], str]] = {
    "Python": python,
    "libraries": libraries,
    "device": device,
    "data": data,
    "nets": nets,
    "files": places,
}


def main() -> int:
    """The command line; 1 where something that the app needs is not well."""
    ill = False
    for name, check in CHECKS.items():
        try:
            print(f"well   {name}: {check()}")
        except Trouble as trouble:
            ill |= trouble.needed
            print(f"{'ILL' if trouble.needed else 'note':5}  {name}: {trouble}")
        except Exception as error:
            ill = True
            print(f"ILL    {name}: {type(error).__name__}: {error}")
    print("Mend what is ILL first." if ill else "All that the app needs is well.")
    return int(ill)


if __name__ == "__main__":
    raise SystemExit(main())
