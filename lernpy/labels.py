"""What the data call the inputs and outputs of a network: its card knows names, units and raw values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from lernpy.neuron import Neuron

if TYPE_CHECKING:
    from lernpy.network import Network


def called(network: Network, neuron: Neuron) -> str:
    """The column of an input, the class or column of an output; "" where nobody gave another name.

    >>> import lernpy
    >>> network = lernpy.layered([4, 3], output_activation="softmax", seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1, scale="standard", loss="cross_entropy")
    >>> called(network, network.inputs[2]), called(network, network.outputs[0])
    ('petal_length', 'setosa')
    """
    name = known_names(network).get(neuron, "")
    return "" if name == neuron.name else name


def known_names(network: Network) -> dict[Neuron, str]:
    """The names of inputs and outputs that the card has for them."""
    card = network.card
    if card is None:
        return {}
    one_per_class = len(card.classes) == len(network.outputs)
    outputs = card.classes if one_per_class else card.output_names
    pairs = ((network.inputs, card.input_names), (network.outputs, outputs))
    return {
        neuron: name
        for neurons, names in pairs
        if len(neurons) == len(names)
        for neuron, name in zip(neurons, names, strict=True)
    }


def all_of(network: Network) -> list[str] | None:
    """What the data call each neuron, "" where nobody gave another name; None without any.

    >>> import lernpy
    >>> network = lernpy.layered([4, 3], output_activation="softmax", seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1, loss="cross_entropy")
    >>> all_of(network)[2:6], all_of(lernpy.build.by_hand())
    (['petal_length', 'petal_width', 'setosa', 'versicolor'], None)
    """
    names = [called(network, neuron) for neuron in network.neurons.values()]
    return names if any(names) else None


def raw(network: Network, neuron: Neuron, value: float) -> float:
    """The value of an input or output in the units of the data.

    >>> import lernpy
    >>> network = lernpy.layered([4, 3], seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1, scale="minmax")
    >>> round(raw(network, network.inputs[0], 0.0), 3), raw(lernpy.build.by_hand(), network.inputs[0], 2.0)
    (4.3, 2.0)
    """
    card = network.card
    if card is None:
        return value
    for neurons, scaling in (
        (network.inputs, card.scaling),
        (network.outputs, card.target_scaling),
    ):
        if neuron in neurons and len(neurons) == len(scaling):
            row = np.zeros((1, len(neurons)))
            row[0, neurons.index(neuron)] = value
            return float(scaling.invert(row)[0, neurons.index(neuron)])
    return value


def labelled(network: Network, neuron: Neuron) -> str:
    """A neuron with what the data call it: "x3 (petal_length)"."""
    name = called(network, neuron)
    return f"{neuron.name} ({name})" if name else neuron.name


def neuron_called(network: Network, name: str) -> Neuron | None:
    """The input or output that the data call so; blanks and case do not matter.

    >>> import lernpy
    >>> network = lernpy.layered([4, 3], seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1)
    >>> neuron_called(network, "Petal length")
    <neuron x3, identity>
    """
    exact = [neuron for neuron, known in known_names(network).items() if known == name]
    near = [
        neuron for neuron, known in known_names(network).items() if _plain(known) == _plain(name)
    ]
    found = exact or near
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()
