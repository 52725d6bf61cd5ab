"""A neuron: it holds the data. It sums what its links bring and puts out a function of the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lernpy.functions import activations

if TYPE_CHECKING:
    from lernpy.functions.activations import Activation
    from lernpy.group import Group


class Neuron:
    """A named neuron with one activation.

    >>> h = Neuron("h", "relu")
    >>> h.input(2.0)
    >>> h.input(-0.5)
    >>> h.propagate()
    >>> h.output
    1.5
    """

    __slots__ = ("activation", "delta", "name", "output", "sensitivity", "total_input")

    def __init__(self, name: str, activation: str | Activation | Group = "identity") -> None:
        self.name = name
        self.activation = activations.get(activation)
        self.reset()

    def reset(self) -> None:
        """Forget the last sample."""
        self.total_input = 0.0  # z, the sum of what the links brought
        self.output = 0.0  # y, after the activation
        self.sensitivity = 0.0  # dLoss / d output, summed over the links ahead and the loss
        self.delta = 0.0  # dLoss / d total_input

    def input(self, value: float) -> None:
        """Take in what one link brings."""
        self.total_input += value

    def propagate(self) -> None:
        """Put out a function of the sum."""
        self.output = self.activation.value(self.total_input)

    def submit_sensitivity(self, sensitivity: float) -> None:
        """Take in the blame that one link hands back: all paths add."""
        self.sensitivity += sensitivity

    def backpropagate(self) -> None:
        """Turn blame for the output into blame for the sum, by the slope of the activation."""
        self.delta = self.sensitivity * self.activation.slope(self.total_input, self.output)

    def __repr__(self) -> str:
        return f"<neuron {self.name}, {self.activation.name}>"
