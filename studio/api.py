"""The named endpoints, for `gradio_client`, plain HTTP and MCP.

Their inputs are raw values, checked by `studio.limits`: Gradio's own number fields round and
coerce before anybody can object.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.components.api_component import Api
from gradio.processing_utils import save_bytes_to_cache
from PIL import Image

from model import Hand, Models, PictureError
from model.generator import LONGEST_NUMBER, SEEDS
from studio import limits, origins, words
from studio.guard import AT_ONCE
from studio.hands import HandReader
from studio.pictures import DigitImage, animation, ink_on_paper, number_on_paper
from studio.writer import Order, Writer

_WHOLE: dict[str, Any] = {"type": "integer"}
_NUMBER: dict[str, Any] = {"type": "number"}
_WHOLE_OR_NULL: dict[str, Any] = {"oneOf": [{"type": "null"}, {"type": "integer"}]}


def build(models: Models, writer: Writer) -> None:
    """Register the endpoints. Nothing of them is seen on the page."""
    classifier, numbers, generator = models.classifier, models.numbers, models.generator

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
        return ink_on_paper(writer.write(Order(label, many, heat, start)))

    def mix(
        first: int,
        second: int,
        share: float = 0.5,
        count: int = 10,
        seed: int | None = None,
        temperature: float = 1.0,
    ) -> list[Image.Image]:
        """Write digits between two digits, which nobody has a name for.

        Args:
            first: 0..9.
            second: 0..9.
            share: of the second one, 0..1.
            count: how many, 1..100.
            seed: 0..4294967295; null for new ones.
            temperature: 0..2, as for /generate.

        Returns:
            Pictures of 28x28 pixels, black on white.
        """
        one, other = limits.digit("first", first), limits.digit("second", second)
        part, many = limits.share(share), limits.count(count)
        heat, start = limits.temperature(temperature), limits.seed(seed)
        return ink_on_paper(writer.write(Order(one, many, heat, start, other, part)))

    def write_number(
        text: str,
        seed: int | None = None,
        temperature: float = 1.0,
        image: Image.Image | None = None,
        digit: int | None = None,
    ) -> Image.Image:
        """Write a number in one hand.

        Args:
            text: 1 to 32 digits.
            seed: the same seed, the same hand, 0..4294967295; null for a new one.
            temperature: 0 the typical hand, 1 people's variety, up to 2, which is wild.
            image: a drawn digit, to write in its hand.
            digit: which digit that is, 0..9; null: as it is read.

        Returns:
            One picture, black on white.
        """
        number = limits.number(text)
        heat, start = limits.temperature(temperature), limits.seed(seed)
        hand = None if image is None else hands.read(image, digit, "digit")
        return number_on_paper(generator.write_number(number, heat, start, hand))

    def restyle(image: Image.Image | None, digit: int | None = None) -> list[Image.Image]:
        """Write all ten digits in the hand that drew one.

        Args:
            image: a picture of one digit, dark on light or light on dark, of any size.
            digit: which digit that is, 0..9; null: as it is read.

        Returns:
            Ten pictures of 28x28 pixels, 0 to 9, black on white.
        """
        if image is None:
            raise gr.Error(words.NO_PICTURE_SENT, print_exception=False)
        return ink_on_paper(generator.restyle(hands.read(image, digit, "digit")))

    def interpolate(
        start: int | None = None,
        end: int | None = None,
        steps: int = 24,
        seed: int | None = None,
        end_seed: int | None = None,
        start_image: Image.Image | None = None,
        end_image: Image.Image | None = None,
    ) -> tuple[list[Image.Image], str]:
        """Turn one digit into another, in even steps, gently at both ends.

        Args:
            start: the first digit, 0..9; of a start_image, null: as it is read.
            end: the last digit, 0..9; of an end_image, null: as it is read.
            steps: pictures, both ends included, 2..120.
            seed: of the hand, 0..4294967295; null for a new one.
            end_seed: of the last digit's hand, if it is to be another.
            start_image: a drawn digit to start from.
            end_image: a drawn digit to end with.

        Returns:
            The pictures, 28x28 pixels, black on white; and an animated WebP that runs forth and
            back.
        """
        many, hand = limits.steps(steps), limits.seed(seed)
        first: int | Hand
        last: int | Hand
        if start_image is not None:
            first = hands.read(start_image, start, "start")
        else:
            first = limits.digit("start", start)
        if end_image is not None:
            last = hands.read(end_image, end, "end")
        elif end_seed is not None:
            last = generator.hand(limits.digit("end", end), seed=limits.seed(end_seed))
        else:
            last = limits.digit("end", end)
        frames = generator.interpolate(first, last, many, hand)
        # Into Gradio's own cache, which forgets it in time (`delete_cache` of the page).
        path = save_bytes_to_cache(animation(frames), "morph.webp", film.GRADIO_CACHE)
        film.temp_files.add(path)
        return ink_on_paper(frames), path

    def info() -> dict[str, Any]:
        """Say which weights answer.

        Returns:
            Of classifier, number and generator: source, commit where it is of the Hub, figures as
            they were measured, and note: a sentence where it is not what the owner asked for.
        """
        return {name: origins.facts(origin) for name, origin in models.origins().items()}

    hands = HandReader(classifier, generator)
    seed = f"seed, 0 to {SEEDS - 1}; null for a new one"
    film = gr.File(visible=False, label="animation")

    def pictures(label: str) -> gr.Gallery:
        return gr.Gallery(visible=False, format="png", label=label)

    def picture(label: str) -> DigitImage:
        return DigitImage(visible=False, type="pil", label=label)

    digits = _WHOLE, "0 to 9"
    drawn_digit = Api(None, _WHOLE_OR_NULL, "digit of the image, 0 to 9; null: as it is read")
    count = Api(10, _WHOLE, f"count, 1 to {limits.MOST_DIGITS}")
    heat = f"temperature, 0 (typical) to {limits.HOTTEST:g} (wild)"
    endpoints: list[tuple[Callable[..., Any], list[Component], Component | list[Component]]] = [
        (classify, [picture("image")], gr.JSON(visible=False, label="reading")),
        (read_number, [picture("image")], gr.JSON(visible=False, label="number")),
        (
            generate,
            [Api(7, *digits), count, Api(None, _WHOLE_OR_NULL, seed), Api(1.0, _NUMBER, heat)],
            pictures("images"),
        ),
        (
            mix,
            [
                Api(3, *digits),
                Api(8, *digits),
                Api(0.5, _NUMBER, "share of the second digit, 0 to 1"),
                count,
                Api(None, _WHOLE_OR_NULL, seed),
                Api(1.0, _NUMBER, heat),
            ],
            pictures("images"),
        ),
        (
            write_number,
            [
                Api("31415", {"type": "string"}, f"1 to {LONGEST_NUMBER} digits"),
                Api(None, _WHOLE_OR_NULL, seed),
                Api(1.0, _NUMBER, heat),
                picture("image"),
                drawn_digit,
            ],
            gr.Image(visible=False, format="png", label="number"),
        ),
        (restyle, [picture("image"), drawn_digit], pictures("images")),
        (
            interpolate,
            [
                Api(None, _WHOLE_OR_NULL, "start, 0 to 9; null with a start_image: as it is read"),
                Api(None, _WHOLE_OR_NULL, "end, 0 to 9; null with an end_image: as it is read"),
                Api(24, _WHOLE, f"steps, {limits.FEWEST_STEPS} to {limits.MOST_STEPS}"),
                Api(None, _WHOLE_OR_NULL, seed),
                Api(None, _WHOLE_OR_NULL, "seed of the last digit's hand; null: the same hand"),
                picture("start_image"),
                picture("end_image"),
            ],
            [pictures("images"), film],
        ),
        (info, [], gr.JSON(visible=False, label="weights")),
    ]
    for answer, given, output in endpoints:
        gr.on(
            [],
            answer,
            given,
            output,
            api_name=answer.__name__,
            concurrency_id="nets",
            concurrency_limit=AT_ONCE,
        )
