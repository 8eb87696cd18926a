"""What Gradio does over and over, done once or less often.

Imported before a component of our own is made: then Gradio writes no .pyi file beside it, either.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from functools import partial

import gradio as gr
import gradio.component_meta
from gradio.queueing import Queue
from gradio.routes import App

gradio.component_meta.create_or_modify_pyi = lambda *_args, **_kwargs: None

AWAKE = 1.0  # seconds after the last call in which the next one is looked for often
OFTEN = 0.001  # seconds between two looks, which is what Gradio does day and night
SELDOM = 0.02


class DozingQueue(Queue):
    """A queue that looks for calls less often where there have been none for a while.

    An app that nobody uses takes a tenth of a processor otherwise.
    """

    _last = 0.0  # when there was work

    @property
    def sleep_when_free(self) -> float:
        """Seconds until it looks again."""
        now = time.monotonic()
        if len(self) or any(self.active_jobs):
            self._last = now
        return OFTEN if now - self._last < AWAKE else SELDOM

    @sleep_when_free.setter
    def sleep_when_free(self, _: float) -> None:
        pass  # Gradio's own constant


@contextlib.contextmanager
def one_application() -> Iterator[None]:
    """Leave it to the launch to make a web application of a page.

    Gradio makes one, of a hundred routes, whenever a page or a part of it is finished, and uses the
    last.
    """
    made = vars(App)["create_app"]
    setattr(App, "create_app", staticmethod(lambda *_args, **_kwargs: None))  # noqa: B010  # mypy
    try:
        yield
    finally:
        setattr(App, "create_app", made)  # noqa: B010


def settle(page: gr.Blocks) -> None:
    """Let every component describe itself once only, and the queue doze.

    Gradio has all components describe themselves for every call of the API, in case the page is
    linked to in the state that the call leaves it in. That is two thirds of the time of a call, and
    no component here changes after it was made: what calls change are values.
    """
    for block in page.blocks.values():
        setattr(block, "get_config", partial(dict, block.get_config()))  # noqa: B010  # mypy
    page._queue.__class__ = DozingQueue
