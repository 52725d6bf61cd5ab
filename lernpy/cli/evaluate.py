"""How good is a network? Loss, accuracy, confusion matrix; --wrong lists what it missed.

Without DATA it is the data that the network learned from (of which it has seen a part).
"""

from __future__ import annotations

import argparse

from lernpy.cli import parsing
from lernpy.training import Evaluation, evaluate


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET", help="the file of a network")
    parser.add_argument("source", metavar="DATA", nargs="?", help="default: what it learned from")
    parsing.add_data_options(parser)
    parser.add_argument("--wrong", action="store_true", help="list the samples that came out wrong")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def run(options: argparse.Namespace) -> int:
    network = parsing.load_network(options.network)
    dataset = parsing.data_of(network, options.network, options.source, options)
    found = evaluate(network, dataset)
    if options.json:
        print(parsing.as_json(_plain(found)))
        return 0
    print(f"{dataset.name}, {len(dataset):,} samples: {found}")
    if found.confusion is not None:
        print(confusion(found))
    if options.wrong:
        _list_wrong(found)
    return 0


def confusion(found: Evaluation) -> str:
    """The confusion matrix as text: a row for each true class, a column for each guess."""
    assert found.confusion is not None
    cells = [["", *found.classes]]
    for name, row in zip(found.classes, found.confusion.tolist(), strict=True):
        cells.append([name, *("." if count == 0 else str(count) for count in row)])
    width = max(len(cell) for row in cells for cell in row) + 1
    lines = ["rows: what it is; columns: what the net says"]
    return "\n".join(lines + ["".join(cell.rjust(width) for cell in row) for row in cells])


def _list_wrong(found: Evaluation) -> None:
    if not found.classes:
        print(
            "--wrong needs classes; these targets are numbers (lernpy plot fit shows what is left over)"
        )
        return
    if not found.wrong:
        print("none came out wrong")
        return
    print(f"{len(found.wrong)} came out wrong:")
    for miss in found.wrong:
        print(
            f"  sample {miss.sample}: is {miss.truth}, says {miss.guess} ({miss.confidence:.1%} sure)"
        )


def _plain(found: Evaluation) -> dict[str, object]:
    return {
        "loss": found.loss,
        "accuracy": found.accuracy,
        "r2": found.r2,
        "classes": list(found.classes),
        "confusion": None if found.confusion is None else found.confusion.tolist(),
        "wrong": [miss._asdict() for miss in found.wrong],
    }
