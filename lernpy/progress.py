"""How far the lesson of a network is, and so which of its numbers are known.

Whoever does a lesson step by step calls `note`, which holds as long as the network has the numbers that
were left. Of a network in which nobody has a hand the numbers themselves tell (`seen_in`). Whoever
shows numbers asks `progress_of` and `masks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np

from lernpy.kept import LessonNumbers, lesson_numbers, of_neuron
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import structure_of
from lernpy.wiring import Part, members


class Progress(NamedTuple):
    """What is done of a lesson."""

    fed: bool = False
    forward: int = 0  # so many parts, in order, have propagated
    costed: bool = False
    backward: int = 0  # so many parts, from the end of the order, have gone back


@dataclass(frozen=True, eq=False)
class Noted:
    """What a network has in `noted`: how far its lesson is, and the numbers of it then."""

    progress: Progress
    lesson: LessonNumbers


class State(NamedTuple):
    """Whose lesson a network has, and its numbers: unequal to an earlier one if somebody used it."""

    noted: Noted | None
    lesson: LessonNumbers


def state_of(network: Network) -> State:
    """To be compared with that of a moment later."""
    return State(network.noted, lesson_numbers(network))


def note(network: Network, progress: Progress) -> State:
    """The lesson of this network is so far; it holds until the numbers of it change."""
    network.noted = Noted(progress, lesson_numbers(network))
    return State(network.noted, network.noted.lesson)


def note_link(network: Network, left: State, progress: Progress, link: Link) -> State:
    """`note`, where only one link has acted since: what it and its ends have is read, and no more."""
    for numbers, index, value in _beside(network, left.lesson, link):
        numbers[index] = value
    network.noted = Noted(progress, left.lesson)
    return State(network.noted, left.lesson)


def is_left_beside(network: Network, left: State, link: Link) -> bool:
    """Whether all that this link reads and writes is as it was left."""
    beside = _beside(network, left.lesson, link)
    return network.noted is left.noted and all(
        [value] == numbers[at : at + 1] for numbers, at, value in beside
    )


def _beside(
    network: Network, lesson: LessonNumbers, link: Link
) -> Iterator[tuple[list[Any], int, Any]]:
    """Which entries of the lesson's numbers a link reads and writes, and what they are now."""
    structure = structure_of(network)
    for neuron in (link.input_neuron, link.output_neuron):
        yield lesson.neurons, structure.index[neuron], of_neuron(neuron)
    at = structure.link_index[link]
    yield lesson.signals, at, link.signal
    yield lesson.blames, at, link.blame
    yield lesson.gradients, structure.weight_index[link.weight], link.weight.sensitivity


def learned_elsewhere(network: Network) -> None:
    """Whoever steps through a lesson of it shall notice; what is known of that lesson stays known.

    Its weights moved, and its neurons and links have seen nothing of it.
    """
    if network.noted is not None:
        network.noted = replace(network.noted)


def progress_of(network: Network) -> Progress:
    """How far the lesson of this network is: as noted, or as its numbers tell."""
    noted = network.noted
    if noted is not None and noted.lesson == lesson_numbers(network):
        progress: Progress = noted.progress
        return progress
    return seen_in(network)


def seen_in(network: Network) -> Progress:
    """How far a lesson is of which only the numbers are there.

    A part has acted if it or a later one shows a number, and where 0 is what its verb gives.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> answer = network.answer([1])
    >>> seen_in(network)
    Progress(fed=True, forward=7, costed=False, backward=0)
    """
    order, neurons = structure_of(network).order, network.neurons.values()
    costed = any(neuron.sensitivity or neuron.delta for neuron in neurons)
    fed = any(neuron.total_input or neuron.output for neuron in neurons)
    if not (costed or fed):
        return Progress()
    if costed and fed and network.samples == 0:  # and so it was updated
        return Progress(True, len(order), True, len(order))
    forward = _acted(order, forward_shown, forward_explained)
    backward = _acted(order[::-1], backward_shown, backward_explained) if costed else 0
    return Progress(fed, forward, costed, backward)


def _acted(
    parts: Sequence[Part], shown: Callable[[Part], bool], explained: Callable[[Part], bool]
) -> int:
    last = next((at for at in range(len(parts), 0, -1) if shown(parts[at - 1])), 0)
    return last + sum(1 for _ in takewhile(explained, parts[last:]))


def forward_shown(part: Part) -> bool:
    """Whether it has carried or put out a number."""
    if isinstance(part, Link):
        return part.signal != 0
    return any(neuron.output for neuron in members(part))


def forward_explained(part: Part) -> bool:
    """Whether its 0 is what it would carry or put out."""
    if isinstance(part, Link):
        return part.weight.value * part.input_neuron.output == 0
    if isinstance(part, Neuron):
        return not part.activation.value(part.total_input)
    return isinstance(part, Product) and not all(factor.output for factor in part.factors)


def backward_shown(part: Part) -> bool:
    """Whether it has handed back blame, or has any for its sum."""
    if isinstance(part, Link):
        return part.blame != 0
    return any(neuron.delta for neuron in members(part))


def backward_explained(part: Part) -> bool:
    """Whether its 0 is what it would hand back, or have."""
    if isinstance(part, Link):
        return part.weight.value * part.output_neuron.delta == 0
    if isinstance(part, Neuron):
        return not part.sensitivity * part.activation.slope(part.total_input, part.output)
    return not any(neuron.sensitivity for neuron in members(part))


def masks(network: Network, progress: Progress) -> dict[str, np.ndarray]:
    """By quantity, a mask of bool over neurons, links or weights: is it computed?"""
    structure = structure_of(network)
    position, neurons = structure.position, structure.neurons
    first_back = len(structure.order) - progress.backward  # parts from here on have gone back
    neuron_at = np.array([position[neuron] for neuron in neurons], int)
    link_at = np.array([position[link] for link in structure.links], int)
    last_link = np.array([position[links[-1]] for links in structure.holders.values()], int)
    is_input = np.array([neuron in structure.inputs for neuron in neurons], bool)
    onward = {n for n in neurons if structure.outgoing[n] or n in structure.multiplied}
    is_end = [neuron in structure.outputs and neuron not in onward for neuron in neurons]
    earlier = network.samples > progress.costed  # samples before this one left blame on the weights
    return {
        "total_input": (neuron_at < progress.forward) | (is_input & progress.fed),
        "output": neuron_at < progress.forward,
        "signal": link_at < progress.forward,
        "sensitivity": (neuron_at >= first_back) | (np.array(is_end, bool) & progress.costed),
        "delta": neuron_at >= first_back,
        "blame": link_at >= first_back,
        "gradient": (last_link >= first_back) | earlier,
    }
