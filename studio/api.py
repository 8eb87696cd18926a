"""The named endpoints, for `gradio_client`, plain HTTP and MCP.

Their inputs are raw values, checked by `studio.limits`: Gradio's own number fields round and
coerce before anybody can object.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.processing_utils import save_bytes_to_cache
from PIL import Image

from model import Classifier, Generator, NumberReader, PictureError
from model.generator import SEEDS
from studio import limits, words
from studio.pictures import DigitImage, animation, ink_on_paper

_WHOLE: dict[str, Any] = {"type": "integer"}
_NUMBER: dict[str, Any] = {"type": "number"}
_SEED: dict[str, Any] = {"oneOf": [{"type": "null"}, {"type": "integer"}]}


def build(classifier: Classifier, numbers: NumberReader, generator: Generator) -> None:
    """Register the endpoints. Nothing of them is seen on the page."""

    def classify(image: Image.Image | None) -> dict[str, Any]:
        """Read the digit in a picture.

        Args:
            image: a picture of one digit, dark on light or light on dark, of any size.

        Returns:
            label: 0..9, or null where nothing is drawn or no digit; probabilities of 0..9;
            digit_score in 0..1: whether it is a digit at all.
        """
        if image is None:
            raise gr.Error(words.NO_PICTURE_SENT, print_exception=False)
        try:
            reading = classifier.classify([image])[0]
        except PictureError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {
            "label": reading.label,
            "probabilities": list(reading.probabilities),
            "digit_score": reading.digit_score,
        }

    def read_number(image: Image.Image | None) -> dict[str, Any]:
        """Read a number: several digits side by side, whether or not they touch.

        Args:
            image: a picture of one line of digits, dark on light or light on dark, of any size.

        Returns:
            text: the number, empty where no digit is; digits: for each its label, its probability
            and its box: left, top, right, bottom in pixels of the picture.
        """
        if image is None:
            raise gr.Error(words.NO_PICTURE_SENT, print_exception=False)
        try:
            number = numbers.read(image)
        except PictureError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {
            "text": number.text,
            "digits": [
                {"label": d.label, "probability": d.probability, "box": list(d.box)}
                for d in number.digits
            ],
        }

    def generate(
        digit: int, count: int = 10, seed: int | None = None, temperature: float = 1.0
    ) -> list[Image.Image]:
        """Write digits that nobody wrote.

        Args:
            digit: which, 0..9.
            count: how many, 1..100.
            seed: the same seed writes the same digits, 0..4294967295; null for new ones.
            temperature: 0 the typical digit, 1 people's variety, up to 2, which is wild.

        Returns:
            Pictures of 28x28 pixels, black on white.
        """
        label, many = limits.digit("digit", digit), limits.count(count)
        heat, start = limits.temperature(temperature), limits.seed(seed)
        return ink_on_paper(generator.sample([label] * many, heat, start))

    def interpolate(
        start: int, end: int, steps: int = 24, seed: int | None = None
    ) -> tuple[list[Image.Image], str]:
        """Turn one digit into another, in one hand.

        Args:
            start: the first digit, 0..9.
            end: the last digit, 0..9.
            steps: pictures, both ends included, 2..120.
            seed: of the hand, 0..4294967295; null for a new one.

        Returns:
            The pictures, 28x28 pixels, black on white; and an animated WebP that runs forth and
            back.
        """
        first, last = limits.digit("start", start), limits.digit("end", end)
        frames = generator.interpolate(first, last, limits.steps(steps), limits.seed(seed))
        # Into Gradio's own cache, which forgets it in time (`delete_cache` of the page).
        path = save_bytes_to_cache(animation(frames), "morph.webp", film.GRADIO_CACHE)
        film.temp_files.add(path)
        return ink_on_paper(frames), path

    seed = f"seed, 0 to {SEEDS - 1}; null for a new one"
    film = gr.File(visible=False, label="animation")

    def pictures(label: str) -> gr.Gallery:
        return gr.Gallery(visible=False, format="png", label=label)

    gr.on(
        [],
        classify,
        DigitImage(visible=False, type="pil", label="image"),
        gr.JSON(visible=False, label="reading"),
        api_name="classify",
    )
    gr.on(
        [],
        read_number,
        DigitImage(visible=False, type="pil", label="image"),
        gr.JSON(visible=False, label="number"),
        api_name="read_number",
    )
    gr.on(
        [],
        generate,
        [
            Api(7, _WHOLE, "digit, 0 to 9"),
            Api(10, _WHOLE, f"count, 1 to {limits.MOST_DIGITS}"),
            Api(None, _SEED, seed),
            Api(1.0, _NUMBER, f"temperature, 0 (typical) to {limits.HOTTEST:g} (wild)"),
        ],
        pictures("images"),
        api_name="generate",
    )
    gr.on(
        [],
        interpolate,
        [
            Api(3, _WHOLE, "start, 0 to 9"),
            Api(8, _WHOLE, "end, 0 to 9"),
            Api(24, _WHOLE, f"steps, {limits.FEWEST_STEPS} to {limits.MOST_STEPS}"),
            Api(None, _SEED, seed),
        ],
        [pictures("images"), film],
        api_name="interpolate",
    )
