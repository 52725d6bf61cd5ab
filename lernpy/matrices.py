"""A network in layers as matrices, and matrices into a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.errors import ShapeError, WiringError
from lernpy.link import Link
from lernpy.text import counted, shown
from lernpy.wiring import members

if TYPE_CHECKING:
    from lernpy.neuron import Neuron
    from lernpy.wired import Wired


def matrices_of(network: Wired) -> list[np.ndarray]:
    """The weights between each two layers: see `Network.matrices`."""
    return [
        np.array([[link.weight.value for link in row] for row in block])
        for block in blocks(network)
    ]


def put_matrices(network: Wired, matrices: Any) -> None:
    """Give the weights of a network in layers the values of matrices in the form of `matrices_of`."""
    links = blocks(network)
    tables = [_table(at, matrix) for at, matrix in enumerate(matrices)]
    wanted = [(len(block), len(block[0])) for block in links]
    if [table.shape for table in tables] != wanted:
        raise ShapeError(
            f"the weights are matrices of shapes {[table.shape for table in tables]}, but the layers "
            f"take {wanted}: a row for each neuron that the links come from, the bias last"
        )
    for block, table in zip(links, tables, strict=True):
        for row, values in zip(block, table.tolist(), strict=True):
            for link, value in zip(row, values, strict=True):
                link.weight.value = value


def _table(at: int, matrix: Any) -> np.ndarray:
    try:
        table = np.array(matrix)
        table = table.astype(float, casting="same_kind" if table.dtype.kind == "c" else "unsafe")
    except (TypeError, ValueError):
        raise ShapeError(
            f"weights[{at}] is {shown(matrix)}, which is no matrix of numbers"
        ) from None
    if not np.isfinite(table).all():
        raise ShapeError(f"weights[{at}] has a number that is not finite")
    return table


def blocks(network: Wired) -> list[list[list[Link]]]:
    """Between each two layers the links, row by row; a network that is not in layers is refused."""
    layers = layers_of(network)
    taken = 0
    matrices = []
    for sources, targets in pairwise(layers):
        rows = [*sources, *_biases(network, targets)]
        matrices.append([[_link(network, source, target) for target in targets] for source in rows])
        taken += len(rows) * len(targets)
    if taken < len(network.links):
        inside = {link for block in matrices for row in block for link in row}
        link = next(link for link in network.links.values() if link not in inside)
        raise WiringError(f"{link.name} skips a layer, {ONLY_LAYERS}")
    return matrices


ONLY_LAYERS = (
    "and matrices are for networks in layers, each neuron linked with all of the next layer; "
    "network.links has the weights of any"
)


def layers_of(network: Wired) -> list[list[Neuron]]:
    """Inputs, hidden layers, outputs, each in declared order; biases are in no layer."""
    apart = {*network.inputs, *network.biases}
    layers = [list(network.inputs)]
    for units in network.generations[1:]:
        inside = {member for unit in units for member in members(unit)} - apart
        layers.append([neuron for neuron in network.neurons.values() if neuron in inside])
    if set(layers[-1]) != set(network.outputs):
        early = next(
            (neuron for neuron in network.outputs if neuron not in layers[-1]), layers[-1][0]
        )
        raise WiringError(f"{early.name} makes the outputs no layer of their own, {ONLY_LAYERS}")
    return [*layers[:-1], list(network.outputs)]


def _biases(network: Wired, targets: Sequence[Neuron]) -> list[Neuron]:
    """The bias of a layer, if it has one."""
    reaching = [
        bias
        for bias in network.biases
        if any((bias.name, target.name) in network.links for target in targets)
    ]
    if len(reaching) > 1:
        names = " and ".join(bias.name for bias in reaching)
        raise WiringError(
            f"{names} are {counted(len(reaching), 'bias')} of one layer, {ONLY_LAYERS}"
        )
    return reaching


def _link(network: Wired, source: Neuron, target: Neuron) -> Link:
    if (source.name, target.name) not in network.links:
        raise WiringError(f"there is no link {source.name} -> {target.name}, {ONLY_LAYERS}")
    return network.links[source.name, target.name]
