"""What may be asked for, checked in one place for page and endpoints alike."""

from __future__ import annotations

import math

import gradio as gr

from model.generator import SEEDS, random_seed
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


def temperature(value: object) -> float:
    """How far from the typical digit."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or math.isnan(value) or not 0 <= value <= HOTTEST:  # type: ignore[arg-type,operator]
        raise gr.Error(
            words.BAD_NUMBER.format(name="temperature", low=0, high=HOTTEST),
            print_exception=False,
        )
    return float(value)  # type: ignore[arg-type]
