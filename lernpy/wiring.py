"""From neurons and links to a graph and its order; what is no network is refused with a reason."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NoReturn

import networkx as nx

from lernpy.checks import is_hashable, is_list, wrong_name
from lernpy.errors import LernpyError, WiringError
from lernpy.functions.activations import Activation
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.registry import exactly, unknown
from lernpy.text import shown
from lernpy.weight import Weight

NO_ACTIVATION = "the activation of {name} is {kind}, which is no activation; write {form}"
LOOP = "the links form a loop ({loop}); remove one of them"
Unit = Neuron | Group | Product
Part = Neuron | Group | Product | Link


@contextmanager
def many_objects() -> Iterator[None]:
    """Pause the garbage collector: it would walk a million new objects again and again.

    Afterwards they count as old ones, so that it does not walk them all at once when it goes on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def make_graph(neurons: Sequence[Neuron], links: Sequence[Link]) -> nx.DiGraph:
    """The frozen graph: neurons at the nodes, links at the edges."""
    graph = nx.DiGraph()
    for neuron in neurons:
        if wrong := wrong_name(neuron.name):
            raise WiringError(f"the name of a neuron {wrong}")
        if neuron.name in graph._node:
            raise WiringError(f"two neurons are called {neuron.name!r}; rename one of them")
        exactly(Activation, neuron.activation)
        if not isinstance(neuron.activation, (Activation, Group, Product)):
            form, kind = f'lernpy.Neuron("{neuron.name}", "relu")', shown(neuron.activation)
            raise WiringError(NO_ACTIVATION.format(name=neuron.name, kind=kind, form=form))
        graph.add_node(neuron.name, neuron=neuron)
    _check_links(links)
    ahead = {neuron: graph._succ[neuron.name] for neuron in neurons}
    behind = {neuron: graph._pred[neuron.name] for neuron in neurons}
    for link in links:  # what graph.add_edge does, in a third of the time
        source, target = link.input_neuron, link.output_neuron
        if source not in ahead or target not in behind:
            raise WiringError(
                f"{link} joins a neuron that is not of this network; add it or use its twin"
            )
        ahead[source][target.name] = behind[target][source.name] = {"link": link}
    if sum(map(len, ahead.values())) < len(links):
        raise WiringError(
            f"{_doubled(links)} is there twice; a pair of neurons has one link at most"
        )
    for neuron in neurons:
        if isinstance(neuron.activation, Product):
            _add_factors(neuron, neuron.activation, ahead, behind)
    return nx.freeze(graph)


def _add_factors(
    neuron: Neuron, product: Product, ahead: Mapping[Any, Any], behind: Mapping[Any, Any]
) -> None:
    """The edges from the factors of a product to its neuron."""
    if product.neuron is not neuron:
        raise WiringError(
            f"{neuron.name!r} has the product of {product.neuron.name!r}; make its own"
        )
    for source in behind[neuron]:
        raise WiringError(
            f"the link {source} -> {neuron.name} leads into a product, which multiplies its factors; remove it"
        )
    for factor in dict.fromkeys(product.factors):
        if factor not in ahead:
            raise WiringError(
                f"{factor.name!r} is a factor of the product {neuron.name!r}, but not in the network; add it"
            )
        ahead[factor][neuron.name] = behind[neuron][factor.name] = {"product": product}


def parts(kind: type, what: str, things: object) -> list[Any]:
    """The list of parts that a network is made of; names, for example, are for the builders."""
    listed = list(things) if is_list(things) else [things]  # type: ignore[call-overload]
    if all(issubclass(each, kind) for each in set(map(type, listed))):
        return listed
    wrong = next(thing for thing in listed if not isinstance(thing, kind))
    raise WiringError(
        f"the {what} of a Network are a list of {kind.__name__} objects, not {shown(wrong)}; "
        "lernpy.from_edges takes names"
    )


def _check_links(links: Sequence[Link]) -> None:
    """Each joins two neurons and has a weight; a name or a number is none."""
    for end, kind in (("input_neuron", Neuron), ("output_neuron", Neuron), ("weight", Weight)):
        held = list(map(attrgetter(end), links))
        if not all(issubclass(each, kind) for each in set(map(type, held))):
            wrong = next(thing for thing in held if not isinstance(thing, kind))
            raise WiringError(
                f"the {end} of a Link is a {kind.__name__}, not {shown(wrong)}; "
                f"write {kind.__name__}(...)"
            )


