"""A link: it carries a value one way and blame the other."""

from __future__ import annotations

from lernpy.neuron import Neuron
from lernpy.weight import Weight


class Link:
    """A link from one neuron to another, with a weight (its own, or one shared with other links).

    >>> x, y = Neuron("x"), Neuron("y")
    >>> x.output = 3.0
    >>> Link(x, y, Weight(0.5)).propagate()
    >>> y.total_input
    1.5
    """

    __slots__ = ("blame", "input_neuron", "output_neuron", "signal", "weight")

    def __init__(self, input_neuron: Neuron, output_neuron: Neuron, weight: Weight) -> None:
        self.input_neuron = input_neuron
        self.output_neuron = output_neuron
        self.weight = weight
        self.reset()

    def reset(self) -> None:
        """Forget the last sample."""
        self.signal = 0.0  # weight x output: what was carried forward
        self.blame = 0.0  # weight x delta: what was handed back

    def propagate(self) -> None:
        """Carry the output of one neuron, times the weight, to the next."""
        self.signal = self.weight.value * self.input_neuron.output
        self.output_neuron.input(self.signal)

    def backpropagate(self) -> None:
        """Hand the blame back, times the weight; keep what the weight itself is to blame for."""
        delta = self.output_neuron.delta  # dLoss / d signal: the link's output sensitivity
        self.blame = self.weight.value * delta
        self.input_neuron.submit_sensitivity(self.blame)
        self.weight.submit_sensitivity(self.input_neuron.output * delta)

    @property
    def name(self) -> str:
        return f"{self.input_neuron.name} -> {self.output_neuron.name}"

    def __repr__(self) -> str:
        return f"<link {self.name}, weight {self.weight.value:g}>"
