"""Networks in layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lernpy.build import arguments
from lernpy.build.edges import make_group
from lernpy.build.start import first_weights
from lernpy.checks import is_list, yes
from lernpy.errors import WiringError
from lernpy.functions import activations
from lernpy.functions.activations import Activation
from lernpy.functions.initializers import Initializer
from lernpy.link import Link
from lernpy.matrices import put_matrices
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.text import counted, shown
from lernpy.weight import Weight
from lernpy.wiring import many_objects

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def layered(
    sizes: Sequence[int],
    activation: str | Activation | Sequence[str | Activation] = "sigmoid",
    output_activation: str | Activation = "sigmoid",
    *,
    bias: bool = True,
    skip: bool = False,
    init: str | Initializer | None = None,
    seed: int | None = None,
    weights: Sequence[ArrayLike] | None = None,
    **settings: Any,
) -> Network:
    """A network in layers, each neuron linked with all of the next layer.

    Parameters
    ----------
    sizes : the number of neurons in each layer, inputs first, outputs last
    activation : of the hidden layers: one for all, or one for each
    output_activation : of the last layer; ``"softmax"`` makes the outputs one group
    bias : whether one bias neuron is linked with every neuron that is no input
    skip : whether every layer is linked with *all* later ones
    init, seed : how the weights start (see `draw_weights`); equal seeds, equal weights
    weights : matrices as `Network.matrices` gives them, (n_inputs + 1, n_outputs) of each two layers,
        the bias in the last row ((n_inputs, n_outputs) with bias=False); in place of init
    settings : loss, optimizer, learning_rate, l1, l2, maths ("portable" is slower: see `Network`)

    The inputs are called x1, x2, ..., the outputs y1, y2, ..., the hidden neurons h1, h2, ..., or
    h1_1, h1_2, ..., h2_1, ... where there are several hidden layers; the bias is called bias.

    >>> layered([2, 3, 1], activation="tanh", seed=0)
    <network: 2 inputs, 1 output, 7 neurons, 13 links, 13 weights>
    >>> len(layered([784, 15, 10], seed=0).weights)
    11935
    """
    bias, skip = yes("bias", bias), yes("skip", skip)
    sizes = arguments.sizes(sizes, skip)
    settings = arguments.settings(layered, settings)
    kinds = _activations(activation, output_activation, len(sizes))
    _check_weights(weights, init, skip)
    with many_objects():
        layers = [
            [Neuron(name, kind) for name in names]
            for names, kind in zip(_names(sizes), map(activations.get, kinds), strict=True)
        ]
        if arguments.is_softmax(output_activation):
            make_group(layers[-1])
        biases = [Neuron("bias", "one")] if bias else []
        links = [Link(source, target, Weight()) for source, target in _pairs(layers, biases, skip)]
        neurons = [*layers[0], *biases, *(neuron for layer in layers[1:] for neuron in layer)]
        network = Network(neurons, links, layers[0], layers[-1], **settings)
        first_weights(network, seed, init)
    if weights is not None:
        put_matrices(network, weights)
    return network


def _check_weights(weights: object, init: object, skip: bool) -> None:
    if weights is None:
        return
    if not is_list(weights):
        raise WiringError(f"the weights are a list of matrices, one a layer, not {shown(weights)}")
    for other, name in ((init is not None, "init"), (skip, "skip")):
        if other:
            raise WiringError(f"weights and {name} do not go together; leave one of them out")


def _activations(activation: Any, output: Any, depth: int) -> list[Any]:
    hidden: list[Any] = list(activation) if is_list(activation) else [activation] * (depth - 2)
    if len(hidden) != depth - 2:
        raise WiringError(
            f"there {'is' if depth == 3 else 'are'} {counted(depth - 2, 'hidden layer')}, "
            f"but {counted(len(hidden), 'activation')}; "
            "give one for each, or one name for all"
        )
    if any(isinstance(kind, str) and kind == "one" for kind in (*hidden, output)):
        raise WiringError(
            "the activation 'one' is that of the bias; a layer of it would learn nothing"
        )
    return ["identity", *hidden, "identity" if arguments.is_softmax(output) else output]


def _names(sizes: Sequence[int]) -> Iterator[list[str]]:
    yield [f"x{i}" for i in range(1, sizes[0] + 1)]
    for layer, size in enumerate(sizes[1:-1], 1):
        prefix = "h" if len(sizes) == 3 else f"h{layer}_"
        yield [f"{prefix}{i}" for i in range(1, size + 1)]
    yield [f"y{i}" for i in range(1, sizes[-1] + 1)]


def _pairs(
    layers: list[list[Neuron]], biases: list[Neuron], skip: bool
) -> Iterator[tuple[Neuron, Neuron]]:
    """Source and target of each link, layer by layer."""
    for index, targets in enumerate(layers[1:], 1):
        for source in biases:
            yield from ((source, target) for target in targets)
        for layer in layers[0 if skip else index - 1 : index]:
            for source in layer:
                yield from ((source, target) for target in targets)
