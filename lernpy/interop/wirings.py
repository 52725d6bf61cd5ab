"""The network of an estimator: layers, or a wiring of the user's own, with the columns' names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from lernpy.build import from_edges, from_networkx, layered
from lernpy.errors import WiringError
from lernpy.network import Network
from lernpy.text import counted


def build_for(
    graph: Any,
    inputs: Sequence[str] | int,
    hidden: Sequence[int],
    n_outputs: int,
    activation: str,
    output_activation: str,
    settings: dict[str, Any],
) -> Network:
    """A network with these inputs, by name or by number, and so many outputs.

    Parameters
    ----------
    graph : a `Network` (its twin is taken), a networkx graph, links as pairs of names, or None for layers
    """
    count = inputs if isinstance(inputs, int) else len(inputs)
    names = [f"x{n + 1}" for n in range(count)] if isinstance(inputs, int) else list(inputs)
    outputs = [f"y{n + 1}" for n in range(n_outputs)]
    if graph is None:
        made = layered([count, *hidden, n_outputs], activation, output_activation, **settings)
        return made if isinstance(inputs, int) else _renamed(made, names)
    if isinstance(graph, Network):
        made = _settled(graph.copy(), settings)
    elif isinstance(graph, nx.DiGraph) and nx.get_node_attributes(graph, "input"):
        made = from_networkx(graph, activation=activation, **settings)
    else:
        kinds = {"activation": activation, "output_activation": output_activation}
        links = list(graph.edges) if isinstance(graph, nx.DiGraph) else graph
        made = from_edges(links, names, outputs, **{**kinds, **settings})
    for kind, neurons, wanted in (
        ("input", made.inputs, count),
        ("output", made.outputs, n_outputs),
    ):
        if len(neurons) != wanted:
            raise WiringError(
                f"the graph has {counted(len(neurons), kind)}, but the data need {wanted}"
            )
    return made


def _settled(network: Network, settings: dict[str, Any]) -> Network:
    for name, value in settings.items():
        setattr(network, name, value)
    return network


def _renamed(network: Network, names: list[str]) -> Network:
    """The same layers with inputs called as the columns are, unless a neuron has such a name."""
    inner = {neuron.name for neuron in network.neurons.values() if neuron not in network.inputs}
    if inner & set(names) or len(set(names)) < len(names) or not all(names):
        return network
    for neuron, name in zip(network.inputs, names, strict=True):
        neuron.name = name
    return Network(
        network.neurons.values(),
        network.links.values(),
        network.inputs,
        network.outputs,
        loss=network.loss,
        optimizer=network.optimizer,
        learning_rate=network.learning_rate,
        l1=network.l1,
        l2=network.l2,
    )
