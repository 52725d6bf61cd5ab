"""What a network consists of, and how its wiring changes: `prune`, `connect`, `tie`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lernpy import held, wiring
from lernpy.checks import finite
from lernpy.errors import LernpyError
from lernpy.group import Group
from lernpy.link import Link
from lernpy.matrices import matrices_of
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.registry import Named
from lernpy.weight import Weight

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np


class Wired(held.Elsewhere):
    """Neurons and links in one graph and one order; only its methods change what is in it.

    >>> import lernpy
    >>> network = lernpy.layered([2, 1], seed=0)
    >>> network.prune(("x2", "y1"))
    >>> list(network.links), network.version
    ([('x1', 'y1'), ('bias', 'y1')], 2)
    """

    __slots__ = (
        *("_inputs", "_outputs", "_neurons", "_links", "_weights", "_biases", "_groups"),
        "_products",
        *("_held", "_made_of", "_graph", "_generations", "_order", "_exempt", "version"),
    )
    version: int  # goes up with every change of the wiring
    inputs: list[Neuron] = held.wired("inputs")
    outputs: list[Neuron] = held.wired("outputs")
    neurons: Named[Neuron] = held.wired("neurons")
    links: wiring.Links = held.wired("links")
    weights: list[Weight] = held.wired("weights")  # distinct, in the order of the links
    biases: list[Neuron] = held.wired("biases")
    groups: list[Group] = held.wired("groups")
    products: list[Product] = held.wired("products")
    graph: nx.DiGraph = held.wired("graph")
    generations: list[list[wiring.Unit]] = held.wired("generations")
    order: list[wiring.Part] = held.wired("order")

    def _wire(self, neurons: Sequence[Neuron], links: Sequence[Link]) -> None:
        """Check, then take over: a refused wiring leaves everything as it was."""
        with wiring.many_objects():
            graph = wiring.make_graph(neurons, links)
            wiring.check_ends(graph, self.inputs, self.outputs)
            generations = wiring.generations(graph, wiring.group_units(graph, self.inputs))
            order = wiring.in_order(graph, generations)
            self._graph = graph
            of_units = held.PARTS["generations"]
            self._generations = of_units([of_units(units) for units in generations])
            self._order = held.PARTS["order"](order)
            self._neurons = Named("neuron", {neuron.name: neuron for neuron in neurons})
            self._links = wiring.Links(graph, order)
            self._held = [
                (link, link.weight, link.input_neuron, link.output_neuron)
                for link in self._links.values()
            ]
            self._weights = held.PARTS["weights"](dict.fromkeys(w for _, w, _, _ in self._held))
        biases = [neuron for neuron in neurons if neuron.activation.name == "one"]
        self._biases = held.PARTS["biases"](biases)
        units = (unit for generation in generations for unit in generation)
        apart = [unit for unit in units if not isinstance(unit, Neuron)]
        self._groups = held.PARTS["groups"]([unit for unit in apart if isinstance(unit, Group)])
        products = [unit for unit in apart if isinstance(unit, Product)]
        self._products = held.PARTS["products"](products)
        self._made_of = held.what_is_made_of(self)
        self._exempt = {
            link.weight for bias in self._biases for link in wiring.links_of(graph._succ[bias.name])
        }
        self.version += 1

    def prune(self, *links: Link | tuple[str, str]) -> None:
        """Remove links (each a `Link`, or the names of its two ends)."""
        gone = {self.link(link) for link in links}
        self._wire(
            list(self.neurons.values()), [link for link in self.links.values() if link not in gone]
        )

    def connect(self, input_name: str, output_name: str, weight: float | Weight = 0.0) -> Link:
        """Add a link between two neurons; a `Weight` given is shared with whoever has it."""
        ends = self.neurons[input_name], self.neurons[output_name]
        link = Link(
            *ends, weight if isinstance(weight, Weight) else Weight(finite("weight", weight))
        )
        self._wire(list(self.neurons.values()), [*self.links.values(), link])
        return link

    def tie(self, *links: Link | tuple[str, str]) -> Weight:
        """Let these links share the weight of the first."""
        if not links:
            raise LernpyError("there is nothing to tie; name the links that shall share a weight")
        first, *others = [self.link(link) for link in links]
        for link in others:
            link.weight = first.weight
        self._wire(list(self.neurons.values()), list(self.links.values()))
        return first.weight

    def incoming(self, name: str) -> list[Link]:
        """The links that lead to a neuron.

        >>> import lernpy
        >>> lernpy.build.by_hand().incoming("h")
        [<link x -> h, weight 0.5>, <link bias -> h, weight 0.25>]
        """
        return wiring.links_of(self.graph.pred[self.neurons[name].name])

    def outgoing(self, name: str) -> list[Link]:
        """The links that start at a neuron."""
        return wiring.links_of(self.graph.succ[self.neurons[name].name])

    def matrices(self) -> list[np.ndarray]:
        """The weights of a network in layers, one matrix for each two layers.

        Returns
        -------
        (n_neurons + 1, n_neurons_of_the_next) each: ``matrix[i, j]`` is the weight from neuron i of a
        layer to neuron j of the next; the last row is the bias (left out where there is none), so that
        next total inputs = [outputs, 1] @ matrix. ``layered(sizes, weights=matrices)`` is the way back.

        Raises
        ------
        WiringError
            If the network is not in layers; names the first link that is missing or skips one.

        >>> import lernpy
        >>> network = lernpy.layered([2, 3, 1], seed=0)
        >>> [matrix.shape for matrix in network.matrices()]
        [(3, 3), (4, 1)]
        >>> twin = lernpy.layered([2, 3, 1], weights=network.matrices())
        >>> twin.predict([[0, 1]]) == network.predict([[0, 1]])
        array([[ True]])
        """
        held.check(self)  # type: ignore[arg-type]
        return matrices_of(self)

    def link(self, link: Link | tuple[str, str]) -> Link:
        """A link of this network, from itself or from the names of its ends."""
        ends = (link.input_neuron.name, link.output_neuron.name) if isinstance(link, Link) else link
        own = self.links[ends]
        if isinstance(link, Link) and own is not link:
            raise LernpyError(f"{link} belongs to another network; name its ends instead")
        return own
