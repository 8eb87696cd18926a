"""The Draw tab: what is drawn is read while it is drawn."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np

from model import Classifier, Generator, NumberReader, PictureError
from model.picture import Pixels
from studio import words
from studio.components import Pad
from studio.lessons import Lessons
from studio.pictures import from_data_url, line_value, to_base64

# What can be tried at a press: digits and a number of the generator's, and a letter.
EXAMPLES, EXAMPLE_NUMBER, SEED = (2, 5, 7, 8), "1984", 6
LETTER = (((0.22, 0.85), (0.5, 0.15), (0.78, 0.85)), ((0.33, 0.6), (0.67, 0.6)))


def written(generator: Generator) -> list[Pixels]:
    """The examples' digits, and the number, as ink."""
    return [
        *generator.sample(EXAMPLES, seed=SEED),
        generator.write_number(EXAMPLE_NUMBER, seed=SEED),
    ]


def _examples(ink: list[Pixels]) -> list[dict[str, Any]]:
    """A name each, and the ink or the strokes: points in 0..1 and the pen's relative width."""
    names = [words.EXAMPLE_DIGIT.format(label=label) for label in EXAMPLES]
    names.append(words.EXAMPLE_NUMBER.format(text=EXAMPLE_NUMBER))
    found = [line_value(pixels, name) for pixels, name in zip(ink, names, strict=True)]
    letter = [[[x, y, 1] for x, y in stroke] for stroke in LETTER]
    return [*found, {"description": words.EXAMPLE_LETTER, "strokes": letter}]


def build(
    classifier: Classifier, numbers: NumberReader, ink: list[Pixels], lessons: Lessons | None
) -> None:
    """Put the tab's contents on the page.

    Args:
        classifier: reads digits.
        numbers: reads what is no single digit.
        ink: the examples', as `written`.
        lessons: takes what was read wrong, where anything does.
    """

    # Called by the pad's script, outside Gradio's events: an exception would reach the log as a
    # traceback and the page as nothing, so what is wrong is an answer, too.

    def read(url: str) -> dict[str, Any]:
        try:
            picture = from_data_url(url)
            reading = classifier.classify([picture])[0]
            # What is one digit is not looked at as several: a broken 5 stays a 5.
            refused = reading.label is None and not reading.blank
            number = numbers.read(picture) if refused else None
        except PictureError as error:
            return {"error": words.translated(str(error))}
        several = number is not None and len(number.digits) > 1 and not number.unread
        return {
            "label": reading.label,
            "probabilities": reading.probabilities,
            "blank": reading.blank,
            "pixels": to_base64(reading.pixels),
            "number": [
                {"label": digit.label, "probability": digit.probability, "box": digit.box}
                for digit in (number.digits if number is not None and several else ())
            ],
        }

    def explain(url: str) -> dict[str, Any]:
        try:
            explanation = classifier.explain(from_data_url(url))
        except PictureError as error:
            return {"error": words.translated(str(error))}
        if explanation is None:
            return {}
        heat = (255 * explanation.heat).round().astype(np.uint8)
        return {"heat": to_base64(heat), "box": explanation.box}

    def teach(asked: object) -> dict[str, Any]:
        assert lessons is not None
        url, label = asked if isinstance(asked, list) and len(asked) == 2 else (None, None)
        try:
            if not url:
                raise PictureError(words.NOTHING_TO_TEACH)
            picture = from_data_url(url)
            if not isinstance(label, int) or label not in range(10):
                raise PictureError(words.BAD_WHOLE.format(name="label", low=0, high=9))
            reading = classifier.classify([picture])[0]
            if reading.blank:
                raise PictureError(words.NOTHING_TO_TEACH)
            lessons.keep(picture, label, reading.label)
        except PictureError as error:
            return {"error": words.translated(str(error))}
        return {"told": words.THANKS.format(label=label)}

    notice = None
    if lessons is not None:
        where = words.KEPT_THERE.format(repository=lessons.repository)
        notice = words.KEPT.format(where=where if lessons.repository else words.KEPT_HERE)
    with gr.Column(min_width=320):
        teacher = teach if lessons is not None else None
        Pad(read, explain, _examples(ink), teacher, notice, elem_id="pad")
