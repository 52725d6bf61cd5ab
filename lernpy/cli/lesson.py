"""The ten lessons: list them, write one as an offline page, on paper, or play a part in the terminal.

lernpy lesson list
lernpy lesson 4 -o all-paths.html
lernpy lesson 5 --sheet sheet.html --key key.html --cards cards.html
lernpy lesson 5 --be links
lernpy lesson mistakes --seeds 100
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from lernpy.cli import parsing
from lernpy.cli.output import say
from lernpy.errors import LernpyError
from lernpy.lessons import LESSONS, LessonPlan, mistakes
from lernpy.storage import write_text

PAGES = ("output", "sheet", "key", "cards")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        choices=(*LESSONS, "list", "mistakes"),
        metavar="0-9|list|mistakes",
        help="a lesson; all of them; how often each mistake learns XOR",
    )
    page = parsing.page_file
    parser.add_argument("-o", "--output", type=page, metavar="PAGE.html", help="the offline page")
    parser.add_argument("--sheet", type=page, metavar="PAGE.html", help="one printed page")
    parser.add_argument("--key", type=page, metavar="PAGE.html", help="its answers")
    parser.add_argument("--cards", type=page, metavar="PAGE.html", help="cards for being the link")
    parser.add_argument(
        "--be", metavar="PART", help="play a part here: links, neurons, all, or one by its name"
    )
    parser.add_argument(
        "--table",
        action="store_true",
        help="count what the lesson counts (seeds, widths); some seconds",
    )
    parser.add_argument(
        "--seeds", type=parsing.positive, metavar="N", help="of mistakes: how many nets each (100)"
    )


def run(options: argparse.Namespace) -> int:
    if options.what in ("list", "mistakes"):
        _refuse(options, (*PAGES, "be", "table", *(["seeds"] if options.what == "list" else [])))
        _list() if options.what == "list" else _mistakes(options.seeds or 100)
        return 0
    _refuse(options, ("seeds",))
    plan = LESSONS[options.what]
    written = _write(plan, options)
    if options.table:
        for line in plan.table() if plan.table else ["this lesson counts nothing"]:
            say(line)
    if options.be:
        _play(plan, options.be)
    if not (written or options.table or options.be):
        for line in in_words(plan):
            say(line)
    return 0


def _refuse(options: argparse.Namespace, names: tuple[str, ...]) -> None:
    for name in names:
        if getattr(options, name):
            raise LernpyError(f"--{name} is nothing for lernpy lesson {options.what}; leave it out")


def _list() -> None:
    for name, plan in LESSONS.items():
        say(f"{name}  {plan.title}: {plan.goal}")
    say("Only three lessons: 0, 4, 6; with five: 1 and 7. Next: lernpy lesson 4 -o 4.html")


def _mistakes(seeds: int) -> None:
    say(f"XOR 2-3-1, rate .5, 2,000 epochs, {seeds} seeds:")
    for count in mistakes.success(range(seeds)):
        stated = mistakes.SKETCHED.get(count.name)
        say(f"  {count}" + (f"; a sketch before had {stated}%" if stated is not None else ""))
    say(
        "(XOR has one output, so on this net no neuron has more than one path: 'one path' is right.)"
    )
    say("A falling loss proves nothing; the gradient check does: lernpy lesson 6 --table")


def _write(plan: LessonPlan, options: argparse.Namespace) -> bool:
    """The pages that were asked for; whether there were any."""
    wanted = {name: getattr(options, name) for name in PAGES if getattr(options, name)}
    parsing.check_paths(*wanted.values())
    for name, path in wanted.items():
        from lernpy.lessons import pages

        if name == "output":
            write_text(path, pages.lesson_page(plan))
        elif name == "cards":
            write_text(path, pages.cards(plan))
        else:
            write_text(path, pages.sheet(plan, key=name == "key"))
        say(f"written: {path}")
    return bool(wanted)


def in_words(plan: LessonPlan) -> Iterator[str]:
    """The lesson in words, without its answers."""
    yield f"Lesson {plan.number}: {plan.title}. {plan.goal}"
    for minutes, line in zip((20, 45, 90), plan.timing, strict=True):
        yield f"  in {minutes} minutes: {line}"
    for question in plan.questions:
        yield f"  {question.name}  {question.text}"
    if plan.mistakes:
        yield f"  wrong on purpose: {', '.join(plan.mistakes)}"
    yield f"  exit: {plan.exit}"
    for command in plan.look:
        yield f"  to look at: {command}"
    yield f"Next: lernpy lesson {plan.number} -o {plan.number}.html"


def _play(plan: LessonPlan, role: str) -> None:
    """Ask who acts and what it passes on, until all have acted or the input ends."""
    from lernpy.lessons.be import BeTheLink, turns_of

    game = BeTheLink(turns_of(next(iter(plan.situations.values()))), role)
    say("Who acts next, and what does it pass on? For example: x1 -> h1 0.0075. Empty ends it.")
    while not game.over:
        line = _asked()
        if not line:
            break
        part, _, number = line.rpartition(" ")
        try:
            say(str(game.say(part or number, number)))
        except LernpyError as error:
            say(str(error))
    say(f"{'All have acted. ' if game.over else ''}Mistakes: {game.summary()}.")


def _asked() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""
