"""The map's decoder, as it is sent to the browser."""

from __future__ import annotations

import numpy as np
import pytest

from model import WeightsError, load_plane


def test_eight_bits_draw_what_floats_draw() -> None:
    plane = load_plane()
    places = np.random.default_rng(0).standard_normal((200, 2)).astype(np.float32)
    h = places
    layers = plane.layers()
    for i, layer in enumerate(layers):
        h = h @ (layer.weights * layer.scales[:, None]).T + layer.bias
        h = np.maximum(h, 0) if i < len(layers) - 1 else 1 / (1 + np.exp(-h))
    drawn = plane.draw(places) / 255
    assert np.abs(h.reshape(-1, 28, 28) - drawn).mean() < 0.01
    assert sum(layer.weights.nbytes + layer.bias.nbytes for layer in layers) < 375_000


def test_real_digits_lie_on_it() -> None:
    plane = load_plane()
    assert len(plane.places) == len(plane.labels) >= 500
    assert set(plane.labels.tolist()) == set(range(10))
    near = plane.draw(plane.places[:100])
    assert near.shape == (100, 28, 28)
    assert (near.max((1, 2)) > 100).all()


def test_another_net_is_no_map() -> None:
    with pytest.raises(WeightsError, match="not of a PerceptronVAE"):
        load_plane("weights/generator")
