"""What the app refuses, and how: over the network, as anybody may send it."""

from __future__ import annotations

import base64
import errno
import http.client
import io
import json
import re
import struct
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio import guard, words
from tests.loops import finished
from tests.strokes import OWN, canvas


def ask(url: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Status and text of an answer, also where it is a refusal."""
    kind = {"Content-Type": "application/json"} if body is not None else {}
    request = urllib.request.Request(url + path, body, {**kind, **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def call(url: str, name: str, *data: Any) -> str:
    """The stream that an endpoint answers with."""
    status, text = ask(url, f"/gradio_api/call/{name}", json.dumps({"data": data}).encode())
    assert status == 200, text
    return ask(url, f"/gradio_api/call/{name}/{json.loads(text)['event_id']}")[1]


def refused(stream: str) -> str:
    """The one sentence of a refusal."""
    assert "event: error" in stream, stream
    sentence = json.loads(stream.split("data: ", 1)[1].split("\n")[0])
    text = sentence["error"]
    assert isinstance(text, str), stream
    assert 10 < len(text) < 200
    assert "Traceback" not in text
    return text


GRADIO_FILE = {"meta": {"_type": "gradio.FileData"}}


# -- sizes, names, places -------------------------------------------------------------------------


def test_what_is_too_much_is_refused_before_it_is_read(app: str) -> None:
    large = b'{"data": ["' + b"x" * guard.LARGEST_BODY + b'"]}'
    for path in ("call/classify", "run/predict", "component_server", "queue/join"):
        status, text = ask(app, f"/gradio_api/{path}", large)
        assert (status, json.loads(text)["detail"]) == (413, guard.TOO_LARGE), path


def test_what_does_not_say_its_length_is_cut_off_as_well(app: str) -> None:
    connection = http.client.HTTPConnection(urlparse(app).netloc, timeout=30)
    pieces = (b"x" * 1_000_000 for _ in range(20))
    try:
        connection.request("POST", "/gradio_api/run/predict", pieces, encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # hung up on while it was still sending: refused all the same
    connection.close()
    assert ask(app, "/gradio_api/info")[0] == 200


def test_an_upload_over_five_megabytes_is_refused(app: str) -> None:
    for size, expected in ((5_300_000, 413), (8_000_000, 413), (100_000, 200)):
        body = (
            b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
            + b"x" * size
            + b"\r\n--b--\r\n"
        )
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        assert ask(app, "/gradio_api/upload", body, **kind)[0] == expected


def test_an_endpoint_that_is_not_there_is_not_found(app: str) -> None:
    for name in ("nonsense", "write", "lambda", "..%2Finfo", ""):
        status, text = ask(app, f"/gradio_api/call/{name}", b'{"data": []}')
        assert status in (404, 405), name
        assert "Traceback" not in text
    assert ask(app, "/gradio_api/run/classify", b'{"data": [null]}')[0] == 404  # past the queue


def test_nothing_outside_the_visitors_own_files_is_served(app: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    canvas(OWN[7]).save(secret)
    link = tmp_path / "link.png"
    link.symlink_to("/etc/passwd")
    for path in (
        "/etc/passwd",
        str(secret),
        str(link),
        "app.py",
        "./README.md",
        "..%2f..%2fetc%2fpasswd",
        "../../etc/passwd",
        "weights/classifier/config.json",
        ".git/config",
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
    ):
        status, text = ask(app, f"/gradio_api/file={path}")
        assert status in (403, 404), path
        assert "root:" not in text
    for path in ("/etc/passwd", str(secret), str(link), "/dev/zero"):
        for file in ({"path": path}, {"path": path, **GRADIO_FILE}):
            assert refused(call(app, "classify", file)) == words.NOT_UPLOADED, path
    places = ("http://127.0.0.1:1/a.png", "http://169.254.169.254/a.png", "file:///etc/passwd")
    for address in places:
        assert "not a picture" in refused(call(app, "classify", {"url": address, **GRADIO_FILE}))
        if address.startswith("http"):
            stream = call(app, "classify", {"path": address, **GRADIO_FILE})
            assert refused(stream) == words.NOT_FETCHED, address


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "full"), guard.DISK_FULL),
        (ValueError("neither"), words.WRONG_INPUTS),
    ],
)
def test_a_full_disk_is_not_called_a_wrong_input(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    async def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(gr.Blocks, "preprocess_data", fail)
    page = guard.GuardedBlocks(analytics_enabled=False)
    with pytest.raises(gr.Error, match=re.escape(sentence)):
        finished(page.preprocess_data(None, [], None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data", [[], [5], ["x"], [[1]], [{"url": 5}], [{"path": 5, **GRADIO_FILE}], [{"path": "\0"}]]
)
def test_what_is_no_picture_at_all_is_told_where_inputs_are_listed(
    app: str, data: list[Any]
) -> None:
    assert refused(call(app, "classify", *data)) == words.WRONG_INPUTS


def test_answers_carry_the_headers_of_a_careful_server(app: str) -> None:
    with urllib.request.urlopen(app) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_password_guards_every_route(serve: Callable[..., Any]) -> None:
    url, process = serve("--auth", "anna:secret", "--mcp")
    for path in (
        "config",
        "gradio_api/info",
        "gradio_api/openapi.json",
        "openapi.json",
        "gradio_api/mcp/",
        "gradio_api/mcp/schema",
        "gradio_api/file=app.py",
    ):
        status, text = ask(url, f"/{path}")
        assert status in (401, 403, 404), (path, status, text[:100])
    posts = ("call/classify", "run/predict", "queue/join", "component_server", "upload", "mcp/")
    for path in posts:
        assert ask(url, f"/gradio_api/{path}", b'{"data": []}')[0] in (401, 403), path
    client = Client(url, auth=("anna", "secret"), verbose=False)
    assert len(client.predict(digit=7, count=2, api_name="/generate")) == 2
    process.terminate()


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("generate", [11, 1, None, 1.0]),
        ("generate", ["seven", 1, None, 1.0]),
        ("generate", [7, 0, None, 1.0]),
        ("generate", [7, -1, None, 1.0]),
        ("generate", [7, 10**9, None, 1.0]),
        ("generate", [7, 1, 2**128, 1.0]),
        ("generate", [7, 1, None, "NaN"]),
        ("generate", [7, 1, None, 1e308]),
        ("generate", [[7], 1, None, 1.0]),
        ("generate", [{"a": 1}, 1, None, 1.0]),
        ("generate", [True, 1, None, 1.0]),
        ("mix", [1, 2, 7, 1, None, 1.0]),
        ("interpolate", [3, 8, 10**6, None, None, None, None]),
        ("interpolate", [3, 8, 1, None, None, None, None]),
        ("write_number", ["1" * 10_000, None, 1.0, None, None]),
        ("write_number", ["", None, 1.0, None, None]),
        ("write_number", ["३", None, 1.0, None, None]),
    ],
)
def test_numbers_that_make_no_sense_are_refused_at_once(
    app: str, name: str, data: list[Any]
) -> None:
    begin = time.monotonic()
    sentence = refused(call(app, name, *data))
    assert time.monotonic() - begin < 2
    assert "must be" in sentence or "has 1 to 32 digits" in sentence


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["classify", "read_number", "generate", "mix", "write_number", "restyle"]),
    st.lists(ANYTHING, max_size=7),
)
def test_no_input_is_answered_by_anything_but_an_answer_or_a_sentence(
    app: str, name: str, data: list[Any]
) -> None:
    body = json.dumps({"data": data}).encode()
    status, text = ask(app, f"/gradio_api/call/{name}", body)
    assert status in (200, 400, 422), (status, text)
    assert "Traceback" not in text
    if status == 200:
        stream = ask(app, f"/gradio_api/call/{name}/{json.loads(text)['event_id']}")[1]
        assert "event: complete" in stream or refused(stream)
        assert "Traceback" not in stream


# -- pictures -------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """A grey PNG of any size, a thousandth as large as its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    deflate = zlib.compressobj(9)
    rows = b"".join(deflate.compress(b"\0" * (width + 1)) for _ in range(height)) + deflate.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


SEVEN = canvas(OWN[7])
GIF_BOMB = (  # a screen of 32,000 x 32,000 pixels: a gigabyte
    saved(Image.new("P", (1, 1)), "GIF")[:6]
    + struct.pack("<HH", 32_000, 32_000)
    + saved(Image.new("P", (1, 1)), "GIF")[10:]
)
BAD = {
    "nothing.png": b"",
    "text.png": b"this is text",
    "truncated.png": saved(SEVEN, "PNG")[:300],
    "truncated.jpg": saved(SEVEN, "JPEG")[:300],
    "bomb.png": png(50_000, 5_000),
    "bomb.gif": GIF_BOMB,
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
}
GOOD = {
    "palette.png": saved(SEVEN.convert("P"), "PNG"),
    "deep.png": saved(
        Image.fromarray(np.asarray(SEVEN, np.uint16) * 257), "PNG"
    ),  # sixteen bits a pixel
    "bilevel.png": saved(SEVEN.convert("1"), "PNG"),
    "alpha.png": saved(SEVEN.convert("RGBA"), "PNG"),
    "print.tiff": saved(SEVEN.convert("CMYK"), "TIFF"),
    "print.jpg": saved(SEVEN.convert("CMYK"), "JPEG"),
    "film.gif": saved(SEVEN, "GIF", save_all=True, append_images=[SEVEN, SEVEN]),
    "film.webp": saved(SEVEN, "WEBP", save_all=True, append_images=[SEVEN, SEVEN]),
}


@pytest.fixture(scope="module")
def client(app: str) -> Client:
    return Client(app, verbose=False)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_is_one_sentence_at_once(client: Client, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(BAD[name])
    assert file.stat().st_size < 300_000
    begin = time.monotonic()
    with pytest.raises(AppError) as error:
        client.predict(handle_file(str(file)), api_name="/classify")
    assert time.monotonic() - begin < 2
    assert len(str(error.value)) < 200
    assert any(word in str(error.value) for word in ("send", "Send"))


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_of_picture_is_read(client: Client, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(GOOD[name])
    assert client.predict(handle_file(str(file)), api_name="/classify")["label"] == 7


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000)])
def test_a_picture_of_an_odd_shape_is_answered(
    client: Client, tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "odd.png").write_bytes(png(*size))
    begin = time.monotonic()
    answer = client.predict(handle_file(str(tmp_path / "odd.png")), api_name="/classify")
    assert time.monotonic() - begin < 2
    assert answer["label"] is None


