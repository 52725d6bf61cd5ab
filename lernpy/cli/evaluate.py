"""How good is a network? Loss, accuracy, F1, confusion matrix or R², MAE, RMSE; --wrong lists what it missed.

Without DATA it is the data that the network learned from: of these the samples that were held out for
the test, if there are any. --on says otherwise.
"""

from __future__ import annotations

import argparse

import numpy as np

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.text import counted
from lernpy.training import Evaluation, evaluate
from lernpy.training.metrics import precision_recall

PARTS = ("training", "validation", "test", "all")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET", help="the file of a network")
    parser.add_argument("source", metavar="DATA", nargs="?", help="default: what it learned from")
    parser.add_argument(
        "--on",
        choices=PARTS,
        help="which part of the data it learned from (default: test where one was held out, else all)",
    )
    sources.add_options(parser)
    parser.add_argument("--wrong", action="store_true", help="list the samples that came out wrong")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def run(options: argparse.Namespace) -> int:
    network, whole = sources.network_and_data(options.network, options.source, options)
    part, dataset = part_of(whole, network, options.on, named=options.source is not None)
    result = evaluate(network, dataset)
    if options.json:
        say(parsing.as_json({"on": part, "samples": len(dataset), **_plain(result)}))
        return 0
    say(f"{whole.name}, {_words(part, dataset)}: {result}")
    if result.confusion is not None:
        say(by_class(result))
        say(confusion(result))
    if options.wrong:
        _list_wrong(result, dataset)
    return 0


def part_of(
    dataset: Dataset, network: Network, part: str | None, named: bool
) -> tuple[str, Dataset]:
    """The samples to judge by, and which part they are.

    Parameters
    ----------
    part : "training", "validation", "test", "all"; None: the test part of the data it learned from
    named : whether the user named the data; then nothing is known of parts
    """
    held = {} if network.card is None or named else network.card.training.get("held_out", {})
    part = part or ("test" if held.get("test") else "all")
    if part == "all":
        return part, dataset
    out = [i for name in ("validation", "test") for i in held.get(name, [])]
    rows = np.setdiff1d(np.arange(len(dataset)), out) if part == "training" else held.get(part, [])
    if named or len(rows) == 0:
        what = "the network's own data" if named else f"a {part} part; none was held out"
        raise LernpyError(f"--on {part} needs {what}")
    return part, dataset.subset(rows)


def _words(part: str, dataset: Dataset) -> str:
    samples = counted(len(dataset), "sample")
    return {
        "test": f"{samples} that were held out for the test",
        "validation": f"{samples} of the validation",
        "training": f"{samples} that it learned from",
    }.get(part, samples)


def by_class(result: Evaluation) -> str:
    """Precision, recall and F1 of each class and their means, as text."""
    assert result.confusion is not None
    parts = precision_recall(result.confusion)
    counts = result.confusion.sum(axis=1).tolist()
    lines = [["", "precision", "recall", "F1", "samples"]]
    for name, *values, count in zip(result.classes, *parts, counts, strict=True):
        lines.append([name, *(f"{value:.3f}" for value in values), str(count)])
    lines.append(["mean", *(f"{part.mean():.3f}" for part in parts), str(sum(counts))])
    first = max(len(line[0]) for line in lines)
    return "\n".join(
        line[0].ljust(first) + "".join(cell.rjust(10) for cell in line[1:]) for line in lines
    )


def confusion(result: Evaluation) -> str:
    """The confusion matrix as text: a row for each true class, a column for each guess."""
    assert result.confusion is not None
    cells = [["", *result.classes]]
    for name, row in zip(result.classes, result.confusion.tolist(), strict=True):
        cells.append([name, *("." if count == 0 else str(count) for count in row)])
    width = max(len(cell) for row in cells for cell in row) + 1
    lines = ["rows: what it is; columns: what the net says"]
    return "\n".join(lines + ["".join(cell.rjust(width) for cell in row) for row in cells])


def _list_wrong(result: Evaluation, dataset: Dataset) -> None:
    if not result.classes:
        say(
            "--wrong needs classes; these targets are numbers (lernpy plot fit shows what is left over)"
        )
        return
    if not result.wrong:
        say("none came out wrong")
        return
    say(f"{len(result.wrong)} came out wrong:")
    for miss in result.wrong:
        say(
            f"  sample {miss.sample}: is {miss.truth}, says {miss.guess} ({miss.confidence:.1%} sure)"
        )


def _plain(result: Evaluation) -> dict[str, object]:
    by_class = None
    if result.confusion is not None:
        names = ("precision", "recall", "f1")
        parts = precision_recall(result.confusion)
        by_class = {name: part.tolist() for name, part in zip(names, parts, strict=True)}
    return {
        **result.figures,
        "classes": list(result.classes),
        "by_class": by_class,
        "confusion": None if result.confusion is None else result.confusion.tolist(),
        "wrong": [miss._asdict() for miss in result.wrong],
    }
