"""Many visitors at once, some of whom misbehave: `python -m bench.load --clients 200 --seconds 60`.

Each asks for one thing after the other: readings, as the page asks for them and as the API does,
numbers, digits, morphs, the page itself. Whoever is told that it is busy waits a moment and asks
again. Beside them some send a byte a second, and some hang up before the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

import httpx
import numpy as np

from tests.conftest import serving
from tests.strokes import OWN, canvas, data_url

PATIENCE = 30.0  # seconds after which an answer counts as lost
MISCHIEF = 5  # clients of either kind that misbehave


class BusyError(Exception):
    """The app says that others come first."""


@dataclass
class Report:
    """What became of the requests.

    Attributes:
        seconds: of each kind of request that was answered, how long that took.
        busy: how often visitors were asked to come again.
        wrong: what was no answer, or a wrong one, in words.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    busy: int = 0
    wrong: list[str] = field(default_factory=list)

    def table(self) -> str:
        """One line a kind: how many, median, 99th percentile and longest, in milliseconds."""
        lines = [
            "| asked for | answers | median, ms | p99, ms | longest, ms |",
            "|---|---|---|---|---|",
        ]
        everything = {**self.seconds, "all": [s for of in self.seconds.values() for s in of]}
        for kind, seconds in everything.items():
            half, most, longest = 1000 * np.percentile(seconds, [50, 99, 100])
            lines.append(f"| {kind} | {len(seconds)} | {half:.0f} | {most:.0f} | {longest:.0f} |")
        return "\n".join(lines)


class Visitor:
    """Someone who asks for one thing after the other.

    Args:
        client: a connection to the app.
        pad: number of the page's pad, which reads what is drawn.
        number: of this visitor, which decides what it asks for.
    """

    def __init__(self, client: httpx.AsyncClient, pad: int, number: int) -> None:
        self.client, self.pad, self.random = client, pad, random.Random(number)

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.client.post(path, json=body)
        if answer.status_code == 503:
            raise BusyError
        answer.raise_for_status()
        return answer.json()

    async def _call(self, name: str, *data: Any) -> Any:
        """One call of the API: the question, and the stream with its answer."""
        event = (await self._post(f"/gradio_api/call/{name}", {"data": data}))["event_id"]
        stream = (await self.client.get(f"/gradio_api/call/{name}/{event}")).text
        if "event: complete" not in stream:
            raise ValueError(stream[:200])
        return json.loads(stream.rsplit("data: ", 1)[1])

    async def page(self) -> bool:
        """The page itself."""
        return "<html" in (await self.client.get("/")).text

    async def drawing(self) -> bool:
        """A reading, as the page asks for it while one draws."""
        label = self.random.randrange(10)
        question = {"data": DRAWN[label], "component_id": self.pad, "fn_name": "read"}
        answer = await self._post("/gradio_api/component_server", {**question, "session_hash": "x"})
        return bool(answer["label"] == label)

    async def classify(self) -> bool:
        """A reading by the API."""
        label = self.random.randrange(10)
        return bool((await self._call("classify", {"url": DRAWN[label]}))[0]["label"] == label)

    async def read_number(self) -> bool:
        """A number of one digit."""
        label = self.random.randrange(10)
        answer = await self._call("read_number", {"url": DRAWN[label]})
        return bool(answer[0]["text"] == str(label))

    async def generate(self) -> bool:
        """Five digits."""
        seed = self.random.randrange(10_000)
        return len((await self._call("generate", seed % 10, 5, seed, 1.0))[0]) == 5

    async def write_number(self) -> bool:
        """A number."""
        seed = self.random.randrange(10_000)
        return "url" in (await self._call("write_number", str(seed), seed, 1.0, None, None))[0]

    async def interpolate(self) -> bool:
        """A morph of 24 frames."""
        ends = self.random.sample(range(10), 2)
        return len((await self._call("interpolate", *ends, 24, 1, None, None, None))[0]) == 24

    async def visit(self, until: float, report: Report) -> None:
        """Ask until then."""
        often = {"drawing": 10, "classify": 5, "read_number": 2, "generate": 2}
        often |= {"write_number": 1, "interpolate": 1, "page": 1}
        while time.monotonic() < until:
            (kind,) = self.random.choices(list(often), list(often.values()))
            ask: Callable[[], Awaitable[bool]] = getattr(self, kind)
            begin = time.monotonic()
            try:
                right = await asyncio.wait_for(ask(), PATIENCE)
            except BusyError:
                report.busy += 1
                await asyncio.sleep(self.random.uniform(0.2, 1))
            except (
                httpx.HTTPError,
                ValueError,
                KeyError,
                TimeoutError,
                asyncio.TimeoutError,
            ) as error:
                report.wrong.append(f"{kind}: {type(error).__name__} {error}")
            else:
                report.seconds[kind].append(time.monotonic() - begin)
                if not right:
                    report.wrong.append(f"{kind}: a wrong answer")


DRAWN = {label: data_url(canvas(strokes)) for label, strokes in OWN.items()}


async def dawdle(url: str, until: float) -> None:
    """Send a request a byte a second, and never finish."""
    where = urlparse(url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    head = b"POST /gradio_api/call/generate HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    for byte in head + b" " * 100_000:
        if time.monotonic() >= until:
            break
        writer.write(bytes([byte]))
        await asyncio.sleep(1)
    writer.close()


async def hang_up(url: str, until: float) -> None:
    """Ask for much, and go before it comes."""
    body = json.dumps({"data": [3, 8, 120, None, None, None, None]})
    async with httpx.AsyncClient(base_url=url, timeout=0.05) as client:
        while time.monotonic() < until:
            try:
                asked = await client.post("/gradio_api/call/interpolate", content=body)
                await client.get(f"/gradio_api/call/interpolate/{asked.json()['event_id']}")
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            await asyncio.sleep(1)


async def load(url: str, clients: int, seconds: float) -> Report:
    """Visit an app with so many at once, for so long."""
    report = Report()
    # The app closes connections that idle for five seconds: they are not used again shortly before.
    limits = httpx.Limits(keepalive_expiry=3)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=PATIENCE) as client:
        components = (await client.get("/config")).json()["components"]
        pad = next(c["id"] for c in components if c["props"].get("elem_id") == "pad")
        until = time.monotonic() + seconds
        await asyncio.gather(
            *(Visitor(client, pad, i).visit(until, report) for i in range(clients)),
            *(dawdle(url, until) for _ in range(MISCHIEF)),
            *(hang_up(url, until) for _ in range(MISCHIEF)),
        )
    return report


def main() -> None:
    """The command line. The exit status is 1 where anything was wrong or lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--url", help="of a running app (else one is started)")
    given = parser.parse_args()
    with serving() as start:
        url = given.url or start()[0]
        report = asyncio.run(load(url, given.clients, given.seconds))
    print(report.table())
    print(f"told that it is busy: {report.busy} times; wrong or lost: {len(report.wrong)}")
    for wrong in sorted(set(report.wrong))[:20]:
        print(wrong)
    sys.exit(bool(report.wrong))


if __name__ == "__main__":
    main()
