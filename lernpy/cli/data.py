"""Data sets: what there is, what is in it, and MNIST from the web.

lernpy data list
lernpy data show fruit
lernpy data fetch mnist ~/mnist
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import suppress

from lernpy import data
from lernpy.cli import report, sources
from lernpy.cli.guesses import picture
from lernpy.cli.output import say
from lernpy.errors import LernpyError
from lernpy.text import listed, number


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="list|show|fetch")
    commands.add_parser("list", help="the built-in data sets")
    show = commands.add_parser("show", help="names, sizes and a few samples of a data set")
    show.add_argument("source", metavar="DATA")
    sources.add_options(show)
    fetch = commands.add_parser("fetch", help="download a data set: mnist")
    fetch.add_argument("name", choices=["mnist"])
    fetch.add_argument("folder", metavar="DIR")
    fetch.add_argument("--mirror", action="append", metavar="URL", help="fetch from here instead")


def run(options: argparse.Namespace) -> int:
    return {"list": _list, "show": _show, "fetch": _fetch}[options.action](options)


def _list(options: argparse.Namespace) -> int:
    for name in data.names():
        about = _first_sentence(name)
        choices = ", ".join(f"{k}={v}" for k, v in data.options(name).items() if v is not None)
        say(f"{name:14} {about}" + (f"  [{choices}]" if choices else ""))
    say("options are written so: spiral:noise=0.2,n=400")
    return 0


def _first_sentence(name: str) -> str:
    words = data.BUILT_IN[name].__doc__ or ""
    if not words:  # made by a table, or under python -OO
        with suppress(LernpyError):  # not shipped
            words = data.load(name).about
    return words.strip().partition("\n")[0]


def _show(options: argparse.Namespace) -> int:
    show_data(sources.load_data(options.source, options))
    return 0


def show_data(dataset: data.Dataset) -> None:
    """Print what a data set is, what each column was taken for, and its first samples."""
    say(f"{dataset.name}: {dataset.summary}")
    if dataset.about:
        say(dataset.about)
    for line in report.of_data(dataset):
        say(f"  {line}")
    for column in dataset.columns[:20]:
        if column.kinds:
            say(f"  {column.name}: {listed(column.kinds, 20)}")
    if dataset.classes:
        counts = [int((dataset.labels == i).sum()) for i in range(len(dataset.classes))]
        shown = ", ".join(f"{n} {c}" for n, c in zip(dataset.classes, counts, strict=True))
        say(f"samples of each class: {shown}")
    if dataset.image:
        say("\n".join(picture(dataset.inputs[0].reshape(dataset.image), dataset.maximum)))
        say(f"sample 1 is {dataset.classes[dataset.labels[0]]}" if dataset.classes else "sample 1")
        return
    for inputs, targets in zip(dataset.inputs[:4], dataset.targets[:4], strict=True):
        say(f"  {_numbers(inputs)} -> {_numbers(targets)}")


def _numbers(values: Iterable[float]) -> str:
    return listed([number(value, unknown="?") for value in values], 20).replace(", ", " ")


def _fetch(options: argparse.Namespace) -> int:
    mirrors = options.mirror or data.MIRRORS
    if not sys.stderr.isatty():
        data.fetch_mnist(options.folder, mirrors)
    else:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as progress:
            tasks: dict[str, int] = {}

            def tell(name: str, done: int, total: int | None) -> None:
                if name not in tasks:
                    tasks[name] = progress.add_task(name, total=total)
                progress.update(tasks[name], completed=done, total=total)  # type: ignore[arg-type]

            data.fetch_mnist(options.folder, mirrors, progress=tell)
    say(f"MNIST is in {options.folder}. Next: lernpy train mnist --data {options.folder}")
    return 0
