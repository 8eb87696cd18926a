"""Tells browsers at once which of Gradio's files the page will want.

Gradio's scripts name what they need only when they run, so that a browser hears of the last ones in
the fourth round of requests. Each script holds the list of what it may ask for, as Vite writes it:
an array of files, and beside every `import` the places in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from pathlib import Path

import gradio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRONT_END = Path(gradio.__file__).parent / "templates" / "frontend"

_START = re.compile(r'<script[^>]* src="\./assets/([^"]+\.js)"')
_FILES = re.compile(r"\.f=\[([^\]]*)\]")
_WANTED = r"import\([`\"']\./{script}[^\[\]]*?__vite__mapDeps\(\[([\d,]*)\]"
_COMPONENT = r"\b{kind}:\{{[^{{}}]*?\bcomponent:[^{{}}]*?__vite__mapDeps\(\[([\d,]*)\]"


class EarlyLinks:
    """Names those files in the head of the page.

    Args:
        app: what it serves.
        paths: of the page.
        lines: of `links`.
    """

    def __init__(self, app: ASGIApp, paths: frozenset[str], lines: str) -> None:
        self.app, self.paths = app, paths
        self.head = f"<head>\n{lines}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] not in self.paths:
            await self.app(scope, receive, send)
            return
        start: Message = {}

        async def with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body = message.get("body", b"")
            if start:
                if b'src="./assets/' in body:  # a page, and its scripts come from here
                    longer = body.replace(b"<head>", self.head, 1)
                    start["headers"] = _lengthened(start["headers"], len(longer) - len(body))
                    message = {**message, "body": longer}
                await send(dict(start))
                start.clear()
            await send(message)

        await self.app(scope, receive, with_links)


def _lengthened(headers: list[tuple[bytes, bytes]], by: int) -> list[tuple[bytes, bytes]]:
    return [
        (name, str(int(value) + by).encode() if name == b"content-length" else value)
        for name, value in headers
    ]


def links(kinds: Iterable[str]) -> str:
    """What to put into the head of a page.

    Args:
        kinds: of the components that it shows, as in `Blocks.config`.

    Returns:
        HTML, empty where this Gradio's scripts are not as expected: then the page is merely slower.
    """
    lines = []
    for file in dict.fromkeys(_files(frozenset(kinds))):
        where = f"./assets/{escape(file)}"
        kind = 'modulepreload"' if file.endswith(".js") else 'preload" as="style"'
        lines.append(f'<link rel="{kind} crossorigin href="{where}">')
    return "\n".join(lines)


def _files(kinds: frozenset[str]) -> Iterator[str]:
    found = _START.search(_read(FRONT_END / "index.html"))
    if not found:
        return
    start = found[1]
    first = list(_imported(start, _WANTED.format(script="Index-")))
    yield from first
    for script in first:
        if script.startswith("Index-"):
            yield from _imported(script, _WANTED.format(script="Blocks-"), but=start)
        if script.startswith("core-"):
            for kind in sorted(kinds):
                shown = "state" if kind == "api" else kind  # as Gradio's script has it
                yield from _imported(script, _COMPONENT.format(kind=re.escape(shown)), but=start)


def _imported(script: str, pattern: str, but: str = "") -> Iterator[str]:
    """The files that an `import` in a script brings with it."""
    text = _read(FRONT_END / "assets" / script)
    files, wanted = _FILES.search(text), re.search(pattern, text)
    if files and wanted:
        names = re.findall(r"\./([\w.-]+)", files[1])
        for place in wanted[1].split(","):
            if place and int(place) < len(names) and names[int(place)] != but:
                yield names[int(place)]


@cache
def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError:
        return ""
