"""The command line: one file for each command; parse, call the library, print.

Only the module of the command that was asked for is imported, so ``lernpy --help`` is quick. Nothing
knows a command. Read `train` first; `sources` says which network and which data an argument means,
`parsing` reads the values of options, `parser` words what was wrong.

May know: build, check, data, files, functions, interop, lessons, lessons/pages, lessons/quiz,
network, player, plot, plot/charts, plot/film, sweep, training, watch, watch/terminal.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword

from lernpy._version import __version__
from lernpy.cli import output
from lernpy.cli.parser import Parser
from lernpy.errors import LernpyError
from lernpy.text import AT_THE_SHELL, near_miss

COMMANDS = {
    "train": "learn from a data set, built in or your own",
    "predict": "ask a trained network",
    "evaluate": "loss, accuracy and what came out wrong",
    "show": "a network or a data set in words and numbers",
    "check": "are the gradients right? does every engine agree?",
    "step": "walk through one lesson, link by link, forward and back",
    "play": "write a lesson as one offline page",
    "lab": "write a page that trains a network in front of the class",
    "plot": "draw a network, a lesson or a training run",
    "export": "a network as ONNX, torch, a program, a graph",
    "import": "a network from ONNX, Keras, scikit-learn, a graph",
    "sweep": "train many networks at once: seeds, rates",
    "doctor": "why does it not learn? tries its own first advice",
    "lesson": "ten lessons for a class: pages, sheets, cards, be the link",
    "quiz": "questions for a course, each student with own numbers",
    "data": "list, show or fetch data sets",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, 1 (an error), 2 (wrong usage) or 130 (Ctrl-C)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    at_the_shell = AT_THE_SHELL.set(True)
    try:
        output.prepare_console()
        status = _run(arguments)
        return output.finish() or status
    except LernpyError as error:
        return _say(f"Error: {' '.join(str(error).split())}", 1)
    except KeyboardInterrupt:
        return _say("Stopped.", 130)
    except MemoryError:
        return _say("Error: not enough memory for this", 1)
    except BrokenPipeError:  # met by somebody who prints by himself, such as the terminal's stepper
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _say(f"Error: {error.filename or 'output'}: {error.strerror or error}", 1)
    finally:
        AT_THE_SHELL.reset(at_the_shell)


def _say(line: str, status: int) -> int:
    output.complain(line)
    return status


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        _front().parse_args(arguments or ["--help"])
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        _front().error(
            f"no command is called {name!r}.{near_miss(name, COMMANDS)} Known: {', '.join(COMMANDS)}"
        )
    module = import_module(f"lernpy.cli.{name}{'_' * iskeyword(name)}")
    parser = Parser(
        prog=f"lernpy {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    return int(module.run(parser.parse_args(rest)))


def _front() -> Parser:
    listed = "\n".join(f"  {name:10} {says}" for name, says in COMMANDS.items())
    parser = Parser(
        prog="lernpy",
        description="Neurons, links and blame: a neural-network simulator made to be understood.",
        epilog=f"commands:\n{listed}\n\nlernpy COMMAND --help says more. First try: lernpy train digits",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="lernpy COMMAND ...",
    )
    parser.add_argument("--version", action="version", version=f"lernpy {__version__}")
    return parser
