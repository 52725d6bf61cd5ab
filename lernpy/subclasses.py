"""Parts, and networks, with a class of the user's own: who they are, their twins, what they keep.

The objects run them; whatever stands for them (an engine, a file) has to refuse them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy, deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.checks import is_plain
from lernpy.errors import LernpyError
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.weight import Weight
from lernpy.wired import Wired
from lernpy.wiring import label, many_objects

if TYPE_CHECKING:
    from lernpy.network import Network

KINDS = (Link, Neuron, Group, Product, Weight)
OURS = frozenset(KINDS)
FIELDS = {  # of ours that are no slots
    *("members", "log_sum", "apart", "maths"),  # of a group
    *("neuron", "factors"),  # of a product
}
ONLY_GRAPH = "only engine='graph' runs it"


def refuse(network: Network, next_move: str = ONLY_GRAPH) -> None:
    """Raise an error that names the first part which is not exactly ours, if there is one.

    >>> import lernpy
    >>> class Loud(lernpy.Link):
    ...     def propagate(self):
    ...         self.output_neuron.input(10 * self.weight.value * self.input_neuron.output)
    >>> x, y = lernpy.Neuron("x"), lernpy.Neuron("y")
    >>> lernpy.Mirror(lernpy.Network([x, y], [Loud(x, y, lernpy.Weight(0.5))], [x], [y]))
    Traceback (most recent call last):
    lernpy.errors.LernpyError: x -> y has a propagate of its own (Loud); only engine='graph' runs it
    """
    if words := described(network):
        raise LernpyError(f"{words}; {next_move}")


def described(network: Network) -> str:
    """``"h1 -> y1 has a backpropagate of its own (FeedbackLink)"``, or "" where all parts are ours."""
    return next((f"{part_name(network, part)} {rule_of(part)}" for part in own_parts(network)), "")


def part_name(network: Network, part: Any) -> str:
    """What a part is called in a sentence: "h1 -> y1", "the weight of h1 -> y1", "the network"."""
    if part is network:
        return "the network"
    if isinstance(part, Weight):
        link = next(link for link in network.links.values() if link.weight is part)
        return f"the weight of {link.name}"
    return part.name if isinstance(part, Link) else label(part)


def refuse_verbs(network: Network, verbs: Sequence[str], instead: str) -> None:
    """Raise an error if the network's class has its own of these, where lessons are not given by them."""
    if type(network) is not ours(network) and (own := {*verbs} & {*overridden(network)}):
        raise LernpyError(
            f"the network has a {min(own)} of its own ({type(network).__name__}), {instead}"
        )


def own_parts(network: Network) -> Iterator[Any]:
    """The parts with a class of their own, links first; last the network, if it has one."""
    parts = [*network.order, *network.neurons.values(), *network.weights]
    if not OURS.issuperset(map(type, parts)):
        everything = dict.fromkeys(parts)
        yield from (part for kind in KINDS for part in everything if _is_own(part, kind))
    if Wired not in type(network).__bases__:
        yield network


def _is_own(part: object, kind: type) -> bool:
    return isinstance(part, kind) and type(part) is not kind


def ours(part: object) -> type:
    """The class of ours that its class is, or is made from."""
    networks = (kind for kind in type(part).__mro__ if Wired in kind.__bases__)
    return next((kind for kind in (*KINDS, *networks) if isinstance(part, kind)), type(part))


def rule_of(part: object) -> str:
    """What a class of its own does otherwise, in words."""
    verbs = overridden(part)
    article = "an" if verbs and verbs[0][0] in "aeiou" else "a"
    rule = f"has {article} {verbs[0]} of its own" if verbs else "has a class of its own"
    return f"{rule} ({type(part).__name__})"


def overridden(part: object) -> list[str]:
    """Which of our methods its class replaces, in the order in which ours has them."""
    if type(part) in OURS:
        return []
    return [
        name
        for name, verb in vars(ours(part)).items()
        if callable(verb) and not name.startswith("_") and getattr(type(part), name) is not verb
    ]


# ---- twins --------------------------------------------------------------------------------------


def twins(network: Network, twin: Network) -> tuple[dict[Any, Any], list[Link]]:
    """For each neuron, group and weight a twin of the same class; and the twins of the links.

    `twin` is that of the network, without parts of its own as yet.
    Shared weights stay shared. What a class of the user's keeps is copied, too; where that names
    a part of the network, the twin names its twin.
    """
    neurons, links = list(network.neurons.values()), network.links.values()
    twin_of: dict[Any, Any] = {
        part: copy(part) for part in (*neurons, *network.groups, *network.products)
    }
    with many_objects():
        for weight in network.weights:
            twin_of[weight] = new = copy(weight) if type(weight) is not Weight else Weight()
            new.value, new.rule = weight.value, weight.rule
            new.sensitivity, new.memory = weight.sensitivity, weight.memory
        linked = [_link(link, twin_of) for link in links]
    for neuron in neurons:
        twin_of[neuron].activation = twin_of.get(neuron.activation, neuron.activation)
    for group in network.groups:
        twin_of[group].members = tuple(twin_of[member] for member in group.members)
    for product in network.products:
        twin_of[product].neuron = twin_of[product.neuron]
        twin_of[product].factors = tuple(twin_of[factor] for factor in product.factors)
    if any(own_parts(network)):
        _carry(network, twin_of | dict(zip(links, linked, strict=True)) | {network: twin})
    return twin_of, linked


def _link(link: Link, twin_of: Mapping[Any, Any]) -> Link:
    ends = twin_of[link.input_neuron], twin_of[link.output_neuron], twin_of[link.weight]
    if type(link) is not Link:
        twin = copy(link)
        twin.input_neuron, twin.output_neuron, twin.weight = ends
        return twin
    twin = Link(*ends)
    twin.signal, twin.blame = link.signal, link.blame
    return twin


def _carry(network: Network, twin_of: Mapping[Any, Any]) -> None:
    """What classes of the user's own keep, to their twins."""
    memo = {id(neuron.activation): neuron.activation for neuron in network.neurons.values()}
    memo |= {id(part): twin for part, twin in twin_of.items()}
    for part in own_parts(network):
        for name, value in kept(part).items():
            setattr(twin_of[part], name, deepcopy(value, memo))


def kept(part: object) -> dict[str, Any]:
    """What it keeps beside our fields."""
    slots_of_ours = (getattr(kind, "__slots__", ()) for kind in ours(part).__mro__)
    fields = FIELDS.union(*slots_of_ours)
    state = object.__getstate__(part)
    plain, slots = state if isinstance(state, tuple) else (state, None)
    return {
        name: value
        for name, value in {**(plain or {}), **(slots or {})}.items()
        if name not in fields
    }


# ---- numbers that move --------------------------------------------------------------------------


def own_numbers(network: Network) -> list[dict[str, Any]]:
    """What each part of `own_parts` keeps in numbers, text and arrays; a weight of its own by its value."""
    return [
        {name: _plain(value) for name, value in kept(part).items() if _moves(value)}
        for part in own_parts(network)
    ]


def put_numbers(network: Network, saved: Sequence[Mapping[str, Any]]) -> None:
    """The numbers of `own_numbers` back, or those of a twin."""
    for part, values in zip(own_parts(network) if saved else (), saved, strict=False):
        for name, value in values.items():
            held = getattr(part, name, None)  # which may have come with the first lesson
            if isinstance(held, Weight):
                held.value = value
            else:
                setattr(part, name, _plain(value))


def _moves(value: object) -> bool:
    return isinstance(value, (Weight, np.ndarray, np.generic, float)) or is_plain(value)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Weight) else deepcopy(value)
