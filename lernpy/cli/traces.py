"""What `step` and `play` share: from a network, a data set or a recorded trace to a trace."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lernpy.checks import whole
from lernpy.cli import parsing, sources
from lernpy.errors import LernpyError

if TYPE_CHECKING:
    from lernpy.data import Dataset
    from lernpy.network import Network
    from lernpy.watch import Trace

FRESH = ("seed", "layers", "activation", "optimizer", "epochs")  # say how a fresh net is made
SMALL = 4  # inputs: up to so many, three hidden neurons are enough to see everything


def arguments(
    parser: argparse.ArgumentParser, samples: str, flags: Mapping[str, str] | None = None
) -> None:
    """The options that choose the lesson; `flags`: those for reading that go by another name here."""
    parser.add_argument(
        "source",
        metavar="DATA|NET|TRACE|EXAMPLE",
        help="data, a network file, a recorded trace, or a worked example: by-hand, two-two-two, "
        "cancel, sign, skip",
    )
    sources.add_options(parser, folder=False, flags=flags)
    parser.add_argument(
        "--data", metavar="DATA", help="samples for NET (default: what it learned from)"
    )
    parser.add_argument(
        "--sample",
        type=parsing.positive,
        metavar="N",
        help="its number in the data, from 1 (the first whose inputs are not all 0)",
    )
    parser.add_argument("--samples", type=parsing.positive, metavar="N", help=samples)
    parser.add_argument(
        "--by",
        metavar="MOVE",
        help="how far one key goes at first: link, neuron, generation, phase, sample, epoch "
        "(by the number of steps)",
    )
    sources.add_fresh_net(parser, seed="of a fresh net (0)", optimizer="sgd")
    parser.add_argument(
        "--epochs",
        type=parsing.seed,
        metavar="N",
        help="train a fresh net so long first (0)",
    )


def trace_of(
    options: argparse.Namespace, usual: int, before: Callable[[Network, Any], None] | None = None
) -> Trace:
    """The trace: recorded anew, of as many passes as asked, or read from its file.

    before : is called with the network and its data, before anything is learned
    """
    from lernpy.build import EXAMPLES
    from lernpy.watch import Trace, slow_motion

    _refuse_idle(options)
    passes = getattr(options, "epochs_shown", None) or 1
    if is_trace(options.source):
        return Trace.load(options.source)
    if is_example(options.source):
        network, *sample = EXAMPLES[options.source]()
        if options.learning_rate is not None:
            network.learning_rate = options.learning_rate
        if before:
            before(network, tuple([values] for values in sample))
        return Trace.record(slow_motion(network, *sample, epochs=passes), options.source)
    network, dataset = lesson_material(options)
    if before:
        before(network, dataset)
    rows = _rows(options, dataset, usual)
    inputs, targets = seen(network, dataset.subset(rows))
    return Trace.record(slow_motion(network, inputs, targets, epochs=passes), dataset.name)


def _refuse_idle(options: argparse.Namespace) -> None:
    """An option that would change nothing is an error, not silence."""
    idle: tuple[str, ...]
    if is_trace(options.source):
        what = "is a recorded trace"
        idle = (*FRESH, "learning_rate", "data", "sample", "samples", "epochs_shown", "missed")
    elif sources.is_network(options.source):
        what, idle = "is a network already", FRESH
    elif is_example(options.source):
        what = "is a worked example"
        idle = (*FRESH, "data", "sample", "samples", *sources.READING)
    else:
        what, idle = "is data already", ("data",)
    for name in idle:
        if getattr(options, name, None) is not None:
            flag = name.replace("_", "-")
            raise LernpyError(
                f"{options.source} {what}, so --{flag} would change nothing; leave it out"
            )


def is_example(text: str) -> bool:
    """Whether an argument is the name of a worked example, a net with its sample."""
    from lernpy.build import EXAMPLES

    return text in EXAMPLES


def is_trace(text: str) -> bool:
    """Whether a file says at its beginning that it is a trace."""
    if not sources.is_network(text) or not Path(text).is_file():
        return False
    from lernpy import storage

    return b'"lernpy-trace' in storage.read_bytes(text)[:400]


def lesson_material(options: argparse.Namespace) -> tuple[Network, Dataset]:
    """A network from its file with its data, or data with a fresh small net."""
    if sources.is_network(options.source):
        network, dataset = sources.network_and_data(options.source, options.data, options)
        if options.learning_rate is not None:
            network.learning_rate = options.learning_rate
        return network, dataset
    dataset = sources.load_data(options.source, options)
    return fresh(dataset, options), dataset


def fresh(dataset: Dataset, options: argparse.Namespace) -> Network:
    """A net small enough to look at, trained for as many epochs as asked."""
    from lernpy.training import train
    from lernpy.training.prepare import card_for
    from lernpy.training.recipe import network_for, recipe

    inputs = dataset.inputs.shape[1]
    hidden = (
        options.layers
        if options.layers is not None
        else [3 if inputs <= SMALL else 16 if dataset.image else 5]
    )
    usual = replace(recipe(dataset), layers=tuple(hidden))
    if options.activation:
        usual = replace(usual, activation=options.activation)
    usual = replace(
        usual, optimizer=options.optimizer or "sgd", learning_rate=options.learning_rate
    )
    seed = options.seed or 0
    network = network_for(dataset, usual, seed)
    if options.epochs:
        train(network, dataset, options.epochs, scale=usual.scale, seed=seed)
    else:
        network.card = card_for(dataset, usual.scale)
    return network


def seen(network: Network, dataset: Dataset) -> tuple[Any, Any]:
    """Samples as the input neurons see them."""
    from lernpy.training.prepare import check_fit

    check_fit(network, dataset)
    return network.card.prepare(dataset) if network.card else (dataset.inputs, dataset.targets)


def _rows(options: argparse.Namespace, dataset: Dataset, usual: int) -> list[int]:
    """As many samples as asked, on from the first; after the last of the data comes its first."""
    from lernpy.data.first_sample import first_to_watch

    available = len(dataset)
    if options.sample is None:
        first = first_to_watch(dataset.inputs)
    else:
        first = whole(f"number of a sample of {dataset.name}", options.sample, 1, available) - 1
    count = options.samples or (1 if options.sample is not None else usual)
    return [(first + i) % available for i in range(min(count, available))]
