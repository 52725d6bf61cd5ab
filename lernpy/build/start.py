"""Where the weights start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lernpy.functions import initializers
from lernpy.functions.initializers import Initializer
from lernpy.samples import whole

if TYPE_CHECKING:
    from lernpy.link import Link
    from lernpy.network import Network

RELU_LIKE = {"relu", "leaky_relu", "elu", "gelu", "softplus"}


def draw_weights(
    network: Network, seed: int | None = None, init: str | Initializer | None = None
) -> None:
    """Draw every weight anew, initialiser by initialiser in the order of `network.weights`.

    Without `init`, he_normal before ReLU-like activations and glorot_uniform otherwise. The fans
    are those of the weight's first link, biases left out. Weights of biases become 0; frozen
    weights stay. The optimiser's memory of the others is cleared.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> before = network.weights[3].value
    >>> lernpy.build.draw_weights(network, seed=0)
    >>> network.weights[3].value == before
    True
    """
    network.seed = seed = fresh_seed() if seed is None else whole("seed", seed)
    rng = np.random.default_rng(seed)
    firsts = first_links(network)
    drawn = [link for link in firsts if link.input_neuron.activation.name != "one"]
    by_rule: dict[str | Initializer, list[Link]] = {}
    for link in drawn:
        by_rule.setdefault(init or default_for(link), []).append(link)
    for link in firsts:
        _start(link, 0.0)
    for rule, links in by_rule.items():
        fan_in, fan_out = fans(network, links)
        values = initializers.get(rule)(rng, fan_in, fan_out, len(links))
        for link, value in zip(links, values.tolist(), strict=True):
            _start(link, value)


def fresh_seed() -> int:
    """A seed nobody chose, small enough to be written down and used again."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def default_for(link: Link) -> str:
    """The name of the initialiser that suits the activation the link leads to."""
    relu_like = link.output_neuron.activation.name in RELU_LIKE
    return "he_normal" if relu_like else "glorot_uniform"


def first_links(network: Network) -> list[Link]:
    """For each distinct weight the first link that holds it, in order."""
    found: dict[int, Link] = {}
    for link in network.links.values():
        found.setdefault(id(link.weight), link)
    return list(found.values())


def fans(network: Network, links: list[Link]) -> tuple[np.ndarray, np.ndarray]:
    """How many links end where each of these ends, and start where it starts; biases left out."""
    biases = {bias.name for bias in network.biases}
    graph = network.graph
    from_bias = dict.fromkeys(graph, 0)
    for bias in biases:
        for name in graph.succ[bias]:
            from_bias[name] += 1
    fan_in = [
        len(graph.pred[link.output_neuron.name]) - from_bias[link.output_neuron.name]
        for link in links
    ]
    fan_out = [len(graph.succ[link.input_neuron.name]) for link in links]
    return np.array(fan_in, float), np.array(fan_out, float)


def _start(link: Link, value: float) -> None:
    weight = link.weight
    if not weight.frozen:
        weight.value = min(max(value, weight.rule.low), weight.rule.high)
        weight.memory = ()
        weight.reset()
