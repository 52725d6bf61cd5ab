"""A product: a neuron whose output is the product of the outputs of others, so that one can gate another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import inf
from operator import mul

from lernpy.errors import WiringError
from lernpy.neuron import Neuron


class Product:
    """Stands in the order in place of its neuron: no weights, no sum, factors multiplied.

    On the way back each factor gets the blame times all the other factors: exact also where one is 0.

    >>> gate, value, passed = Neuron("gate"), Neuron("value"), Neuron("passed")
    >>> product = Product(passed, [gate, value])
    >>> gate.output, value.output = 0.5, 8.0
    >>> product.propagate()
    >>> passed.output
    4.0
    >>> passed.submit_sensitivity(1.0)
    >>> product.backpropagate()
    >>> gate.sensitivity, value.sensitivity
    (8.0, 0.5)
    """

    name = "product"
    maths = "fast"
    log_sum = 0.0  # what a softmax group has; see `Activation`
    apart = False
    range = -inf, inf
    steepest = 1.0

    def __init__(self, neuron: Neuron, factors: Sequence[Neuron]) -> None:
        self.neuron = neuron
        self.factors = tuple(factors)
        if not self.factors:
            raise WiringError(f"{neuron.name!r} is a product of nothing; name its factors")
        neuron.activation = self

    @property
    def members(self) -> tuple[Neuron, ...]:
        """The neurons that it puts out for: one."""
        return (self.neuron,)

    def reset(self) -> None:
        """Forget the last sample."""
        self.neuron.reset()

    def propagate(self) -> None:
        """Multiply."""
        self.neuron.total_input = reduce(mul, (factor.output for factor in self.factors))
        self.neuron.output = self.neuron.total_input

    def backpropagate(self) -> None:
        """Hand each factor the blame, times all the others."""
        self.neuron.delta = self.neuron.sensitivity
        for factor, blame in zip(self.factors, self.blames, strict=True):
            factor.submit_sensitivity(blame)

    @property
    def blames(self) -> list[float]:
        """What each factor is handed."""
        outputs, delta = [factor.output for factor in self.factors], self.neuron.delta
        return [reduce(mul, outputs[:at] + outputs[at + 1 :], delta) for at in range(len(outputs))]

    def rest(self, at: int) -> float:
        """What all factors but one multiply to."""
        return reduce(mul, (f.output for k, f in enumerate(self.factors) if k != at), 1.0)

    @property
    def portable(self) -> Product:
        """The same: a multiplication has equal bits in every language."""
        return self

    def value(self, total_input: float) -> float:
        """A product is not squashed."""
        return total_input

    def slope(self, total_input: float, output: float) -> float:
        """So its slope is 1."""
        return 1.0

    def __repr__(self) -> str:
        factors = " × ".join(factor.name for factor in self.factors)
        return f"<product {self.neuron.name} = {factors}>"
