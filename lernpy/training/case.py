"""A run that has ended, as the advisers look at it; and what they say: a reason, and settings to try."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lernpy import engine as engines
from lernpy import subclasses
from lernpy.engine import Mirror
from lernpy.group import Group
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import structure_of
from lernpy.text import visible
from lernpy.training.metrics import Evaluation
from lernpy.training.run import Run

MOST_LOOKED_AT = 1000  # samples that are looked at neuron by neuron
FEW, MOST_LINKS = 32, 5000  # samples that are learned object by object, and links of such a network


class Advice(NamedTuple):
    """One reason, and the settings to try (names as `lernpy.train` and `layered` have them)."""

    why: str
    change: dict[str, Any]

    def __str__(self) -> str:
        wanted = ", ".join(f"{name}={value!r}" for name, value in self.change.items())
        return visible(f"{self.why}. Try {wanted}" if wanted else self.why)


class Course(NamedTuple):
    """How the loss went: all that is known of a run of which only the history is there."""

    losses: np.ndarray  # (n_epochs,)
    rate: float
    limit: int | None  # epochs that were asked for
    gave_up: bool  # early stopping ended it
    usual: float | None = None  # the optimiser's own rate


@dataclass
class Case:
    """A run that has ended, and what its network does with the training data."""

    run: Run
    trained: Evaluation
    tested: Evaluation | None = None

    @property
    def network(self) -> Any:
        return self.run.network

    @property
    def inputs(self) -> np.ndarray:
        """(n_samples, n_inputs) as the input neurons see them."""
        return self.run.data.train[0]

    @property
    def targets(self) -> np.ndarray:
        """(n_samples, n_outputs)."""
        return self.run.data.train[1]

    @cached_property
    def outputs(self) -> np.ndarray:
        """(n_samples, n_outputs) of the weights as they are now: the best may have been restored."""
        return engines.make(self.network).predict(self.inputs)

    @cached_property
    def course(self) -> Course:
        losses, settings = self.run.history["loss"], self.run.settings
        rate, usual = self.network.learning_rate, self.network.optimizer.rate
        return Course(losses, rate, settings.epochs, self.run.patience.over, usual)

    @cached_property
    def hidden(self) -> list[Neuron]:
        """The neurons between inputs and outputs."""
        ends = {*self.network.inputs, *self.network.outputs, *self.network.biases}
        return [neuron for neuron in self.network.neurons.values() if neuron not in ends]

    @cached_property
    def blames(self) -> list[float]:
        """By layer of hidden neurons how much blame one gets on average, for some samples."""
        network = self.network.copy()
        hidden = {neuron.name for neuron in self.hidden}
        layers = [[unit for unit in layer if unit.name in hidden] for layer in network.generations]
        sums = np.zeros(len(layers))
        if subclasses.described(network) or len(network.links) > MOST_LINKS:
            return []
        for inputs, targets in zip(self.inputs[:FEW], self.targets[:FEW], strict=True):
            network.collect(inputs, targets)
            sums += [sum(abs(unit.sensitivity) for unit in layer) for layer in layers]
        return [total / len(layer) for total, layer in zip(sums, layers, strict=True) if layer]

    @cached_property
    def activity(self) -> tuple[np.ndarray, np.ndarray]:
        """Output and share of the steepest slope, each (n_samples, n_hidden), for some samples."""
        some = np.linspace(0, len(self.inputs) - 1, min(len(self.inputs), MOST_LOOKED_AT)).astype(
            int
        )
        columns = list(structure_of(self.network).indices(self.hidden))
        totals, outputs = Mirror(self.network).activity(self.inputs[some])
        pairs = zip(self.hidden, totals.T[columns], outputs.T[columns], strict=True)
        slopes = [_steepness(neuron, z, y) for neuron, z, y in pairs]
        return outputs[:, columns], np.array(slopes).T.reshape(len(some), -1)


def _steepness(neuron: Neuron, total_inputs: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """(n_samples,) how steep the activation is where the neuron was, 1 where it is steepest."""
    kind: Any = neuron.activation
    if isinstance(kind, (Group, Product)):  # they mix and multiply: no slope of their own
        return np.ones(len(outputs))
    return np.asarray(np.abs(kind.over(np)[1](total_inputs, outputs)) / kind.steepest)
