"""A frame: all numbers of one moment as plain arrays, with NaN where a number is not known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.group import Group
from lernpy.labels import NONE, Label, labels_of
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.progress import (
    backward_explained,
    backward_shown,
    forward_explained,
    forward_shown,
    masks,
    progress_of,
)
from lernpy.registry import unknown
from lernpy.samples import check_network
from lernpy.structure import home_of, structure_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.network import Network

NEURON = ("total_input", "output", "sensitivity", "delta")
LINK = ("signal", "blame")
FORWARD = ("total_input", "output", "signal")
BACKWARD = ("sensitivity", "delta", "blame", "gradient")


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment of a network. n neurons in declared order, n_links in the network's order.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> loss = network.learn([1], [1])
    >>> frame = Frame.of(network)
    >>> frame.names
    ('x', 'h', 'bias', 'y')
    >>> frame.output.round(4).tolist()
    [1.0, 0.6792, 1.0, 0.3364]
    """

    names: tuple[str, ...]
    activations: tuple[str, ...]  # of each neuron; "softmax" for a member of a group, "one": a bias
    inputs: tuple[int, ...]  # indices into names, in declared order; so the next three
    outputs: tuple[int, ...]
    biases: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    products: tuple[tuple[int, ...], ...]  # of each the neuron, then its factors
    generation: np.ndarray  # (n,) int, by longest path

    total_input: np.ndarray  # (n,), NaN where not known; so the next three
    output: np.ndarray
    sensitivity: np.ndarray
    delta: np.ndarray
    slope: np.ndarray  # (n,) of the activation, where known; NaN for members of a group
    steepest: np.ndarray  # (n,) the largest |slope| the activation has; NaN likewise

    links: np.ndarray  # (n_links, 2) int: from, to
    link_weight: np.ndarray  # (n_links,) int, index into weights
    signal: np.ndarray  # (n_links,), NaN where not known
    blame: np.ndarray  # (n_links,), NaN where not known

    weights: np.ndarray  # (n_weights,)
    gradients: np.ndarray  # (n_weights,) blame collected since the last update; NaN where not known
    frozen: np.ndarray  # (n_weights,) bool
    before: np.ndarray | None = None  # (n_weights,) values before the last update

    known: Mapping[str, np.ndarray] = field(default_factory=dict)  # quantity -> mask of bool
    input_values: np.ndarray | None = None  # (n_inputs,) what was fed
    targets: np.ndarray | None = None  # (n_outputs,)
    loss: float | None = None
    loss_name: str = ""
    rate: float = 0.0
    title: str = ""
    labels: tuple[Label, ...] = ()  # what the data call each neuron; empty: nothing is known

    @classmethod
    def of(
        cls,
        network: Network,
        known: Mapping[str, ArrayLike] | None = None,
        *,
        input_values: ArrayLike | None = None,
        targets: ArrayLike | None = None,
        loss: float | None = None,
        before: ArrayLike | None = None,
        title: str = "",
    ) -> Frame:
        """The present moment of a network.

        Parameters
        ----------
        known : masks of bool by quantity: total_input, output, sensitivity, delta (n,), signal,
            blame (n_links,), gradient (n_weights,); one left out means all known. Without `known`
            it is what the lesson has computed, as far as the network shows it (`progress_of`); all of
            it where `loss` is there.
        input_values, targets, loss, before, title : what the network itself does not keep
        """
        check_network(network)
        if known is None:
            known = {} if loss is not None else masks(network, progress_of(network))
        wires = structure_of(network).wires
        numbers = _numbers(network)
        certain = {
            name: np.asarray(known.get(name, np.ones(len(numbers[name]), bool)), bool)
            for name in (*FORWARD, *BACKWARD)
        }
        shown: dict[str, Any] = {
            name: np.where(mask, numbers[name], np.nan) for name, mask in certain.items()
        }
        gradients, known_labels = shown.pop("gradient"), labels_of(network)
        return cls(
            **wires._asdict(),
            activations=tuple(n.activation.name for n in network.neurons.values()),
            **shown,
            **_slopes(network, certain["output"] & certain["total_input"]),
            gradients=gradients,
            weights=numbers["weight"],
            frozen=np.array([weight.frozen for weight in network.weights], bool),
            before=_optional(before),
            known=certain,
            input_values=_optional(input_values),
            targets=_optional(targets),
            loss=loss,
            loss_name=network.loss.name,
            rate=network.learning_rate,
            title=title,
            labels=tuple(known_labels.get(n, NONE) for n in network.neurons.values()),
        )

    @property
    def n_generations(self) -> int:
        return int(self.generation.max()) + 1

    def index(self, name: str) -> int:
        """Where a neuron stands in `names`."""
        if name not in self.names:
            raise unknown("neuron", name, self.names)
        return self.names.index(name)

    def label(self, index: int) -> Label:
        """What the data call a neuron, and its raw value."""
        return self.labels[index] if self.labels else NONE

    def name(self, index: int) -> str:
        """A neuron with what the data call it: "x3 (petal_length)"."""
        return self.label(index).beside(self.names[index])

    def value(self, quantity: str, index: int) -> float | None:
        """One number of a neuron, a link or ("gradient") a weight; None where it is not known yet."""
        value = float(getattr(self, "gradients" if quantity == "gradient" else quantity)[index])
        mask = self.known.get(quantity)
        known = not isnan(value) if mask is None else bool(mask[index])
        return value if known else None

    def balance(self, generation: int) -> tuple[float, float]:
        """The blame that a generation got, and what its links handed back to neurons that use it.

        Inputs and biases have no use for it. The two need not be equal: blame is not a pie. NaN
        where it is not known yet, where there is nobody to hand it to, or for ∞ less ∞.
        """
        inside = self.generation == generation
        idle = [*self.inputs, *self.biases]
        used = inside[self.links[:, 1]] & ~np.isin(self.links[:, 0], idle)
        with np.errstate(over="ignore", invalid="ignore"):
            gave = float(self.blame[used].sum()) if used.any() else nan
            return float(self.sensitivity[inside].sum()), gave

    def __repr__(self) -> str:
        title = f" '{self.title}'" if self.title else ""
        return f"<frame{title}: {len(self.names)} neurons, {len(self.links)} links>"


