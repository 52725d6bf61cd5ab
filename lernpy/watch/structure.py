"""What a walk through a network asks again and again: who stands where, and which links meet whom."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from lernpy.errors import LernpyError
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.watch.timeline import Program
from lernpy.weight import Weight
from lernpy.wiring import Part, members

LEVELS = ("link", "neuron", "generation", "phase", "sample", "epoch")
"""How far one move goes."""
BY_LINK, BY_NEURON = 200, 600  # so many steps of a lesson one walks through singly, or by neuron


def usual_level(steps: int) -> str:
    """How far one move goes at first: a lesson of many steps is taken in larger ones.

    >>> usual_level(44), usual_level(332), usual_level(2588)  # 2-3-1, 13-8-3, 64-16-10
    ('link', 'neuron', 'generation')
    """
    return "link" if steps <= BY_LINK else "neuron" if steps <= BY_NEURON else "generation"


def known_level(name: str) -> str:
    """The name of a level, or an error that lists them.

    >>> known_level("phase")
    'phase'
    """
    if name not in LEVELS:
        raise LernpyError(f"no such move: {name!r}. Known: {', '.join(LEVELS)}")
    return name


def label(part: object) -> str:
    """The name of a part, as people say it."""
    if isinstance(part, (Neuron, Link)):
        return part.name
    if isinstance(part, Group):
        return f"softmax({', '.join(member.name for member in part.members)})"
    return "network"


class Structure:
    """The wiring of one network, looked at from the order of its parts."""

    def __init__(self, network: Network) -> None:
        self.order: list[Part] = network.order
        self.back: list[Part] = network.order[::-1]
        self.at: dict[Part, int] = {part: index for index, part in enumerate(self.order)}
        self.incoming: dict[Neuron, list[Link]] = {n: [] for n in network.neurons.values()}
        self.outgoing: dict[Neuron, list[Link]] = {n: [] for n in network.neurons.values()}
        self.holders: dict[Weight, list[Link]] = {weight: [] for weight in network.weights}
        for link in network.links.values():
            self.incoming[link.output_neuron].append(link)
            self.outgoing[link.input_neuron].append(link)
            self.holders[link.weight].append(link)
        for group in network.groups:
            self.at.update(dict.fromkeys(group.members, self.at[group]))
        self.inputs = set(network.inputs)
        self.outputs = set(network.outputs)
        self._ends = self._find_ends(network)

    def _find_ends(self, network: Network) -> dict[str, list[int]]:
        """Where in the order the last link of each unit, of each generation stands (plus 1)."""
        units = [index for index, part in enumerate(self.order) if not isinstance(part, Link)]
        heads = [self.at[members(units[0])[0]] for units in network.generations]
        size = len(self.order)
        return {
            "link": list(range(1, size + 1)),
            "neuron": [*units[1:], size],
            "generation": [*heads[1:], size],
            "phase": [size],
        }

    def stops(self, level: str) -> list[int]:
        """The steps of one sample after which a move of this level stops (the sample's end apart)."""
        if level not in self._ends:
            return []
        ends, size = self._ends[level], len(self.order)
        starts = [0, *ends[:-1]]
        quiet = 0 if level == "link" else self._ends["generation"][0]  # nobody there uses blame
        forward = [2 + end for end in ends]
        backward = [3 + size + size - at for at in reversed(starts) if at == 0 or at >= quiet]
        return [1, 2, *forward, 3 + size, *backward]

    def next_stop(self, program: Program, position: int, level: str) -> int:
        """The first stop behind a position."""
        stops = self._around(program, position, level)
        return stops[min(bisect_right(stops, position), len(stops) - 1)]

    def last_stop(self, program: Program, position: int, level: str) -> int:
        """The last stop before a position."""
        if position == 0:
            return 0
        stops = self._around(program, position - 1, level)
        return stops[max(bisect_left(stops, position) - 1, 0)]

    def _around(self, program: Program, position: int, level: str) -> list[int]:
        """The stops of the sample (for "epoch": of the epoch) that the next step belongs to."""
        known_level(level)
        first = last = program.sample_at(position)
        if level == "epoch":
            epoch = program.samples[first].epoch
            while first and program.samples[first - 1].epoch == epoch:
                first -= 1
            while last + 1 < len(program.samples) and program.samples[last + 1].epoch == epoch:
                last += 1
        start, end = program.starts[first], program.starts[last + 1]
        inner = [start + stop for stop in self.stops(level) if start + stop < end]
        return [start, *inner, end]
