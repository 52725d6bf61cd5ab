"""Samples as a network sees them, and what it answers to them. The network itself is only read."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lernpy.data import Dataset, align
from lernpy.engine import Mirror
from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.network import Network
from lernpy.samples import check_network, numbers
from lernpy.structure import structure_of
from lernpy.text import shown
from lernpy.training import Run
from lernpy.training.prepare import check_fit


def fitting(network: Network, data: Any) -> Dataset:
    """The data with the columns and classes that the network learned, matched by their names."""
    check_network(network)
    samples = Dataset.of(data)
    check_fit(network, samples)
    return samples if network.card is None else align(samples, network.card)


def scaled(network: Network, inputs: ArrayLike) -> np.ndarray:
    """Raw inputs as the input neurons see them."""
    rows = np.atleast_2d(np.asarray(inputs, float))
    return rows if network.card is None else network.card.scale(rows)


def scaled_targets(network: Network, targets: ArrayLike) -> np.ndarray:
    """Raw targets as the output neurons see them."""
    rows = np.atleast_2d(np.asarray(targets, float))
    return rows if network.card is None else network.card.scale_targets(rows)


def in_units(network: Network, outputs: np.ndarray) -> np.ndarray:
    """Outputs in the units of the data: the scaling of the targets undone."""
    return outputs if network.card is None else network.card.target_scaling.invert(outputs)


class Answerer:
    """What a network, or one of its wiring with other weights, answers to many inputs at once."""

    def __init__(self, network: Network) -> None:
        refuse_nan(network)
        self.network = network
        self.mirror = Mirror(network)

    @property
    def weights(self) -> np.ndarray:
        """(n_weights,) the network's own."""
        return np.array([weight.value for weight in self.network.weights], float)

    def activity(
        self, inputs: ArrayLike, weights: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Total inputs and outputs of all neurons, each (n_samples, n_neurons), to scaled inputs."""
        return self.mirror.activity(inputs, weights)

    def outputs(self, inputs: ArrayLike, weights: np.ndarray | None = None) -> np.ndarray:
        """(n_samples, n_outputs), as `Network.predict` gives them."""
        columns = list(structure_of(self.network).indices(self.network.outputs))
        return self.activity(inputs, weights)[1][:, columns]

    def loss(self, inputs: ArrayLike, targets: ArrayLike, weights: np.ndarray) -> float:
        """The mean loss of the samples, without the penalty."""
        return self.mirror.loss_with(inputs, targets, weights)


def in_own_units(run: Run, inputs: np.ndarray, targets: np.ndarray) -> Dataset:
    """Samples of a run, scaled as it learned them, as data in their own units again."""
    card = run.data.card
    return Dataset(
        run.data.name,
        card.scaling.invert(inputs),
        card.target_scaling.invert(targets),
        columns=card.columns,
        input_names=card.input_names,
        output_names=card.output_names,
        classes=card.classes,
        task=card.task,
        image=card.image,
    )


def hardest(network: Network, samples: Dataset) -> int:
    """The index of the sample with the largest loss: there is most to see in it."""
    mirror = Mirror(network)
    inputs, targets = scaled(network, samples.inputs), scaled_targets(network, samples.targets)
    losses = [mirror.loss_of(x[None], t[None]) for x, t in zip(inputs, targets, strict=True)]
    return int(np.argmax(losses))


def refuse_nan(network: Network) -> None:
    """A network with a weight that is no number has nothing to show."""
    for link in network.links.values():
        if not isfinite(link.weight.value):
            raise LernpyError(nan_words(link.name, link.weight.value))


def nan_words(link: str, value: float) -> str:
    return (
        f"the weight of {link} is {value:g}; a picture needs finite weights. "
        "Train with a smaller learning rate, or draw another"
    )


def pair_of(network: Network, sample: Any) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of one sample as the neurons see them; an image may keep its rows."""
    if not isinstance(sample, (tuple, list)) or len(sample) != 2:
        raise LernpyError(f"a sample is a pair (inputs, targets), not {shown(sample)}")
    inputs, targets = (part.ravel() if isinstance(part, np.ndarray) else part for part in sample)
    return (
        np.array(numbers("input", network.inputs, inputs)),
        np.array(numbers("output", network.outputs, targets)),
    )


def lesson_frame(network: Network, inputs: ArrayLike, targets: ArrayLike, title: str = "") -> Frame:
    """The moment after signal and blame of one sample, before the update. Works on a copy."""
    twin = network.copy()
    twin.samples = 0
    loss = twin.collect(inputs, targets, 1.0)
    return Frame.of(twin, input_values=inputs, targets=targets, loss=loss, title=title)
