"""Cells that are known by name: each is a network for one step, for `lernpy.unroll` to repeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from lernpy.build import arguments
from lernpy.build.edges import from_edges
from lernpy.build.unrolling import Cell
from lernpy.errors import WiringError
from lernpy.functions.activations import Activation
from lernpy.functions.initializers import Initializer
from lernpy.registry import Registry

Edges = list[tuple[str, str]]
CELLS: Registry[Callable[..., Cell]] = Registry("cell")


def elman(
    sizes: Sequence[int],
    activation: str | Activation = "tanh",
    output_activation: str | Activation = "identity",
    *,
    bias: bool = True,
    init: str | Initializer | None = None,
    seed: int | None = None,
    **settings: Any,
) -> Cell:
    """Elman's cell: each hidden neuron is linked with its whole layer of the step before.

    Parameters
    ----------
    sizes : inputs of a step, hidden neurons (one number for each layer), outputs of a step
    activation, output_activation : of the hidden neurons, of the outputs
    bias, init, seed : as in `lernpy.layered`
    settings : loss, optimizer, learning_rate, l1, l2, maths (see `Network`)

    The state h1 of the step before is the input ``h1_before``.
    J. L. Elman, Finding Structure in Time, Cognitive Science 14 (1990).

    >>> cell = elman([1, 2, 1], seed=0)
    >>> dict(cell.state), len(cell.network.links)
    ({'h1_before': 'h1', 'h2_before': 'h2'}, 11)
    """
    settings = arguments.settings(elman, settings)
    inputs, *hidden, outputs = layers = _layer_names(sizes)
    edges: Edges = []
    for sources, targets in pairwise(layers):
        own = [f"{name}_before" for name in targets if targets is not outputs]
        edges += all_pairs([*(["bias"] if bias else []), *sources, *own], targets)
    return cell_of(
        edges,
        inputs,
        [name for layer in hidden for name in layer],
        outputs,
        activation=activation,
        output_activation=output_activation,
        init=init,
        seed=seed,
        **settings,
    )


def _layer_names(sizes: Sequence[int]) -> list[list[str]]:
    """The names of a cell's neurons: x1, x2, ...; h1, ... or h1_1, ...; y1, y2, ..."""
    sizes = arguments.sizes(sizes)
    if len(sizes) < 3:
        raise WiringError(
            f"the layers of the cell are {sizes}; give inputs, hidden neurons and outputs"
        )
    kinds = ["x", *("h" if len(sizes) == 3 else f"h{i}_" for i in range(1, len(sizes) - 1)), "y"]
    return [
        [f"{kind}{i}" for i in range(1, size + 1)] for kind, size in zip(kinds, sizes, strict=True)
    ]


def all_pairs(sources: Sequence[str], targets: Sequence[str]) -> Edges:
    return [(source, target) for source in sources for target in targets]


def cell_of(
    edges: Edges, inputs: list[str], hidden: list[str], outputs: list[str], **settings: Any
) -> Cell:
    """The cell with these links, in which each hidden neuron remembers itself."""
    state = {f"{name}_before": name for name in hidden}
    return Cell(from_edges(edges, [*inputs, *state], outputs, **settings), state)


CELLS.add("elman", elman)
