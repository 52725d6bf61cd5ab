"""Whether outputs and targets suit the loss, in a run; and whether a neuron can saturate or fall silent."""

from __future__ import annotations

from math import inf
from typing import Any

from lernpy import shares
from lernpy.errors import TrainingError
from lernpy.functions import losses
from lernpy.functions.losses import Loss
from lernpy.group import Group
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.shares import range_of
from lernpy.training.prepare import Prepared


def is_bounded(neuron: Neuron) -> bool:
    """Whether its output has an end on both sides, so that it can saturate."""
    return all(abs(end) < inf for end in range_of(neuron.activation))


def can_be_silent(neuron: Neuron) -> bool:
    """Whether it can say 0 and pass no blame, whatever comes in below 0."""
    kind: Any = neuron.activation
    return not isinstance(kind, Group) and kind.value(-1.0) == 0.0 == kind.slope(-1.0, 0.0)


def check_ranges(network: Network, loss: str | Loss, data: Prepared) -> None:
    """Refuse outputs and targets that leave the range in which the loss exists, or count asleep."""
    loss = losses.get(loss)
    if data.card.may_be_asleep:
        check_asleep(network, loss)
    shares.check_outputs(loss, network.outputs)
    for _, targets in filter(None, (data.train, data.validation)):
        shares.check_targets(loss, targets.min(initial=0), targets.max(initial=1))


def check_asleep(network: Network, loss: Loss) -> None:
    """Refuse a network for which steps would count that a sequence does not have.

    Their inputs are 0, and so are their targets: what is put out then must cost nothing.
    """
    twin = network.copy()
    twin.answer([0.0] * len(twin.inputs))
    biases = set(twin.biases)
    for link in twin.links.values():
        if link.input_neuron in biases and (link.weight.value or not link.weight.rule.frozen):
            raise TrainingError(
                f"sequences differ in length, and {link.input_neuron.name!r} speaks in all steps, so that "
                "absent ones would count; take a cell (--cell, or unroll(..., shorter=True))"
            )
    for neuron in twin.outputs:
        if loss.value(neuron.output, 0.0):
            raise TrainingError(
                f"sequences differ in length, and the output {neuron.name!r} is {neuron.output:g} where a step "
                f"is absent, which {loss.name} would count; take an activation that is 0 at 0 (tanh, "
                "identity), or for classes softmax and cross_entropy"
            )
