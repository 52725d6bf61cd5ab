"""Cells that are known by name: each is a network for one step, for `lernpy.unroll` to repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from lernpy.build import arguments
from lernpy.build.edges import from_edges
from lernpy.build.unrolling import Cell
from lernpy.checks import finite, yes
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
    settings : loss, optimizer, learning_rate, l1, l2, maths ("portable" is slower: see `Network`)

    The state h1 of the step before is the input ``h1_before``.
    J. L. Elman, Finding Structure in Time, Cognitive Science 14 (1990).

    >>> cell = elman([1, 2, 1], seed=0)
    >>> dict(cell.state), len(cell.network.links)
    ({'h1_before': 'h1', 'h2_before': 'h2'}, 11)
    """
    settings, bias = arguments.settings(elman, settings), yes("bias", bias)
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


def lstm(
    sizes: Sequence[int],
    output_activation: str | Activation = "identity",
    *,
    forget_bias: float = 1.0,
    init: str | Initializer | None = None,
    seed: int | None = None,
    **settings: Any,
) -> Cell:
    """Long short-term memory: what a cell keeps, takes in and shows is decided by gates.

    By unit 1: gates i1 (in), f1 (forget), o1 (out) and the candidate g1 are fed by the inputs and by all
    h of the step before; c1 = f1 · c1 before + i1 · g1; h1 = o1 · tanh(c1). The products fc1, ig1 and h1
    are neurons, and so is t1 = tanh(c1); links between them have the weight 1 and do not learn.

    Parameters
    ----------
    sizes : inputs of a step, units (one number for each layer), outputs of a step
    forget_bias : the bias of the forget gates at the start; at 1 they are open, and blame comes far back
    init, seed, settings : as in `lernpy.layered`

    S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997); with the forget gate
    of F. Gers et al. (2000), as PyTorch has it.

    >>> cell = lstm([1, 2, 1], seed=0)
    >>> cell.network.products[0], dict(cell.state)["c1_before"], len(cell.network.neurons)
    (<product fc1 = f1 × c1_before>, 'c1', 25)
    """
    made = _Gated(lstm, sizes, {"i": "sigmoid", "f": "sigmoid", "g": "tanh", "o": "sigmoid"})
    for unit, fed in made.units():
        made.feed([f"{gate}{unit}" for gate in "ifgo"], fed)
        made.product(f"fc{unit}", f"f{unit}", made.before(f"c{unit}"))
        made.product(f"ig{unit}", f"i{unit}", f"g{unit}")
        made.sum(f"c{unit}", {f"fc{unit}": 1.0, f"ig{unit}": 1.0})
        made.sum(f"t{unit}", {f"c{unit}": 1.0}, "tanh")
        made.product(f"h{unit}", f"o{unit}", f"t{unit}")
    forget_bias = finite("bias of the forget gates", forget_bias)
    cell = made.cell(output_activation, init, seed, settings)
    for unit, _ in list(made.units()):
        cell.network.links["bias", f"f{unit}"].weight.value = forget_bias
    return cell


def gru(
    sizes: Sequence[int],
    output_activation: str | Activation = "identity",
    *,
    init: str | Initializer | None = None,
    seed: int | None = None,
    **settings: Any,
) -> Cell:
    """The gated recurrent unit: one state, and a gate that mixes what it was with what it could become.

    By unit 1: gates r1 (reset) and z1 (stay) are fed by the inputs and by all h of the step before; so is
    n1 = tanh(inputs + r1 · a1), where a1 is what all h bring; h1 = n1 - z1 · n1 + z1 · h1 before. The
    products ra1, zn1 and zh1 are neurons; links of weight 1 and -1 between them do not learn.

    The arguments are those of `lstm`. K. Cho et al. (2014), as PyTorch has it.

    >>> gru([1, 2, 1], seed=0).network.products[0]
    <product ra1 = r1 × a1>
    """
    made = _Gated(gru, sizes, {"r": "sigmoid", "z": "sigmoid", "a": "identity", "n": "tanh"})
    for unit, fed in made.units():
        own = [name for name in fed if name.endswith("_before")]
        made.feed([f"r{unit}", f"z{unit}"], fed)
        made.feed([f"a{unit}"], own)
        made.feed([f"n{unit}"], [name for name in fed if name not in own])
        made.product(f"ra{unit}", f"r{unit}", f"a{unit}")
        made.sum(f"n{unit}", {f"ra{unit}": 1.0}, "tanh")
        made.product(f"zn{unit}", f"z{unit}", f"n{unit}")
        made.product(f"zh{unit}", f"z{unit}", made.before(f"h{unit}"))
        made.sum(f"h{unit}", {f"n{unit}": 1.0, f"zn{unit}": -1.0, f"zh{unit}": 1.0})
    return made.cell(output_activation, init, seed, settings)


class _Gated:
    """The links and products of a cell with gates, while they are made."""

    def __init__(self, builder: Any, sizes: Sequence[int], kinds: dict[str, str]) -> None:
        self.builder, self.kinds = builder, kinds
        self.inputs, *self.hidden, self.outputs = _layer_names(sizes)
        self.edges: list[tuple[Any, ...]] = []
        self.products: dict[str, list[str]] = {}
        self.activations: dict[str, str] = {}
        self.states: dict[str, str] = {}

    def units(self) -> Iterator[tuple[str, list[str]]]:
        """Each unit ("1", or "1_1" of the first of several layers), and what it is fed."""
        fed = self.inputs
        for layer in self.hidden:
            own = [self.before(name) for name in layer]
            yield from ((name[1:], [*fed, *own]) for name in layer)
            fed = layer

    def before(self, name: str) -> str:
        """The input that remembers a neuron."""
        self.states[f"{name}_before"] = name
        return f"{name}_before"

    def feed(self, gates: Sequence[str], fed: Sequence[str]) -> None:
        """Links that learn, and a bias, to gates."""
        for gate in gates:
            self.activations[gate] = self.kinds[gate[0]]
        self.edges += all_pairs(["bias", *fed], gates)

    def product(self, name: str, *factors: str) -> None:
        self.products[name] = list(factors)

    def sum(self, name: str, weights: dict[str, float], activation: str = "identity") -> None:
        """Links that do not learn."""
        self.activations[name] = activation
        self.edges += [(source, name, weight) for source, weight in weights.items()]

    def cell(self, output_activation: Any, init: Any, seed: Any, settings: dict[str, Any]) -> Cell:
        settings = arguments.settings(self.builder, settings)
        last = self.hidden[-1]
        network = from_edges(
            [*self.edges, *all_pairs(["bias", *last], self.outputs)],
            [*self.inputs, *self.states],
            self.outputs,
            activations=self.activations,
            products=self.products,
            output_activation=output_activation,
            init=init,
            seed=seed,
            **settings,
        )
        for source, target, *weight in self.edges:
            if weight:
                network.links[source, target].weight.freeze()
        return Cell(network, self.states)


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


for _make in (elman, gru, lstm):
    CELLS.add(_make.__name__, _make)
