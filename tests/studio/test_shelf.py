"""The page's scripts and styles: whole, small, and kept by browsers."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http.client import HTTPMessage

import brotli  # type: ignore[import-untyped]
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from studio.shelf import Shelf


def fetch(url: str, **headers: str) -> tuple[HTTPMessage, bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.headers, answer.read()


def test_files_are_small_whole_and_kept(app: str) -> None:
    names = re.findall(r"/(assets/[\w.-]+\.(?:js|css))", fetch(app)[1].decode())
    assert names
    for name in names[:3]:
        _, whole = fetch(f"{app}/{name}")
        for _ in range(2):  # the second comes from the shelf
            headers, small = fetch(f"{app}/{name}", **{"Accept-Encoding": "gzip, br"})
            assert headers["Content-Encoding"] == "br"
            assert headers["Content-Length"] == str(len(small))
            assert "immutable" in headers["Cache-Control"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Content-Type"].split("/")[1].startswith(("javascript", "css"))
            assert brotli.decompress(small) == whole
            assert len(small) < 0.6 * len(whole)


def test_what_is_not_there_is_not_kept(app: str) -> None:
    for name in ("nothing.js", "../app.py", "%2e%2e/%2e%2e/routes.py"):
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError) as error:
                fetch(f"{app}/assets/{name}", **{"Accept-Encoding": "br"})
            assert error.value.code in (403, 404)
    assert fetch(app)[0]["Cache-Control"] is None  # the page itself may change


@pytest.mark.parametrize(("size", "asked"), [(10, 1), (100_000, 1), (600_000, 2)])
def test_what_is_too_large_is_not_kept(size: int, asked: int) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> StreamingResponse:
        seen.append(request)
        return StreamingResponse(iter([b"a", b"b" * (size - 1)]))

    client = TestClient(Shelf(Starlette(routes=[Route("/assets/{name}", answer)])))
    for _ in range(2):
        got = client.get("/assets/a.js", headers={"Accept-Encoding": "br"}).content
        assert got == b"a" + b"b" * (size - 1)
    assert len(seen) == asked
