"""Two hundred visitors at once, with slow ones and rude ones among them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bench.load import load


def test_nobody_is_lost_in_a_crowd(app: str) -> None:
    # In a thread of its own: the browser of other tests keeps a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(lambda: asyncio.run(load(app, clients=200, seconds=4))).result()
    assert not report.wrong
    assert sum(map(len, report.seconds.values())) >= 100
