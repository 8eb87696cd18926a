"""Two hundred visitors at once, with slow ones and rude ones among them."""

from __future__ import annotations

from bench.load import load
from tests.loops import finished


def test_nobody_is_lost_in_a_crowd(app: str) -> None:
    report = finished(load(app, clients=200, seconds=4))
    assert not report.wrong
    assert sum(map(len, report.seconds.values())) >= 100
