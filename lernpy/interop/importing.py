"""What becomes a network, by the ending of the file; a pickle is refused unread."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import networkx as nx

from lernpy import files, storage
from lernpy.errors import FileFormatError, LernpyError
from lernpy.interop import graphs
from lernpy.interop.from_keras import from_keras
from lernpy.interop.from_onnx import from_onnx
from lernpy.interop.from_sklearn import from_skops
from lernpy.interop.safetensors import from_safetensors
from lernpy.network import Network
from lernpy.text import listed

PICKLES = {
    **dict.fromkeys(
        (".pt", ".pth", ".ckpt"), "safetensors.torch.save_file(model.state_dict(), ...)"
    ),
    **dict.fromkeys((".pkl", ".pickle", ".joblib"), "skops.io.dump(model, 'model.skops')"),
}
GRAPHS = ("inputs", "outputs", "activation", "seed")


def _xml(read: Callable[[Any], nx.Graph]) -> Callable[..., Network]:
    return lambda content, name, **how: graphs.from_xml(read, content, name, **how)


READERS: dict[str, tuple[Callable[..., Network], tuple[str, ...]]] = {
    ".onnx": (from_onnx, ()),
    ".safetensors": (from_safetensors, ("activation",)),
    ".keras": (from_keras, ()),
    ".graphml": (_xml(nx.read_graphml), GRAPHS),
    ".gexf": (_xml(nx.read_gexf), GRAPHS),
    ".json": (graphs.from_node_link, GRAPHS),
    ".edges": (graphs.from_edge_list, GRAPHS),
    ".edgelist": (graphs.from_edge_list, GRAPHS),
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
    name = os.fspath(path)
    ending = os.path.splitext(name.lower())[1]
    if ending in PICKLES:
        raise FileFormatError(
            f"{name} is a pickle, which can run anything when it is opened, so it is not; write the model "
            f"with {PICKLES[ending]}"
        )
    if ending == ".skops":
        return from_skops(name)
    if ending not in READERS:
        known = [*READERS, ".skops"]
        raise LernpyError(f"{name}: lernpy imports files that end in {listed(known, last='or')}")
    read, options = READERS[ending]
    asked = {"inputs": inputs, "outputs": outputs, "activation": activation, "seed": seed}
    for option, value in asked.items():
        if value is not None and option not in options:
            raise LernpyError(
                f"--{option} is not for {ending}, which tells it itself; leave it out"
            )
    how = {option: value for option, value in asked.items() if value is not None}
    content = storage.read_bytes(name)
    if ending == ".json" and b'"lernpy-network"' in content[:200]:
        return files.load(name)
    return read(content, name, **how)