def test_bad_pictures_take_no_memory(serve: Callable[..., Any], tmp_path: Path) -> None:
    url, process = serve()
    client = Client(url, verbose=False)
    (tmp_path / "good.png").write_bytes(saved(SEVEN, "PNG"))

    def peak() -> float:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return next(float(s.split()[1]) / 1e3 for s in status.splitlines() if "VmHWM" in s)

    client.predict(handle_file(str(tmp_path / "good.png")), api_name="/classify")
    before = peak()
    for name in ("bomb.png", "bomb.gif"):
        (tmp_path / name).write_bytes(BAD[name])
        with pytest.raises(AppError):
            client.predict(handle_file(str(tmp_path / name)), api_name="/classify")
    assert peak() - before < 300  # megabytes
    answer = client.predict(handle_file(str(tmp_path / "good.png")), api_name="/classify")
    assert answer["label"] == 7
    process.terminate()
    process.wait(20)
    log = process.log()
    assert "Traceback" not in log


# -- load -----------------------------------------------------------------------------------------


def test_many_at_once_are_served_or_told_that_it_is_busy(app: str) -> None:
    components = json.loads(ask(app, "/config")[1])["components"]
    pad = next(c["id"] for c in components if c["props"].get("elem_id") == "pad")
    url = "data:image/png;base64," + base64.b64encode(saved(SEVEN, "PNG")).decode()
    question = {"data": url, "component_id": pad, "fn_name": "read", "session_hash": "load"}
    reading = json.dumps(question).encode()

    def one(turn: int) -> str:
        if turn % 2:
            body = json.dumps({"data": [7, 3, turn, 1.0]}).encode()
            status, text = ask(app, "/gradio_api/call/generate", body)
            if status == 503:
                return "busy"
            assert status == 200, text
            event = json.loads(text)["event_id"]
            stream = ask(app, f"/gradio_api/call/generate/{event}")[1]
            return "answered" if "event: complete" in stream else stream
        status, text = ask(app, "/gradio_api/component_server", reading)
        if status == 503:
            return "busy"
        assert status == 200, text
        return "answered" if json.loads(text)["label"] == 7 else text

    with ThreadPoolExecutor(100) as pool:
        found = list(pool.map(one, range(400)))
    assert set(found) <= {"busy", "answered"}, set(found)
    assert found.count("answered") > 100


def test_who_hangs_up_half_way_harms_no_one(app: str) -> None:
    where = urlparse(app)
    for _ in range(20):
        connection = http.client.HTTPConnection(where.netloc, timeout=5)
        connection.putrequest("POST", "/gradio_api/call/generate")
        connection.putheader("Content-Length", "1000")
        connection.endheaders()
        connection.send(b'{"data": [7,')
        connection.close()
    assert "event: complete" in call(app, "generate", 7, 2, 1, 1.0)


def test_text_of_a_visitor_is_never_a_template(app: str) -> None:
    for text in ("${alert(1)}", "{{constructor}}", "<img src=x onerror=alert(1)>"):
        stream = call(app, "write_number", text, None, 1.0, None, None)
        assert words.BAD_TEXT.format(longest=32) in refused(stream)
