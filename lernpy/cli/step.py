"""Walk through a lesson, link by link, forward and back, with the arrow keys.

  lernpy step xor
  lernpy step net.json --sample 3 --until sign-flip

Keys: left and right (or Page) one step, with Shift a generation, up and down how fine, Home, End, q.
Where standard output is no terminal, all steps are printed as lines.
"""

from __future__ import annotations

import argparse
import os

from lernpy.cli import parsing, traces


def arguments(parser: argparse.ArgumentParser) -> None:
    traces.arguments(parser, "how many lessons, one after the other (1)")
    parser.add_argument(
        "--until",
        metavar="WHERE",
        help="go there first: a neuron, phase=backward, sign-flip, delta<1e-3, nan, ...",
    )
    parser.add_argument("--ascii", action="store_true", help="no lines and arrows beyond ASCII")
    parser.add_argument(
        "--save", type=parsing.trace_file, metavar="TRACE.json", help="write the trace"
    )


def run(options: argparse.Namespace) -> int:
    from lernpy.watch import terminal

    parsing.check_paths(options.save)
    trace = traces.trace_of(options, usual=1)
    if options.save:
        trace.save(options.save)
    trace.goto(0)
    colour = "NO_COLOR" not in os.environ
    terminal.run(trace, ascii=options.ascii, colour=colour, level=options.by, until=options.until)
    return 0
