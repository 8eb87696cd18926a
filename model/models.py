"""All that the app needs, loaded at once; what fails is replaced by the bundled weights."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from model import weights
from model.classifier import Classifier, load_classifier
from model.generator import Generator, load_generator
from model.number import NumberReader, load_number_reader
from model.plane import Plane, load_plane
from model.weights import Origin, Source, WeightsError

PATIENCE = 4.0  # seconds for the Hub, of the ten in which the app is to start

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Models:
    """The reader of digits, the reader of numbers, the writer, and the map."""

    classifier: Classifier
    numbers: NumberReader
    generator: Generator
    plane: Plane

    def origins(self) -> dict[str, Origin]:
        """Where the weights of each came from, by the name of its bundled folder."""
        all_of_them = {
            "classifier": self.classifier.origin,
            "number": self.numbers.origin,
            "generator": self.generator.origin,
        }
        return {name: origin for name, origin in all_of_them.items() if origin is not None}


@dataclass(frozen=True)
class Wanted:
    """Weights asked for.

    Attributes:
        source: a folder, or text that may also name a repository on the Hub.
        strict: whether a wrong name is an error, as where somebody has just typed it. What else
            fails with the Hub never is.
    """

    source: str | Path
    strict: bool = True


def load_models(classifier: Wanted, number: Wanted, generator: Wanted) -> Models:
    """Load all nets; where one cannot be had, the bundled one takes its place and says so.

    Raises:
        WeightsError: a wrong name, where that is an error.
    """
    with ThreadPoolExecutor() as pool:  # a silent Hub costs its time once
        found = list(pool.map(_find, (classifier, number, generator)))
    reader = _load(load_classifier, found[0], classifier, "classifier")
    return Models(
        reader,
        _load(lambda origin: load_number_reader(reader, origin), found[1], number, "number"),
        _load(
            lambda origin: load_generator(origin, reader=reader), found[2], generator, "generator"
        ),
        load_plane(),
    )


def _find(wanted: Wanted) -> Origin | WeightsError:
    try:
        return weights.find(wanted.source, PATIENCE)
    except WeightsError as error:
        return error


def _load(
    load: Callable[[Source], T], found: Origin | WeightsError, wanted: Wanted, name: str
) -> T:
    try:
        if isinstance(found, WeightsError):
            raise found
        return load(found)
    except WeightsError as error:
        of_hub = not isinstance(found, Origin) or found.commit is not None
        if wanted.strict and (error.wrong_name or not of_hub):
            raise
        bundled = weights.find(Path("weights") / name)
        note = f"{error} The bundled weights serve instead."
        log.warning(note)
        return load(replace(bundled, note=note))
