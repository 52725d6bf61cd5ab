"""Why does it not learn? Trains, looks, tries its own first advice, and shows both runs side by side.

lernpy doctor my.csv --learning-rate 5
lernpy doctor net.json -o both.png
"""

from __future__ import annotations

import argparse
from typing import Any

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.cli.training_options import output_activation
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.initializers import INITIALIZERS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS

SETTINGS: dict[str, dict[str, Any]] = {
    "layers": {"type": parsing.layers, "metavar": "N,N", "help": 'hidden layers; "none" for none'},
    "activation": {"type": parsing.name_in(ACTIVATIONS), "help": "of the hidden layers"},
    "output_activation": {"type": output_activation, "help": "of the outputs, or softmax"},
    "init": {"type": parsing.name_in(INITIALIZERS), "help": "how the weights start"},
    "loss": {"type": parsing.name_in(LOSSES), "help": "by the data unless given"},
    "optimizer": {"type": parsing.name_in(OPTIMIZERS), "help": "by the data unless given"},
    "learning_rate": {
        "type": parsing.amount,
        "metavar": "RATE",
        "help": "by the data unless given",
    },
    "epochs": {"type": parsing.positive, "metavar": "N", "help": "by the data unless given"},
    "batch_size": {"type": parsing.batch, "metavar": "N|all", "help": "by the data unless given"},
    "l2": {"type": parsing.amount, "help": "by the data unless given"},
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="DATA|NET", help="data, or the file of a network")
    sources.add_options(parser, folder=False)
    parser.add_argument(
        "--data", metavar="DATA", help="samples for NET (default: what it learned from)"
    )
    group = parser.add_argument_group("settings to be tried, as lernpy train has them")
    for name, how in SETTINGS.items():
        group.add_argument(f"--{name.replace('_', '-')}", default=argparse.SUPPRESS, **how)
    group.add_argument("--no-bias", action="store_true", help="a net without biases")
    group.add_argument(
        "--scale", choices=("standard", "minmax", "image", "none"), default=argparse.SUPPRESS
    )
    parser.add_argument("--seed", type=parsing.seed, default=0, metavar="N", help="default 0")
    parser.add_argument(
        "-o",
        "--output",
        type=parsing.picture_file,
        metavar="PICTURE",
        help="both runs in one picture",
    )


def run(options: argparse.Namespace) -> int:
    from lernpy.lessons import consultation
    from lernpy.training.doctor import examine

    parsing.check_paths(options.output)
    diagnosis = examine(_trial(options))
    for line in consultation.report(diagnosis):
        say(line)
    if options.output:
        from lernpy import plot

        plot.save(consultation.drawing_of(diagnosis), options.output)
        say(f"drawn: {options.output}")
    return 0


def _trial(options: argparse.Namespace) -> Any:
    """What is to be tried: the usual training of the data or of the net, with the settings named."""
    from lernpy.training.doctor import Trial, of_network

    names = [*SETTINGS, "scale"]
    changes = {name: getattr(options, name) for name in names if hasattr(options, name)}
    if options.no_bias:
        changes["bias"] = False
    network, dataset = sources.network_or_data(options.source, options.data, options)
    if network is None:
        return Trial.of(dataset, options.seed, **changes)
    return of_network(network, dataset).with_({**changes, "seed": options.seed})
