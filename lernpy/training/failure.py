"""When numbers blow up: find the first batch, replay it object by object, name link and sample."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import isfinite

import numpy as np

from lernpy import engine as engines
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.training.prepare import Prepared


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
    limit = float(np.finfo(mirror.dtype).max)
    for rows in batches:
        last = data.name_of(rows[-1])
        several = f"{len(rows)} samples, the last of them {last}," if len(rows) > 1 else last
        chosen = None if data.sample_weight is None else data.sample_weight[rows]
        loss = mirror.learn_batch(inputs[rows], targets[rows], chosen, rate)
        if not isfinite(loss):
            return (
                _replay(twin, data, rows, limit)
                or f"the loss of {several} is {loss}; {_largest(twin)}"
            )
        mirror.store()
        if not all_finite(twin):
            return f"after the update from {several} {first_infinite(twin)}"
    return f"the loss is not a finite number; {_largest(twin)}"


def _largest(network: Network) -> str:
    link = max(network.links.values(), key=lambda link: abs(link.weight.value))
    return f"the weight of the link {link.name} is {link.weight.value:g}, the largest of all"


def all_finite(network: Network) -> bool:
    """Whether every weight, and what the optimiser remembers of it, is a finite number."""
    values = [weight.value for weight in network.weights]
    memories = chain.from_iterable([weight.memory for weight in network.weights])
    numbers = [*values, *memories]
    return isfinite(sum(numbers)) or all(
        map(isfinite, numbers)
    )  # finite numbers may add up to more


def first_infinite(network: Network) -> str:
    """The first link whose weight, or what the optimiser remembers of it, is not finite."""
    for link in network.links.values():
        if not isfinite(link.weight.value):
            return f"the weight of the link {link.name} is {link.weight.value:g}"
    for link in network.links.values():
        if not all(map(isfinite, link.weight.memory)):
            return f"what {network.optimizer.name} remembers of the link {link.name} is not finite"
    return ""


def _replay(network: Network, data: Prepared, rows: np.ndarray, limit: float) -> str | None:
    """One lesson after the other, up to the first number that is beyond the engine's numbers."""
    inputs, targets = data.train
    network.samples = 0
    for row in rows:
        where = f"at {data.name_of(row)}"
        network.reset()
        network.feed(inputs[row])
        for part in network.order:
            part.propagate()
            if isinstance(part, Link) and not abs(part.signal) <= limit:
                return f"{where} the link {part.name} (weight {part.weight.value:g}) carried {part.signal}"
        loss = network.expect(targets[row])
        if not abs(loss) <= limit:
            return f"{where} {_too_far(network, targets[row], loss)}"
        for part in reversed(network.order):
            part.backpropagate()
            if isinstance(part, Link) and not abs(part.blame + part.weight.sensitivity) <= limit:
                return f"{where} the link {part.name} handed back {part.blame}"
    return None


def _too_far(network: Network, targets: np.ndarray, loss: float) -> str:
    """The output that is furthest from its target, and where the largest number came from."""
    link = max(network.links.values(), key=lambda link: abs(link.signal))
    neuron, target = _furthest(network, targets)
    return (
        f"the loss is {loss}: {neuron.name} says {neuron.output:g} to a target of "
        f"{target:g}; the largest number, {link.signal:g}, came along the link {link.name} "
        f"(weight {link.weight.value:g})"
    )


def _furthest(network: Network, targets: np.ndarray) -> tuple[Neuron, float]:
    """The output that is furthest from its target."""
    pairs = list(zip(network.outputs, targets.tolist(), strict=True))
    return max(pairs, key=lambda pair: abs(pair[0].output - pair[1]))
