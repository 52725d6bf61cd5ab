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
from lernpy.labels import neuron_named, parted
from lernpy.plot.charts.regions import two_columns
from lernpy.plot.film import saving
from lernpy.plot.kinds import KINDS, draw
from lernpy.plot.material import Material
from lernpy.theme import THEMES

OPTIONS = ("part", "columns", "level", "epochs", "top", "unfold")  # that only some kinds take


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
        type=parsing.positive,
        metavar="N",
        help="its number in the data, from 1 (the one with the largest loss)",
    )
    parser.add_argument(
        "--epoch", type=parsing.positive, metavar="N", help="of a checkpoint folder: after epoch N"
    )
    parser.add_argument(
        "--epochs", type=parsing.positive, metavar="N", help="of a training, or a film over one"
    )
    parser.add_argument(
        "--part",
        metavar="NAME",
        help="paths: whose blame, a neuron or FROM,TO; also as the data call it",
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        metavar="A,B",
        help="the two inputs to vary, by name or number from 1",
    )
    parser.add_argument(
        "--top", type=parsing.positive, metavar="N", help="missed: how many links (10)"
    )
    parser.add_argument(
        "--unfold",
        type=_steps,
        metavar="STEP",
        help="in time: the steps whose cells are drawn whole: 3, or 1,2, or all",
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


@parsing.usage_checked
def _columns(text: str) -> str:
    names = [item.strip() for item in text.split(",")]
    if len(names) < 2 or not all(names) or any(name.startswith("-") for name in names):
        raise LernpyError(f"{text!r} are no two inputs; write for example 1,3 (the first is 1)")
    return text


@parsing.usage_checked
def _steps(text: str) -> bool | list[int]:
    steps = text.split(",")
    if text != "all" and not all(step.strip().isdecimal() for step in steps):
        raise LernpyError(f"{text!r} are no steps; write for example 3, or 1,2, or all")
    return text == "all" or [int(step) for step in steps]


def run(options: argparse.Namespace) -> int:
    from lernpy import plot

    moving = _check_before(options)
    named_sources = _sources(options)
    network = named_sources.get("network")
    named = {
        "part": network and options.part and _part(options.part, network),
        "columns": network and options.columns and two_columns(network, options.columns),
        "level": options.level,
        "top": options.top,
        "unfold": options.unfold,
    }
    for name in ("epochs", "seed"):
        if name in KINDS[options.kind].options:
            named[name] = getattr(options, name)
    material = Material(
        options.kind,
        sample=options.sample,
        moving=moving,
        options={key: value for key, value in named.items() if value is not None},
        **named_sources,
    )
    drawn = draw(options.kind, material, theme=options.theme, font_scale=options.font_scale)
    plot.save(drawn, options.output)
    if material.called and options.sample is None:
        say(f"{material.called}: the one with the largest loss")
    if material.is_anew:
        say("trained anew for this picture, with the settings of the network")
    say(f"written: {options.output}")
    return 0


def _check_before(options: argparse.Namespace) -> bool:
    """Refuse what cannot work before anything is trained or drawn; whether it shall move."""
    entry, path = KINDS[options.kind], Path(options.output)
    takes = set(entry.options)
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
        parsing.check_paths(options.output)
    return moving


def _part(text: str, network: Any) -> str | tuple[str, str]:
    """A neuron as it is; of a link its two ends."""
    if neuron_named(network, text):
        return text
    ways = list(parted(text, ","))
    for ends in ways:
        start, end = (neuron_named(network, one) for one in ends)
        if start and end:
            return start.name, end.name
    return text if "->" in text or not ways else ways[0]


def _sources(options: argparse.Namespace) -> dict[str, Any]:
    """Networks, data and history, from what the command line names."""
    wants = KINDS[options.kind].wants
    material: dict[str, Any] = {}
    for text in sorted(options.sources, key=_is_data):  # after the network whose columns it has
        for key, value in _source(text, options, material.get("network")).items():
            if key == "network" and "network" in material and "other" in wants:
                key = "other"
            if material.get(key) is not None:
                raise LernpyError(f"{text} is one {key} too many for a plot of {options.kind}")
            material[key] = value
    material["data"] = _data(options, material)
    if "network" in material:
        _refuse_idle(options, material)
    elif {"network", "history"} & set(wants) and material["data"] is not None:
        material["network"], material["history"] = _made(material["data"], options)
    return material


def _refuse_idle(options: argparse.Namespace, material: dict[str, Any]) -> None:
    """What says how to train a net, where there is one already."""
    if options.seed is not None:
        raise LernpyError(
            f"{options.sources[0]} is trained already, so --seed would change nothing"
        )
    if options.epoch is not None and "history" not in material:
        raise LernpyError("--epoch chooses among the checkpoints of a folder; name that folder")


def _is_data(text: str) -> bool:
    from lernpy.training import checkpoint

    return not (sources.is_network(text) or checkpoint.all_in(text))


def _source(text: str, options: argparse.Namespace, network: Any) -> dict[str, Any]:
    from lernpy.sweep import read_results
    from lernpy.training import checkpoint

    if options.kind == "sweep":
        return {"data": read_results(text)}
    if _is_data(text):
        return {"data": sources.load_data(text, options, network and network.card)}
    if checkpoint.all_in(text) or "epoch-" in Path(text).name:
        path = checkpoint.after_epoch(text, options.epoch) if Path(text).is_dir() else text
        network, history, _ = checkpoint.read(path)
        return {"network": network, "history": history}
    return {"network": sources.load_network(text)}


def _data(options: argparse.Namespace, material: dict[str, Any]) -> Any:
    network = material.get("network")
    card = None if network is None else network.card
    if options.data is not None:
        return sources.load_data(options.data, options, card)
    if material.get("data") is not None or network is None or card is None or not card.data:
        return material.get("data")
    try:
        return sources.data_of(network, options.sources[0], None, options)
    except LernpyError:
        if "data" in KINDS[options.kind].wants:
            raise
        return None


def _made(dataset: Any, options: argparse.Namespace) -> tuple[Any, Any]:
    """A net for data named alone, and its history: for one lesson that of `play` and `step`, small
    and fresh; else one trained by the recipe, as by `train`."""
    from lernpy.cli import traces

    seed = options.seed or 0
    if "sample" in KINDS[options.kind].wants:
        usual = dict.fromkeys(("layers", "activation", "optimizer", "learning_rate"))
        how = argparse.Namespace(**usual, seed=seed, epochs=options.epochs)
        say(f"a small net for {dataset.name}, seed {seed}, as lernpy play {dataset.name} has it")
        return traces.fresh(dataset, how), None
    run = _trained(dataset, options, seed)
    say(f"a net trained for {dataset.name}, seed {seed}: {run.history}")
    return run.network, run.history


def _trained(dataset: Any, options: argparse.Namespace, seed: int) -> Any:
    from lernpy.training import epochs
    from lernpy.training.recipe import network_for, recipe

    usual = recipe(dataset)
    run = epochs(
        network_for(dataset, usual, seed),
        dataset,
        **{**usual.settings, "epochs": options.epochs or usual.epochs},
        metrics=True,
        seed=seed,
    )
    run.finish()
    return run
