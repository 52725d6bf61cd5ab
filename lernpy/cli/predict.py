"""Ask a trained network: about values, or about every row of a file.

lernpy predict xor.json 0,1 1,1
lernpy predict fruit.json 150,red,smooth,medium
lernpy predict digits.json digits
"""

from __future__ import annotations

import argparse
from typing import Any

from lernpy.cli import parsing, sources
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.training import predict


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET", help="the file of a network")
    parser.add_argument(
        "values",
        nargs="+",
        metavar="DATA|VALUES",
        help="samples (values with commas), or a data set or file",
    )
    sources.add_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def run(options: argparse.Namespace) -> int:
    network = sources.load_network(options.network)
    answers, confidence, outputs = _ask(network, options)
    if options.json:
        plain = answers if isinstance(answers, list) else answers.tolist()
        sure = None if confidence is None else confidence.tolist()
        result = {"answers": plain, "confidence": sure, "outputs": outputs.tolist()}
        print(parsing.as_json(result))
        return 0
    for i, answer in enumerate(answers):
        print(_line(network, answer, None if confidence is None else confidence[i], outputs[i]))
    return 0


def _ask(network: Network, options: argparse.Namespace) -> Any:
    first, *others = options.values
    if not others and not _is_sample(first, network):
        if network.card is None:
            raise LernpyError(f"{options.network} does not say how to read data; give values: 0,1")
        from lernpy import data
        from lernpy.training.answer import answer_scaled

        reading = {"folder": options.folder} if options.folder else {}
        return answer_scaled(network, data.load_inputs(first, network.card, **reading))
    rows = [_row(text) for text in options.values]
    columns = len(network.inputs) if network.card is None else len(network.card.columns)
    if columns > 1 and all(len(row) == 1 for row in rows) and len(rows) == columns:
        rows = [[row[0] for row in rows]]  # 0 1 as well as 0,1
    return predict(network, rows)


def _is_sample(text: str, network: Network) -> bool:
    """Whether a single argument is a sample rather than data: commas, or one number."""
    from lernpy import data

    if text.split(":")[0] in data.names():
        return False
    from pathlib import Path

    if Path(text).exists():
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


def _line(network: Network, answer: Any, confidence: Any, outputs: Any) -> str:
    if confidence is not None:
        return f"{answer}  ({confidence:.1%} sure)"
    names = [neuron.name for neuron in network.outputs]
    if network.card is not None:
        names = list(network.card.output_names)
    values = [f"{value:.6g}" for value in answer]
    if len(values) == 1:
        return values[0]
    return "  ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
