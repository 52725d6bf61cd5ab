"""Write a lesson as one HTML page that plays in any browser, without a network.

lernpy play xor -o lesson.html
lernpy play digits.json --sample 3 -o digit.html
"""

from __future__ import annotations

import argparse

from lernpy.cli import lessons, parsing
from lernpy.cli.output import say


def arguments(parser: argparse.ArgumentParser) -> None:
    lessons.arguments(parser, "how many lessons, one after the other (4)")
    parser.add_argument(
        "-o", "--output", type=parsing.page_file, default="lesson.html", metavar="PAGE.html"
    )
    parser.add_argument("--title", help="above the page")
    parser.add_argument(
        "--save", type=parsing.trace_file, metavar="TRACE.json", help="write the trace as well"
    )


def run(options: argparse.Namespace) -> int:
    from lernpy import player

    parsing.check_paths(options.output, options.save)
    trace = lessons.trace_of(options, usual=4)
    if options.save:
        trace.save(options.save)
    player.write(trace, options.output, title=options.title, level=options.by)
    say(f"written: {options.output}. Open it in a browser; the arrow keys step")
    return 0
