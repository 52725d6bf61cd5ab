"""How many links a net needs to part the two arms of the spiral, if it may choose them.

A net 2-8-8-1 starts with a random fifth of its links. Some epochs, then some links more: those that are
missed most (`lernpy.grow`), or random ones of the same pairs, until the spiral is solved. Beside them
stands the full net.

    python scripts/benchmark/missing.py --seeds 100

prints the medians, whatever they are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

import lernpy
from lernpy.network import Network

SIZES = (2, 8, 8, 1)
SHARE = 0.2  # of the links between neurons at the start; biases stay
SOLVED = 0.99  # of the samples right
STEP = 2  # links at a time
MOST = 120  # links, biases left out: then it counts as not solved
TRAINING = {"optimizer": "adam", "learning_rate": 0.02, "batch_size": 32}


def links_of(network: Network) -> int:
    """How many links do not start at the bias."""
    biases = set(network.biases)
    return sum(link.input_neuron not in biases for link in network.links.values())


def full(seed: int) -> Network:
    return lernpy.layered(SIZES, "tanh", seed=seed, loss="binary_cross_entropy")


def thin(seed: int) -> Network:
    """The full net with a random fifth of its links."""
    network, rng = full(seed), np.random.default_rng(seed)
    links = [link for link in network.links.values() if link.input_neuron not in network.biases]
    gone = rng.permutation(len(links))[round(SHARE * len(links)) :]
    network.prune(*[links[index] for index in gone])
    return network


def by_blame(network: Network, data: lernpy.Dataset, seed: int) -> None:
    """Add the links that are missed most."""
    for link in lernpy.missed(network, data, STEP):
        network.connect(link.input_name, link.output_name)


def by_chance(network: Network, data: lernpy.Dataset, seed: int) -> None:
    """Add random links of the same absent pairs."""
    absent = lernpy.missed(network, data, 10_000)
    rng = np.random.default_rng([seed, len(network.links)])
    for index in rng.permutation(len(absent))[:STEP]:
        network.connect(absent[index].input_name, absent[index].output_name)


Grow = Callable[[Network, lernpy.Dataset, int], None]


def needed(grow: Grow, data: lernpy.Dataset, seed: int, epochs: int) -> tuple[float, float]:
    """How many links there are when the spiral is solved, and the epochs it took; infinity if it is not."""
    network, done = thin(seed), 0
    while True:
        if solved(network, data, seed, epochs):
            return links_of(network), done + epochs
        done += epochs
        if links_of(network) >= MOST:
            return np.inf, np.inf
        grow(network, data, seed)


def solved(network: Network, data: lernpy.Dataset, seed: int, epochs: int) -> bool:
    lernpy.train(network, data, epochs, seed=seed, **TRAINING)
    return bool(lernpy.evaluate(network, data).accuracy >= SOLVED)


def full_needs(data: lernpy.Dataset, seed: int, epochs: int) -> float:
    """The epochs that the full net takes."""
    network = full(seed)
    for done in range(epochs, 60 * epochs, epochs):
        if solved(network, data, seed, epochs):
            return done
    return np.inf


def line(name: str, links: list[float], epochs: list[float]) -> str:
    solved = sum(map(np.isfinite, links))
    return f"{name:24} {median(links):8g} {min(links):8g} {max(links):8g} {median(epochs):8g} {solved:6}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=50, help="between two growths")
    options = parser.parse_args()
    data, start = lernpy.data.load("spiral"), perf_counter()
    seeds = range(options.seeds)
    print(
        f"spiral, {options.seeds} seeds, {options.epochs} epochs, then {STEP} links more, and so on;"
    )
    print(f"solved: {SOLVED:.0%} of the samples right; links without those of the bias")
    print(f"{'':24} {'median':>8} {'least':>8} {'most':>8} {'epochs':>8} {'solved':>6}")
    for name, grow in (("the most missed", by_blame), ("random ones", by_chance)):
        pairs = [needed(grow, data, seed, options.epochs) for seed in seeds]
        print(line(name, [links for links, _ in pairs], [done for _, done in pairs]), flush=True)
    done = [full_needs(data, seed, options.epochs) for seed in seeds]
    links = [float(links_of(full(0))) if np.isfinite(one) else np.inf for one in done]
    print(line("the full net", links, done))
    print(f"{perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
