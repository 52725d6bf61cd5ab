"""A network as something else, by the ending: ONNX, torch, a program that goes on learning, a graph.

lernpy export net.json -o net.onnx --check
lernpy export net.json -o net.h --float32      # C99: net_predict, net_learn, net_test
lernpy export net.json -o net.pt.py            # also .py .js .safetensors .graphml .dot .mmd .cyjs
"""

from __future__ import annotations

import argparse

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.interop.exporting import ending_of, export


@parsing.usage_checked
def output_file(text: str) -> str:
    """A file whose ending is known."""
    ending_of(text)
    return text


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET.json")
    parser.add_argument("-o", "--output", type=output_file, required=True, metavar="FILE")
    parser.add_argument(
        "--check", action="store_true", help="run it where its runtime is; the largest difference"
    )
    parser.add_argument("--float32", action="store_true", help="for .onnx, .h and .safetensors")
    parser.add_argument(
        "--no-learn", action="store_true", help="for .py, .js and .h: it only answers"
    )


def run(options: argparse.Namespace) -> int:
    parsing.check_paths(options.output)
    network = sources.load_network(options.network)
    how = {"single": options.float32, "learns": not options.no_learn}
    say(export(network, options.output, check=options.check, **how))
    return 0
