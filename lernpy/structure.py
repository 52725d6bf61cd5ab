"""The structure of a network: the index, links, generation and name of each part, found out once.

Whoever draws, narrates or compiles a network asks `structure_of(network)` instead of making maps of
its own. The numbers of a network are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy as np

from lernpy.group import Group
from lernpy.labels import neuron_named, parted
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.text import shared_name
from lernpy.weight import Weight
from lernpy.wiring import Part, label, members


def structure_of(network: Network) -> Structure:
    """The structure of a network, kept until its wiring changes.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> structure = structure_of(network)
    >>> structure.wires.names, structure.wires.links.tolist()
    (('x', 'h', 'bias', 'y'), [[0, 1], [2, 1], [1, 3]])
    >>> [link.name for link in structure.incoming[network.neurons["h"]]]
    ['x -> h', 'bias -> h']
    >>> structure_of(network) is structure
    True
    """
    structure = _structures.get(network)
    if structure is None or structure.order is not network.order:
        structure = _structures[network] = Structure(network)
    return structure


def name_of(part: object) -> str:
    """The name of a part: "h1", "x1 -> h1", "softmax(y1, y2)"; "network" for the whole."""
    if isinstance(part, Link):
        return part.name
    return label(part) if isinstance(part, (Neuron, Group, Product)) else "network"


def part_named(network: Network, name: str) -> Neuron | Link:
    """The neuron ("h1", "petal length") or link ("x1 -> h1") of that name, or an error with the near miss."""
    neuron = neuron_named(network, name)
    if neuron is not None:
        return neuron
    ways = list(parted(name, "->", "→"))
    for ends in ways:
        start, end = (neuron_named(network, one) for one in ends)
        if start and end:
            return network.link((start.name, end.name))
    return network.link(ways[0]) if ways else network.neurons[name.strip()]


def neuron_name(network: Network, name: str) -> str:
    """The name of a neuron, given that or what the data call it."""
    neuron = neuron_named(network, name)
    return neuron.name if neuron else name


def home_of(part: Neuron | Link) -> Network | None:
    """The network that a part belongs to, where its structure was asked for before."""
    neuron = part.output_neuron if isinstance(part, Link) else part
    for network in list(_structures):
        if network.neurons.get(neuron.name) is neuron:
            return network
    return None


class Connections(NamedTuple):
    """The structure as plain data: n neurons in declared order, n_links in the network's order."""

    names: tuple[str, ...]
    inputs: tuple[int, ...]  # indices of neurons, in declared order; so the next three
    outputs: tuple[int, ...]
    biases: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    products: tuple[tuple[int, ...], ...]  # of each the neuron, then its factors
    generation: np.ndarray  # (n,) int, by longest path
    links: np.ndarray  # (n_links, 2) int: from, to
    link_weight: np.ndarray  # (n_links,) int: index of its weight


