"""The hand of whoever drew a digit."""

from __future__ import annotations

import gradio as gr

from model import Classifier, Generator, Hand, PictureError
from model.picture import Picture
from studio import limits, words


class HandReader:
    """Takes the hand from a drawing: the classifier says which digit, the generator how."""

    def __init__(self, classifier: Classifier, generator: Generator) -> None:
        self.classifier, self.generator = classifier, generator

    def read(self, picture: Picture, digit: object = None, name: str | None = None) -> Hand:
        """The hand that drew `picture`.

        Args:
            picture: of one digit, as `prepare` takes it.
            digit: which one it is; `None`: as it is read.
            name: of the argument that `digit` came with; `None`: there was no way to say it.

        Raises:
            gr.Error: it is no picture, nothing is drawn, or no digit, in one sentence.
        """
        label = None if digit is None else limits.digit(name or "digit", digit)
        try:
            reading = self.classifier.classify([picture])[0]
        except PictureError as error:
            raise gr.Error(words.translated(str(error)), print_exception=False) from error
        if reading.blank:
            raise gr.Error(words.NOTHING_TO_IMITATE, print_exception=False)
        label = reading.label if label is None else label
        if label is None:
            sentence = words.NO_DIGIT_TO_IMITATE if name is None else words.WHICH_DIGIT_IS_IT
            raise gr.Error(sentence.format(name=name), print_exception=False)
        return self.generator.hand_of(reading.pixels, label)
