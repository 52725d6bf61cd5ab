"""Ask a trained network: about values, or about every row of a file.

lernpy predict xor.json 0,1 1,1
lernpy predict fruit.json 150,red,smooth,medium
lernpy predict digits.json digits
lernpy predict titanic.json test.csv -o answers.csv
"""

from __future__ import annotations

import argparse
import csv
import io
import os
from typing import Any

import numpy as np

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.text import counted, exact
from lernpy.training import Answers, predict


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET", help="the file of a network")
    parser.add_argument(
        "values",
        nargs="+",
        metavar="DATA|VALUES",
        help="samples (values with commas; nothing or ? for a missing one), or a data set or file",
    )
    sources.add_options(parser)
    parser.add_argument(
        "-o", "--output", metavar="TABLE.csv", help="write the answers, with each class's share"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def run(options: argparse.Namespace) -> int:
    parsing.check_paths(options.output)
    network = sources.load_network(options.network)
    result = _ask(network, options)
    if options.output:
        _write(network, result, options.output)
        say(f"written: {options.output}, {counted(len(result.answers), 'answer')}")
    elif options.json:
        say(parsing.as_json(_plain(network, result)))
    else:
        shares = _shares(network, result)
        for i, answer in enumerate(result.answers):
            sure = None if result.confidence is None else result.confidence[i]
            say(_line(network, answer, sure, None if shares is None else shares[i]))
    return 0


def _ask(network: Network, options: argparse.Namespace) -> Answers:
    first, *others = options.values
    if not others and not _is_sample(first, network):
        if network.card is None:
            raise LernpyError(f"{options.network} does not say how to read data; give values: 0,1")
        from lernpy import data
        from lernpy.training.answer import answer_scaled

        reading = sources.reading(first, options)
        return answer_scaled(network, data.load_inputs(first, network.card, **reading))
    rows = [_row(text) for text in options.values]
    columns = len(network.inputs) if network.card is None else len(network.card.columns)
    if columns > 1 and all(len(row) == 1 for row in rows) and len(rows) == columns:
        rows = [[row[0] for row in rows]]  # 0 1 as well as 0,1
    return predict(network, rows)


def _is_sample(text: str, network: Network) -> bool:
    """Whether a single argument is a sample rather than data: commas, or one number."""
    from lernpy import data

    if text == "-" or text.split(":")[0] in data.names() or os.path.exists(text):
        return False
    return (
        "," in text
        or _is_number(text)
        or (network.card is not None and len(network.card.columns) == 1)
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _row(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")]


def _shares(network: Network, result: Answers) -> np.ndarray | None:
    """(n_samples, n_classes) what the net gives each class; None without classes."""
    if network.card is None or not network.card.classes:
        return None
    outputs = result.outputs
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


def _line(network: Network, answer: Any, confidence: Any, shares: np.ndarray | None) -> str:
    if confidence is not None and network.card is not None and shares is not None:
        rest = [
            f"{name} {share:.1%}"
            for name, share in sorted(
                zip(network.card.classes, shares, strict=True), key=lambda p: -p[1]
            )
            if name != answer and share >= 0.0005
        ]
        others = f"; {', '.join(rest[:3])}" if rest and len(network.card.classes) > 2 else ""
        return f"{answer}  ({confidence:.1%} sure{others})"
    names = _output_names(network)
    if len(names) == 1:
        return f"{answer[0]:.6g}"
    pairs = zip(names, answer, strict=True)
    return "  ".join(f"{name} {value:.6g}" for name, value in pairs if value == value)


def _output_names(network: Network) -> list[str]:
    if network.card is not None:
        return list(network.card.output_names)
    return [neuron.name for neuron in network.outputs]


def _plain(network: Network, result: Answers) -> dict[str, Any]:
    answers, shares = result.answers, _shares(network, result)
    return {
        "answers": answers if isinstance(answers, list) else answers.tolist(),
        "confidence": None if result.confidence is None else result.confidence.tolist(),
        "classes": list(network.card.classes) if network.card is not None else [],
        "probabilities": None if shares is None else shares.tolist(),
        "outputs": result.outputs.tolist(),
    }


def _write(network: Network, result: Answers, path: str) -> None:
    """A table of the answers: one row for each sample."""
    from lernpy.storage import write_text

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    shares = _shares(network, result)
    if shares is None or network.card is None:
        writer.writerow(_output_names(network))
        writer.writerows(
            [exact(value) for value in row] for row in np.asarray(result.answers).tolist()
        )
    else:
        writer.writerow(["answer", *(f"p({name})" for name in network.card.classes)])
        for answer, row in zip(result.answers, shares.tolist(), strict=True):
            writer.writerow([answer, *(f"{share:.6g}" for share in row)])
    write_text(path, stream.getvalue())
