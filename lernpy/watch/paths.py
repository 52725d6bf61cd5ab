"""Blame by path: what arrived somewhere, split by the paths along which it came. All paths add."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from lernpy.checks import whole
from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.functions.maths import TINY
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.registry import unknown
from lernpy.samples import check_network
from lernpy.structure import neuron_name, part_named, structure_of
from lernpy.text import counted, number
from lernpy.wiring import members

MOST_TRIED = 500_000  # partial paths; beyond that the search gives what it has


class Factor(NamedTuple):
    """One number that the blame was multiplied by on its way back."""

    kind: str  # "loss" (dLoss/d output), "slope", "weight", "mixing" (softmax), "product"
    name: str  # whose: "y1", "h1 -> y1", "y1 <- y2"
    value: float


@dataclass(frozen=True)
class Path:
    """One path from the loss back to where the blame arrived."""

    names: tuple[str, ...]  # the neurons along it, from where it arrived to the output
    factors: tuple[Factor, ...]  # in the order in which blame met them, the loss first
    share: float  # their product: this path's part of the blame

    def __str__(self) -> str:
        product = " × ".join(factor_text(factor.value) for factor in self.factors)
        return f"{' <- '.join(self.names)}: {product} = {factor_text(self.share)}"


@dataclass(frozen=True)
class Paths:
    """The blame somewhere: the largest paths, how many there are, what the others add up to."""

    at: str  # "h1", "the end of x1 -> h1"
    blame: float  # all of it
    top: tuple[Path, ...]  # the largest shares first
    number: int  # of all paths, counted and not listed
    rest: float  # blame minus the shares in `top`
    complete: bool = True  # False: the search gave up; there may be larger paths than the last

    def __iter__(self) -> Iterator[Path]:
        return iter(self.top)

    def __len__(self) -> int:
        return len(self.top)

    def __getitem__(self, index: int) -> Path:
        return self.top[index]

    def __str__(self) -> str:
        left = self.number - len(self.top)
        lines = [f"blame {factor_text(self.blame)} at {self.at}, "
                 f"along {counted(self.number, 'path')} that all add up"]  # fmt: skip
        lines += [f"  {path}" for path in self.top]
        if left:
            lines.append(f"  {left:,} more: {factor_text(self.rest)}")
        if not self.complete:
            lines.append("  (the search ended early; other paths may be as large as these)")
        return "\n".join(lines)


class Arrow(NamedTuple):
    """A piece of a path: from a neuron's output, or sum, on to the output of a later one."""

    via: tuple[Neuron, ...]  # the neurons it leads to; the last is where the blame comes from
    factors: tuple[Factor, ...]  # in the order in which blame meets them
    value: float  # their product

    def then(self, on: Arrow) -> Arrow:
        """This piece, and the next one behind it."""
        return Arrow((*self.via, *on.via), (*on.factors, *self.factors), on.value * self.value)


def _piece(kind: str, name: str, value: float, *via: Neuron) -> Arrow:
    """A piece of one factor."""
    return Arrow(via, (Factor(kind, name, value),), value)


def paths(network: Network, part: str | Neuron | Link | tuple[str, str], k: int = 10) -> Paths:
    """The blame that arrived at a neuron's output, split by the path it came along.

    Parameters
    ----------
    part : a neuron or its name; or a link or the names of its ends: then the blame that
        arrived at its output end (its output sensitivity)
    k : how many paths to list, the largest shares first

    The numbers are those of the last lesson, and the weights those that carried the blame, also
    when they have moved since.

    Raises
    ------
    LernpyError
        If no blame has come there yet: before a lesson, or in the middle of one.

    >>> import lernpy
    >>> network = lernpy.build.two_two_two()
    >>> loss = network.learn([0.05, 0.1], [0.01, 0.99])
    >>> print(paths(network, "h1"))
    blame 0.03635 at h1, along 2 paths that all add up
      h1 <- y1: 0.7414 × 0.1868 × 0.4 = 0.0554
      h1 <- y2: -0.2171 × 0.1755 × 0.5 = -0.01905
    """
    check_network(network)
    k = whole("number of paths to list", k)
    part = _part(network, part)
    start = part.output_neuron if isinstance(part, Link) else part
    quantity = "delta" if isinstance(part, Link) else "sensitivity"
    if Frame.of(network).value(quantity, structure_of(network).index[start]) is None:
        raise LernpyError(
            f"no blame has come to {start.name} yet; let the lesson go on to its backward step, "
            "or take one: network.learn(inputs, targets)"
        )
    return Search(network, start).paths(part, k)


def _part(network: Network, part: str | Neuron | Link | tuple[str, str]) -> Neuron | Link:
    if isinstance(part, Neuron):
        if network.neurons.get(part.name) is not part:
            raise LernpyError(f"{part} belongs to another network; name it instead")
        return part
    if isinstance(part, str):
        return part_named(network, part)
    if isinstance(part, tuple):
        ends: Any = tuple(
            neuron_name(network, end) if isinstance(end, str) else end for end in part
        )
        return network.link(ends)
    if not isinstance(part, Link):
        raise unknown("neuron", part, network.neurons)
    return network.link(part)


def factor_text(value: float) -> str:
    return number(value, unknown="nan")


