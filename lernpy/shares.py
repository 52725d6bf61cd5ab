"""Losses that are made for shares, from 0 to 1: an output or a target that can leave these is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lernpy.errors import DataError, TrainingError
from lernpy.group import Group

if TYPE_CHECKING:
    from lernpy.functions.losses import Loss
    from lernpy.neuron import Neuron


def range_of(activation: Any) -> tuple[float, float]:
    """The least and the most that an activation can put out.

    >>> from lernpy import activations
    >>> range_of(activations.get("tanh")), range_of(activations.get("relu"))
    ((-1.0, 1.0), (0.0, inf))
    """
    return (0.0, 1.0) if isinstance(activation, Group) else activation.range


def check_outputs(loss: Loss, neurons: Sequence[Neuron]) -> None:
    """Refuse output neurons that can put out what the loss has no value for."""
    if not loss.of_shares:
        return
    for neuron in neurons:
        low, high = range_of(neuron.activation)
        if low < 0 or high > 1:
            raise TrainingError(
                f"the output {neuron.name!r} ({neuron.activation.name}) can leave 0 to 1, where "
                f"{loss.name} is not defined; take sigmoid (or softmax), or the loss squared_error"
            )


def check_targets(loss: Loss, low: float, high: float) -> None:
    """Refuse targets from `low` to `high` that the loss has no value for."""
    if loss.of_shares and (low < 0 or high > 1):
        raise DataError(
            f"the targets go from {low:.4g} to {high:.4g}, but {loss.name} is defined for 0 to 1 "
            "only; take the loss squared_error, or bring them there (scale='minmax')"
        )
