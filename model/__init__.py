"""The nets and what they answer. The doors everybody uses:

>>> from model import load_classifier, load_generator
>>> sevens = load_generator().sample([7] * 3, seed=1)  # (3, 28, 28) uint8, ink = 255
>>> [reading.label for reading in load_classifier().classify(sevens)]
[7, 7, 7]
"""

from model.classifier import Classifier, Reading, load_classifier
from model.generator import Generator, load_generator
from model.picture import PictureError, prepare
from model.weights import WeightsError

__all__ = [
    "Classifier",
    "Generator",
    "PictureError",
    "Reading",
    "WeightsError",
    "load_classifier",
    "load_generator",
    "prepare",
]