def numbers_of(part: Neuron | Link) -> dict[str, float | None]:
    """What a neuron or a link holds, and the blame that its weight collected; None: not known yet.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> answer = network.answer([1])
    >>> {name: value and round(value, 4) for name, value in numbers_of(network.neurons["h"]).items()}
    {'total_input': 0.75, 'output': 0.6792, 'sensitivity': None, 'delta': None}
    """
    network = home_of(part)
    if network is None:
        return _alone(part)
    frame, structure = Frame.of(network), structure_of(network)
    if isinstance(part, Neuron):
        return {name: frame.value(name, structure.index[part]) for name in NEURON}
    link, weight = structure.links.index(part), structure.weight_index[part.weight]
    carried = {name: frame.value(name, link) for name in LINK}
    return {**carried, "gradient": frame.value("gradient", weight)}


def _alone(part: Neuron | Link) -> dict[str, float | None]:
    """Nobody knows its network: what it shows is known, and a 0 that follows from another number."""
    if isinstance(part, Link):
        source, target = part.input_neuron, part.output_neuron
        forward = forward_shown(part) or (source.output != 0 and forward_explained(part))
        backward = backward_shown(part) or (target.delta != 0 and backward_explained(part))
        held = {"signal": part.signal, "blame": part.blame, "gradient": part.weight.sensitivity}
        return {name: value if (backward, forward)[name == "signal"] else None
                for name, value in held.items()}  # fmt: skip
    mixed = isinstance(part.activation, Group)
    brought = part.total_input != 0 or part.output != 0
    blamed = part.sensitivity != 0 or part.delta != 0
    known = {
        "total_input": brought,
        "output": part.output != 0 or (brought and not mixed and forward_explained(part)),
        "sensitivity": blamed,
        "delta": part.delta != 0 or (blamed and not mixed and backward_explained(part)),
    }
    return {name: getattr(part, name) if known[name] else None for name in NEURON}


def _optional(values: ArrayLike | None) -> np.ndarray | None:
    return None if values is None else np.asarray(values, float)


def _numbers(network: Network) -> dict[str, np.ndarray]:
    def column(things: Sequence[Any], name: str) -> np.ndarray:
        return np.array([getattr(thing, name) for thing in things], float)

    neurons, links = list(network.neurons.values()), network.links.values()
    return {
        **{name: column(neurons, name) for name in NEURON},
        **{name: column(links, name) for name in LINK},
        "gradient": column(network.weights, "sensitivity"),
        "weight": column(network.weights, "value"),
    }


def _slopes(network: Network, known: np.ndarray) -> dict[str, Any]:
    """The slope where it can be known; a softmax group has none, it mixes."""
    slope, steepest = (np.full(len(network.neurons), np.nan) for _ in range(2))
    for index, neuron in enumerate(network.neurons.values()):
        if not isinstance(neuron.activation, Group):
            steepest[index] = neuron.activation.steepest
            if known[index]:
                slope[index] = neuron.activation.slope(neuron.total_input, neuron.output)
    return {"slope": slope, "steepest": steepest}
