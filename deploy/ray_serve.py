"""The app on Ray Serve: replicas on one machine or on many, more of them when more is asked.

    pip install -r deploy/requirements.txt
    python -m deploy.ray_serve --replicas 2 8 --port 7860

Each replica is the whole app. Which weights they serve, the environment says: CLASSIFIER_REPO and
GENERATOR_REPO, as for a Space. On a cluster, start Ray on every machine with
RAY_SERVE_SESSION_ID_HEADER_KEY=cookie, then give `--address auto` here.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import threading
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

# Read when Ray is imported, by every process of it: routers are to be told a visitor's cookies.
os.environ.setdefault("RAY_SERVE_SESSION_ID_HEADER_KEY", "cookie")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
from ray import serve
from ray.serve.config import HTTPOptions, RequestRouterConfig
from ray.serve.experimental.consistent_hash_router import ConsistentHashRouter

COOKIE = "replica"
BUSY = 20  # open requests of a replica, most of them streams that wait, at which another is started


class VisitorRouter(ConsistentHashRouter):
    """Keeps a visitor with one replica: by a cookie, or by address where cookies are not kept.

    Gradio answers a call of the API in two requests, a question and a stream with its answer, and
    keeps the pictures it made on its own disk. When that replica is gone, another one takes over.
    """

    def _routing_key(self, pending_request: Any) -> str | None:
        if pending_request is None:
            return None
        known = pending_request.metadata
        return visitor(known.session_id) or known._client.rpartition(":")[0] or "nobody"


def visitor(cookies: str) -> str | None:
    """Who sent these cookies, if that was said."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


class Remembered:
    """Gives each visitor a cookie to be known by.

    Args:
        app: an ASGI application.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        cookies = b"; ".join(v for k, v in scope.get("headers", ()) if k == b"cookie")
        if scope["type"] != "http" or visitor(cookies.decode("latin-1")):
            await self.app(scope, receive, send)
            return
        made = f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly; SameSite=Lax"

        async def with_cookie(message: Any) -> None:
            if message["type"] == "http.response.start":
                cookie = (b"set-cookie", made.encode())
                message = {**message, "headers": [*message.get("headers", ()), cookie]}
            await send(message)

        await self.app(scope, receive, with_cookie)


def application() -> Any:
    """One replica's own copy of the app."""
    os.chdir(Path(__file__).resolve().parent.parent)
    import app
    from studio import serving

    return Remembered(serving.asgi(app.build(app.options([]))))


def deployment(fewest: int, most: int) -> Any:
    """What Ray Serve is to run.

    Args:
        fewest: replicas, at least 1.
        most: replicas, when much is asked.
    """
    replicas = serve.deployment(
        name="studio",
        max_ongoing_requests=1000,  # each open page holds streams
        autoscaling_config={
            "min_replicas": fewest,
            "max_replicas": most,
            "target_ongoing_requests": BUSY,
        },
        ray_actor_options={"num_cpus": 1},
        request_router_config=RequestRouterConfig(request_router_class=VisitorRouter),
        graceful_shutdown_timeout_s=5,
    )
    return replicas(serve.ingress(application)()).bind()


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; Ctrl-C and SIGTERM end it."""
    parser = argparse.ArgumentParser(description="Serves Digit Studio by Ray Serve.")
    parser.add_argument("--replicas", type=int, nargs=2, default=(2, 8), metavar=("LEAST", "MOST"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--address", help="of a running Ray cluster, or auto (else one is started)")
    given = parser.parse_args(argv)
    if not 1 <= given.replicas[0] <= given.replicas[1]:
        parser.error("argument --replicas: LEAST must be from 1 to MOST")
    new = {} if given.address else {"num_cpus": max(given.replicas[0], os.cpu_count() or 1)}
    ray.init(given.address, include_dashboard=False, log_to_driver=False, **new)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # after Ray, which sets its own
        signal.signal(number, lambda *_: stopped.set())
    serve.start(http_options=HTTPOptions(host=given.host, port=given.port))
    serve.run(deployment(*given.replicas))
    print(f"Running on http://{given.host}:{given.port}/", flush=True)
    stopped.wait()
    serve.shutdown()
    ray.shutdown()


if __name__ == "__main__":
    main()
