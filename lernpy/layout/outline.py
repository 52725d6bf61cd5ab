"""What a layout needs to know of a network."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lernpy.structure import structure_of

Positions = dict[str, tuple[float, float]]


class Wiring(NamedTuple):
    """What a layout needs to know of a network: names and index arrays."""

    names: tuple[str, ...]
    links: np.ndarray  # (n_links + n_factors, 2) from, to; those of products come last
    generation: np.ndarray  # (n,)
    fixed: np.ndarray  # (n,) bool: keeps its declared order: inputs and outputs
    rank: np.ndarray  # (n,) the declared order; among inputs, and among outputs, as they are listed
    bias: np.ndarray  # (n,) bool
    n_links: int

    @classmethod
    def of(cls, source: Any) -> Wiring:
        """From a `Network`, or from a `Frame` or whatever else has its arrays.

        Biases move to the generation before their first target.
        """
        wires = source if hasattr(source, "generation") else structure_of(source).wires
        count = len(wires.names)
        links = np.asarray(wires.links, dtype=np.intp).reshape(-1, 2)
        pairs = [(factor, index) for index, *factors in wires.products for factor in factors]
        links = np.vstack([links, np.array(pairs, np.intp).reshape(-1, 2)])
        generation = np.array(wires.generation, dtype=np.intp)
        bias = _mask(count, wires.biases)
        for index in np.flatnonzero(bias):
            targets = generation[links[links[:, 0] == index, 1]]
            generation[index] = max(int(targets.min()) - 1, 0) if len(targets) else 0
        rank = np.arange(count)
        for ends in (list(wires.inputs), list(wires.outputs)):
            rank[ends] = np.sort(ends)
        fixed = _mask(count, [*wires.inputs, *wires.outputs]) & ~bias
        count = len(links) - len(pairs)
        return cls(tuple(wires.names), links, generation, fixed, rank, bias, count)

    def incoming(self) -> np.ndarray:
        """(n,) how many links lead to each neuron: none to inputs and biases."""
        return np.bincount(self.links[:, 1], minlength=len(self.names))


def _mask(count: int, indices: Any) -> np.ndarray:
    mask = np.zeros(count, dtype=bool)
    mask[list(indices)] = True
    return mask