def _doubled(links: Iterable[Link]) -> str:
    seen = set()
    for link in links:
        pair = (link.input_neuron.name, link.output_neuron.name)
        if pair in seen:
            return f"the link {pair[0]} -> {pair[1]}"
        seen.add(pair)
    return "a link"


def check_ends(graph: nx.DiGraph, inputs: Sequence[Neuron], outputs: Sequence[Neuron]) -> None:
    """Inputs and outputs are there, once each; links leave inputs and biases and do not enter them."""
    nodes = graph._node  # networkx's own dictionaries, without its views
    for kind, ends in (("input", inputs), ("output", outputs)):
        if not ends:
            raise WiringError(f"the network has no {kind} neuron; declare at least one")
        seen = set()
        for neuron in ends:
            name = neuron.name
            if name in seen:
                raise WiringError(f"{kind} {name!r} is declared twice; name it once")
            if name not in nodes:
                raise unknown("neuron", name, graph)
            if nodes[name]["neuron"] is not neuron:
                raise WiringError(f"the {kind} {name!r} is another network's neuron of that name")
            seen.add(name)
    input_names = {neuron.name for neuron in inputs}
    for name, incoming in graph._pred.items():
        is_bias = nodes[name]["neuron"].activation.name == "one"
        if name in input_names and is_bias:
            raise WiringError(f"{name!r} is an input and cannot be a bias, which always says 1")
        if incoming and (name in input_names or is_bias):
            source, kind = next(iter(incoming)), "the input" if name in input_names else "the bias"
            raise WiringError(f"the link {source} -> {name} leads into {kind} {name!r}; remove it")
        if not incoming and name not in input_names and not is_bias:
            raise WiringError(
                f"the neuron {name!r} cannot be reached: no link leads to it. "
                "Link it, remove it, or declare it as an input or a bias"
            )


def unit_for(neuron: Neuron) -> Unit:
    """What stands in the order for a neuron: itself, its softmax group or its product."""
    kind = neuron.activation
    return kind if isinstance(kind, (Group, Product)) else neuron


def group_units(graph: nx.DiGraph, inputs: Sequence[Neuron]) -> dict[str, Unit]:
    """For each neuron's name what stands in the order for it: itself, or its softmax group."""
    unit_of: dict[str, Unit] = {}
    input_names = {neuron.name for neuron in inputs}
    for name, attributes in graph._node.items():
        neuron = attributes["neuron"]
        unit_of[name] = unit = unit_for(neuron)
        if isinstance(unit, Group):
            if name in input_names:
                raise WiringError(
                    f"the input {name!r} cannot be in a softmax group; remove it there"
                )
            if neuron not in unit.members:
                raise WiringError(
                    f"{name!r} is no member of its softmax group; make the group anew"
                )
            for member in unit.members:
                if graph._node.get(member.name, {}).get("neuron") is not member:
                    raise WiringError(
                        f"{member.name!r} is in a softmax group with {name!r}, "
                        "but not in the network; add it or leave it out of the group"
                    )
                if member.activation is not unit:
                    raise WiringError(
                        f"{member.name!r} has left its softmax group with {name!r}; "
                        "make the group anew without it"
                    )
    return unit_of


def generations(graph: nx.DiGraph, unit_of: Mapping[str, Unit]) -> list[list[Unit]]:
    """Units by longest path from a source; within a generation in the order they were declared."""
    waiting: dict[Unit, int] = dict.fromkeys(unit_of.values(), 0)
    position = {unit: index for index, unit in enumerate(waiting)}
    for name, incoming in graph._pred.items():
        waiting[unit_of[name]] += len(incoming)
    ready = [unit for unit, missing in waiting.items() if not missing]
    ordered: list[list[Unit]] = []
    while ready:
        ordered.append(ready)
        following: list[Unit] = []
        for unit in ready:
            for member in members(unit):
                for name in graph._succ[member.name]:
                    ahead = unit_of[name]
                    waiting[ahead] -= 1
                    if not waiting[ahead]:
                        following.append(ahead)
        ready = sorted(following, key=position.__getitem__)
    stuck = {unit for unit, missing in waiting.items() if missing}
    if stuck:
        raise WiringError(LOOP.format(loop=_loop(graph, unit_of, stuck)))
    return ordered


