"""Write a page that trains a network before one's eyes, in any browser, without a network.

lernpy lab -o lab.html
lernpy lab iris --layers 6 --activation relu -o iris.html
lernpy lab net.json --data xor
"""

from __future__ import annotations

import argparse
from typing import Any

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.errors import LernpyError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", metavar="DATA|NET", nargs="?", help="data or a network file (default: spiral)"
    )
    sources.add_options(parser, folder=False)
    parser.add_argument(
        "--data", metavar="DATA", help="samples for NET (default: what it learned from)"
    )
    parser.add_argument(
        "-o", "--output", type=parsing.page_file, default="lab.html", metavar="PAGE.html"
    )
    parser.add_argument("--title", help="of the page")
    sources.add_fresh_net(parser, seed="of weights and orders (0)", optimizer="by the data")
    parser.add_argument(
        "--batch-size", type=parsing.positive, metavar="N", help="samples to an update"
    )


def run(options: argparse.Namespace) -> int:
    from lernpy import player
    from lernpy.player.laboratory import watchable

    source = options.source or "spiral"
    parsing.check_paths(options.output)
    seed = options.seed or 0
    if sources.is_network(source):
        _refuse_idle(source, options)
    network, dataset = sources.network_or_data(source, options.data, options)
    network = network or watchable(dataset, seed, **_chosen(options))
    if options.learning_rate is not None:
        network.learning_rate = options.learning_rate
    player.lab(
        network,
        dataset,
        options.output,
        title=options.title,
        batch_size=options.batch_size,
        seed=seed,
    )
    say(f"written: {options.output}. Open it in a browser; Space runs and stops")
    return 0


def _chosen(options: argparse.Namespace) -> dict[str, Any]:
    """The parts of the recipe that the command line replaces."""
    chosen = {name: getattr(options, name) for name in ("layers", "activation", "optimizer")}
    if options.layers is not None:
        chosen["layers"] = tuple(options.layers)
    if options.optimizer is not None:
        chosen["learning_rate"] = None  # its own
    return {
        name: value
        for name, value in chosen.items()
        if value is not None or name == "learning_rate"
    }


def _refuse_idle(source: str, options: argparse.Namespace) -> None:
    """An option that would change nothing is an error, not silence."""
    for name in ("layers", "activation", "optimizer"):
        if getattr(options, name) is not None:
            raise LernpyError(
                f"{source} is a network already, so --{name} would change nothing; leave it out"
            )
