"""To and from networkx graphs with plain attributes, which any of its writers can store."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import isfinite
from typing import Any

import networkx as nx

from lernpy import subclasses
from lernpy.build import arguments
from lernpy.build.edges import make_group, make_product
from lernpy.build.start import first_weights
from lernpy.checks import finite
from lernpy.errors import WiringError
from lernpy.functions import optimizers
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.samples import check_network
from lernpy.structure import structure_of
from lernpy.text import shown
from lernpy.weight import FREE, Rule, Weight
from lernpy.wiring import many_objects

SETTINGS = (
    "loss",
    "optimizer",
    "learning_rate",
    "l1",
    "l2",
    "maths",
)  # attributes of the graph as a whole


def to_networkx(network: Network) -> nx.DiGraph:
    """The graph with its numbers as plain attributes, so that ``nx.write_graphml`` works.

    Nodes have ``activation``, and ``input`` or ``output`` (the position, from 0) and ``group`` where
    they apply; edges have ``weight``, and ``shared``, ``frozen``, ``rate``, ``low``, ``high`` where
    they apply, or ``factor`` where they lead to a product ("0": it is the first); the graph has loss,
    optimizer, learning_rate, l1, l2, maths and the optimiser's options (``optimizer_momentum``, ...), which
    GraphML and node-link JSON keep, and GEXF does not. Its memory stays behind; `lernpy.save` keeps it.
    So does what a class of the user's own does: it is named as ``own_rule``, and `from_networkx` refuses it.

    >>> import lernpy
    >>> graph = to_networkx(lernpy.build.two_two_two())
    >>> graph.edges["x1", "h1"]
    {'weight': 0.15}
    """
    check_network(network)
    graph = nx.DiGraph(
        loss=network.loss.name,
        optimizer=network.optimizer.name,
        learning_rate=network.learning_rate,
        l1=network.l1,
        l2=network.l2,
        maths=network.maths,
        **{f"optimizer_{key}": value for key, value in network.optimizer.options.items()},
    )
    groups = {group: index for index, group in enumerate(network.groups)}
    for name, neuron in network.neurons.items():
        graph.add_node(name, activation=neuron.activation.name)
        if isinstance(neuron.activation, Group):
            graph.nodes[name]["group"] = groups[neuron.activation]
    for kind, ends in (("input", network.inputs), ("output", network.outputs)):
        for position, neuron in enumerate(ends):
            graph.nodes[neuron.name][kind] = position
    links = network.links.values()
    shared = structure_of(network).shared
    for link in links:
        attributes: dict[str, Any] = {"weight": link.weight.value, **_rule_to(link.weight.rule)}
        if link.weight in shared:
            attributes["shared"] = shared[link.weight]
        graph.add_edge(link.input_neuron.name, link.output_neuron.name, **attributes)
    for product in network.products:
        for position, factor in enumerate(product.factors):
            edge = graph.edges.get((factor.name, product.neuron.name), {"factor": ""})
            positions = f"{edge['factor']} {position}".strip()
            graph.add_edge(factor.name, product.neuron.name, factor=positions)
    if own := subclasses.described(network):
        graph.graph["own_rule"] = own
    return graph


def _rule_to(rule: Rule) -> dict[str, Any]:
    """What differs from the rule of a free weight; an infinite bound is no bound."""
    differs = {k: v for k, v in rule._asdict().items() if v != getattr(FREE, k)}
    return {k: v for k, v in differs.items() if isfinite(v)}


def from_networkx(
    graph: nx.DiGraph,
    inputs: Sequence[Hashable] | None = None,
    outputs: Sequence[Hashable] | None = None,
    *,
    biases: Sequence[Hashable] = ("bias",),
    activation: str = "sigmoid",
    seed: int | None = None,
    **settings: Any,
) -> Network:
    """A network from any directed networkx graph without loops.

    Reads the attributes that `to_networkx` writes. What is missing comes from the arguments, as in
    `lernpy.from_edges`; an edge without ``weight`` starts at random. Names become text.

    >>> import lernpy, networkx as nx
    >>> graph = nx.DiGraph([("x", "h"), ("h", "y")])
    >>> lernpy.from_networkx(graph, inputs=["x"], outputs=["y"], seed=0)
    <network: 1 input, 1 output, 3 neurons, 2 links, 2 weights>
    """
    settings = arguments.settings(from_networkx, settings)
    if not isinstance(graph, nx.Graph):
        raise WiringError(f"from_networkx takes a graph of networkx, not {shown(graph)}")
    if not graph.is_directed() or graph.is_multigraph():
        raise WiringError("a network needs a directed graph with one edge a pair: nx.DiGraph")
    if own := graph.graph.get("own_rule"):
        raise WiringError(f"{own}, which no graph holds; build the network where its class is")
    with many_objects():
        input_names = {str(name) for name in _declared(graph, "input", inputs)}
        constant = {str(name) for name in arguments.name_list("biases", biases)}
        neurons = {
            str(name): Neuron(
                str(name), _activation(str(name), node, input_names, constant, activation)
            )
            for name, node in graph.nodes.items()
        }
        if len(neurons) < len(graph):
            raise WiringError("two nodes have the same name as text; rename one of them")
        _groups(graph, neurons)
        _products(graph, neurons)
        links, known = _links(graph, neurons)
        for key, value in _settings(graph.graph).items():
            settings.setdefault(key, value)
        network = Network(
            neurons.values(),
            links,
            [_neuron(neurons, name) for name in _declared(graph, "input", inputs)],
            [_neuron(neurons, name) for name in _declared(graph, "output", outputs)],
            **settings,
        )
        first_weights(network, seed, None)
        for weight, value in known.items():
            weight.value = value
    return network


def _settings(attributes: Mapping[str, Any]) -> dict[str, Any]:
    settings = {key: attributes[key] for key in SETTINGS if key in attributes}
    prefix = "optimizer_"
    options = {
        key.removeprefix(prefix): attributes[key]
        for key in map(str, attributes)
        if key.startswith(prefix)
    }
    if options and "optimizer" in settings:
        settings["optimizer"] = optimizers.get((settings["optimizer"], options))
    return settings


def _declared(graph: nx.DiGraph, kind: str, names: Sequence[Hashable] | None) -> list[Hashable]:
    if names is not None:
        return arguments.name_list(f"{kind}s", names)
    positions = nx.get_node_attributes(graph, kind)
    if not positions:
        raise WiringError(f"no node of the graph is declared as {kind}; name them: {kind}s=[...]")
    return sorted(positions, key=lambda name: finite(f"position of {kind} {name}", positions[name]))


def _neuron(neurons: Mapping[str, Neuron], name: Hashable) -> Neuron:
    if str(name) not in neurons:
        raise WiringError(f"the graph has no node {name!r}")
    return neurons[str(name)]


def _activation(
    name: str, node: Mapping[str, Any], input_names: set[str], constant: set[str], default: str
) -> str:
    kind = node.get("activation")
    if kind is None:
        return "identity" if name in input_names else "one" if name in constant else default
    return "identity" if kind in ("softmax", "product") else str(kind)


def _groups(graph: nx.DiGraph, neurons: Mapping[str, Neuron]) -> None:
    groups: dict[Any, list[Neuron]] = {}
    for name, node in graph.nodes.items():
        if node.get("activation") == "softmax":
            groups.setdefault(node.get("group", 0), []).append(neurons[str(name)])
    for group in groups.values():
        make_group(group)


def _products(graph: nx.DiGraph, neurons: Mapping[str, Neuron]) -> None:
    factors: dict[Any, dict[int, Neuron]] = {}
    for u, v, positions in graph.edges(data="factor"):
        for position in str(positions).split() if positions is not None else ():
            factors.setdefault(v, {})[int(position)] = neurons[str(u)]
    for name, node in graph.nodes.items():
        if node.get("activation") == "product":
            of = factors.get(name, {})
            make_product(neurons[str(name)], [of[at] for at in sorted(of)])


def _links(
    graph: nx.DiGraph, neurons: Mapping[str, Neuron]
) -> tuple[list[Link], dict[Weight, float]]:
    shared: dict[Any, Weight] = {}
    known: dict[Weight, float] = {}
    links = []
    for u, v, edge in graph.edges(data=True):
        if "factor" in edge:
            continue
        weight = Weight(0.0, _rule_from(edge, f"{u} -> {v}"))
        if "shared" in edge:
            weight = shared.setdefault(edge["shared"], weight)
        if "weight" in edge:
            known[weight] = finite(f"weight of {u} -> {v}", edge["weight"])
        links.append(Link(neurons[str(u)], neurons[str(v)], weight))
    return links, known


def _rule_from(edge: Mapping[str, Any], ends: str) -> Rule:
    fields = {key: edge[key] for key in Rule._fields if key in edge}
    frozen = fields.pop("frozen", False)
    if frozen not in (True, False):  # "false" would be taken for true
        raise WiringError(f"frozen of {ends} is {shown(frozen)}; it must be True or False")
    if not fields and not frozen:
        return FREE
    rule = Rule(bool(frozen), **{k: finite(f"{k} of {ends}", value) for k, value in fields.items()})
    if rule.low > rule.high:
        raise WiringError(f"low of {ends} is {rule.low:g}, which is above its high, {rule.high:g}")
    return rule
