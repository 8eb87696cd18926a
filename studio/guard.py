"""What stands between the network and the app: limits, a password for every route, small pages.

What is refused is answered by one sentence, as JSON, before any work is done.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
from http.cookies import CookieError, SimpleCookie
from typing import Any

import gradio as gr
from gradio.blocks import BlockFunction
from gradio.exceptions import InvalidPathError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio import words

MEGABYTE = 1_000_000
LARGEST_BODY = 6 * MEGABYTE  # bytes; of an upload, its wrapping included, and of any JSON
PATIENTLY = 5 * LARGEST_BODY  # bytes that are thrown away so that a client hears why
# Calls of the API that are worked on at the same time, and as many requests past its queue: more
# threads than that only wait for Python's one lock, and the nets use every processor already.
AT_ONCE = 2
MOST_WAITING = 64  # requests past the queue that wait for that

# Gradio leaves these open where there is a password.
_UNGUARDED = ("/openapi.json", "/gradio_api/openapi.json", "/gradio_api/mcp")
# What the page's scripts ask; Gradio has no queue for it.
_PAST_THE_QUEUE = ("/gradio_api/component_server", "/gradio_api/run/")
_CALL = "/gradio_api/call/"

TOO_LARGE = f"That is too much at once: send at most {LARGEST_BODY // MEGABYTE} MB."
BUSY = "Too many others are asking just now: try again in a moment."
LOG_IN = "This app asks for a name and a password: log in first."
NO_ENDPOINT = "There is no such endpoint: GET /gradio_api/info lists them."
DISK_FULL = "This server's disk is full: tell its owner."
FAILED = "That went wrong, and it is this server's fault: its log says more."

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class Guard:
    """Refuses what no visitor of the page sends.

    Args:
        app: what it guards.
        endpoints: names that `/gradio_api/call/` may be followed by.
    """

    def __init__(self, app: ASGIApp, endpoints: frozenset[str]) -> None:
        self.app, self.endpoints = app, endpoints
        self.working: asyncio.Semaphore | None = None
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith(_UNGUARDED) and not _logged_in(scope):
            await _refuse(send, 401, LOG_IN)
            return
        name = path.removeprefix(_CALL).strip("/").split("/")[0]
        if path.startswith(_CALL) and name not in self.endpoints:
            await _refuse(send, 404, NO_ENDPOINT)
            return
        if _length(scope) > LARGEST_BODY:
            if _length(scope) <= PATIENTLY:
                await _drain(receive)
            await _refuse(send, 413, TOO_LARGE)
            return
        if not path.startswith(_PAST_THE_QUEUE):
            await self._serve(scope, receive, send)
            return
        if self.working is None:
            self.working = asyncio.Semaphore(AT_ONCE)
        if self.waiting >= MOST_WAITING:
            await _refuse(send, 503, BUSY)
            return
        self.waiting += 1
        try:
            await self.working.acquire()
        finally:
            self.waiting -= 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self.working.release()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        came, started = 0, False

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > LARGEST_BODY:
                raise HTTPException(413, TOO_LARGE)  # which every route lets pass
            return message

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        try:
            await self.app(scope, counted, with_headers)
        except Exception as error:
            if started:
                raise
            full = _is_full(error)
            if not full:
                logging.getLogger(__name__).exception("%s %s", scope["method"], scope["path"])
            await _refuse(send, 507 if full else 500, DISK_FULL if full else FAILED)


class GuardedBlocks(gr.Blocks):
    """Says in one sentence why it does not take what a call sends; Gradio says nothing."""

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], *args: Any, **kwargs: Any
    ) -> list[Any]:
        """What the call's function is given.

        Raises:
            gr.Error: too few inputs, inputs of another kind, a file that nobody uploaded, or a full
                disk.
        """
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            logging.getLogger(__name__).info("Refused: %s", error)
            if isinstance(error, InvalidPathError):
                sentence = words.NOT_UPLOADED
            elif _is_full(error) or _is_full(error.__cause__):
                sentence = DISK_FULL
            elif any(_is_elsewhere(given) for given in inputs):
                sentence = words.NOT_FETCHED
            else:
                sentence = words.WRONG_INPUTS
            raise gr.Error(sentence, print_exception=False) from error


def _is_full(error: BaseException | None) -> bool:
    """Whether the disk is."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _is_elsewhere(given: object) -> bool:
    """Whether it is a file somewhere on the web, which Gradio fetches."""
    return isinstance(given, dict) and str(given.get("path")).startswith(("http://", "https://"))


class SmallPages:
    """Compresses the page itself, half a megabyte of settings, which Gradio does not.

    Args:
        app: what it serves.
        paths: of the page.
    """

    def __init__(self, app: ASGIApp, paths: frozenset[str]) -> None:
        self.app, self.paths = app, paths
        self.small = GZipMiddleware(app, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        page = scope["type"] == "http" and scope["path"] in self.paths
        await (self.small if page else self.app)(scope, receive, send)


def _length(scope: Scope) -> int:
    """What the request says about its body's length, in bytes; 0 where it says nothing."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _logged_in(scope: Scope) -> bool:
    """Whether there is no password, or this visitor gave it."""
    app: Any = scope["app"]
    if app.auth is None:
        return True
    cookies: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return False
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(name in cookies and cookies[name].value in app.tokens for name in names)


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"detail": sentence}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *HEADERS,
    ]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _drain(receive: Receive) -> None:
    """Let a client finish sending, so that it reads the answer instead of a broken connection."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
