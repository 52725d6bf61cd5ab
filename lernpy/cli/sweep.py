"""Train many networks at once: every seed with every setting; how often does it work, how well?

Of data that are no truth table a fifth is set aside: on it each net is judged.

lernpy sweep xor --seeds 0:1000 --learning-rate 0.01,0.1,1 -o table.csv
lernpy sweep iris --seeds 0:50 --optimizer sgd,adam --plot success.png
lernpy sweep xor --seeds 0:10000 --jobs -1 -o table.csv     # the same table, sooner; goes on after a kill
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from math import isfinite, nan
from time import perf_counter
from typing import Any

import numpy as np

from lernpy import data as datasets
from lernpy.cli import parsing, sources
from lernpy.cli.output import say
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS, Optimizer
from lernpy.sweep import Sweep, train_many
from lernpy.sweep.builds import ByRecipe, Redrawn, Validated
from lernpy.sweep.grid import at_rate
from lernpy.text import counted
from lernpy.training.jobs import checked_jobs
from lernpy.training.prepare import card_for
from lernpy.training.recipe import Recipe, is_truth_table, recipe

MOST_SEEDS = 1_000_000
RATES = {"momentum": 0.05, "nesterov": 0.05, "adagrad": 0.05, "rmsprop": 0.003}  # else their own
TELLING = 2.0  # seconds
LONG = 1000.0  # a score from there on is told in four digits
VALIDATION = 0.2  # of the samples; no net learns from them


@parsing.usage_checked
def seeds(text: str) -> list[int]:
    """ "0:1000" (without the end), "7", or "1,5,9"."""
    first, colon, end = text.partition(":")
    numbers = [first, end] if colon else text.split(",")
    if not all(number.strip().isdigit() for number in numbers):
        raise LernpyError(f"{text!r} are no seeds; write 0:1000, or 1,5,9")
    values = [int(number) for number in numbers]
    if colon and values[1] - values[0] > MOST_SEEDS:
        raise LernpyError(f"{text} are {values[1] - values[0]:,} seeds; at most {MOST_SEEDS:,}")
    chosen = list(range(*values)) if colon else values
    if not chosen:
        raise LernpyError(f"{text} has no seed in it; the first must be below the second")
    return chosen


def comma_list(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """A list with commas."""

    def reader(text: str) -> list[Any]:
        return [read(item.strip()) for item in text.split(",")]

    return reader


@parsing.usage_checked
def jobs(text: str) -> int:
    """A number of processes; -1 for one each core."""
    return checked_jobs(int(text))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="DATA", help="a built-in name, or a file")
    sources.add_options(parser)
    parser.add_argument("--seeds", type=seeds, default="0:100", metavar="A:B", help="0:100")
    vary = parser.add_argument_group("settings; with commas, every combination is tried")
    vary.add_argument("--learning-rate", type=comma_list(parsing.amount), metavar="R,R")
    vary.add_argument(
        "--optimizer", type=comma_list(parsing.name_in(OPTIMIZERS)), metavar="NAME,NAME"
    )
    vary.add_argument("--l1", type=comma_list(parsing.amount), metavar="X,X")
    vary.add_argument("--l2", type=comma_list(parsing.amount), metavar="X,X")
    net = parser.add_argument_group("the net and its training (defaults depend on the data)")
    net.add_argument("--layers", type=parsing.layers, metavar="N,N")
    net.add_argument("--activation", type=parsing.name_in(ACTIVATIONS))
    net.add_argument("--loss", type=parsing.name_in(LOSSES))
    net.add_argument("--epochs", type=parsing.positive, metavar="N")
    net.add_argument("--batch-size", type=parsing.batch, default=argparse.SUPPRESS, metavar="N|all")
    net.add_argument(
        "--target-loss", type=parsing.amount, metavar="LOSS", help="then a net is done"
    )
    net.add_argument("--early-stop", type=parsing.positive, metavar="N")
    net.add_argument("--engine", default="auto", help="auto, numpy, jit or cupy")
    net.add_argument(
        "--network",
        type=parsing.network_file,
        metavar="NET.json",
        help="its wiring and how it learns, in place of --layers; weights are drawn anew",
    )
    many = parser.add_argument_group("many processes, and machines")
    many.add_argument("--jobs", type=jobs, metavar="N", help="processes; -1: one for each core")
    many.add_argument("--cluster", metavar="tcp://HOST:8786", help="a scheduler of Dask")
    out = parser.add_argument_group("what becomes of it")
    out.add_argument("-o", "--output", metavar="TABLE.csv", help="a row for each net")
    out.add_argument(
        "--plot",
        type=parsing.picture_file,
        metavar="PICTURE",
        help="success by setting: png, svg, pdf",
    )
    out.add_argument("--json", action="store_true", help="one JSON object and nothing else")


def run(options: argparse.Namespace) -> int:
    parsing.check_paths(options.output, options.plot)
    dataset = sources.load_data(options.source, options)
    chosen = _chosen(recipe(dataset), options)
    training, validation = dataset, None
    if not is_truth_table(dataset):  # of that the whole is to be learned
        training, validation, _ = datasets.split(dataset, VALIDATION, 0.0, 0)
    score = None
    if validation is not None:
        score = Validated.on(validation, card_for(training, chosen.scale))
    in_slices = options.jobs is not None or options.cluster is not None
    sweep = train_many(
        _build(dataset, chosen, options),
        training,
        options.seeds,
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        learning_rate=options.learning_rate,
        optimizer=_with_rates(options.optimizer, recipe(dataset)),
        l1=options.l1,
        l2=options.l2 or chosen.l2 or None,
        scale=chosen.scale,
        target_loss=options.target_loss,
        early_stop=options.early_stop,
        engine=options.engine,
        n_jobs=options.jobs,
        cluster=options.cluster,
        table=options.output if in_slices else None,
        score=score,
        progress=Told() if in_slices and not options.json else None,
    )
    if options.output and not in_slices:
        sweep.to_csv(options.output)
    scores = None if validation is None else sweep.scores.reshape(-1, len(sweep.seeds))
    if options.plot:
        _draw(sweep, scores, options.plot)
    say(parsing.as_json(_report(sweep, scores)) if options.json else _table(sweep, scores))
    return 130 if sweep.interrupted else 0


def _chosen(usual: Recipe, options: argparse.Namespace) -> Recipe:
    names = ("layers", "activation", "loss", "epochs", "batch_size")
    changes = {name: getattr(options, name) for name in names if hasattr(options, name)}
    changes = {name: v for name, v in changes.items() if v is not None or name == "batch_size"}
    if options.optimizer and options.learning_rate is None:
        changes["learning_rate"] = None  # each optimiser's own default
    return replace(usual, **changes)


def _build(dataset: Dataset, chosen: Recipe, options: argparse.Namespace) -> ByRecipe | Redrawn:
    """The net as plain values, which travel to other processes."""
    if options.network is None:
        return ByRecipe(dataset, chosen)
    for name in ("layers", "activation", "loss"):
        if getattr(options, name) is not None:
            raise LernpyError(f"--{name} and --network do not go together; leave one of them out")
    return Redrawn.of(options.network)


class Told:
    """Says now and then how many nets are done, and when all will be."""

    def __init__(self) -> None:
        self.started = self.last = perf_counter()

    def __call__(self, done: int, count: int) -> None:
        now = perf_counter()
        if now - self.last > TELLING and done < count:
            self.last = now
            left = (now - self.started) / done * (count - done)
            say(f"{done:,} of {counted(count, 'net')}, about {left:.0f} s left", flush=True)


def _score(sweep: Sweep) -> str:
    return "validation R²" if np.isnan(sweep.accuracy).all() else "validation accuracy"


def _with_rates(names: list[str] | None, usual: Recipe) -> list[Optimizer] | None:
    """The optimisers with the rates that suit a few hundred updates, where none is chosen."""
    if names is None:
        return None
    rates = {**RATES, usual.optimizer: usual.learning_rate}
    return [at_rate(OPTIMIZERS[name], rates.get(name)) for name in names]


def _draw(sweep: Sweep, scores: np.ndarray | None, path: str) -> None:
    """A bar for each setting, with the spread over the seeds where there is a score for each net."""
    from lernpy import plot

    rows: list[dict[str, Any]] = []
    for number, row in enumerate(sweep.success()):
        setting = {name: row[name] for name in sweep.names} or {"setting": "all"}
        if scores is None:
            rows.append({**setting, "success": row["success"]})
        else:
            known = [score if isfinite(score) else None for score in scores[number].tolist()]
            rows += [{**setting, _score(sweep): score} for score in known]
    value = "success" if scores is None else _score(sweep)
    plot.save(plot.sweep(rows, value=value), path)


def _report(sweep: Sweep, scores: np.ndarray | None) -> dict[str, Any]:
    settings: list[dict[str, Any]] = [dict(row) for row in sweep.success()]
    for row, values in zip(settings, () if scores is None else scores, strict=False):
        mean, deviation, known = _mean(values)
        row["validation"] = {"mean": mean, "deviation": deviation, "known": known}
    return {
        "nets": len(sweep),
        "seconds": sweep.seconds,
        "engine": sweep.engine,
        "settings": settings,
    }


def _meaning(sweep: Sweep) -> str:
    """The rule of `Sweep.success` in words."""
    if sweep.target_loss is not None:
        return f"a loss of {sweep.target_loss:g} reached"
    if not np.isnan(sweep.accuracy).all():
        return "every sample right"
    return "numbers stayed finite (or say --target-loss)"


def _mean(scores: np.ndarray) -> tuple[float, float, int]:
    """Mean and standard deviation of those that are numbers (NaN: there is none), and how many are."""
    known = scores[np.isfinite(scores)]
    if not len(known):
        return nan, nan, 0
    largest = np.abs(known).max() or 1.0  # their squares may be beyond all numbers
    return float(known.mean()), float((known / largest).std() * largest), len(known)


def _judged(scores: np.ndarray) -> str:
    mean, deviation, known = _mean(scores)
    if not known:
        return "unknown"
    few = "" if known == len(scores) else f" (known of {known})"
    form = ".3f" if abs(mean) < LONG else ".4g"
    return f"{mean:{form}} ± {deviation:{form}}{few}"


def _table(sweep: Sweep, scores: np.ndarray | None) -> str:
    """One line a setting: how many worked, how soon, with which loss."""
    lines = [f"{sweep}; successful: {_meaning(sweep)}"]
    for number, row in enumerate(sweep.success()):
        setting = ", ".join(f"{name.replace('_', ' ')} {row[name]}" for name in sweep.names)
        facts = [f"{row['success']:.1%} of {row['nets']} successful"]
        if row["median_epochs"] is not None:
            facts.append(f"median {row['median_epochs']:.0f} epochs")
        if row["median_loss"] is not None:
            facts.append(f"median loss {row['median_loss']:.4g}")
        if row["blown_up"]:
            facts.append(f"{row['blown_up']} blew up")
        if scores is not None:
            facts.insert(0, f"{_score(sweep)} {_judged(scores[number])}")
        lines.append(f"  {setting or 'all'}: {', '.join(facts)}")
    return "\n".join(lines)
