"""What every neuron says to many inputs at once: the network's forward pass over arrays.

The network itself is only read: the moment it is in stays as it is.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.text import counted


class Forward:
    """A network as a function of inputs, and of weights, if others than its own are given."""

    def __init__(self, network: Network) -> None:
        refuse_nan(network)
        self.network = network
        self.names = list(network.neurons)
        self.place = {name: index for index, name in enumerate(self.names)}
        weight_place = {weight: index for index, weight in enumerate(network.weights)}
        self.into: dict[int, tuple[list[int], list[int]]] = {}
        for link in network.links.values():
            sources, weights = self.into.setdefault(self.place[link.output_neuron.name], ([], []))
            sources.append(self.place[link.input_neuron.name])
            weights.append(weight_place[link.weight])
        self.functions: dict[str, Any] = {}

    @property
    def weights(self) -> np.ndarray:
        """(n_weights,) the network's own."""
        return np.array([weight.value for weight in self.network.weights], float)

    def run(
        self, inputs: ArrayLike, weights: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Total inputs and outputs of all neurons, each (n_neurons, n_samples)."""
        rows = np.atleast_2d(np.asarray(inputs, float))
        if rows.shape[1] != len(self.network.inputs):
            raise LernpyError(
                f"the network has {len(self.network.inputs)} inputs, "
                f"but the samples have {rows.shape[1]}"
            )
        values = self.weights if weights is None else weights
        total = np.zeros((len(self.names), len(rows)))
        output = np.zeros_like(total)
        for neuron, column in zip(self.network.inputs, rows.T, strict=True):
            total[self.place[neuron.name]] = column
        for part in self.network.order:
            if not isinstance(part, Link):
                self._unit(part, values, total, output)
        return total, output

    def _unit(self, part: Any, values: np.ndarray, total: np.ndarray, output: np.ndarray) -> None:
        rows = [self.place[n.name] for n in (part.members if isinstance(part, Group) else (part,))]
        for row in rows:
            if row in self.into:
                sources, weights = self.into[row]
                total[row] += values[weights] @ output[sources]
        if isinstance(part, Group):
            powers = np.exp(total[rows] - total[rows].max(axis=0))
            output[rows] = powers / powers.sum(axis=0)
        else:
            output[rows[0]] = self._value(part.activation)(total[rows[0]])

    def _value(self, activation: Any) -> Any:
        if activation.name not in self.functions:
            self.functions[activation.name] = activation.over(np)[0]
        return self.functions[activation.name]

    def outputs(self, inputs: ArrayLike, weights: np.ndarray | None = None) -> np.ndarray:
        """(n_samples, n_outputs), as `Network.predict` gives them."""
        rows = [self.place[neuron.name] for neuron in self.network.outputs]
        return self.run(inputs, weights)[1][rows].T

    def loss(self, inputs: ArrayLike, targets: ArrayLike, weights: np.ndarray) -> float:
        """The mean loss of the samples, without the penalty."""
        total, output = self.run(inputs, weights)
        wanted = np.asarray(targets, float).reshape(output.shape[1], -1)
        value, _ = self.network.loss.over(np)
        whole = 0.0
        for neuron, column in zip(self.network.outputs, wanted.T, strict=True):
            row = self.place[neuron.name]
            stable = self.network.loss.stable_over(np, neuron.activation.name)
            if stable is None:
                losses = value(output[row], column)
            else:
                losses = stable(total[row] - self._log_sum(neuron, total), column)
            whole += float(np.mean(losses))
        return whole * self.network.loss.share(len(self.network.outputs))

    def _log_sum(self, neuron: Any, total: np.ndarray) -> Any:
        if not isinstance(neuron.activation, Group):
            return 0.0
        rows = total[[self.place[member.name] for member in neuron.activation.members]]
        largest = rows.max(axis=0)
        return largest + np.log(np.exp(rows - largest).sum(axis=0))


def refuse_nan(network: Network) -> None:
    """A network with a weight that is no number has nothing to show."""
    for (u, v), link in zip(network.links, network.links.values(), strict=True):
        if not isfinite(link.weight.value):
            raise LernpyError(nan_words(u, v, link.weight.value))


def nan_words(u: str, v: str, value: float) -> str:
    return (
        f"the weight of {u} -> {v} is {value:g}; a picture needs finite weights. "
        "Train with a smaller learning rate, or draw another"
    )


def as_seen(network: Network, inputs: ArrayLike) -> np.ndarray:
    """Raw inputs as the input neurons see them: scaled as the network's card says, if it has one."""
    rows = np.atleast_2d(np.asarray(inputs, float))
    scaling = getattr(network.card, "scaling", None)
    return rows if scaling is None else np.asarray(scaling.apply(rows))


def targets_as_seen(network: Network, targets: ArrayLike) -> np.ndarray:
    rows = np.atleast_2d(np.asarray(targets, float))
    scaling = getattr(network.card, "target_scaling", None)
    return rows if scaling is None else np.asarray(scaling.apply(rows))


def in_units(network: Network, said: np.ndarray) -> np.ndarray:
    """What a network says in the units of its data: the scaling of the targets undone."""
    scaling = getattr(network.card, "target_scaling", None)
    return said if scaling is None else np.asarray(scaling.invert(said))


def answers(network: Network, data: Any) -> tuple[np.ndarray, Dataset]:
    """What the network says to each sample, in the units of the data; and the data set."""
    samples = Dataset.of(data)
    check_fits(network, samples)
    said = Forward(network).outputs(as_seen(network, samples.inputs))
    return in_units(network, said), samples


def check_fits(network: Network, data: Dataset) -> None:
    """The data must have as many inputs and outputs as the network."""
    for kind, has, given in (
        ("input", len(network.inputs), data.inputs.shape[1]),
        ("output", len(network.outputs), data.targets.shape[1]),
    ):
        if has != given:
            raise LernpyError(
                f"the network has {counted(has, kind)}, but {data.name} has {given}; "
                "give it the data that it was made for"
            )


def lesson(network: Network, inputs: ArrayLike, targets: ArrayLike, title: str = "") -> Frame:
    """The moment after signal and blame of one sample, before the update. Works on a copy."""
    twin = network.copy()
    twin.samples = 0
    loss = twin.collect(inputs, targets, 1.0)
    return Frame.of(twin, input_values=inputs, targets=targets, loss=loss, title=title)
