"""Learn from a data set: a built-in one (lernpy data list) or a file of yours.

lernpy train xor
lernpy train digits --save digits.json
lernpy train my.csv --target species --layers 16,8 --activation relu
"""

from __future__ import annotations

import argparse
import contextlib
import signal
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np

from lernpy import data as datasets
from lernpy import files
from lernpy.cli import guesses, parsing, progress_bar, report, sources, training_options
from lernpy.cli.output import is_terminal, say
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.functions import losses
from lernpy.network import Network
from lernpy.training import Evaluation, Run, Settings, advise, evaluate
from lernpy.training.metrics import evaluate_arrays
from lernpy.training.recipe import Recipe, network_for, recipe

BUILDS = ("layers", "activation", "output_activation", "init", "cell")  # options that make a net


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="DATA", help="a built-in name, or a CSV, NPZ or IDX file")
    sources.add_options(parser)
    training_options.add_training_options(parser)


def run(options: argparse.Namespace) -> int:
    if options.resume and options.checkpoint is None:
        raise LernpyError("to resume, name the folder of the checkpoints: --checkpoint DIR")
    parsing.check_paths(options.save, options.history, options.plot)
    before = _before(options)
    like = None if before is None or options.rescale else before.card
    source = sources.with_steps(options.source, options.steps)
    dataset = sources.load_data(source, options, like)
    chosen = _chosen(recipe(dataset), options)
    rest, test = _parts(dataset, chosen.test, options)
    network = before or network_for(dataset, chosen, options.seed, options.init, options.cell)
    training = Run(network, rest, _settings(chosen, options))
    _remember_parts(training, rest, test)
    quiet = options.quiet or options.json
    show = progress_bar.choose(training, dataset, quiet)
    if not quiet:
        _introduce(training)
    if options.live:
        show = _live(training, show)
    try:
        with interruptible():
            show.follow()
    except KeyboardInterrupt:
        training.interrupt()
    except LernpyError:
        if options.save and training.history.rows:
            files.save(network, options.save)
        raise
    return _finish(training, rest, test, options)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """A kind request to stop (SIGTERM, a closed terminal) ends the training as Ctrl-C does."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}
    with contextlib.suppress(ValueError):  # signals belong to the main thread
        before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _remember_parts(training: Run, rest: Dataset, test: Dataset | None) -> None:
    """Keep in the card which samples are held out, by their numbers in the data."""
    card, everything = training.data.card, np.arange(len(rest))
    rest_numbers = everything if rest.numbers is None else rest.numbers
    learned = rest_numbers if training.data.numbers is None else training.data.numbers
    held = {"validation": np.setdiff1d(rest_numbers, learned)}
    if test is not None and test.numbers is not None:
        held["test"] = test.numbers
    numbers = {name: rows.tolist() for name, rows in held.items() if len(rows)}
    network = training.network
    network.card = replace(network.card or card, training={**training.summary, "held_out": numbers})


def _introduce(training: Run) -> None:
    """What each column was taken for, and with what it is learned."""
    card = training.network.card
    if card is None:
        return
    for line in (*report.of_data(card), *report.of_training(training.network, card)):
        say(f"  {line}")


def _before(options: argparse.Namespace) -> Network | None:
    """The network to go on with; what would build another one is refused."""
    if options.from_network is None:
        if options.rescale:
            raise LernpyError("--rescale is for a network that goes on: --from NET.json")
        return None
    for name in BUILDS:
        if getattr(options, name) is not None:
            flag = name.replace("_", "-")
            raise LernpyError(f"{options.from_network} is a net already; leave out --{flag}")
    network = sources.load_network(options.from_network)
    for name in ("loss", "optimizer", "learning_rate"):
        if getattr(options, name) is not None:
            setattr(network, name, getattr(options, name))
    return network


def _parts(dataset: Dataset, size: float, options: argparse.Namespace) -> tuple[Dataset, Any]:
    """The samples to learn from and those kept for the test; some files bring a test part of their own."""
    own = dataset.source.get("name") == "mnist" or dataset.source.get("part") == "train"
    if options.test is None and own:
        try:
            load = partial(
                datasets.load, options.source, **sources.reading(options.source, options)
            )
            return load(part="train"), load(part="test", like=dataset)
        except LernpyError:  # only one part is there: take some of it
            pass
    rest, _, test = datasets.split(dataset, 0.0, size, options.seed)
    return rest, test


def _chosen(usual: Recipe, options: argparse.Namespace) -> Recipe:
    changes = {
        column.name: getattr(options, column.name)
        for column in fields(Recipe)
        if getattr(options, column.name, None) is not None or column.name == "batch_size"
        if hasattr(options, column.name)
    }
    if options.optimizer not in (None, usual.optimizer) and options.learning_rate is None:
        changes["learning_rate"] = None  # the optimiser's own default, not the recipe's
    if options.output_activation and options.loss is None and losses.get(usual.loss).of_shares:
        changes["loss"] = losses.usual_for(options.output_activation)
    if options.validation == 0 and options.early_stop is None:
        changes["early_stop"] = None
    return replace(usual, **changes)


def _settings(chosen: Recipe, options: argparse.Namespace) -> Settings:
    return Settings(
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        schedule=chosen.schedule,
        seed=options.seed,
        validation=chosen.validation,
        early_stop=chosen.early_stop,
        l1=options.l1,
        l2=chosen.l2,
        class_weights=options.class_weights,
        scale=options.scale
        or (chosen.scale if options.rescale or not options.from_network else None),
        rescale=options.rescale,
        engine=options.engine,
        dtype=options.dtype,
        metrics=not (options.quiet or options.json),
        checkpoint=options.checkpoint,
        every=options.every,
        resume=options.resume,
    )


def _live(training: Run, show: Any) -> Any:
    from lernpy.plot.charts import live

    return live.Following(training, show)


def _finish(training: Run, rest: Any, test: Any, options: argparse.Namespace) -> int:
    network, history = training.network, training.history
    if options.save:
        files.save(network, options.save)
    if options.history:
        history.to_csv(options.history)
    learned, validated = _judged(training)
    tested = evaluate(network, test) if test is not None else None
    if options.json:
        say(parsing.as_json(_report(training, learned, validated, tested)))
    else:
        _tell(training, learned, validated, tested, options)
        if not options.quiet:
            guesses.print_guesses(network, test if test is not None else rest)
    if options.plot:
        from lernpy.plot.charts.summary import after_training

        after_training(training, test, options.plot)
    if not (options.json or options.quiet):
        _advise(training, tested)
        _next(options)
    return 130 if history.interrupted else 0


def _judged(training: Run) -> tuple[Evaluation, Evaluation | None]:
    """The figures of the weights that are kept, for the samples learned from and for the validation."""
    card = training.data.card
    parts = (training.data.train, training.data.validation)
    learned, validated = (
        None if part is None else evaluate_arrays(training.network, *part, card=card)
        for part in parts
    )
    assert learned is not None
    return learned, validated


def _report(
    training: Run, learned: Evaluation, validated: Evaluation | None, tested: Evaluation | None
) -> dict[str, Any]:
    return {
        **learned.figures,
        "epochs": len(training.history),
        "seed": training.seed,
        "engine": training.history.engine,
        "weights": len(training.network.weights),
        "validation": None if validated is None else validated.figures,
        "test": None if tested is None else tested.figures,
    }


def _tell(
    training: Run,
    learned: Evaluation,
    validated: Evaluation | None,
    tested: Evaluation | None,
    options: argparse.Namespace,
) -> None:
    history = training.history
    if not options.quiet:
        say(f"{history.stopped}; engine: {history.explanation}")
    say(f"learned {len(training.data.train[0]):,} samples: {learned}")
    if validated is not None and training.data.validation is not None:
        say(f"validated on {len(training.data.validation[0]):,} samples: {validated}")
    if tested is not None:
        say(f"tested on samples never seen: {tested}")


def _advise(training: Run, tested: Evaluation | None) -> None:
    """Why it has not learned well, as far as can be seen, and what to type next."""
    advices = advise(training, tested)
    if advices:
        say("why it does not do better, perhaps:")
    for advice in advices:
        flags = [
            f"--{name.replace('_', '-')} {_typed(value)}" for name, value in advice.change.items()
        ]
        say(f"  - {advice.why}" + (f"; try {' '.join(flags)}" if flags else ""))


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _next(options: argparse.Namespace) -> None:
    if options.save:
        say(
            f"saved: {options.save}. Next: lernpy evaluate {options.save} --wrong, lernpy show {options.save}"
        )
    elif is_terminal():
        say("Next: add --save net.json to keep it, then: lernpy evaluate net.json")
