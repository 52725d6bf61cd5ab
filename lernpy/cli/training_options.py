"""The options of `lernpy train`: the net, how it learns, what becomes of it."""

from __future__ import annotations

import argparse

from lernpy import data as datasets
from lernpy.build import CELLS
from lernpy.cli import parsing
from lernpy.functions.activations import ACTIVATIONS, TRAITS
from lernpy.functions.initializers import INITIALIZERS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.functions.schedules import SCHEDULES


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """All of them, in groups; what is left out is chosen by the data."""
    _net_options(parser)
    _training_options(parser)
    _output_options(parser)


def _net_options(parser: argparse.ArgumentParser) -> None:
    net = parser.add_argument_group("the net")
    net.add_argument(
        "--from",
        dest="from_network",
        metavar="NET.json",
        help="go on with this net: its columns, classes and scaling (default: a fresh net)",
    )
    net.add_argument(
        "--rescale",
        action="store_true",
        help="with --from: take columns, classes and scaling from the new data",
    )
    net.add_argument(
        "--layers",
        type=parsing.layers,
        metavar="N,N",
        help='hidden layers; "none" for none (by the data: one of about 16 times the fifth root of the '
        "number of samples, at least two neurons for each class)",
    )
    net.add_argument(
        "--cell",
        type=parsing.name_in(CELLS),
        help=f"for sequences, one step after the other: {', '.join(CELLS)} (default: one net of layers for "
        "all steps)",
    )
    net.add_argument(
        "--steps",
        type=parsing.positive,
        metavar="N",
        help="how long the sequences of echo, adding, parity_over_time are",
    )
    net.add_argument(
        "--activation",
        type=parsing.name_in(ACTIVATIONS),
        help=f"{', '.join(ACTIVATIONS)} (by the data: relu for tables, tanh for truth tables)",
    )
    net.add_argument(
        "--output-activation",
        type=output_activation,
        help="the same, or softmax (by the data: softmax for classes, sigmoid for two, identity for numbers)",
    )
    net.add_argument(
        "--init",
        type=parsing.name_in(INITIALIZERS),
        help=f"{', '.join(INITIALIZERS)} (default: {_usual_starts()})",
    )


def _training_options(parser: argparse.ArgumentParser) -> None:
    how = parser.add_argument_group("training")
    how.add_argument(
        "--loss",
        type=parsing.name_in(LOSSES),
        help=f"{', '.join(LOSSES)} (by the data: cross_entropy for classes, binary_cross_entropy for two, "
        "mean_squared_error for numbers)",
    )
    how.add_argument(
        "--optimizer",
        type=parsing.name_in(OPTIMIZERS),
        help=f"{', '.join(OPTIMIZERS)} (default: adam)",
    )
    how.add_argument(
        "--learning-rate",
        type=parsing.amount,
        metavar="RATE",
        help="by the data: 0.003 for tables; for another optimizer its own default",
    )
    how.add_argument(
        "--schedule",
        type=parsing.name_in(SCHEDULES),
        help=f"{', '.join(SCHEDULES)} (default: constant)",
    )
    how.add_argument(
        "--epochs",
        type=parsing.positive,
        metavar="N",
        help="by the data: the fewer samples the more, 20 to 1500",
    )
    how.add_argument(
        "--batch-size",
        type=parsing.batch,
        default=argparse.SUPPRESS,
        metavar="N|all",
        help="default 32; all for truth tables",
    )
    how.add_argument("--seed", type=parsing.seed, default=0, metavar="N", help="default 0")
    how.add_argument(
        "--validation",
        type=parsing.part,
        metavar="PART",
        help="looked at, not learned from (by the data: up to 0.1, of small tables 0)",
    )
    how.add_argument(
        "--test",
        type=parsing.part,
        metavar="PART",
        help="looked at only at the end (by the data: up to 0.2, of fewer than 45 samples 0)",
    )
    how.add_argument(
        "--early-stop",
        type=parsing.positive,
        metavar="N",
        help="after N epochs without a better loss (by the data: images 4 to 12, points in a plane 60, "
        "tables not at all)",
    )
    how.add_argument("--l1", type=parsing.amount, help="default 0")
    how.add_argument(
        "--l2",
        type=parsing.amount,
        help="by the data: the more columns for one row the more (0 for truth tables and built-in sets)",
    )
    how.add_argument(
        "--class-weights", choices=["balanced"], help="rare classes count more (default: all alike)"
    )
    how.add_argument(
        "--scale",
        choices=sorted(datasets.SCALINGS),
        help="by the data: standard for tables, image for images, none for truth tables",
    )
    how.add_argument(
        "--engine",
        default="auto",
        metavar="NAME",
        help="auto, python, numpy, jit, cupy, graph (default auto)",
    )
    how.add_argument(
        "--dtype", default="float64", choices=["float64", "float32"], help="default float64"
    )


def _output_options(parser: argparse.ArgumentParser) -> None:
    out = parser.add_argument_group("what becomes of it")
    out.add_argument(
        "--save", type=parsing.network_file, metavar="NET.json", help="write the trained network"
    )
    out.add_argument("--history", metavar="TABLE.csv", help="write the table of the epochs")
    out.add_argument(
        "--plot",
        type=parsing.picture_file,
        metavar="PICTURE",
        help="draw how it went: png, svg, pdf",
    )
    out.add_argument("--live", action="store_true", help="a window that follows the training")
    out.add_argument("--checkpoint", metavar="DIR", help="write the run to this folder as it goes")
    out.add_argument(
        "--every", type=parsing.positive, default=10, metavar="N", help="epochs between checkpoints"
    )
    out.add_argument("--resume", action="store_true", help="go on from the newest checkpoint")
    out.add_argument("--quiet", action="store_true", help="only the result")
    out.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def _usual_starts() -> str:
    """The initialisers that the table of activations names, and before which activations."""
    before: dict[str, list[str]] = {}
    for name, entry in ACTIVATIONS.items():
        before.setdefault(entry.traits.start, []).append(name)
    usual = TRAITS.start
    others = [
        f"{start} before {', '.join(names)}" for start, names in before.items() if start != usual
    ]
    return f"{'; '.join(others)}; else {usual}"


@parsing.usage_checked
def output_activation(text: str) -> str:
    if text != "softmax":
        ACTIVATIONS[text]
    return text
