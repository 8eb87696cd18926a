"""Digit Studio: `python app.py` serves the page at http://127.0.0.1:7860."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

    from model import Wanted

NETS = {"classifier": "reader", "number": "reader of numbers", "generator": "writer"}


def options(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line. What is not given, Gradio takes from its own environment variables."""
    parser = argparse.ArgumentParser(description="Reads the digits you draw, and writes its own.")
    parser.add_argument("--host", help="address to listen on (else GRADIO_SERVER_NAME, 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, help="port (else GRADIO_SERVER_PORT, the first free from 7860)"
    )
    parser.add_argument(
        "--share", action="store_true", help="make a public link (else GRADIO_SHARE)"
    )
    parser.add_argument(
        "--auth", metavar="USER:PASSWORD", help="ask visitors for a name and a password"
    )
    parser.add_argument(
        "--mcp", action="store_true", help="serve MCP tools, too (else GRADIO_MCP_SERVER)"
    )
    parser.add_argument(
        "--weights-dir",
        default="weights",
        help="folder that holds classifier/ and generator/ and, if numbers are read by another "
        "net than the bundled one, number/",
    )
    for kind in NETS:
        parser.add_argument(
            f"--{kind}",
            metavar="SOURCE",
            help=f"weights of the {NETS[kind]}: a folder, or owner/name[@revision] on the Hub "
            f"(else {kind.upper()}_REPO, else the folder in --weights-dir)",
        )
    parser.add_argument(
        "--lessons",
        metavar="DIR",
        type=Path,
        default=os.environ.get("LESSONS_DIR") or None,
        help="let visitors say what was read wrong, and keep it in this folder (else LESSONS_DIR, "
        "else nothing is kept); with LESSONS_REPO=owner/name and HF_TOKEN, also on the Hub",
    )
    given = parser.parse_args(argv)
    if given.auth is not None and not all(given.auth.partition(":")):
        parser.error("argument --auth: give a name and a password, as in --auth anna:secret")
    if given.port is not None and not 1 <= given.port <= 65535:
        parser.error("argument --port: must be from 1 to 65535")
    return given


def wanted(given: argparse.Namespace, kind: str) -> Wanted:
    """Which weights to serve: as typed, else the variable of a Space, else a folder's."""
    from model import Wanted

    if typed := getattr(given, kind):
        return Wanted(typed)
    if variable := os.environ.get(f"{kind.upper()}_REPO"):
        return Wanted(variable, strict=False)
    own = Path(given.weights_dir) / kind
    return Wanted(own if kind != "number" or own.is_dir() else Path("weights/number"))


def build(given: argparse.Namespace) -> gr.Blocks:
    """The page, its models loaded. What the owner can mend ends the program with a sentence."""
    # Here, and not above, so that --help and a mistyped option are answered at once. `studio` comes
    # first: it sets what Gradio reads when it is imported.
    import studio
    from model import WeightsError, load_models

    # While Gradio is imported, the Hub may already be asked.
    loading = ThreadPoolExecutor(1).submit(load_models, *(wanted(given, kind) for kind in NETS))
    import studio.lessons
    import studio.page
    import studio.serving

    try:
        studio.serving.check_upload_folder()
        lessons = None
        if given.lessons:
            lessons = studio.lessons.Lessons(given.lessons, os.environ.get("LESSONS_REPO") or None)
        return studio.page.build(loading.result(), lessons)
    except (studio.serving.ServingError, studio.lessons.LessonsError, WeightsError) as error:
        sys.exit(str(error))


def serve(given: argparse.Namespace, stopped: threading.Event) -> None:
    """Load the models, build the page, serve it until `stopped`."""
    page = build(given)
    from studio import serving

    try:
        serving.launch(
            page,
            server_name=given.host,
            server_port=given.port,
            share=given.share or None,
            auth=tuple(given.auth.split(":", 1)) if given.auth else None,
            mcp_server=given.mcp or None,
        )
        while not stopped.wait(1):
            pass
    except OSError:
        where = f"{given.host or '127.0.0.1'}:{given.port or 'any port from 7860'}"
        sys.exit(f"Cannot listen on {where}: choose another with --host or --port.")
    finally:
        serving.finish(page)
        page.close(verbose=False)  # also where a signal came while Gradio was still starting


def main() -> None:
    """The command line; Ctrl-C and SIGTERM end it well, requests in flight finished first."""
    given, stopped = options(), threading.Event()
    logging.basicConfig(format="%(message)s")

    def stop(*_: object) -> None:
        stopped.set()  # some of Gradio's start swallows the exception
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with contextlib.suppress(KeyboardInterrupt):
        serve(given, stopped)


if __name__ == "__main__":
    main()