class Structure:
    """Maps over the parts of one network, each made when it is first asked for."""

    def __init__(self, network: Network) -> None:
        self._network = ref(network)
        self.order: list[Part] = network.order
        self.neurons: list[Neuron] = list(network.neurons.values())
        self.links: list[Link] = network.links.values()
        self.weights: list[Weight] = network.weights
        self.groups: list[Group] = network.groups
        self.products: list[Product] = network.products
        self.generations = network.generations
        self.inputs = dict.fromkeys(network.inputs)  # a look-up that keeps the declared order
        self.outputs = dict.fromkeys(network.outputs)
        self.biases = dict.fromkeys(network.biases)

    @cached_property
    def back(self) -> list[Part]:
        """The order of the backward pass."""
        return self.order[::-1]

    @cached_property
    def position(self) -> dict[Part, int]:
        """Where in the order a part stands; a member of a group where its group does."""
        position = {part: index for index, part in enumerate(self.order)}
        for group in self.groups:
            position.update(dict.fromkeys(group.members, position[group]))
        position.update((product.neuron, position[product]) for product in self.products)
        return position

    @cached_property
    def index(self) -> dict[Neuron, int]:
        """Which neuron it is, in declared order."""
        return {neuron: index for index, neuron in enumerate(self.neurons)}

    @cached_property
    def link_index(self) -> dict[Link, int]:
        return {link: index for index, link in enumerate(self.links)}

    @cached_property
    def weight_index(self) -> dict[Weight, int]:
        return {weight: index for index, weight in enumerate(self.weights)}

    @cached_property
    def link_weight(self) -> np.ndarray:
        """(n_links,) int, which weight each link holds; both are in one order, so without sharing its own."""
        if len(self.weights) == len(self.links):
            return np.arange(len(self.links))
        return np.array([self.weight_index[link.weight] for link in self.links], int)

    @cached_property
    def incoming(self) -> dict[Neuron, list[Link]]:
        incoming: dict[Neuron, list[Link]] = {neuron: [] for neuron in self.neurons}
        for link in self.links:
            incoming[link.output_neuron].append(link)
        return incoming

    @cached_property
    def outgoing(self) -> dict[Neuron, list[Link]]:
        outgoing: dict[Neuron, list[Link]] = {neuron: [] for neuron in self.neurons}
        for link in self.links:
            outgoing[link.input_neuron].append(link)
        return outgoing

    @cached_property
    def multiplied(self) -> dict[Neuron, list[Product]]:
        """The products that a neuron is a factor of; who is none of any is left out."""
        multiplied: dict[Neuron, list[Product]] = {}
        for product in sorted(self.products, key=self.position.__getitem__):
            for factor in dict.fromkeys(product.factors):
                multiplied.setdefault(factor, []).append(product)
        return multiplied

    @cached_property
    def holders(self) -> dict[Weight, list[Link]]:
        """The links that hold a weight; several where it is shared."""
        holders: dict[Weight, list[Link]] = {weight: [] for weight in self.weights}
        for link in self.links:
            holders.setdefault(link.weight, []).append(link)
        return holders

    @cached_property
    def weight_names(self) -> list[str]:
        """What each weight is called, by the links that hold it."""
        return [
            shared_name([(link.input_neuron.name, link.output_neuron.name) for link in links])
            for links in map(self.holders.__getitem__, self.weights)
        ]

    @cached_property
    def shared(self) -> dict[Weight, int]:
        """The weights that several links hold, numbered from 0."""
        if len(self.weights) == len(self.links):
            return {}
        several = (weight for weight, links in self.holders.items() if len(links) > 1)
        return {weight: number for number, weight in enumerate(several)}

    @cached_property
    def generation(self) -> dict[Neuron, int]:
        return {
            member: number
            for number, units in enumerate(self.generations)
            for unit in units
            for member in members(unit)
        }

    def neuron_name(self, name: str) -> str:
        """That of the neuron which is called so, also by the data, as the network's card has it now."""
        network = self._network()
        return name if network is None else neuron_name(network, name)

    def indices(self, neurons: Iterable[Neuron]) -> tuple[int, ...]:
        return tuple(self.index[neuron] for neuron in neurons)

    @cached_property
    def wires(self) -> Connections:
        index, links = self.index, self.links
        ends = [(index[link.input_neuron], index[link.output_neuron]) for link in links]
        return Connections(
            names=tuple(neuron.name for neuron in self.neurons),
            inputs=self.indices(self.inputs),
            outputs=self.indices(self.outputs),
            biases=self.indices(self.biases),
            groups=tuple(self.indices(group.members) for group in self.groups),
            products=tuple(
                self.indices((product.neuron, *product.factors)) for product in self.products
            ),
            generation=np.array([self.generation[neuron] for neuron in self.neurons], int),
            links=np.array(ends, int).reshape(-1, 2),
            link_weight=self.link_weight,
        )


_structures: WeakKeyDictionary[Network, Structure] = WeakKeyDictionary()
