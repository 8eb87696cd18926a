"""Fetch the pen strokes that `--sketches` learns from: `python -m train.download data`.

Both are in the UCI Machine Learning Repository, under CC BY 4.0: data set 81 (Pen-Based
Recognition of Handwritten Digits, Alpaydin & Alimoglu) and 160 (UJI Pen Characters, Llorens
et al.). Only the files that are read are kept.
"""

from __future__ import annotations

import argparse
import io
import urllib.error
import urllib.request
import zipfile
from pathlib import Path, PurePosixPath

from tqdm import tqdm
from unlzw3 import unlzw

from train.loop import save_atomically
from train.options import TrainError, run, writable_folder

HOME = "https://archive.ics.uci.edu/static/public"
PENDIGITS = "81/pen+based+recognition+of+handwritten+digits.zip"
UJI = "160/uji+pen+characters.zip"
PATIENCE = 30  # seconds without a byte


def fetch(url: str) -> bytes:
    """What is at `url`.

    Raises:
        TrainError: it cannot be had.
    """
    parts = []
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            size = int(answer.headers.get("Content-Length") or 0)
            with tqdm(total=size or None, unit="B", unit_scale=True, disable=None) as bar:
                while part := answer.read(1 << 16):
                    parts.append(part)
                    bar.update(len(part))
    except (OSError, urllib.error.URLError) as error:
        raise TrainError(
            f"Cannot fetch {url} ({error}): go online, or fetch it by hand and unpack it."
        ) from error
    return b"".join(parts)


def unpacked(archive: bytes, url: str) -> dict[str, bytes]:
    """The files of a zip archive, by their names without folders.

    Raises:
        TrainError: it is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            return {PurePosixPath(name).name: zipped.read(name) for name in zipped.namelist()}
    except zipfile.BadZipFile as error:
        raise TrainError(f"What came from {url} is no zip archive: try again later.") from error


def download(folder: Path, home: str = HOME) -> list[Path]:
    """Put the pen data into `folder/pendigits` and `folder/uji`; what is there stays.

    Returns:
        The files that were written.

    Raises:
        TrainError: something cannot be had, or is not what it should be.
    """
    written = []
    digits = folder / "pendigits" / "pendigits-orig.tra"
    if not digits.is_file():
        url = f"{home}/{PENDIGITS}"
        files = unpacked(fetch(url), url)
        if "pendigits-orig.tra" not in files and "pendigits-orig.tra.Z" not in files:
            raise TrainError(f"There is no pendigits-orig.tra in {url}: fetch it by hand.")
        # The archive of 1998 holds it as Unix compress wrote it.
        text = files.get("pendigits-orig.tra") or unlzw(files["pendigits-orig.tra.Z"])
        written.append(_write(digits, bytes(text)))
    letters = folder / "uji"
    if not any(letters.glob("UJIpenchars-w*")):
        url = f"{home}/{UJI}"
        files = {
            n: t for n, t in unpacked(fetch(url), url).items() if n.startswith("UJIpenchars-w")
        }
        if not files:
            raise TrainError(f"There are no UJIpenchars-w* in {url}: fetch them by hand.")
        for name, text in sorted(files.items()):
            written.append(_write(letters / f"{name.removesuffix('.txt')}.txt", text))
    return written


def _write(path: Path, content: bytes) -> Path:
    writable_folder(path.parent)
    save_atomically(path, lambda part: part.write_bytes(content))
    return path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="train.download", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="where to put pendigits/ and uji/")
    parser.add_argument("--home", default=HOME, help="a mirror's address (default %(default)s)")
    given = parser.parse_args()
    written = download(given.folder, given.home)
    for path in written:
        print(path)
    if not written:
        print(f"Everything is in {given.folder} already.")


if __name__ == "__main__":
    run(main)
