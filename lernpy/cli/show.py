"""A network in words: layers, weights, conventions; --matrices shows the same graph as matrices.

A name or file of data is shown as by `lernpy data show`.
"""

from __future__ import annotations

import argparse

import numpy as np

from lernpy.cli import sources
from lernpy.cli.output import say
from lernpy.labels import NONE, labels_of
from lernpy.link import Link
from lernpy.network import Network
from lernpy.watch import explain
from lernpy.wiring import members

MOST_WEIGHTS = 60


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="NET|DATA")
    sources.add_options(parser)
    parser.add_argument(
        "--matrices", action="store_true", help="the weights as one matrix a generation"
    )


def run(options: argparse.Namespace) -> int:
    if not sources.is_network(options.source):
        from lernpy.cli.data import show_data

        show_data(sources.load_data(options.source, options))
        return 0
    network = sources.load_network(options.source)
    say(network)
    if network.card is not None:
        from lernpy.cli import report

        for line in (*report.of_data(network.card), *report.of_training(network, network.card)):
            say(f"  {line}")
    for number, names in enumerate(generation_names(network), 1):
        say(f"  generation {number}: {names}")
    say(explain(network))
    say(matrices(network) if options.matrices else weights(network))
    return 0


def generation_names(network: Network) -> list[str]:
    """The neurons of each generation; long lists are shortened."""
    shown, labels = [], labels_of(network)
    for generation in network.generations:
        neurons = [neuron for unit in generation for neuron in members(unit)]
        kinds = sorted({neuron.activation.name for neuron in neurons})
        names = [labels.get(neuron, NONE).beside(neuron.name) for neuron in neurons]
        listed = names if len(names) <= 12 else [*names[:6], "...", *names[-2:]]
        shown.append(f"{', '.join(listed)} ({len(names)}; {', '.join(kinds)})")
    return shown


def weights(network: Network) -> str:
    """The weights, one link a line."""
    links: list[Link] = network.links.values()
    lines = [f"{len(network.weights):,} weights on {len(links):,} links:"]
    for link in links[:MOST_WEIGHTS]:
        lines.append(f"  {link.name:20} {link.weight.value: .6g}{'  frozen' * link.weight.frozen}")
    if len(links) > MOST_WEIGHTS:
        lines.append(f"  ... and {len(links) - MOST_WEIGHTS:,} more; --matrices shows their shape")
    return "\n".join(lines)


def matrices(network: Network) -> str:
    """For each generation the matrix from all earlier neurons that feed it: rows to, columns from."""
    shown = []
    for number, generation in enumerate(network.generations, 1):
        targets = [neuron for unit in generation for neuron in members(unit)]
        sources: dict[str, None] = {}
        for target in targets:
            sources.update(dict.fromkeys(network.graph.pred[target.name]))
        if not sources:
            continue
        names = [name for name in network.neurons if name in sources]
        matrix = np.zeros((len(targets), len(names)))
        for row, target in enumerate(targets):
            for column, name in enumerate(names):
                if name in network.graph.pred[target.name]:
                    matrix[row, column] = network.links[name, target.name].weight.value
        rows = ", ".join(target.name for target in targets[:8]) + (", ..." * (len(targets) > 8))
        columns = ", ".join(names[:8]) + (", ..." * (len(names) > 8))
        with np.printoptions(precision=4, suppress=True, threshold=200, edgeitems=4, linewidth=110):
            body = str(matrix)
        shape = f"{matrix.shape[0]} x {matrix.shape[1]}"
        shown.append(f"generation {number}, {shape}; rows: {rows}; columns: {columns}\n{body}")
    return "\n".join(shown)
