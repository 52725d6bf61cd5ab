"""A network with its sample, learned by the right rule or by a mistake: where answers come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lernpy.build import EXAMPLES, Example
from lernpy.errors import LernpyError
from lernpy.lessons import mistakes
from lernpy.link import Link
from lernpy.network import Network
from lernpy.structure import part_named

NEURON = ("total_input", "output", "sensitivity", "delta")
LINK = ("signal", "blame", "gradient", "new weight")


@dataclass(frozen=True)
class Situation:
    """What a question is about. `make` builds the network anew each time, so nothing is left over.

    >>> situation = Situation.of("sign")
    >>> round(situation.value("h1", "sensitivity"), 2), round(situation.value("h1", "sensitivity", "pie"), 2)
    (-0.16, 0.5)
    """

    make: Callable[[], Example]

    @classmethod
    def of(cls, name: str) -> Situation:
        """The worked example of that name."""
        return cls(EXAMPLES[name])

    def collected(self, mistake: str = "") -> Network:
        """After the backward pass: blame is collected, no weight has moved."""
        network, inputs, targets = self.network(mistake)
        network.collect(inputs, targets)
        return network

    def learned(self, mistake: str = "") -> Network:
        """After the update."""
        network, inputs, targets = self.network(mistake)
        network.learn(inputs, targets)
        return network

    def network(self, mistake: str = "") -> Example:
        """The network, its inputs and its targets, anew."""
        network, inputs, targets = self.make()
        return Example(mistakes.apply(network, mistake) if mistake else network, inputs, targets)

    def value(self, part: str, quantity: str, mistake: str = "") -> float:
        """A number of one part ("h1", "h1 -> y1"), by the right rule or by a mistake.

        Raises
        ------
        LernpyError
            If there is no such part, or it has no such quantity.
        """
        network = self.learned(mistake) if quantity == "new weight" else self.collected(mistake)
        return value_in(network, part, quantity)


def value_in(network: Network, part: str, quantity: str) -> float:
    """A number of a part as it is now.

    >>> from lernpy import build
    >>> value_in(build.by_hand(), "h -> y", "new weight")
    -1.0
    """
    thing = part_named(network, part)
    if isinstance(thing, Link):
        if quantity == "new weight":
            return thing.weight.value
        if quantity == "gradient":
            return thing.weight.sensitivity
    known = LINK if isinstance(thing, Link) else NEURON
    if quantity not in known:
        raise LernpyError(f"{part} has no {quantity!r}. It has: {', '.join(known)}")
    return float(getattr(thing, quantity))
