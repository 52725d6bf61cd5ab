"""The test vector: samples, and what the network makes of them, written into whatever leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lernpy.data import Scaling
from lernpy.network import Network
from lernpy.samples import check_network

ROWS = 3
DRAWS, NUDGES = 20, 3  # how often samples are drawn; networks that must learn the same
STEADY = 1e-13  # how far learned numbers may move with the last bits
EPSILON = 2.220446049250313e-16  # of a float: the last bit of 1


@dataclass(frozen=True)
class Vector:
    """In the units of the data: inputs and targets; outputs; the loss of each lesson; outputs thereafter."""

    inputs: np.ndarray  # (n_rows, n_inputs)
    targets: np.ndarray  # (n_rows, n_outputs)
    outputs: np.ndarray  # (n_rows, n_outputs)
    losses: np.ndarray  # (n_rows,)
    after: np.ndarray  # (n_rows, n_outputs)

    def plain(self) -> dict[str, Any]:
        """As lists of numbers, for the metadata of a file."""
        return {name: values.tolist() for name, values in vars(self).items()}


def scalings(network: Network) -> tuple[Scaling, Scaling]:
    """Of inputs and targets; those that change nothing where there is no card."""
    card = network.card
    if card is None:
        return Scaling.none(len(network.inputs)), Scaling.none(len(network.outputs))
    return card.scaling, card.target_scaling


def answers_of(network: Network, inputs: np.ndarray) -> np.ndarray:
    """(n_rows, n_outputs) what the objects say to raw inputs, in the data's own units."""
    inner, outer = scalings(network)
    return outer.invert(network.predict(inner.apply(inputs)))


def vector_of(network: Network, rows: int = ROWS) -> Vector:
    """Samples by chance, of the usual size of the data, and what comes of them.

    They are drawn anew where what is learned from them hangs on the last bits: a gradient that is mere
    round-off, which some optimisers magnify, would make every language fail.

    >>> import lernpy
    >>> vector = vector_of(lernpy.build.by_hand(), rows=1)
    >>> vector.inputs.tolist(), vector.losses.round(3).tolist()
    ([[0.274]], [0.004])
    """
    check_network(network)
    for seed in range(DRAWS):
        vector = _drawn(network, rows, seed)
        if all(_is_steady(network, vector, nudge) for nudge in range(NUDGES)):
            break
    return vector


def _is_steady(network: Network, vector: Vector, seed: int) -> bool:
    """Whether a network that differs in its last bits learns the same."""
    rng, nudged = np.random.default_rng(seed), network.copy()
    for weight in nudged.weights:
        weight.value *= 1.0 + float(rng.integers(-4, 5)) * EPSILON
    other = _made(nudged, vector.inputs, vector.targets)
    pairs = ((vector.losses, other.losses), (vector.after, other.after))
    return max(furthest(*pair) for pair in pairs) < STEADY


def _drawn(network: Network, rows: int, seed: int) -> Vector:
    rng, (inner, outer) = np.random.default_rng(seed), scalings(network)
    inputs = inner.invert(np.round(rng.uniform(-1, 1, (rows, len(inner))), 3))
    targets = outer.invert(np.round(rng.uniform(0, 1, (rows, len(outer))), 3))
    return _made(network, inputs, targets)


def _made(network: Network, inputs: np.ndarray, targets: np.ndarray) -> Vector:
    """What a network says of these samples, loses on them, and says thereafter."""
    (inner, outer), twin = scalings(network), network.copy()
    lessons = zip(inner.apply(inputs), outer.apply(targets), strict=True)
    losses = np.array([twin.learn(*lesson) for lesson in lessons])
    return Vector(inputs, targets, answers_of(network, inputs), losses, answers_of(twin, inputs))


def furthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, against 1 or the number itself where that is larger."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    return float(np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours)), initial=0.0))
