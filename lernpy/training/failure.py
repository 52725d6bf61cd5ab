"""When numbers blow up: find the first batch, replay it object by object, name link and sample."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from lernpy import engine as engines
from lernpy.link import Link
from lernpy.network import Network


def first_failure(
    network: Network,
    inputs: np.ndarray,
    targets: np.ndarray,
    order: np.ndarray,
    batch_size: int,
    rate: float,
    importance: np.ndarray | None,
    engine: str,
    dtype: str,
) -> str:
    """What went wrong first in an epoch that starts from this network's weights; it is not changed."""
    twin = network.copy()
    mirror = engines.make(twin, engine, dtype)
    mirror.load()
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        chosen = None if importance is None else importance[rows]
        loss = mirror.learn_batch(inputs[rows], targets[rows], chosen, rate)
        if not isfinite(loss):
            found = _replay(twin, inputs, targets, rows)
            if found:
                return found
        mirror.store()
        if not all(isfinite(weight.value) for weight in twin.weights):
            return _bad_weight(twin, f"after the update from sample {rows[-1] + 1}")
    return "the loss is not a finite number"


def _replay(
    network: Network, inputs: np.ndarray, targets: np.ndarray, rows: np.ndarray
) -> str | None:
    """One lesson after the other, up to the first number that is not finite."""
    network.samples = 0
    for row in rows:
        place = f"at sample {row + 1}"
        network.reset()
        network.feed(inputs[row])
        for part in network.order:
            part.propagate()
            if isinstance(part, Link) and not isfinite(part.signal):
                return f"{place} the link {ends(part)} (weight {part.weight.value:g}) carried {part.signal}"
        loss = network.expect(targets[row])
        if not isfinite(loss):
            outputs = ", ".join(f"{n.name} {n.output:g}" for n in network.outputs[:4])
            return f"{place} the loss is {loss} (outputs: {outputs})"
        for part in reversed(network.order):
            part.backpropagate()
            if isinstance(part, Link) and not isfinite(part.blame + part.weight.sensitivity):
                return f"{place} the link {ends(part)} handed back {part.blame}"
    return None


def _bad_weight(network: Network, place: str) -> str:
    for link in network.links.values():
        if not isfinite(link.weight.value):
            return f"{place} the weight of the link {ends(link)} is {link.weight.value}"
    return place


def ends(link: Any) -> str:
    return f"{link.input_neuron.name} -> {link.output_neuron.name}"
