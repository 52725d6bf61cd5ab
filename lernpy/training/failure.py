"""When numbers blow up: find the first batch, replay it object by object, name link and sample."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, isnan

import numpy as np

from lernpy import engine as engines
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.training.prepare import Prepared

WANTS_SHARES = "wants outputs from 0 to 1, as sigmoid and softmax give"


def first_failure(
    network: Network,
    engine: str,
    dtype: str,
    data: Prepared,
    batches: Sequence[np.ndarray],
    rate: float,
) -> str:
    """What went wrong first in an epoch that starts from this network's weights; it is not changed.

    `batches` : the indices of the samples of each batch
    """
    inputs, targets = data.train
    twin = network.copy()
    mirror = engines.make(twin, engine, dtype)
    mirror.load()
    largest = ""
    for rows in batches:
        chosen = None if data.sample_weight is None else data.sample_weight[rows]
        loss = mirror.learn_batch(inputs[rows], targets[rows], chosen, rate)
        if not isfinite(loss):
            first = _replay(twin, data, rows)
            if first:
                return first
        mirror.store()
        link = max(twin.links.values(), key=lambda link: _size(link.weight.value))
        grown = f"the weight of the link {link.name} is {link.weight.value:g}"
        last = data.name_of(rows[-1])
        several = f"{len(rows)} samples, the last of them {last}," if len(rows) > 1 else last
        largest = f"after the update from {several} {grown}"
        if not isfinite(link.weight.value):
            return largest
    return f"the loss is not a finite number; {largest}"


def _size(value: float) -> float:
    return abs(value) if isfinite(value) else inf


def _replay(network: Network, data: Prepared, rows: np.ndarray) -> str | None:
    """One lesson after the other, up to the first number that is not finite."""
    inputs, targets = data.train
    network.samples = 0
    for row in rows:
        where = f"at {data.name_of(row)}"
        network.reset()
        network.feed(inputs[row])
        for part in network.order:
            part.propagate()
            if isinstance(part, Link) and not isfinite(part.signal):
                return f"{where} the link {part.name} (weight {part.weight.value:g}) carried {part.signal}"
        loss = network.expect(targets[row])
        if not isfinite(loss):
            impossible = _impossible(network, targets[row])
            if impossible:
                return f"{where} {impossible}"
            link = max(network.links.values(), key=lambda link: abs(link.signal))
            neuron, target = _furthest(network, targets[row])
            return (
                f"{where} the loss is {loss}: {neuron.name} says {neuron.output:g} to a target of "
                f"{target:g}; the largest number, {link.signal:g}, came along the link {link.name} "
                f"(weight {link.weight.value:g})"
            )
        for part in reversed(network.order):
            part.backpropagate()
            if isinstance(part, Link) and not isfinite(part.blame + part.weight.sensitivity):
                return f"{where} the link {part.name} handed back {part.blame}"
    return None


def _furthest(network: Network, targets: np.ndarray) -> tuple[Neuron, float]:
    """The output that is furthest from its target."""
    pairs = list(zip(network.outputs, targets.tolist(), strict=True))
    return max(pairs, key=lambda pair: abs(pair[0].output - pair[1]))


def _impossible(network: Network, targets: np.ndarray) -> str:
    """The output for which the loss has no value at all, such as the logarithm of one below 0."""
    for neuron, target in zip(network.outputs, targets.tolist(), strict=True):
        if isfinite(neuron.output) and isnan(network.loss.value(neuron.output, target)):
            return (
                f"the output {neuron.name!r} ({neuron.activation.name}) is {neuron.output:g}, where "
                f"{network.loss.name} is not defined: it {WANTS_SHARES}"
            )
    return ""
