"""Write a lesson as one HTML page that plays in any browser, without a network.

lernpy play xor -o lesson.html
lernpy play digits.json --sample 3 -o digit.html
lernpy play two-two-two --sheet sheet.html --key key.html
lernpy play xor --epochs-shown 5 --notes notes.json --questions questions.json
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lernpy.cli import parsing, traces
from lernpy.cli.output import say
from lernpy.errors import LernpyError

if TYPE_CHECKING:
    from lernpy.watch import Trace


def arguments(parser: argparse.ArgumentParser) -> None:
    flags = {"sheet": "spreadsheet"}  # a sheet is a worksheet here
    traces.arguments(parser, "how many lessons, one after the other (4)", flags)
    parser.add_argument(
        "--epochs-shown",
        type=parsing.positive,
        metavar="N",
        help="how many passes over these samples (1)",
    )
    parser.add_argument(
        "-o", "--output", type=parsing.page_file, default="lesson.html", metavar="PAGE.html"
    )
    parser.add_argument(
        "--missed",
        type=parsing.positive,
        metavar="N",
        help="draw the N links that are missed most as ghosts",
    )
    parser.add_argument("--title", help="above the page")
    parser.add_argument(
        "--save", type=parsing.trace_file, metavar="TRACE.json", help="write the trace as well"
    )
    group = parser.add_argument_group("for the class (the files: see lernpy.watch.scripts)")
    group.add_argument("--notes", metavar="FILE.json", help="speaker notes")
    group.add_argument("--questions", metavar="FILE.json", help="to be asked before the answers")
    group.add_argument(
        "--sheet",
        dest="worksheet",
        type=parsing.page_file,
        metavar="SHEET.html",
        help="a worksheet of one page",
    )
    group.add_argument("--key", type=parsing.page_file, metavar="KEY.html", help="its answers")
    group.add_argument(
        "--links", metavar="A->B,C->D", help="links on the worksheet (those with the most to learn)"
    )


def run(options: argparse.Namespace) -> int:
    from lernpy import player
    from lernpy.training import missed

    parsing.check_paths(options.output, options.save, options.worksheet, options.key)
    for name in ("key", "links"):
        if getattr(options, name) and not options.worksheet:
            raise LernpyError(f"--{name} goes with a worksheet; add --sheet SHEET.html")
    ghosts: list[Any] = []

    def haunt(network: Any, data: Any) -> None:
        if options.missed:
            ghosts.extend(missed(network, data, options.missed))

    trace = traces.trace_of(options, usual=4, before=haunt)
    _prepare(trace, options)
    if options.save:
        trace.save(options.save)
    player.write(trace, options.output, title=options.title, level=options.by, missed=ghosts)
    if options.worksheet:
        links = options.links.split(",") if options.links else ()
        player.write_sheet(trace, options.worksheet, options.key, title=options.title, links=links)
        say(f"written: {' and '.join(filter(None, (options.worksheet, options.key)))}; print them")
    say(f"written: {options.output}. Open it in a browser; the arrow keys step")
    return 0


def _prepare(trace: Trace, options: argparse.Namespace) -> None:
    """Notes and questions from their files."""
    from lernpy.watch import scripts

    if options.notes:
        scripts.add_notes(trace, options.notes)
    if options.questions:
        scripts.add_questions(trace, options.questions)
