"""Networks from a list of links: any wiring without loops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lernpy.build import arguments
from lernpy.build.start import first_weights
from lernpy.checks import finite, is_list
from lernpy.errors import WiringError
from lernpy.functions.activations import Activation
from lernpy.functions.initializers import Initializer
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.registry import unknown
from lernpy.text import shown
from lernpy.weight import Weight
from lernpy.wiring import many_objects


def from_edges(
    edges: Iterable[Sequence[Any]],
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    biases: Sequence[str] = ("bias",),
    activation: str | Activation = "sigmoid",
    output_activation: str | Activation | None = None,
    activations: Mapping[str, str | Activation] | None = None,
    softmax: Iterable[Sequence[str]] = (),
    products: Mapping[str, Sequence[str]] | None = None,
    init: str | Initializer | None = None,
    seed: int | None = None,
    **settings: Any,
) -> Network:
    """A network from its links.

    Parameters
    ----------
    edges : pairs (from, to), or triples (from, to, weight) where the start weight is known
    inputs, outputs : names, in the order in which samples and targets list their values
    biases : names of neurons that always say 1; none is added by itself
    activation : of every neuron that has none of its own; inputs are identity
    output_activation : of the outputs, if it differs; ``"softmax"`` makes them one group
    activations : by name, for single neurons (an input may be made to squash, too)
    softmax : groups of names whose outputs shall be the shares of one whole
    products : neurons whose output is the product of others': ``{"passed": ["gate", "value"]}``
    init, seed : how the other weights start (see `draw_weights`)
    settings : loss, optimizer, learning_rate, l1, l2, maths ("portable" is slower: see `Network`)

    Raises
    ------
    WiringError
        On a loop, an unreachable neuron, a link into an input, two links between the same neurons.

    >>> edges = [("x", "h"), ("bias", "h"), ("h", "y"), ("x", "y")]
    >>> from_edges(edges, inputs=["x"], outputs=["y"], seed=0)
    <network: 1 input, 1 output, 4 neurons, 4 links, 4 weights>
    """
    settings = arguments.settings(from_edges, settings)
    edges = _edges(edges)
    inputs, outputs = arguments.name_list("inputs", inputs), arguments.name_list("outputs", outputs)
    biases, groups = arguments.name_list("biases", biases), arguments.groups(softmax)
    if isinstance(activation, Mapping):
        raise WiringError("activation is one for all; for single neurons write activations={...}")
    factors = _factors(products)
    ends = [end for edge in edges for end in edge[:2]]
    ends += [name for product, of in factors.items() for name in (*of, product)]
    names = list(dict.fromkeys([*inputs, *ends]))
    special = _special(activations, names)
    kinds: dict[str, Any] = dict.fromkeys(names, activation)
    if output_activation is not None and not arguments.is_softmax(output_activation):
        kinds.update(dict.fromkeys(outputs, output_activation))
    kinds.update(dict.fromkeys(inputs, "identity"))
    kinds.update({name: "one" for name in biases if name in kinds})
    kinds.update(special)
    with many_objects():
        neurons = {name: Neuron(name, kinds[name]) for name in names}
        for group in [*groups, *([outputs] if arguments.is_softmax(output_activation) else [])]:
            make_group([_find(name, neurons) for name in group])
        for name, of in factors.items():
            make_product(neurons[name], [neurons[factor] for factor in of])
        links = [Link(neurons[u], neurons[v], Weight()) for u, v, _ in edges]
        network = Network(
            neurons.values(),
            links,
            [_find(name, neurons) for name in inputs],
            [_find(name, neurons) for name in outputs],
            **settings,
        )
        first_weights(network, seed, init)
        for link, (_, _, value) in zip(links, edges, strict=True):
            if value is not None:
                link.weight.value = value
    return network


def _edges(edges: Any) -> list[tuple[str, str, float | None]]:
    if not is_list(edges):
        raise WiringError(f"the links are a list of pairs (from, to), not {shown(edges)}")
    return [_edge(edge) for edge in edges]


def _special(activations: Any, names: Sequence[str]) -> Mapping[str, str | Activation]:
    """The activations of single neurons, which must be there."""
    special: Mapping[str, str | Activation] = {} if activations is None else activations
    if not isinstance(special, Mapping):
        raise WiringError(f"activations are by name: {{'h': 'tanh'}}, not {shown(activations)}")
    for name in special:
        if name not in names:
            raise unknown("neuron", name, names)
    return special


def _factors(products: Any) -> dict[str, list[str]]:
    """The factors of each product, by its name."""
    if not isinstance(products, (Mapping, type(None))):
        raise WiringError(
            f"products are by name: {{'passed': ['gate', 'value']}}, not {shown(products)}"
        )
    factors = {
        name: arguments.name_list("factors of a product", of)
        for name, of in (products or {}).items()
    }
    for name in (*factors, *(factor for of in factors.values() for factor in of)):
        if not isinstance(name, str):
            raise WiringError(f"a product has a name, and names its factors, not {shown(name)}")
    return factors


def _edge(edge: Sequence[Any]) -> tuple[str, str, float | None]:
    if not is_list(edge) or not hasattr(edge, "__len__") or len(edge) not in (2, 3):
        raise WiringError(f"a link is a pair (from, to) or (from, to, weight), not {edge!r:.60}")
    edge = tuple(edge)
    if not all(isinstance(end, str) for end in edge[:2]):
        raise WiringError(f"a link joins two names; got {edge!r:.60}")
    if len(edge) == 2:
        return edge[0], edge[1], None
    return edge[0], edge[1], finite(f"weight of {edge[0]} -> {edge[1]}", edge[2])


def _find(name: str, neurons: Mapping[str, Neuron]) -> Neuron:
    if name not in neurons:
        raise unknown("neuron", name, neurons)
    return neurons[name]


def make_group(members: Sequence[Neuron]) -> None:
    """Make a softmax group of neurons that are in none."""
    for member in members:
        if isinstance(member.activation, Group):
            raise WiringError(f"{member.name!r} is in two softmax groups; leave it out of one")
    if len(members) == 1:
        raise WiringError(f"{members[0].name!r} {arguments.LONELY}")
    if len(set(members)) < len(members):
        raise WiringError("a softmax group names a neuron twice; name it once")
    Group(members)


def make_product(neuron: Neuron, factors: Sequence[Neuron]) -> None:
    """Make a neuron the product of others."""
    if isinstance(neuron.activation, Group):
        raise WiringError(
            f"{neuron.name!r} is a product and in a softmax group; it can be one of both"
        )
    Product(neuron, factors)
