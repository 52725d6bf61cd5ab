"""The link that is missed most: where there is none, but where one would carry the most blame.

A link that is not there is a link of weight 0. What its weight would be to blame for is known without it:
the output of the one neuron times the delta of the other, over all samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Unpack

import numpy as np

from lernpy import engine as engines
from lernpy.checks import not_negative, whole
from lernpy.data import Card
from lernpy.errors import LernpyError
from lernpy.link import Link
from lernpy.network import Network
from lernpy.samples import check_network
from lernpy.structure import structure_of
from lernpy.text import counted, number
from lernpy.training.history import History
from lernpy.training.prepare import check_fit, dataset_for
from lernpy.training.run import with_end
from lernpy.training.settings import Options, checked, with_settings

MOST = 1_000_000_000


class Missed(NamedTuple):
    """A link that is not there.

    gradient : dLoss / d weight at weight 0, the mean over the samples: what it would be to blame for
    gain : by how much the loss falls in its first step of gradient descent, the link alone moving, for
        small rates: rate × gradient²
    """

    input_name: str
    output_name: str
    gradient: float
    gain: float

    @property
    def name(self) -> str:
        return f"{self.input_name} -> {self.output_name}"

    def __str__(self) -> str:
        gradient, gain = (number(one, unknown="unknown") for one in (self.gradient, self.gain))
        return f"{self.name}: gradient {gradient}, first step gains {gain}"


def missed(network: Network, data: Any, top: int = 10, rate: float | None = None) -> list[Missed]:
    """The links that are missed most: absent ones that would carry the most blame, the largest first.

    Absent is every pair of neurons without a link, from an earlier part of the order to a later one, so
    that no loop can come of it; what leads into inputs and biases is left out.

    Parameters
    ----------
    data : raw samples: what the network's card says of scaling is applied
    top : at most so many
    rate : that the gain is for (default: the network's)

    >>> import lernpy
    >>> xor = lernpy.data.load("xor")
    >>> network = lernpy.from_edges([("x1", "y"), ("bias", "y")], ["x1", "x2"], ["y"], seed=0)
    >>> for link in missed(network, ([[0, 1], [1, 0]], [1, 0])):
    ...     print(link.name)
    x2 -> y
    """
    top, rate = whole("number of links", top, 1, MOST), _rate(network, rate)
    gradients = _gradients(network, *_arrays(network, data))
    structure = structure_of(network)
    names = [neuron.name for neuron in structure.neurons]
    sources, targets = np.nonzero(_absent(network))
    sizes = np.abs(gradients[sources, targets])
    best = np.argsort(-sizes, kind="stable")[:top]
    pairs = zip(sources[best].tolist(), targets[best].tolist(), strict=True)
    return [Missed(names[a], names[b], g := float(gradients[a, b]), rate * g * g) for a, b in pairs]


@with_settings
def grow(
    network: Network,
    data: Any,
    links: int = 1,
    *,
    epochs: int = 100,
    seed: int | None = None,
    **settings: Unpack[Options],
) -> History:
    """Add the links that are missed most, with weight 0, and train on.

    Parameters
    ----------
    links : so many are added
    epochs : passes over the data
    seed : of the shuffling

    >>> import lernpy
    >>> network = lernpy.from_edges([("x1", "y"), ("bias", "y")], ["x1", "x2"], ["y"], seed=0)
    >>> history = grow(network, ([[0, 1], [1, 0]], [1, 0]), epochs=5, learning_rate=1.0)
    >>> network.links["x2", "y"].weight.value > 0
    True
    """
    chosen = checked(settings, epochs=epochs, seed=seed)
    wanted = missed(network, data, links)
    if len(wanted) < links:
        raise LernpyError(
            f"{counted(links, 'link')} shall be added, but only {counted(len(wanted), 'pair')} of neurons "
            f"{'has' if len(wanted) == 1 else 'have'} none; ask for fewer"
        )
    added = [network.connect(link.input_name, link.output_name) for link in wanted]
    try:
        run = with_end(network, data, chosen)
    except BaseException:
        network.prune(*added)
        raise
    return run.finish()


def shrink(network: Network, data: Any, links: int = 1) -> list[str]:
    """Remove the links that are needed least, one after the other; their names.

    Needed least is the link without which the loss is lowest: that is measured, not estimated. A neuron
    keeps its last link, and what is frozen stays.

    >>> import lernpy
    >>> edges = [("x1", "y", 1.0), ("x2", "y", 0.1)]
    >>> network = lernpy.from_edges(edges, ["x1", "x2"], ["y"], activation="identity")
    >>> shrink(network, ([[0, 1], [1, 0]], [0, 1]))
    ['x2 -> y']
    """
    check_network(network)
    links = whole("number of links", links, 1, MOST)
    inputs, targets = _arrays(network, data)
    gone: list[str] = []
    for _ in range(links):
        losses = list(_losses_without(network, inputs, targets))
        if not losses:
            raise LernpyError(
                f"{counted(len(gone), 'link')} went, and no other can: each neuron keeps its last link"
            )
        _, link = min(losses, key=lambda pair: pair[0])
        gone.append(link.name)
        network.prune(link)
    return gone


def _losses_without(
    network: Network, inputs: np.ndarray, targets: np.ndarray
) -> Iterator[tuple[float, Link]]:
    """For each link that can go the loss without it."""
    structure = structure_of(network)
    for link in structure.links:
        if link.weight.frozen or len(structure.incoming[link.output_neuron]) == 1:
            continue
        twin = network.copy()
        without = twin.links[link.input_neuron.name, link.output_neuron.name]
        if len(structure.holders[link.weight]) == 1:
            without.weight.value = 0.0
        else:
            twin.prune(without)
        loss = engines.make(twin).loss_of(inputs, targets)
        yield (loss if np.isfinite(loss) else np.inf), link


def _rate(network: Network, rate: float | None) -> float:
    check_network(network)
    return network.learning_rate if rate is None else not_negative("rate", rate)


def _arrays(network: Network, data: Any) -> tuple[np.ndarray, np.ndarray]:
    """The samples as the neurons see them."""
    dataset = dataset_for(network, data, network.card)
    check_fit(network, dataset)
    return (network.card or Card.of(dataset)).prepare(dataset)


def _gradients(network: Network, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(n, n) mean of output × delta, from each neuron to each other, whether linked or not."""
    twin = network.copy()
    neurons = list(twin.neurons.values())
    outputs, deltas = np.empty((2, len(inputs), len(neurons)))
    for row, sample in enumerate(zip(inputs.tolist(), targets.tolist(), strict=True)):
        twin.collect(*sample)
        outputs[row] = [neuron.output for neuron in neurons]
        deltas[row] = [neuron.delta for neuron in neurons]
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(outputs.T @ deltas / len(inputs))


def _absent(network: Network) -> np.ndarray:
    """(n, n) bool: forward pairs of neurons without a link."""
    structure = structure_of(network)
    position = np.array([structure.position[neuron] for neuron in structure.neurons])
    absent = position[:, None] < position[None, :]
    absent[:, list(structure.indices([*structure.inputs, *structure.biases]))] = False
    absent[tuple(structure.wires.links.T)] = False
    return np.asarray(absent)
