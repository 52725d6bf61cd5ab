"""Random networks: every kind of wiring there is, by seed. For tests, for benchmarks, for play."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.build import arguments
from lernpy.build.edges import from_edges
from lernpy.checks import whole, yes
from lernpy.network import Network
from lernpy.weight import Rule

MOST = 100_000  # neurons of a kind
SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "gelu", "elu")


def random_dag(
    seed: int,
    *,
    inputs: int | None = None,
    hidden: int | None = None,
    outputs: int | None = None,
    links: int | None = None,
    activations: tuple[str, ...] = SMOOTH,
    softmax: bool | None = None,
    products: bool = False,
    tied: bool = True,
    frozen: bool = True,
    **settings: Any,
) -> Network:
    """A random network: skip links, several outputs, outputs that feed onward, a bias, shared and
    frozen weights, rate multipliers, a softmax group. Equal seeds, equal networks.

    Parameters
    ----------
    inputs, hidden, outputs : numbers of neurons; small random ones unless stated
    links : about how many links (each neuron that is no input gets at least one)
    activations : drawn from these
    softmax : whether some outputs form a group (None: every other time)
    products : whether some neurons multiply others
    tied, frozen : whether some weights are shared, some frozen or slowed or bounded
    settings : as in `Network`

    >>> random_dag(7)
    <network: 4 inputs, 3 outputs, 13 neurons, 30 links, 30 weights>
    """
    rng = np.random.default_rng(whole("seed", seed))
    n_in = int(rng.integers(1, 5)) if inputs is None else whole("number of inputs", inputs, 1, MOST)
    n_hidden = (
        int(rng.integers(0, 8))
        if hidden is None
        else whole("number of hidden neurons", hidden, 0, MOST)
    )
    n_out = (
        int(rng.integers(1, 4)) if outputs is None else whole("number of outputs", outputs, 1, MOST)
    )
    links = None if links is None else whole("number of links", links, 0, 10 * MOST)
    activations = tuple(arguments.name_list("activations", activations)) or SMOOTH
    names_in = [f"x{i}" for i in range(1, n_in + 1)]
    names_out = [f"y{i}" for i in range(1, n_out + 1)]
    grouped = names_out[: max(2, n_out - 1)] if n_out > 1 else []
    if not (rng.random() < 0.5 if softmax is None else yes("softmax", softmax)):
        grouped = []
    later = _shuffled(rng, n_hidden, [name for name in names_out if name not in grouped], grouped)
    edges = _edges(rng, names_in, later, grouped, links)
    kinds = {name: str(rng.choice(activations)) for name in later if name not in grouped}
    factors = (
        _multiply_some(rng, names_in, later, grouped, edges) if yes("products", products) else {}
    )
    network = from_edges(
        edges,
        names_in,
        names_out,
        activations=kinds,
        softmax=[grouped] if grouped else [],
        products=factors,
        seed=seed,
        **settings,
    )
    for weight in network.weights:  # a bias is to say something, too
        weight.value = weight.value or float(rng.uniform(-0.5, 0.5))
    if yes("tied", tied):
        _tie_some(network, rng)
    if yes("frozen", frozen):
        _rule_some(network, rng)
    return network


def _shuffled(
    rng: np.random.Generator, n_hidden: int, free_outputs: list[str], grouped: list[str]
) -> list[str]:
    """Hidden neurons and outputs in one random order; a group stands together."""
    hidden = [f"h{i}" for i in range(1, n_hidden + 1)]
    units = [[name] for name in [*hidden, *free_outputs]] + ([grouped] if grouped else [])
    first = max(1, n_hidden // 2) if n_hidden else 0
    tail = units[first:]
    return [name for unit in units[:first] for name in unit] + [
        name for index in rng.permutation(len(tail)) for name in tail[index]
    ]


def _edges(
    rng: np.random.Generator,
    names_in: list[str],
    later: list[str],
    grouped: list[str],
    links: int | None,
) -> list[tuple[str, str]]:
    """To each neuron some links from earlier ones, near ones more often, and at times a bias."""
    each = 2.5 if links is None else links / len(later)
    edges = []
    for index, name in enumerate(later):
        start = later.index(grouped[0]) if name in grouped else index
        earlier = [*names_in, *later[:start]]
        count = int(np.clip(rng.poisson(max(each - 0.5, 0.0)) + 1, 1, len(earlier)))
        nearness = np.linspace(0.3, 1.0, len(earlier))
        chosen = rng.choice(len(earlier), count, replace=False, p=nearness / nearness.sum())
        edges += [(earlier[source], name) for source in sorted(chosen)]
        if rng.random() < 0.5:
            edges.append(("bias", name))
    return edges


def _multiply_some(
    rng: np.random.Generator,
    names_in: list[str],
    later: list[str],
    grouped: list[str],
    edges: list[tuple[str, str]],
) -> dict[str, list[str]]:
    """One to three products of one to three earlier neurons, each linked onward."""
    factors: dict[str, list[str]] = {}
    for number in range(1, int(rng.integers(2, 5))):
        index = int(rng.integers(0, len(later)))
        start = later.index(grouped[0]) if later[index] in grouped else index
        earlier = [*names_in, *later[:start]]
        chosen = rng.choice(len(earlier), int(rng.integers(1, 4)))
        factors[f"p{number}"] = [earlier[at] for at in chosen.tolist()]
        edges.append((f"p{number}", later[index]))
    return factors


def _tie_some(network: Network, rng: np.random.Generator) -> None:
    links = network.links.values()
    if len(links) >= 4 and rng.random() < 0.6:
        count = min(len(links), int(rng.integers(2, 4)))
        network.tie(*(links[index] for index in rng.choice(len(links), count, replace=False)))


def _rule_some(network: Network, rng: np.random.Generator) -> None:
    for weight in network.weights:
        draw = rng.random()
        if draw < 0.12:
            weight.freeze()
        elif draw < 0.2:
            weight.rule = Rule(rate=float(rng.choice([0.0, 0.25, 2.0])))
        elif draw < 0.26:
            weight.rule = Rule(low=weight.value - 0.05, high=weight.value + 0.05)
