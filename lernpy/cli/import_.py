"""A network from somebody else's file: ONNX, .keras, safetensors, skops, GraphML, GEXF, node-link, links.

lernpy import model.onnx -o net.json
lernpy import links.edges -o net.json --inputs x1,x2 --outputs y
"""

from __future__ import annotations

import argparse

from lernpy import files
from lernpy.cli import parsing
from lernpy.cli.output import say
from lernpy.functions.activations import ACTIVATIONS
from lernpy.interop.importing import imported


def comma_names(text: str) -> list[str]:
    """Names with commas."""
    return [name.strip() for name in text.split(",")]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "-o", "--output", type=parsing.network_file, required=True, metavar="NET.json"
    )
    parser.add_argument(
        "--inputs", type=comma_names, metavar="A,B", help="of a graph that declares none"
    )
    parser.add_argument("--outputs", type=comma_names, metavar="A,B")
    parser.add_argument(
        "--activation", type=parsing.name_in(ACTIVATIONS), help="where the file does not tell one"
    )
    parser.add_argument(
        "--seed", type=parsing.seed, metavar="N", help="for a graph without weights"
    )


def run(options: argparse.Namespace) -> int:
    parsing.check_paths(options.output)
    made = imported(
        options.file,
        inputs=options.inputs,
        outputs=options.outputs,
        activation=options.activation,
        seed=options.seed,
    )
    files.save(made.network, options.output)
    say(f"{made.network} -> {options.output}")
    if made.untold:
        say(str(made))
    return 0
