"""What a person reads on the page, in the language of the page: `words.DRAW` is its sentence.

Sentences live in one module a language. A page is built within `speaking(...)`, and what it calls
later is wrapped by `bound`, so that every answer has the language of the page that asked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from studio import english, german

LANGUAGES: dict[str, ModuleType] = {"en": english, "de": german}  # the first is the API's, too

_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The language now, as in HTML's `lang`."""
    return _language.get()


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Within it, sentences are in the language `name`."""
    before = _language.set(name)
    try:
        yield
    finally:
        _language.reset(before)


def bound(answer: Callable[..., Any]) -> Callable[..., Any]:
    """`answer`, whenever it is called, in the language of now."""
    name = language()

    @functools.wraps(answer)
    def answers(*given: Any, **named: Any) -> Any:
        with speaking(name):
            return answer(*given, **named)

    return answers


def translated(sentence: str) -> str:
    """What `model` says, which is English, in the language of now."""
    own: dict[str, str] = getattr(LANGUAGES[language()], "OF_THE_MODEL", {})
    return own.get(sentence, sentence)


def __getattr__(name: str) -> Any:
    if not name.isupper():
        raise AttributeError(name)
    return getattr(LANGUAGES[language()], name)
