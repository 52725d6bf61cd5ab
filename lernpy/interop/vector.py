"""The test vector: samples, and what the network makes of them, written into whatever leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lernpy.data import Scaling
from lernpy.network import Network
from lernpy.samples import check_network

ROWS = 3
WILD = 1e6  # numbers beyond are no test: the last bits of their terms would be
OF_SHARES = 0.0, 1.0


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


def vector_of(network: Network, rows: int = ROWS, seed: int = 0) -> Vector:
    """Samples by chance, of the usual size of the data, and what comes of them.

    >>> import lernpy
    >>> vector = vector_of(lernpy.build.by_hand(), rows=1)
    >>> vector.inputs.tolist(), vector.losses.round(3).tolist()
    ([[0.274]], [0.004])
    """
    check_network(network)
    rng, (inner, outer) = np.random.default_rng(seed), scalings(network)
    plain = np.round(rng.uniform(-1, 1, (rows, len(network.inputs))), 3)
    inputs = np.asarray(inner.invert(plain))
    targets = np.asarray(outer.invert(np.round(rng.uniform(*OF_SHARES, (rows, len(outer))), 3)))
    outputs = answers_of(network, inputs)
    twin = network.copy()
    lessons = zip(inner.apply(inputs), outer.apply(targets), strict=True)
    losses = np.array([twin.learn(*lesson) for lesson in lessons])
    return Vector(inputs, targets, outputs, losses, answers_of(twin, inputs))


def furthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, against 1 or the number itself where that is larger."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    return float(np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours)), initial=0.0))
