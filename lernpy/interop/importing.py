"""What becomes a network, by the ending of the file; a pickle is refused unread."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import networkx as nx

from lernpy import files, storage
from lernpy.build.interchange import SETTINGS
from lernpy.errors import FileFormatError, LernpyError
from lernpy.interop import graphs
from lernpy.interop.from_keras import from_keras
from lernpy.interop.from_onnx import from_onnx
from lernpy.interop.from_sklearn import from_skops
from lernpy.interop.safetensors import from_safetensors
from lernpy.network import Network
from lernpy.text import listed, number

PICKLES = {
    **dict.fromkeys(
        (".pt", ".pth", ".ckpt"), "safetensors.torch.save_file(model.state_dict(), ...)"
    ),
    **dict.fromkeys((".pkl", ".pickle", ".joblib"), "skops.io.dump(model, 'model.skops')"),
}
GRAPHS = ("inputs", "outputs", "activation", "seed")


def _graph(read: Callable[[bytes, str], nx.Graph]) -> Callable[..., Imported]:
    """The reader of a kind of graph, which may leave out how the network learns."""

    def reader(content: bytes, name: str, **how: Any) -> Imported:
        graph = read(content, name)
        untold = [setting for setting in SETTINGS if setting not in graph.graph]
        return Imported(graphs.from_graph(graph, name, **how), untold)

    return reader


class Imported(NamedTuple):
    """A network, and which of its settings the file did not tell: it has the usual ones."""

    network: Network
    untold: list[str]

    def __str__(self) -> str:
        values = [f"{name} {_shown(getattr(self.network, name))}" for name in self.untold]
        return f"what the file does not tell is as usual: {listed(values)}"


def _shown(setting: Any) -> str:
    return number(setting) if isinstance(setting, float | int) else setting.name


READERS: dict[str, tuple[Callable[..., Network | Imported], tuple[str, ...]]] = {
    ".onnx": (from_onnx, ()),
    ".safetensors": (from_safetensors, ("activation",)),
    ".keras": (from_keras, ()),
    ".graphml": (_graph(partial(graphs.xml_graph, nx.read_graphml)), GRAPHS),
    ".gexf": (_graph(partial(graphs.xml_graph, nx.read_gexf)), GRAPHS),
    ".json": (_graph(graphs.node_link_graph), GRAPHS),
    ".edges": (_graph(graphs.edge_list_graph), GRAPHS),
    ".edgelist": (_graph(graphs.edge_list_graph), GRAPHS),
}


def import_network(
    path: str | os.PathLike[str],
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    activation: str | None = None,
    seed: int | None = None,
) -> Network:
    """A network from a file of somebody else's: ONNX, .keras, safetensors, skops, or a graph.

    Parameters
    ----------
    inputs, outputs : names of nodes, for graphs that do not declare them
    activation : where the file does not tell one: of hidden layers, or of a graph's nodes
    seed : how the weights of a graph without any start

    Raises
    ------
    FileFormatError
        If it is not what its ending says, or has something that no network can be; it is named.

    >>> import lernpy
    >>> from lernpy.interop.exporting import export
    >>> _ = export(lernpy.build.by_hand(), "net.safetensors")
    >>> import_network("net.safetensors")
    <network: 1 input, 1 output, 4 neurons, 3 links, 3 weights>
    """
    return imported(path, inputs=inputs, outputs=outputs, activation=activation, seed=seed).network


def imported(path: str | os.PathLike[str], **asked: Any) -> Imported:
    """`import_network`, and what a graph did not tell of how it learns."""
    name = os.fspath(path)
    ending = os.path.splitext(name.lower())[1]
    if ending in PICKLES:
        raise FileFormatError(
            f"{name} is a pickle, which can run anything when it is opened, so it is not; write the model "
            f"with {PICKLES[ending]}"
        )
    if ending == ".skops":
        return Imported(from_skops(name), [])
    if ending not in READERS:
        known = [*READERS, ".skops"]
        raise LernpyError(f"{name}: lernpy imports files that end in {listed(known, last='or')}")
    read, options = READERS[ending]
    for option, value in asked.items():
        if value is not None and option not in options:
            raise LernpyError(
                f"--{option} is not for {ending}, which tells it itself; leave it out"
            )
    how = {option: value for option, value in asked.items() if value is not None}
    content = storage.read_bytes(name)
    if ending == ".json" and b'"lernpy-network"' in content[:200]:
        return Imported(files.load(name), [])
    made = read(content, name, **how)
    return made if isinstance(made, Imported) else Imported(made, [])
