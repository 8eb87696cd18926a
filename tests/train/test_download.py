"""The downloader of pen data, against a mirror on this machine."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from train.download import PENDIGITS, UJI, download
from train.options import TrainError
from train.strokes import load_pen_data

DIGITS = '.SEGMENT DIGIT 0 ? "1"\n.COMMENT 1 4 1\n.PEN_DOWN\n 9 9\n 9 90\n.PEN_UP\n'
LETTERS = '.SEGMENT CHARACTER 0 ? "E"\n.PEN_DOWN\n 9 9\n 90 90\n.PEN_UP\n'


def compressed(text: str) -> bytes:
    """As Unix compress writes a short text: its header, then every byte as a code of nine bits."""
    bits = "".join(f"{byte:09b}"[::-1] for byte in text.encode())
    bits += "0" * (-len(bits) % 8)
    body = bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))
    return b"\x1f\x9d\x90" + body


def archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return content.getvalue()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path / "mirror"
    for name in (PENDIGITS, UJI):
        (folder / name).parent.mkdir(parents=True)
    (folder / PENDIGITS).write_bytes(archive({"pendigits-orig.tra.Z": compressed(DIGITS)}))
    (folder / UJI).write_bytes(archive({"UJIpenchars-w01": LETTERS.encode(), "uji.names": b"?"}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()


def test_what_is_fetched_can_be_learnt_from(mirror: tuple[str, Path], tmp_path: Path) -> None:
    home, _ = mirror
    folder = tmp_path / "data"
    written = download(folder, home)
    assert [path.relative_to(folder).as_posix() for path in written] == [
        "pendigits/pendigits-orig.tra",
        "uji/UJIpenchars-w01.txt",
    ]
    data = load_pen_data(folder)
    assert [drawing.label for drawing in data.training] == ["1"]
    assert [drawing.label for drawing in data.letters] == ["E"]
    assert download(folder, home) == []  # it is there already


@pytest.mark.parametrize(
    ("archive_is", "says"),
    [(None, "go online"), (b"<html>Welcome</html>", "no zip"), (archive({}), "by hand")],
    ids=["missing", "a portal", "empty"],
)
def test_what_cannot_be_had_is_one_sentence(
    mirror: tuple[str, Path], tmp_path: Path, archive_is: bytes | None, says: str
) -> None:
    home, folder = mirror
    if archive_is is None:
        (folder / PENDIGITS).unlink()
    else:
        (folder / PENDIGITS).write_bytes(archive_is)
    with pytest.raises(TrainError, match=says) as error:
        download(tmp_path / "data", home)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("data/**/*.tra"))
