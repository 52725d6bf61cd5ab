"""The test vector: samples, and what the network makes of them, written into whatever leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lernpy.data import Scaling
from lernpy.engine import Mirror
from lernpy.network import Network
from lernpy.samples import check_network

ROWS = 3
DRAWS = 20  # how often samples are drawn


class Precision(NamedTuple):
    """What is tried before a vector is trusted: networks that differ in their last bits."""

    bit: float  # the last one of 1
    steady: float  # how far learned numbers may move
    nudged: int  # how many networks
    rounding: float  # what rounding alone makes of answers, at most


PRECISIONS = {
    False: Precision(2.0**-52, 1e-13, 3, 1e-9),
    True: Precision(2.0**-23, 3e-6, 10, 1e-3),
}


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


def vector_of(network: Network, rows: int = ROWS, *, single: bool = False) -> Vector:
    """Samples by chance, of the usual size of the data, and what comes of them.

    `single` : what leaves calculates in float32

    They are drawn anew where what is learned from them hangs on the last bits: a gradient that is mere
    round-off, which some optimisers magnify, would make every language fail.

    >>> import lernpy
    >>> vector = vector_of(lernpy.build.by_hand(), rows=1)
    >>> vector.inputs.tolist(), vector.losses.round(3).tolist()
    ([[0.274]], [0.004])
    """
    check_network(network)
    nudged = PRECISIONS[single].nudged
    for seed in range(DRAWS):
        vector = _drawn(network, rows, seed)
        if all(_is_steady(network, vector, nudge, single) for nudge in range(nudged)):
            break
    return vector


def _is_steady(network: Network, vector: Vector, seed: int, single: bool) -> bool:
    """Whether a network that differs in its last bits learns the same."""
    bit, steady, *_ = PRECISIONS[single]
    rng, nudged = np.random.default_rng(seed), network.copy()
    for weight in nudged.weights:
        weight.value *= 1.0 + float(rng.integers(-4, 5)) * bit
    other = (_made_single if single else _made)(nudged, vector.inputs, vector.targets)
    pairs = ((vector.losses, other.losses), (vector.after, other.after))
    return max(furthest(*pair) for pair in pairs) < steady


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


def _made_single(network: Network, inputs: np.ndarray, targets: np.ndarray) -> Vector:
    """The same in float32: sums that cancel exactly in float64 need not do so there."""
    (inner, outer), mirror = scalings(network), Mirror(network, "float32")
    x, t = inner.apply(inputs), outer.apply(targets)
    before = outer.invert(mirror.predict(x))
    losses = np.array([mirror.learn_batch(x[[row]], t[[row]]) for row in range(len(x))])
    return Vector(inputs, targets, before, losses, outer.invert(mirror.predict(x)))


def furthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, against 1 or the number itself where that is larger."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    return float(np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours)), initial=0.0))
