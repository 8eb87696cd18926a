"""Sharing out rows changes who works, not what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from model import Generator, share


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a server on two processors."""
    monkeypatch.setattr(share, "processors", lambda: 2)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def workers(rows: int) -> tuple[set[str], Tensor]:
    """Which threads doubled so many rows, and what they gave."""
    names = set()

    def work(x: Tensor, y: Tensor) -> Tensor:
        names.add(threading.current_thread().name)
        assert torch.is_inference_mode_enabled()
        return 2 * x + y

    with torch.inference_mode():
        return names, share.shared_out(work, torch.arange(rows), torch.ones(rows))


@pytest.mark.usefixtures("one_thread")
def test_many_rows_are_shared_out_in_order() -> None:
    for rows in (0, 1, 2 * share.LEAST - 1, 2 * share.LEAST, 101):
        names, answer = workers(rows)
        assert answer.tolist() == [2 * x + 1 for x in range(rows)]
        own = names == {threading.current_thread().name}
        assert own == (rows < 2 * share.LEAST)


@pytest.mark.usefixtures("one_thread")
def test_where_torch_has_every_processor_nothing_is_shared_out() -> None:
    torch.set_num_threads(2)
    assert workers(100)[0] == {threading.current_thread().name}


@pytest.mark.usefixtures("one_thread")
def test_where_gradients_are_wanted_nothing_is_shared_out() -> None:
    x = torch.ones(100, requires_grad=True)
    share.shared_out(lambda row: row * 3, x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0] * 100


@pytest.mark.usefixtures("one_thread")
def test_a_seed_is_the_same_picture_however_many_work_on_it(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = generator.sample([5] * 40, seed=3)
    monkeypatch.setattr(share, "processors", lambda: 1)
    alone = generator.sample([5] * 40, seed=3)
    assert np.abs(shared.astype(int) - alone).max() <= 1


@pytest.mark.usefixtures("one_thread")
def test_what_goes_wrong_in_a_part_goes_wrong() -> None:
    def work(x: Tensor) -> Tensor:
        raise ValueError("no")

    with torch.inference_mode(), pytest.raises(ValueError, match="no"):
        share.shared_out(work, torch.ones(100))
