"""Is it right? Each gradient against a nudge of its weight, and the fast engine against the objects."""

from __future__ import annotations

import argparse

import numpy as np

from lernpy.check import check_gradients, check_parity
from lernpy.cli import parsing, sources
from lernpy.cli.output import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET", help="the file of a network")
    parser.add_argument("source", metavar="DATA", nargs="?", help="default: what it learned from")
    sources.add_options(parser)
    parser.add_argument(
        "--samples", type=parsing.positive, default=8, metavar="N", help="how many to use (8)"
    )
    parser.add_argument(
        "--engine", default="numpy", metavar="NAME", help="python, numpy, jit, cupy or graph"
    )


def run(options: argparse.Namespace) -> int:
    network, dataset = sources.network_and_data(options.network, options.source, options)
    rows = np.linspace(0, len(dataset) - 1, min(options.samples, len(dataset))).astype(int)
    some = dataset.subset(rows)
    inputs, targets = network.card.prepare(some) if network.card else (some.inputs, some.targets)
    gradients = check_gradients(network, inputs, targets)
    parity = check_parity(network, inputs, targets, engine=options.engine)
    say(gradients)
    say(parity)
    return 0 if gradients.ok and parity.ok else 1