def _loop(graph: nx.DiGraph, unit_of: Mapping[str, Unit], stuck: set[Unit]) -> str:
    """Walk backwards among the units that never became ready until one comes up again."""
    names: list[str] = []
    seen: dict[Unit, int] = {}
    unit = next(iter(sorted(stuck, key=lambda unit: members(unit)[0].name)))
    while unit not in seen:
        seen[unit] = len(names)
        names.append(label(unit))
        unit = next(
            unit_of[source]
            for member in members(unit)
            for source in graph.pred[member.name]
            if unit_of[source] in stuck
        )
    loop = [*names[seen[unit] :], label(unit)]
    shown = loop[::-1] if len(loop) <= 12 else [*loop[::-1][:11], "...", loop[0]]
    return " -> ".join(shown)


def members(unit: Unit) -> tuple[Neuron, ...]:
    """The neurons of a unit: the members of a group, or the one neuron."""
    return (unit,) if isinstance(unit, Neuron) else unit.members


def label(unit: Unit) -> str:
    """The name of a neuron, or a group by its members."""
    names = [member.name for member in members(unit)]
    return names[0] if len(names) == 1 else f"softmax({', '.join(names)})"


def in_order(graph: nx.DiGraph, generations: Sequence[Sequence[Unit]]) -> list[Part]:
    """Each unit, then its outgoing links."""
    order: list[Part] = []
    for generation in generations:
        for unit in generation:
            order.append(unit)
            for member in members(unit):
                order += links_of(graph._succ[member.name])
    return order


def links_of(edges: Mapping[str, Mapping[str, Any]]) -> list[Link]:
    """The links among some edges of a graph; the others lead from factors to their product."""
    return [edge["link"] for edge in edges.values() if "link" in edge]


class Links(Mapping[tuple[str, str], Link]):
    """The links of a network by the names of their ends, in the order of the forward pass."""

    def __init__(self, graph: nx.DiGraph, order: Sequence[Part]) -> None:
        self._graph = graph
        self._links = [part for part in order if isinstance(part, Link)]

    def __getitem__(self, ends: tuple[str, str]) -> Link:
        if not (isinstance(ends, tuple) and len(ends) == 2):
            raise LernpyError(f'a link is named by its two ends, ("x1", "h1"), not {ends!r}')
        try:
            link: Link = self._graph.succ[ends[0]][ends[1]]["link"]
        except (KeyError, TypeError):
            raise self._unknown(*ends) from None
        return link

    def __setitem__(self, ends: Any, value: object) -> NoReturn:
        raise WiringError(
            f"a link is not replaced; write network.links[{ends!r}].weight.value = {shown(value)} "
            "for its weight, or network.connect for a new link"
        )

    def __delitem__(self, ends: Any) -> NoReturn:
        raise WiringError(f"links are removed by network.prune({ends!r})")

    def __contains__(self, ends: object) -> bool:
        if not (isinstance(ends, tuple) and len(ends) == 2 and all(map(is_hashable, ends))):
            return False
        source, target = ends
        return "link" in self._graph.succ.get(source, {}).get(target, ())

    def _unknown(self, source: Any, target: Any) -> LernpyError:
        """Name the wrong end if there is one, else the links that do start there."""
        for name in (source, target):
            if not isinstance(name, str) or name not in self._graph:
                return unknown("neuron", name, self._graph)
        edges = self._graph.succ[source]
        known = [f"{source} -> {name}" for name in edges if "link" in edges[name]]
        if not known:
            return unknown("link", f"{source} -> {target}", known, f"No link starts at {source}")
        return unknown("link", f"{source} -> {target}", known)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for link in self._links:
            yield link.input_neuron.name, link.output_neuron.name

    def __len__(self) -> int:
        return len(self._links)

    def values(self) -> Any:  # faster than one look-up each
        return self._links.copy()

    def __repr__(self) -> str:
        return f"<{len(self)} links>"
