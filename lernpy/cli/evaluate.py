"""How good is a network? Loss, accuracy, confusion matrix; --wrong lists what it missed.

Without DATA it is the data that the network learned from (of which it has seen a part).
"""

from __future__ import annotations

import argparse

from lernpy.cli import parsing, sources
from lernpy.training import Evaluation, evaluate


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET", help="the file of a network")
    parser.add_argument("source", metavar="DATA", nargs="?", help="default: what it learned from")
    sources.add_options(parser)
    parser.add_argument("--wrong", action="store_true", help="list the samples that came out wrong")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def run(options: argparse.Namespace) -> int:
    network, dataset = sources.network_and_data(options.network, options.source, options)
    result = evaluate(network, dataset)
    if options.json:
        print(parsing.as_json(_plain(result)))
        return 0
    print(f"{dataset.name}, {len(dataset):,} samples: {result}")
    if result.confusion is not None:
        print(confusion(result))
    if options.wrong:
        _list_wrong(result)
    return 0


def confusion(result: Evaluation) -> str:
    """The confusion matrix as text: a row for each true class, a column for each guess."""
    assert result.confusion is not None
    cells = [["", *result.classes]]
    for name, row in zip(result.classes, result.confusion.tolist(), strict=True):
        cells.append([name, *("." if count == 0 else str(count) for count in row)])
    width = max(len(cell) for row in cells for cell in row) + 1
    lines = ["rows: what it is; columns: what the net says"]
    return "\n".join(lines + ["".join(cell.rjust(width) for cell in row) for row in cells])


def _list_wrong(result: Evaluation) -> None:
    if not result.classes:
        print(
            "--wrong needs classes; these targets are numbers (lernpy plot fit shows what is left over)"
        )
        return
    if not result.wrong:
        print("none came out wrong")
        return
    print(f"{len(result.wrong)} came out wrong:")
    for miss in result.wrong:
        print(
            f"  sample {miss.sample}: is {miss.truth}, says {miss.guess} ({miss.confidence:.1%} sure)"
        )


def _plain(result: Evaluation) -> dict[str, object]:
    return {
        "loss": result.loss,
        "accuracy": result.accuracy,
        "r2": result.r2,
        "classes": list(result.classes),
        "confusion": None if result.confusion is None else result.confusion.tolist(),
        "wrong": [miss._asdict() for miss in result.wrong],
    }