class Search:
    """Paths from each neuron's output on to the loss, with what multiplies blame on the way back."""

    def __init__(self, network: Network, start: Neuron) -> None:
        self.network = network
        self.outgoing = structure_of(network).outgoing
        self.multiplied = structure_of(network).multiplied
        self._arrows: dict[Neuron, list[Arrow]] = {}
        self.asked = self._asked()
        self.number: dict[Neuron, int] = {}  # of paths from a neuron's output to the loss
        self.best: dict[Neuron, float] = {}  # the largest |product| along any of them
        reached = self._reached(start)
        for generation in reversed(network.generations):
            for unit in generation:
                for neuron in members(unit):
                    if neuron in reached:
                        self._sum_up(neuron)

    def _asked(self) -> dict[Neuron, float]:
        """dLoss / d output of each output: its sensitivity, without what links handed back."""
        return {
            neuron: neuron.sensitivity
            - sum(link.blame for link in self.outgoing[neuron])
            - sum(product.neuron.delta * rest for product, rest in self._products(neuron))
            for neuron in self.network.outputs
        }

    def _products(self, neuron: Neuron) -> Iterator[tuple[Product, float]]:
        """The products of a neuron, each as often as it is a factor, and what the others multiply to."""
        for product in self.multiplied.get(neuron, ()):
            for at, factor in enumerate(product.factors):
                if factor is neuron:
                    yield product, product.rest(at)

    def _reached(self, start: Neuron) -> set[Neuron]:
        """All neurons ahead of this one, itself and the members of its group included."""
        waiting = [start]
        reached: set[Neuron] = set()
        while waiting:
            neuron = waiting.pop()
            if neuron not in reached:
                group = neuron.activation
                reached.add(neuron)
                waiting += group.members if isinstance(group, Group) else ()
                waiting += [link.output_neuron for link in self.outgoing[neuron]]
                waiting += [product.neuron for product in self.multiplied.get(neuron, ())]
        return reached

    def _sum_up(self, neuron: Neuron) -> None:
        arrows = self.arrows(neuron)
        further = sum(self.number[arrow.via[-1]] for arrow in arrows)
        self.number[neuron] = (neuron in self.asked) + further
        largest = [abs(arrow.value) * self.best[arrow.via[-1]] for arrow in arrows]
        self.best[neuron] = max([abs(self.asked.get(neuron, 0.0)), *largest])

    def arrows(self, neuron: Neuron) -> list[Arrow]:
        """From a neuron's output to the outputs of the neurons ahead from which a path leads to the loss."""
        if neuron not in self._arrows:
            arrows = [arrow for link in self.outgoing[neuron] for arrow in self._along(link)]
            arrows += [
                _piece("product", f"{neuron.name} -> {product.neuron.name}", rest, product.neuron)
                for product, rest in self._products(neuron)
            ]
            self._arrows[neuron] = [arrow for arrow in arrows if self.number[arrow.via[-1]]]
        return self._arrows[neuron]

    def _along(self, link: Link) -> list[Arrow]:
        weight = _piece("weight", link.name, _carried(link))
        return [weight.then(gate) for gate in self.gates(link.output_neuron)]

    def gates(self, neuron: Neuron) -> list[Arrow]:
        """Blame for whose output becomes blame for this neuron's sum, and by which factor."""
        group = neuron.activation
        if not isinstance(group, Group):
            return [
                _piece("slope", neuron.name, group.slope(neuron.total_input, neuron.output), neuron)
            ]
        return [
            _piece(
                "mixing",
                f"{neuron.name} <- {member.name}",
                _mixing(neuron, member),
                *dict.fromkeys((neuron, member)),
            )
            for member in group.members
        ]

    # ---- the search -----------------------------------------------------------------------------

    def paths(self, part: Neuron | Link, k: int) -> Paths:
        if isinstance(part, Neuron):
            heads = [Arrow((part,), (), 1.0)]
            blame, name = part.sensitivity, part.name
        else:
            heads = self.gates(part.output_neuron)
            blame, name = part.output_neuron.delta, f"the end of {part.name}"
        top, complete = self._largest(heads, k)
        count = sum(self.number[head.via[-1]] for head in heads)
        rest = blame - sum(path.share for path in top) if count > len(top) else 0.0
        return Paths(name, blame, tuple(top), count, rest, complete)

    def _largest(self, heads: Sequence[Arrow], k: int) -> tuple[list[Path], bool]:
        """Best first: what a partial path can still become is known exactly (`best`)."""
        ticket = count()
        heap: list[tuple[float, int, Arrow, bool]] = []

        def push(head: Arrow, ended: bool = False) -> None:
            best = 1.0 if ended else self.best[head.via[-1]]
            heapq.heappush(heap, (-abs(head.value) * best, next(ticket), head, ended))

        for head in heads:
            push(head)
        top: list[Path] = []
        while heap and len(top) < k and next(ticket) < MOST_TRIED:
            _, _, head, ended = heapq.heappop(heap)
            if ended:
                names = tuple(neuron.name for neuron in head.via)
                top.append(Path(names, head.factors, head.value))
                continue
            end = head.via[-1]
            if end in self.asked:
                push(head.then(_piece("loss", end.name, self.asked[end])), ended=True)
            for arrow in self.arrows(end):
                push(head.then(arrow))
        return top, not heap or len(top) == k


def _carried(link: Link) -> float:
    """The weight with which the link handed its blame back; it may have moved since."""
    weight, delta = link.weight.value, link.output_neuron.delta
    return weight if delta == 0 or weight * delta == link.blame else link.blame / delta


def _mixing(neuron: Neuron, member: Neuron) -> float:
    """d member's output / d neuron's sum, as the group has it."""
    group = neuron.activation
    if member is neuron and isinstance(group, Group) and group.apart:
        return (neuron.output + TINY) * (group.rest(neuron) + TINY)
    own = (member.output + TINY) if member is neuron else 0.0
    return own - neuron.output * (member.output + TINY)
