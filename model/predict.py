"""Read digits in picture files: `python -m model.predict digit.png photos/ "scans/*.jpg"`.

A folder stands for the pictures in it. `-`, or nothing while something is piped in, reads a
picture, or lines that name files, from standard input.
"""

from __future__ import annotations

import argparse
import glob
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.classifier import Classifier, Reading, load_classifier
from model.picture import UNREADABLE, PictureError, open_picture
from model.weights import WeightsError

ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm"}


@dataclass(frozen=True)
class Named:
    """A picture file, or the bytes of one, under the name that it is reported by."""

    name: str
    source: Path | bytes


def pictures(arguments: Sequence[str]) -> Iterator[Named]:
    """What the arguments name, in order; a name that matches nothing is given as it is."""
    for argument in arguments:
        if argument == "-":
            yield from _piped(sys.stdin.buffer.read())
        else:
            yield from _files(argument)


def _files(argument: str) -> Iterator[Named]:
    path = Path(argument).expanduser()
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
        yield from (Named(str(file), file) for file in found)
        if not found:
            yield Named(argument, path)
    elif path.exists() or not (matches := sorted(glob.glob(argument, recursive=True))):
        yield Named(argument, path)
    else:
        yield from (Named(name, Path(name)) for name in matches)


def _piped(content: bytes) -> Iterator[Named]:
    try:
        open_picture(io.BytesIO(content))
    except PictureError:
        try:
            lines = [line.strip() for line in content.decode("utf-8").splitlines()]
        except UnicodeDecodeError:
            lines = []
        if lines and all(character.isprintable() for line in lines for character in line):
            for line in filter(None, lines):
                yield from _files(line)
            return
    yield Named("-", content)


def read(classifier: Classifier, picture: Named) -> Reading:
    """Read one picture.

    Raises:
        PictureError: it is not there, or no picture.
    """
    source = picture.source
    if isinstance(source, Path):
        if source.is_dir():
            raise PictureError("There is no picture in that folder.")
        if not source.exists():
            raise PictureError("There is no such file.")
        try:
            source = source.read_bytes()
        except OSError as error:
            raise PictureError(f"That file cannot be read ({error.strerror}).") from error
    return classifier.classify([open_picture(io.BytesIO(source))])[0]


def as_row(name: str, reading: Reading, probabilities: bool) -> str:
    """A line of the table."""
    if reading.blank:
        answer, sure = "blank", ""
    else:
        answer = "no digit" if reading.label is None else str(reading.label)
        sure = f"{max(reading.probabilities):6.1%}"
    row = f"{name}\t{answer}\t{sure}"
    if probabilities:
        row += "\t" + " ".join(f"{p:.3f}" for p in reading.probabilities)
    return row


def as_json(name: str, reading: Reading, probabilities: bool) -> str:
    """A line of JSON."""
    answer: dict[str, object] = {
        "file": name,
        "label": reading.label,
        "probability": None if reading.blank else max(reading.probabilities),
        "digit_score": reading.digit_score,
        "blank": reading.blank,
    }
    if probabilities:
        answer["probabilities"] = list(reading.probabilities)
    return json.dumps(answer)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 where a picture could not be read, after all others were."""
    parser = argparse.ArgumentParser(
        prog="model.predict", description=(__doc__ or "").split("\n\n")[0].replace("%", "%%")
    )
    parser.add_argument("images", nargs="*", metavar="IMAGE", help="file, folder, pattern or -")
    parser.add_argument(
        "--weights",
        default=Path("weights/classifier"),
        metavar="SOURCE",
        help="a folder, or owner/name[@revision] on the Hub (default: the bundled ones)",
    )
    parser.add_argument("--probabilities", action="store_true", help="of all ten digits")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args(argv)
    if not given.images and sys.stdin.isatty():
        parser.error("name a picture, a folder, a pattern, or pipe one in")
    try:
        classifier = load_classifier(given.weights)
    except WeightsError as error:
        print(error, file=sys.stderr)
        return 1
    failed = False
    for picture in pictures(given.images or ["-"]):
        try:
            reading = read(classifier, picture)
        except PictureError as error:
            failed = True
            text = str(error)
            if given.json:
                print(json.dumps({"file": picture.name, "error": text}))
            # UNREADABLE advises what to send: here nothing is sent
            told = "That file is not a picture I can read." if text == UNREADABLE else text
            print(f"{picture.name}: {told}", file=sys.stderr)
            continue
        print((as_json if given.json else as_row)(picture.name, reading, given.probabilities))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
