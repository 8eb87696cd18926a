"""What may be asked for, checked in one place for page and endpoints alike."""

from __future__ import annotations

import math

import gradio as gr

from model.generator import LONGEST_NUMBER, SEEDS, random_seed
from studio import words

MOST_DIGITS = 100
FEWEST_STEPS, MOST_STEPS = 2, 120
HOTTEST = 2.0


def whole(name: str, value: object, low: int, high: int) -> int:
    """`value` as a whole number in `low..high`.

    Raises:
        gr.Error: it is none, in one sentence.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high or value != int(value):  # type: ignore[operator,call-overload]
        raise gr.Error(words.BAD_WHOLE.format(name=name, low=low, high=high), print_exception=False)
    return int(value)  # type: ignore[call-overload]


def digit(name: str, value: object) -> int:
    """A digit 0..9; also as text, which is what buttons give."""
    if isinstance(value, str) and value in "0123456789" and len(value) == 1:
        value = int(value)
    return whole(name, value, 0, 9)


def count(value: object) -> int:
    """How many digits at once."""
    return whole("count", value, 1, MOST_DIGITS)


def steps(value: object) -> int:
    """Frames of a morph."""
    return whole("steps", value, FEWEST_STEPS, MOST_STEPS)


def seed(value: object) -> int:
    """A seed; `None` asks for a new one."""
    return random_seed() if value is None else whole("seed", value, 0, SEEDS - 1)


def real(name: str, value: object, low: float, high: float) -> float:
    """`value` as a number in `low..high`.

    Raises:
        gr.Error: it is none, in one sentence.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or math.isnan(value) or not low <= value <= high:  # type: ignore[arg-type,operator]
        raise gr.Error(
            words.BAD_NUMBER.format(name=name, low=f"{low:g}", high=f"{high:g}"),
            print_exception=False,
        )
    return float(value)  # type: ignore[arg-type]


def temperature(value: object) -> float:
    """How far from the typical digit."""
    return real("temperature", value, 0, HOTTEST)


def share(value: object) -> float:
    """How much of the second of two digits."""
    return real("share", value, 0, 1)


def number(value: object) -> str:
    """A number to write, blanks around it forgiven."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    fine = isinstance(text, str) and text.isascii() and text.isdecimal()
    if not fine or len(text) > LONGEST_NUMBER:  # type: ignore[arg-type]
        raise gr.Error(words.BAD_TEXT.format(longest=LONGEST_NUMBER), print_exception=False)
    return str(text)
