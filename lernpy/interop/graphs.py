"""Graph formats: GraphML, GEXF, node-link and edge lists, both ways or in; DOT, Mermaid and Cytoscape out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import networkx as nx

from lernpy import files, storage
from lernpy.build import from_networkx, to_networkx
from lernpy.errors import FileFormatError, LernpyError
from lernpy.network import Network
from lernpy.structure import structure_of
from lernpy.text import listed, number, shown

ENTITIES = b"<!DOCTYPE", b"<!ENTITY"  # nothing that a graph needs, and the way of XML's bombs


def to_graphml(network: Network) -> bytes:
    """GraphML, as networkx, Gephi, yEd and others read it, every number exact."""
    files.check_entries(network)
    file = io.BytesIO()
    nx.write_graphml(to_networkx(network), file)
    return file.getvalue()


def to_dot(network: Network) -> str:
    r"""For Graphviz: a picture, left to right, weights beside the links.

    >>> import lernpy
    >>> print(to_dot(lernpy.build.by_hand()))
    digraph lernpy {
      rankdir=LR;
      "x" [label="x", shape=box];
      "h" [label="h\nsigmoid"];
      "bias" [label="bias", shape=box];
      "y" [label="y\nsigmoid", peripheries=2];
      "x" -> "h" [label="0.5"];
      "bias" -> "h" [label="0.25"];
      "h" -> "y" [label="-1"];
    }
    """
    lines = ["digraph lernpy {", "  rankdir=LR;"]
    for name, kind, role in _nodes(network):
        label = json.dumps(name if role == "source" else f"{name}\n{kind}", ensure_ascii=False)
        shape = {"source": ", shape=box", "output": ", peripheries=2", "": ""}[role]
        lines.append(f"  {_quoted(name)} [label={label}{shape}];")
    for link in network.links.values():
        ends = f"{_quoted(link.input_neuron.name)} -> {_quoted(link.output_neuron.name)}"
        lines.append(f'  {ends} [label="{number(link.weight.value, 3)}"];')
    for start, end in _factors(network):
        lines.append(f"  {_quoted(start)} -> {_quoted(end)} [style=dashed];")
    return "\n".join([*lines, "}"])


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def to_mermaid(network: Network) -> str:
    """For Mermaid, which Markdown pages draw."""
    index = {neuron.name: f"n{at}" for neuron, at in structure_of(network).index.items()}
    lines = ["flowchart LR"]
    for name, kind, role in _nodes(network):
        text = (name if role == "source" else f"{name}: {kind}").replace('"', "#quot;")
        left, right = {"source": ("[", "]"), "output": ("(((", ")))"), "": ("((", "))")}[role]
        lines.append(f'  {index[name]}{left}"{text}"{right}')
    for link in network.links.values():
        ends = index[link.input_neuron.name], index[link.output_neuron.name]
        lines.append(f'  {ends[0]} -- "{number(link.weight.value, 3)}" --> {ends[1]}')
    lines += [f"  {index[start]} -.-> {index[end]}" for start, end in _factors(network)]
    return "\n".join(lines)


def to_cytoscape(network: Network) -> str:
    """JSON for Cytoscape, with all that `to_networkx` tells."""
    graph = to_networkx(network)
    for name, node in graph.nodes.items():
        node["name"] = name
    return json.dumps(nx.cytoscape_data(graph), indent=1)


def _factors(network: Network) -> list[tuple[str, str]]:
    """From each factor to its product."""
    return [
        (factor.name, product.neuron.name)
        for product in network.products
        for factor in dict.fromkeys(product.factors)
    ]


def _nodes(network: Network) -> list[tuple[str, str, str]]:
    """Name, activation and role of each neuron: "source", "output" or ""."""
    sources, outputs = {*network.inputs, *network.biases}, set(network.outputs)
    return [
        (
            name,
            neuron.activation.name,
            "source" if neuron in sources else "output" if neuron in outputs else "",
        )
        for name, neuron in network.neurons.items()
    ]


# ---- in -----------------------------------------------------------------------------------------


def xml_graph(read: Callable[[Any], nx.Graph], content: bytes, name: str) -> nx.Graph:
    """A graph from GraphML or GEXF, as `read` of networkx understands it."""
    if any(word in content[: 1 << 20].upper() for word in ENTITIES):
        raise FileFormatError(f"{name} defines entities of its own; no graph needs them")
    try:
        return read(io.BytesIO(content))
    except Exception as error:  # of the XML parser, and of networkx
        raise FileFormatError(f"{name} is no such graph: {error}") from None


def node_link_graph(content: bytes, name: str) -> nx.Graph:
    """A graph from node-link JSON, as networkx writes it (edges under ``links`` or ``edges``)."""
    values = storage.parse_json(content, name)
    key = "links" if isinstance(values, dict) and "links" in values else "edges"
    try:
        return nx.node_link_graph(values, directed=True, multigraph=False, edges=key)
    except Exception as error:
        raise FileFormatError(f"{name} is no node-link graph: {error!r}") from None


def edge_list_graph(content: bytes, name: str) -> nx.DiGraph:
    """A graph from lines ``x1 h1`` or ``x1 h1 0.5``, separated by blanks, tabs or commas."""
    graph = nx.DiGraph()
    for row, line in enumerate(_text(content, name).splitlines(), 1):
        cells = line.partition("#")[0].replace(",", " ").split()
        if cells:
            graph.add_edge(*_edge(cells, f"{name}, line {row}"))
            if len(cells) == 3:
                graph.edges[cells[0], cells[1]]["weight"] = _weight(cells[2], f"{name}, line {row}")
    return graph


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{name} is no text file: byte {error.start} is no UTF-8") from None


def _edge(cells: Sequence[str], where: str) -> Sequence[str]:
    if len(cells) not in (2, 3):
        raise FileFormatError(
            f"{where}: {shown(' '.join(cells))} is no link; write: from to weight"
        )
    return cells[:2]


def _weight(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FileFormatError(f"{where}: {shown(text)} is no weight") from None


def from_graph(
    graph: nx.Graph,
    name: str,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    activation: str | None = None,
    seed: int | None = 0,
) -> Network:
    """`lernpy.from_networkx`, with the candidates named where inputs or outputs are not declared."""
    graph = nx.DiGraph(graph) if graph.is_directed() and graph.is_multigraph() else graph
    if not graph.is_directed():
        raise FileFormatError(f"{name} has links without a direction; a network needs one each")
    for kind, names, degree in (
        ("input", inputs, graph.in_degree),
        ("output", outputs, graph.out_degree),
    ):
        if names is None and not nx.get_node_attributes(graph, kind):
            ends = [str(node) for node, count in degree() if count == 0 and str(node) != "bias"]
            raise LernpyError(
                f"{name} does not say which nodes are {kind}s; say --{kind}s {','.join(ends) or 'A,B'}, "
                f"in the order in which samples list them ({listed(ends)}: no link "
                f"{'leads to' if kind == 'input' else 'leaves'} them)"
            )
    how = {} if activation is None else {"activation": activation}
    return from_networkx(graph, inputs, outputs, seed=seed, **how)
