"""Draw a network, a lesson, a training run: the ending of the file's name decides the format.

lernpy plot blame xor.json --sample 1 -o blame.png
lernpy plot flow xor.json -o flow.gif
lernpy plot boundary spiral -o spiral.png      (trains a net first)
lernpy plot history runs/ -o history.pdf       (a checkpoint folder)
lernpy plot compare before.json after.json -o difference.svg
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.errors import LernpyError
from lernpy.plot import request, tables
from lernpy.plot.film import saving
from lernpy.plot.kinds import KINDS
from lernpy.theme import THEMES

OPTIONS = ("part", "columns", "level", "epochs")  # that only some kinds take


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "kinds:\n" + "\n".join(f"  {k.name:12} {k.about}" for k in KINDS.values())
    parser.add_argument("kind", metavar="KIND", type=parsing.name_in(KINDS), help="see below")
    parser.add_argument(
        "sources",
        metavar="NET|DATA|DIR",
        nargs="*",
        help="network files, data, or a checkpoint folder",
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="png, svg, pdf, gif, mp4, html"
    )
    sources.add_options(parser, folder=False)
    parser.add_argument(
        "--data", metavar="DATA", help="samples (default: what the network learned from)"
    )
    parser.add_argument(
        "--sample",
        type=parsing.seed,
        metavar="N",
        help="its number in the data, from 0 (the first whose inputs are not all 0)",
    )
    parser.add_argument(
        "--epoch", type=parsing.whole, metavar="N", help="of a checkpoint folder: after epoch N"
    )
    parser.add_argument(
        "--epochs", type=parsing.whole, metavar="N", help="of a training, or a film over one"
    )
    parser.add_argument("--part", metavar="NAME", help="paths: whose blame, a neuron or FROM,TO")
    parser.add_argument(
        "--columns", type=_columns, metavar="N,N", help="boundary: the two inputs to vary"
    )
    parser.add_argument("--level", help="flow: link, neuron, generation or phase")
    parser.add_argument("--theme", choices=sorted(THEMES), default=None)
    parser.add_argument(
        "--font-scale",
        type=parsing.amount,
        default=1.0,
        metavar="X",
        help="1 to 3, for the projector",
    )
    parser.add_argument(
        "--seed", type=parsing.seed, metavar="N", help="of a net trained afresh from DATA"
    )


@parsing.option
def _columns(text: str) -> tuple[int, int]:
    items = [item.strip() for item in text.split(",")]
    if len(items) != 2 or not all(item.isdecimal() for item in items):
        raise LernpyError(f"{text!r} are no two inputs; write for example 0,2 (the first is 0)")
    return int(items[0]), int(items[1])


def run(options: argparse.Namespace) -> int:
    from lernpy import plot

    moving = _check_before(options)
    found = _sources(options)
    named = {
        "part": _part(options.part),
        "columns": options.columns,
        "level": options.level,
    }
    if "epochs" in request.options_of(KINDS[options.kind]):
        named["epochs"] = options.epochs
    made = request.draw(
        options.kind,
        **found,
        sample=options.sample,
        theme=options.theme,
        font_scale=options.font_scale,
        moving=moving,
        **{key: value for key, value in named.items() if value is not None},
    )
    plot.save(made, options.output)
    say(f"written: {options.output}")
    return 0


def _check_before(options: argparse.Namespace) -> bool:
    """Refuse what cannot work before anything is trained or drawn; whether it shall move."""
    entry, path = KINDS[options.kind], Path(options.output)
    takes = request.options_of(entry)
    if not any(sources.is_network(text) for text in options.sources):
        takes |= {"epochs"}  # of the net that is trained first
    for name in OPTIONS:
        if getattr(options, name) is not None and name not in takes:
            raise LernpyError(f"a plot of {entry.name} takes no --{name}; leave it out")
    if entry.name == "functions" and options.sources:
        raise LernpyError(
            f"a plot of functions draws the tables, not {options.sources[0]}; leave it out"
        )
    moving = path.suffix.lower().lstrip(".") in saving.MOVING
    saving.check_name(path, moves=entry.moves is True or (bool(entry.moves) and moving))
    if path.suffix:
        parsing.check_places(options.output)
    return moving


def _part(text: str | None) -> Any:
    if text is None or "," not in text:
        return text
    source, target = (end.strip() for end in text.split(",", 1))
    return source, target


def _sources(options: argparse.Namespace) -> dict[str, Any]:
    """Networks, data and history, from what the command line names."""
    found: dict[str, Any] = {}
    for text in options.sources:
        for key, value in _source(text, options).items():
            if key == "network" and "network" in found and "other" in KINDS[options.kind].needs:
                key = "other"
            if key in found and found[key] is not None:
                raise LernpyError(f"{text} is one {key} too many for a plot of {options.kind}")
            found[key] = value
    found["data"] = _data(options, found)
    wanted = {"network", "history"} & set(KINDS[options.kind].needs)
    if "network" in found:
        _refuse_idle(options, found)
    elif wanted and found["data"] is not None:
        found["network"], found["history"] = _trained(found["data"], options)
    return {key: value for key, value in found.items() if value is not None}


def _refuse_idle(options: argparse.Namespace, found: dict[str, Any]) -> None:
    """What says how to train a net, where there is one already."""
    if options.seed is not None:
        raise LernpyError(
            f"{options.sources[0]} is trained already, so --seed would change nothing"
        )
    if options.epoch is not None and "history" not in found:
        raise LernpyError("--epoch chooses among the checkpoints of a folder; name that folder")


def _source(text: str, options: argparse.Namespace) -> dict[str, Any]:
    from lernpy.training import checkpoint

    if options.kind == "sweep":
        return {"data": tables.read(text)}
    if sources.is_network(text):
        if "epoch-" in Path(text).name:
            network, history, _ = checkpoint.read(text)
            return {"network": network, "history": history}
        return {"network": sources.load_network(text)}
    if checkpoint.all_in(text):
        network, history, _ = checkpoint.read(checkpoint.at(text, options.epoch))
        return {"network": network, "history": history}
    return {"data": sources.load_data(text, options)}


def _data(options: argparse.Namespace, found: dict[str, Any]) -> Any:
    network = found.get("network")
    card = None if network is None else network.card
    if options.data is not None:
        return sources.load_data(options.data, options, card)
    if found.get("data") is not None or network is None or card is None or not card.data:
        return found.get("data")
    try:
        return sources.data_of(network, options.sources[0], None, options)
    except LernpyError:
        if {"data", "sample"} & set(KINDS[options.kind].needs):
            raise
        return None


def _trained(dataset: Any, options: argparse.Namespace) -> tuple[Any, Any]:
    """A net for data named alone, trained by its recipe."""
    from lernpy.training import train
    from lernpy.training.recipe import network_for, recipe

    usual, seed = recipe(dataset), options.seed or 0
    network = network_for(dataset, usual, seed)
    history = train(
        network,
        dataset,
        **{**usual.settings, "epochs": options.epochs or usual.epochs},
        metrics=True,
        seed=seed,
    )
    return network, history
