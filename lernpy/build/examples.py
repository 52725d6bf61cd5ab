"""Worked examples: the nets whose numbers one can follow on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lernpy.build import arguments
from lernpy.build.edges import from_edges
from lernpy.network import Network
from lernpy.registry import Named


class Example(NamedTuple):
    """A net and the sample that goes with it.

    >>> network, inputs, targets = EXAMPLES["sign"]()
    >>> network.learn(inputs, targets)
    0.58
    """

    network: Network
    inputs: list[float]
    targets: list[float]


def by_hand() -> Network:
    """x -> h -> y with a bias at h: small enough for one sheet of paper.

    >>> network = by_hand()
    >>> loss = network.learn([1], [1])
    >>> [round(weight.value, 4) for weight in network.weights]
    [0.4968, 0.2468, -0.9899]
    """
    edges = [("x", "h", 0.5), ("bias", "h", 0.25), ("h", "y", -1.0)]
    return from_edges(edges, ["x"], ["y"], learning_rate=0.1, seed=0)


def two_two_two() -> Network:
    """The worked example of many courses: two inputs, two hidden neurons, two outputs.

    Inputs .05 and .10, targets .01 and .99; sigmoid, squared error, rate .5; biases .35 and .60
    stay as they are.

    >>> network = two_two_two()
    >>> round(network.learn([0.05, 0.10], [0.01, 0.99]), 9)
    0.298371109
    >>> round(network.links["x1", "h1"].weight.value, 9)
    0.149780716
    """
    edges = [
        *(("x1", "h1", 0.15), ("x2", "h1", 0.20), ("x1", "h2", 0.25), ("x2", "h2", 0.30)),
        *(("h1", "y1", 0.40), ("h2", "y1", 0.45), ("h1", "y2", 0.50), ("h2", "y2", 0.55)),
        *(("bias", "h1", 0.35), ("bias", "h2", 0.35), ("bias", "y1", 0.60), ("bias", "y2", 0.60)),
    ]
    network = from_edges(edges, ["x1", "x2"], ["y1", "y2"], learning_rate=0.5, seed=0)
    for name in ("h1", "h2", "y1", "y2"):
        network.links["bias", name].weight.freeze()
    return network


def cancel() -> Network:
    """Two paths whose blame cancels: h -> y1 weighs +1, h -> y2 weighs -1.

    >>> network = cancel()
    >>> loss = network.learn([1], [0, -2])
    >>> [network.neurons[name].sensitivity for name in ("y1", "y2", "h")]
    [1.0, 1.0, 0.0]
    """
    return _plain([("x", "h", 1.0), ("h", "y1", 1.0), ("h", "y2", -1.0)], ["y1", "y2"])


def sign() -> Network:
    """Both outputs are too high, and yet h1 should say more: a negative weight turns the sign.

    >>> network = sign()
    >>> loss = network.learn([1], [0, -1])
    >>> [round(network.neurons[name].sensitivity, 2) for name in ("y1", "y2", "h1", "h2")]
    [1.0, 0.4, -0.16, 0.92]
    """
    edges = [
        *(("x", "h1", 1.0), ("x", "h2", 1.0), ("h1", "y1", 0.2), ("h1", "y2", -0.9)),
        *(("h2", "y1", 0.8), ("h2", "y2", 0.3)),
    ]
    return _plain(edges, ["y1", "y2"])


def skip() -> Network:
    """Links that skip generations: from x four paths lead to y, and the blame of all adds.

    >>> network = skip()
    >>> loss = network.learn([1], [0])
    >>> {name: neuron.sensitivity for name, neuron in network.neurons.items()}
    {'x': 16.0, 'a': 8.0, 'b': 4.0, 'y': 4.0}
    """
    pairs = [("x", "a"), ("x", "b"), ("x", "y"), ("a", "b"), ("a", "y"), ("b", "y")]
    return _plain([(start, end, 1.0) for start, end in pairs], ["y"])


def _plain(edges: Sequence[tuple[str, str, float]], outputs: list[str]) -> Network:
    """A net without activations or biases: only weights stand between the numbers."""
    return from_edges(edges, ["x"], outputs, activation="identity", learning_rate=0.1, seed=0)


EXAMPLES: Named[Callable[[], Example]] = Named(
    "worked example",
    {
        "by-hand": lambda: Example(by_hand(), [1.0], [1.0]),
        "two-two-two": lambda: Example(two_two_two(), [0.05, 0.10], [0.01, 0.99]),
        "cancel": lambda: Example(cancel(), [1.0], [0.0, -2.0]),
        "sign": lambda: Example(sign(), [1.0], [0.0, -1.0]),
        "skip": lambda: Example(skip(), [1.0], [0.0]),
    },
)


def lernmi(sizes: Sequence[int]) -> Network:
    """A network as Lernmi, the Ruby project, sets it up.

    Sigmoid everywhere, the inputs included; in each layer but the last a bias neuron; weights
    uniform in [-0.5, 0.5) from the Mersenne twister, seed 1, restarted for each pair of layers;
    rate 0.1, squared error.

    >>> [round(weight.value, 6) for weight in lernmi([1, 1]).weights]
    [0.220324, -0.082978]
    """
    sizes = arguments.sizes(sizes)
    kinds = ["x", *("h" if len(sizes) == 3 else f"h{i}_" for i in range(1, len(sizes) - 1)), "y"]
    layers = [
        [f"{kind}{i}" for i in range(1, size + 1)] for kind, size in zip(kinds, sizes, strict=True)
    ]
    edges: list[tuple[str, str, float]] = []
    biases = [f"bias{i}" for i in range(1, len(sizes))]
    for bias, (sources, targets) in zip(biases, pairwise(layers), strict=True):
        pairs = [(source, target) for source in [bias, *sources] for target in targets]
        values = np.random.RandomState(1).random_sample(len(pairs)) - 0.5
        edges += [(u, v, value) for (u, v), value in zip(pairs, values.tolist(), strict=True)]
    return from_edges(
        edges,
        layers[0],
        layers[-1],
        biases=biases,
        activations=dict.fromkeys(layers[0], "sigmoid"),
        learning_rate=0.1,
        seed=1,
    )
