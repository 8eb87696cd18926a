"""Every language says everything."""

from __future__ import annotations

import ast
import re

import pytest

from studio import english, words
from tests.conftest import ROOT


def sentences(language: object) -> dict[str, object]:
    return {name: value for name, value in vars(language).items() if name.isupper()}


def blanks(value: object) -> list[str]:
    """The names that a sentence leaves to be filled in."""
    return sorted(re.findall(r"\{(\w+)\}", str(value)))


@pytest.mark.parametrize("name", [name for name in words.LANGUAGES if name != "en"])
def test_a_language_has_every_sentence_with_the_same_blanks(name: str) -> None:
    ours, theirs = sentences(english), sentences(words.LANGUAGES[name])
    extra = {"OF_THE_MODEL", "TOO_LARGE", "UNREADABLE"}
    assert set(theirs) - extra == set(ours)
    for key, sentence in ours.items():
        assert blanks(sentence) == blanks(theirs[key]), key
        assert type(sentence) is type(theirs[key]), key


def test_every_sentence_that_is_asked_for_is_there_and_none_is_left_over() -> None:
    asked = set()
    for file in (ROOT / "studio").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            if node.value.id in ("words", "sentences") and node.attr.isupper():
                asked.add(node.attr)
    assert asked - {"LANGUAGES"} == set(sentences(english))


def test_an_answer_has_the_language_that_its_page_was_built_in() -> None:
    with words.speaking("de"):
        answer = words.bound(lambda: words.NOTHING)
    assert answer() == "Noch nichts gezeichnet."
    assert words.NOTHING == "Nothing drawn yet."
