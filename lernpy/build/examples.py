"""Worked examples: the nets whose numbers one can follow on paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from lernpy.build import arguments
from lernpy.build.edges import from_edges
from lernpy.network import Network


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
