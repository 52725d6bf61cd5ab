"""Where the weights start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lernpy.checks import whole
from lernpy.errors import LernpyError
from lernpy.functions import initializers
from lernpy.functions.activations import traits_of
from lernpy.functions.initializers import Initializer
from lernpy.registry import unknown
from lernpy.samples import check_network
from lernpy.text import counted, shown
from lernpy.weight import FREE

if TYPE_CHECKING:
    from lernpy.link import Link
    from lernpy.network import Network
    from lernpy.weight import Weight


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
    check_network(network)
    first_weights(network, seed, init)


def first_weights(network: Network, seed: int | None, init: str | Initializer | None) -> None:
    """`draw_weights` for a network that was just built."""
    network.seed = seed = fresh_seed() if seed is None else whole("seed", seed)
    rng = np.random.default_rng(seed)
    chosen = None if init is None else _initializer(init)
    kinds = {neuron.activation.name for neuron in network.neurons.values()}
    suits = {kind: chosen or traits_of(kind).start for kind in kinds}
    biases = set(network.biases)
    by_rule: dict[str | Initializer, list[Link]] = {}
    for link in first_links(network):
        if link.input_neuron in biases:
            _start(link.weight, 0.0)
        else:
            by_rule.setdefault(suits[link.output_neuron.activation.name], []).append(link)
    for rule, links in by_rule.items():
        fan_in, fan_out = fans(network, links)
        for link, value in zip(links, _values(rule, rng, fan_in, fan_out), strict=True):
            _start(link.weight, value)


def _initializer(init: object) -> str | Initializer:
    """The initialiser as it was chosen, if there is one of that name."""
    if not callable(init) and (not isinstance(init, str) or init not in initializers.INITIALIZERS):
        raise unknown("initializer", init, initializers.INITIALIZERS)
    return init


def _values(
    rule: str | Initializer, rng: np.random.Generator, fan_in: np.ndarray, fan_out: np.ndarray
) -> list[float]:
    """What an initialiser draws: as many finite numbers as there are links."""
    size = len(fan_in)
    try:
        values = np.asarray(initializers.get(rule)(rng, fan_in, fan_out, size), float)
    except (TypeError, ValueError) as error:
        raise LernpyError(
            f"the initializer {shown(rule)} is called as (generator, fan_in, fan_out, size) and gives "
            f"{counted(size, 'number')}; this one does not ({error})"
        ) from error
    if values.shape != (size,) or not np.isfinite(values).all():
        raise LernpyError(
            f"the initializer {shown(rule)} gave {shown(values)}, not {counted(size, 'finite number')}"
        )
    return values.tolist()  # type: ignore[no-any-return]


def fresh_seed() -> int:
    """A seed nobody chose, small enough to be written down and used again."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def first_links(network: Network) -> list[Link]:
    """For each distinct weight the first link that holds it, in order."""
    links: list[Link] = network.links.values()
    if len(network.weights) == len(links):
        return links
    firsts: dict[Weight, Link] = {}
    for link in links:
        firsts.setdefault(link.weight, link)
    return list(firsts.values())


def fans(network: Network, links: list[Link]) -> tuple[np.ndarray, np.ndarray]:
    """How many links end where each of these ends, and start where it starts; biases left out."""
    ahead = dict(network.graph.adjacency())
    ending = dict.fromkeys(ahead, 0)
    for bias in network.biases:
        del ahead[bias.name]
    for edges in ahead.values():
        for name in edges:
            ending[name] += 1
    fan_in = [ending[link.output_neuron.name] for link in links]
    fan_out = [len(ahead[link.input_neuron.name]) for link in links]
    return np.array(fan_in, float), np.array(fan_out, float)


def _start(weight: Weight, value: float) -> None:
    rule = weight.rule
    if not rule.frozen:
        weight.value = value if rule is FREE else min(max(value, rule.low), rule.high)
        weight.memory = ()
        weight.reset()
