"""The page's scripts and styles, made ready to send once.

Gradio reads and compresses each of some fifty files anew for every visitor, and lets no browser
keep them: who comes again fetches them all again.
"""

from __future__ import annotations

import brotli  # type: ignore[import-untyped]  # Gradio's own dependency
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = "/assets/"  # whose files carry their content's hash in their names
MOST, LARGEST = 500, 500_000  # files, and bytes of one: the page needs 50, the largest 140 kB
QUALITY = 5  # of 11: 9 ms for the largest of those, and 6 % smaller than Gradio's 4


class Shelf:
    """Keeps compressed files in memory, and has browsers keep them for good.

    Args:
        app: what it serves.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if not _asks_for_a_file(scope):
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path not in self.kept:
            start, body = await _answer(self.app, scope, receive)
            if start["status"] != 200 or len(body) > LARGEST or len(self.kept) >= MOST:
                await send(start)
                await send({"type": "http.response.body", "body": body})
                return
            self.kept[path] = _ready(start["headers"], body)
        headers, body = self.kept[path]
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})


def _asks_for_a_file(scope: Scope) -> bool:
    """Whether it is for one of the files, whole and compressed, as browsers ask."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(FOLDER):
        return False
    headers = dict(scope["headers"])
    return b"br" in headers.get(b"accept-encoding", b"") and b"range" not in headers


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """What the app answers: the start of it, and the whole body."""
    start: Message = {}
    parts: list[bytes] = []

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, collect)
    return start, b"".join(parts)


def _ready(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body as they are sent, the body compressed where that helps."""
    replaced = {b"content-length", b"cache-control", b"accept-ranges"}
    ready = [(name, value) for name, value in headers if name.lower() not in replaced]
    packed: bytes = brotli.compress(body, quality=QUALITY)
    if len(packed) < len(body):
        body = packed
        ready += [(b"content-encoding", b"br"), (b"vary", b"Accept-Encoding")]
    ready += [
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
    ]
    return ready, body
