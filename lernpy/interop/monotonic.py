"""Monotonic networks: bounds on weights that make an output rise, or fall, with an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lernpy.errors import LernpyError
from lernpy.functions.activations import Activation
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.registry import unknown
from lernpy.structure import structure_of
from lernpy.text import shown


def hold_monotonic(network: Network, signs: Any, names: Sequence[str] = ()) -> None:
    """Bound the weights so that every output rises with inputs of sign 1 and falls with those of -1.

    A link that leaves such an input has its sign; every link after it is not negative.

    Parameters
    ----------
    signs : (n_inputs,) 1, 0 or -1; or by name

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> hold_monotonic(network, [1, 0])
    >>> min(network.links["x1", f"h{n}"].weight.value for n in (1, 2, 3)) >= 0
    True
    """
    by_input = _signs(network, signs, names)
    if network.groups:
        raise LernpyError("a softmax cannot be monotonic: where one share rises, others fall")
    outgoing, after = structure_of(network).outgoing, _after(network, by_input)
    for neuron in after:
        if not isinstance(neuron.activation, Activation) or not neuron.activation.rises:
            raise LernpyError(
                f"{neuron.name} has {neuron.activation.name}, which does not always rise"
            )
    for neuron, sign in by_input.items():
        for link in outgoing[neuron] if sign else ():
            _bound(link, sign)
    for neuron in after:
        for link in outgoing[neuron]:
            _bound(link, 1)


def _signs(network: Network, signs: Any, names: Sequence[str]) -> dict[Neuron, int]:
    inputs = network.inputs
    if isinstance(signs, Mapping):
        for name in signs:
            if name not in names:
                raise unknown("feature", name, names)
        signs = [signs.get(name, 0) for name in names]
    values = np.asarray(signs)
    if values.shape != (len(inputs),) or not np.isin(values, (-1, 0, 1)).all():
        raise LernpyError(
            f"monotonic_cst is {shown(signs)}; it must be 1, 0 or -1 for each of {len(inputs)} features"
        )
    return dict(zip(inputs, values.astype(int).tolist(), strict=True))


def _after(network: Network, by_input: Mapping[Neuron, int]) -> list[Neuron]:
    """All neurons that a constrained input reaches."""
    outgoing = structure_of(network).outgoing
    front = [link.output_neuron for n, sign in by_input.items() if sign for link in outgoing[n]]
    known: dict[Neuron, None] = {}
    while front:
        neuron = front.pop()
        if neuron not in known:
            known[neuron] = None
            front += [link.output_neuron for link in outgoing[neuron]]
    return list(known)


def _bound(link: Link, sign: int) -> None:
    weight = link.weight
    rule = weight.rule
    weight.rule = rule._replace(low=0.0) if sign > 0 else rule._replace(high=0.0)
    weight.value = sign * abs(weight.value)
