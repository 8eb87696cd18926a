"""The nets and what they answer. The doors everybody uses:

>>> from model import load_classifier, load_generator
>>> sevens = load_generator().sample([7] * 3, seed=1)  # (3, 28, 28) uint8, ink = 255
>>> [reading.label for reading in load_classifier().classify(sevens)]
[7, 7, 7]
"""

from model.classifier import Classifier, Explanation, Reading, load_classifier
from model.generator import Generator, Hand, load_generator
from model.models import Models, Wanted, load_models
from model.number import Digit, Number, NumberReader, load_number_reader
from model.picture import PictureError, prepare
from model.plane import Plane, load_plane
from model.weights import Origin, WeightsError

__all__ = [
    "Classifier",
    "Digit",
    "Explanation",
    "Generator",
    "Hand",
    "Models",
    "Number",
    "NumberReader",
    "Origin",
    "PictureError",
    "Plane",
    "Reading",
    "Wanted",
    "WeightsError",
    "load_classifier",
    "load_generator",
    "load_models",
    "load_number_reader",
    "load_plane",
    "prepare",
]
