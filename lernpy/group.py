"""A softmax group: neurons whose outputs are shares of one whole, so each depends on all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NoReturn

from lernpy.errors import LernpyError
from lernpy.functions import softmax
from lernpy.functions.maths import TINY, Scalar, scalar
from lernpy.neuron import Neuron


class Group:
    """Stands in the order in place of its members and propagates for all of them at once.

    Links fill each member's total input z; the group sets every output p = e^z / sum of all e^z,
    and on the way back every delta from the members' sensitivities.

    >>> a, b = Neuron("a"), Neuron("b")
    >>> group = Group([a, b])
    >>> a.input(0.0); b.input(0.0)
    >>> group.propagate()
    >>> a.output, b.output
    (0.5, 0.5)
    """

    name = "softmax"

    def __init__(self, members: Sequence[Neuron]) -> None:
        self.members = tuple(members)
        self.log_sum = 0.0  # ln of the sum of all e^z; z - log_sum is the logarithm of p
        self.apart = False  # whether the loss asks for 1 - p, which can be tiny: see `softmax`
        self.maths: Scalar = scalar
        for member in self.members:
            member.activation = self

    def reset(self) -> None:
        """Forget the last sample."""
        self.log_sum = 0.0
        for member in self.members:
            member.reset()

    def propagate(self) -> None:
        """Shares from total inputs; the largest is taken off first, so e^z cannot overflow."""
        largest = max(member.total_input for member in self.members)
        powers = [self.maths.exp(member.total_input - largest) for member in self.members]
        whole = reduce(add, powers)
        self.log_sum = largest + self.maths.log(whole)
        for member, power in zip(self.members, powers, strict=True):
            member.output = power / whole

    def backpropagate(self) -> None:
        """delta = p s - p sum(p s): raising one z takes from all the other shares.

        TINY keeps the product exact where p has vanished and s has grown without bound.
        """
        if self.apart:
            self._backpropagate_apart()
            return
        blames = [(member.output + TINY) * member.sensitivity for member in self.members]
        whole = reduce(add, blames)
        for member, blame in zip(self.members, blames, strict=True):
            member.delta = blame - member.output * whole

    def _backpropagate_apart(self) -> None:
        """The same, where s has grown without bound for a p near 1."""
        blames = [member.sensitivity for member in self.members]
        deltas = softmax.mixed_apart(self.maths, self.total_inputs, self.outputs, blames)
        for member, delta in zip(self.members, deltas, strict=True):
            member.delta = delta

    @property
    def total_inputs(self) -> list[float]:
        return [member.total_input for member in self.members]

    @property
    def outputs(self) -> list[float]:
        return [member.output for member in self.members]

    def rest(self, member: Neuron) -> float:
        """1 - p: what all the others hold, exact however small it is."""
        rests: list[float] = softmax.rests(self.maths, self.outputs)
        return rests[self.members.index(member)]

    def lead(self, member: Neuron) -> float:
        """ln p - ln(1 - p): by how much its z leads the others together."""
        leads: list[float] = softmax.leads(self.maths, self.total_inputs, self.outputs)
        return leads[self.members.index(member)]

    def value(self, total_input: float) -> NoReturn:
        raise LernpyError("a member of a softmax group does not propagate alone; its group does")

    def slope(self, total_input: float, output: float) -> NoReturn:
        raise LernpyError("a member of a softmax group has no slope of its own; its group mixes")

    def __repr__(self) -> str:
        return f"<softmax group {', '.join(member.name for member in self.members)}>"
