"""Questions for a course: each student's own numbers, wrong answers computed, feedback by belief.

lernpy quiz xor --seeds 1:201 --format moodle-xml -o bank.xml
lernpy quiz net.json --seeds 1:31 --format nbgrader -o source/backprop
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.cli.sweep import seeds
from lernpy.errors import LernpyError
from lernpy.lessons.quiz import FORMATS, from_data, from_network
from lernpy.storage import write_bytes
from lernpy.text import counted, listed


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="DATA|NET", help="data, or a network file (its wiring)")
    sources.add_options(parser, folder=False)
    parser.add_argument(
        "--data", metavar="DATA", help="samples for NET (default: what it learned from)"
    )
    parser.add_argument(
        "--seeds",
        type=seeds,
        default="1:31",
        metavar="A:B",
        help="one student each; B is not counted (1:31)",
    )
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        help="by the ending of FILE, else gift. "
        + "; ".join(f"{name}: {one.about}" for name, one in FORMATS.items()),
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="a file, or a folder where each student gets one"
    )


def run(options: argparse.Namespace) -> int:
    name = options.format or _format_of(options.output)
    chosen, path = FORMATS[name], _path(options.output, name)
    network, dataset = sources.network_or_data(options.source, options.data, options)
    if network is None:
        papers = list(from_data(dataset, options.seeds))
    else:
        papers = list(from_network(network, dataset, options.seeds))
    for name, content in chosen.write(papers).items():
        write_bytes(path / name if name else path, content)
    questions = sum(len(paper.problems) for paper in papers)
    say(f"written: {path}. {counted(len(papers), 'student')}, {counted(questions, 'question')}")
    return 0


def _format_of(output: str | None) -> str:
    """By the ending of the file."""
    by_ending = {one.ending: name for name, one in FORMATS.items() if one.ending}
    return by_ending.get(Path(output or "").suffix.lower(), "gift")


def _path(output: str | None, name: str) -> Path:
    """Where to write; the ending must be that of the format, so that the file is known later on."""
    ending = FORMATS[name].ending
    if output is None:
        return Path(f"quiz{ending}") if ending else _folder("quiz")
    if ending is None:
        return _folder(output)
    path = Path(parsing.ending(ending)(output)) if output.lower().endswith(ending) else None
    if path is None:
        others = listed(
            [one.ending for one in FORMATS.values() if one.ending not in (None, ending)]
        )
        raise LernpyError(
            f"{output!r} must end in {ending}: the format is {name} (others: {others})"
        )
    parsing.check_paths(output)
    return path


def _folder(text: str) -> Path:
    path = Path(text)
    path.mkdir(parents=True, exist_ok=True)
    return path
