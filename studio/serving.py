"""Launching the page, and saying where it is."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.utils import get_upload_folder

from studio.page import launch_settings

OPEN_LINK = "Anyone who has that link can use this app: --auth USER:PASSWORD asks for a password."
NO_LINK = (
    "There is no public link, because Gradio's servers cannot be reached: check the network. "
    "The page above works all the same."
)
NO_MCP = 'MCP tools are not served: pip install "gradio[mcp]" first.'


class ServingError(Exception):
    """Something the owner can mend, said in one sentence."""


def launch(page: gr.Blocks, **settings: Any) -> None:
    """Serve the page until it is closed, and print where, in a few lines of our own.

    Args:
        page: as `studio.page.build` makes it.
        settings: where to listen and for whom, as `Blocks.launch` takes them.

    Raises:
        OSError: that port is taken.
    """
    tools_wanted = settings.get("mcp_server") or _is_set("GRADIO_MCP_SERVER")
    if tools_wanted:
        from studio.tools import show_galleries  # a tenth of a second, only where it is wanted

        show_galleries()
    _ask_here_directly(settings.get("server_name"))
    with contextlib.redirect_stdout(io.StringIO()):  # Gradio says much, and not all of it is ours
        # Without `_frontend=False` Gradio gives up where its own page takes three seconds to
        # answer, as it may while a busy machine starts.
        page.launch(prevent_thread_lock=True, _frontend=False, **launch_settings(page), **settings)
    said = [f"Running on {page.local_url}"]
    if page.share_url:
        said.append(f"Public link, for a week: {page.share_url}")
        if not settings.get("auth"):
            said.append(OPEN_LINK)
    elif settings.get("share") or _is_set("GRADIO_SHARE"):
        said.append(NO_LINK)
    if page.mcp_server:
        said.append(
            f"MCP server: {str(page.share_url or page.local_url).rstrip('/')}/gradio_api/mcp/"
        )
    elif tools_wanted:
        said.append(NO_MCP)
    print("\n".join(said), flush=True)


def _ask_here_directly(host: str | None) -> None:
    """Gradio asks its own server whether it is there: the network's proxy cannot know."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if known != "*":
        os.environ["no_proxy"] = ",".join(filter(None, [known, "localhost", "127.0.0.1", host]))


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "").lower() == "true"


def asgi(page: gr.Blocks) -> FastAPI:
    """The page as an ASGI application, for servers other than Gradio's own.

    Args:
        page: as `studio.page.build` makes it.
    """
    settings = launch_settings(page)
    page.state_session_capacity = settings.pop("state_session_capacity")
    return gr.mount_gradio_app(FastAPI(openapi_url=None), page, path="/", **settings)


def finish(page: gr.Blocks, seconds: float = 4.0) -> None:
    """Wait for what is in flight, but not for ever: closing a page drops what its queue holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        lines = page._queue.event_queue_per_concurrency_id.values()
        if not any(page._queue.active_jobs) and not any(line.queue for line in lines):
            time.sleep(0.1)  # its last words are on their way
            return
        time.sleep(0.02)


def check_upload_folder() -> None:
    """Prove that pictures can be kept for as long as they are read.

    Raises:
        ServingError: they cannot.
    """
    try:
        folder = Path(get_upload_folder())
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
    except OSError as error:
        raise ServingError(
            f"Uploads cannot be kept ({error}): name a folder that can be written to "
            "in GRADIO_TEMP_DIR."
        ) from error
