"""Learn from a data set: a built-in one (lernpy data list) or a file of yours.

lernpy train xor
lernpy train digits --save digits.json
lernpy train my.csv --target species --layers 16,8 --activation relu
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from functools import partial
from typing import Any

from lernpy import data as datasets
from lernpy import files
from lernpy.cli import guesses, parsing, progress
from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.initializers import INITIALIZERS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.functions.schedules import SCHEDULES
from lernpy.network import Network
from lernpy.training import Evaluation, Run, Settings, advise, evaluate
from lernpy.training.metrics import judge
from lernpy.training.recipe import Recipe, network_for, recipe

LOSS_FOR = {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}  # classes; else squares


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="DATA", help="a built-in name, or a CSV, NPZ or IDX file")
    parsing.add_data_options(parser)
    _net_options(parser)
    _training_options(parser)
    _output_options(parser)


def _net_options(parser: argparse.ArgumentParser) -> None:
    net = parser.add_argument_group("the net (defaults depend on the data)")
    net.add_argument(
        "--layers", type=parsing.layers, metavar="N,N", help='hidden layers; "none" for none'
    )
    net.add_argument("--activation", type=parsing.name_in(ACTIVATIONS), help=", ".join(ACTIVATIONS))
    net.add_argument("--output-activation", type=_output_activation, help="the same, or softmax")
    net.add_argument("--init", type=parsing.name_in(INITIALIZERS), help=", ".join(INITIALIZERS))


def _training_options(parser: argparse.ArgumentParser) -> None:
    how = parser.add_argument_group("training (defaults depend on the data)")
    how.add_argument("--loss", type=parsing.name_in(LOSSES), help=", ".join(LOSSES))
    how.add_argument("--optimizer", type=parsing.name_in(OPTIMIZERS), help=", ".join(OPTIMIZERS))
    how.add_argument("--learning-rate", type=parsing.amount, metavar="RATE")
    how.add_argument("--schedule", type=parsing.name_in(SCHEDULES), help=", ".join(SCHEDULES))
    how.add_argument("--epochs", type=parsing.whole, metavar="N")
    how.add_argument("--batch-size", type=parsing.batch, default=argparse.SUPPRESS, metavar="N|all")
    how.add_argument("--seed", type=parsing.seed, default=0, metavar="N", help="default 0")
    how.add_argument(
        "--validation", type=parsing.part, metavar="PART", help="looked at, not learned from"
    )
    how.add_argument("--test", type=parsing.part, metavar="PART", help="looked at only at the end")
    how.add_argument(
        "--early-stop", type=parsing.whole, metavar="N", help="after N epochs without a better loss"
    )
    how.add_argument("--l1", type=parsing.amount)
    how.add_argument("--l2", type=parsing.amount)
    how.add_argument("--class-weights", choices=["balanced"], help="rare classes count more")
    how.add_argument("--scale", choices=sorted(datasets.SCALINGS))
    how.add_argument(
        "--engine", default="auto", metavar="NAME", help="auto, python, numpy, jit, cupy, graph"
    )
    how.add_argument("--dtype", default="float64", choices=["float64", "float32"])


def _output_options(parser: argparse.ArgumentParser) -> None:
    out = parser.add_argument_group("what becomes of it")
    out.add_argument(
        "--save", type=parsing.network_file, metavar="NET.json", help="write the trained network"
    )
    out.add_argument("--history", metavar="TABLE.csv", help="write the table of the epochs")
    out.add_argument(
        "--plot",
        type=parsing.picture_file,
        metavar="PICTURE",
        help="draw how it went: png, svg, pdf",
    )
    out.add_argument("--live", action="store_true", help="a window that follows the training")
    out.add_argument("--checkpoint", metavar="DIR", help="write the run to this folder as it goes")
    out.add_argument(
        "--every", type=parsing.whole, default=10, metavar="N", help="epochs between checkpoints"
    )
    out.add_argument("--resume", action="store_true", help="go on from the newest checkpoint")
    out.add_argument("--quiet", action="store_true", help="only the result")
    out.add_argument("--json", action="store_true", help="one JSON object and nothing else")


@parsing.option
def _output_activation(text: str) -> str:
    if text != "softmax":
        ACTIVATIONS[text]
    return text


def run(options: argparse.Namespace) -> int:
    if options.resume and options.checkpoint is None:
        raise LernpyError("to resume, name the folder of the checkpoints: --checkpoint DIR")
    parsing.check_places(options.save, options.history, options.plot)
    dataset = parsing.load_data(options.source, options)
    chosen = _chosen(recipe(dataset), options)
    rest, test = _parts(dataset, chosen.test, options)
    network = network_for(dataset, chosen, options.seed, options.init)
    training = Run(network, rest, _settings(chosen, options))
    show = progress.choose(training, dataset, quiet=options.quiet or options.json)
    if options.live:
        show = _live(training, show)
    try:
        show.follow()
    except KeyboardInterrupt:
        training.interrupt()
    except LernpyError:
        if options.save and training.history.rows:
            files.save(network, options.save)
        raise
    return _finish(training, rest, test, options)


def _parts(dataset: Any, size: float, options: argparse.Namespace) -> tuple[Any, Any]:
    """The samples to learn from and those kept for the test; MNIST brings a test part of its own."""
    if options.test is None and dataset.source.get("name") == "mnist":
        try:
            load = partial(datasets.load, options.source, folder=options.folder)
            return load(part="train"), load(part="test")
        except LernpyError:  # only one part is there: take some of it
            pass
    rest, _, test = datasets.split(dataset, 0.0, size, options.seed)
    return rest, test


def _chosen(usual: Recipe, options: argparse.Namespace) -> Recipe:
    said = {
        column.name: getattr(options, column.name)
        for column in fields(Recipe)
        if getattr(options, column.name, None) is not None or column.name == "batch_size"
        if hasattr(options, column.name)
    }
    if options.optimizer and options.learning_rate is None:
        said["learning_rate"] = None  # the optimiser's own default, not the recipe's
    if options.output_activation and options.loss is None and usual.loss in LOSS_FOR.values():
        said["loss"] = LOSS_FOR.get(options.output_activation, "squared_error")
    if options.validation == 0 and options.early_stop is None:
        said["early_stop"] = None
    return replace(usual, **said)


def _settings(chosen: Recipe, options: argparse.Namespace) -> Settings:
    return Settings(
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        schedule=chosen.schedule,
        seed=options.seed,
        validation=chosen.validation,
        early_stop=chosen.early_stop,
        l1=options.l1,
        l2=options.l2,
        class_weights=options.class_weights,
        scale=options.scale or chosen.scale,
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
    card = training.data.card
    found = judge(network, *training.data.train, task=card.task, classes=card.classes)
    tested = evaluate(network, test) if test is not None else None
    if options.json:
        print(parsing.as_json(_report(training, found, tested)))
    else:
        _tell(training, found, tested, options)
        if not options.quiet:
            guesses.show(network, test if test is not None else rest)
    if options.plot:
        from lernpy.plot.charts.summary import after_training

        after_training(training, test, options.plot)
    if not (options.json or options.quiet):
        _advise(training, tested)
        _next(network, options)
    return 130 if history.interrupted else 0


def _report(training: Run, found: Evaluation, tested: Evaluation | None) -> dict[str, Any]:
    last = training.history.rows[-1] if training.history.rows else None
    validation = None
    if last is not None and last.validation_loss is not None:
        validation = {"loss": last.validation_loss, "accuracy": last.validation_accuracy}
    return {
        "loss": found.loss,
        "accuracy": found.accuracy,
        "epochs": len(training.history),
        "seed": training.seed,
        "engine": training.history.engine,
        "weights": len(training.network.weights),
        "validation": validation,
        "test": None if tested is None else {"loss": tested.loss, "accuracy": tested.accuracy},
    }


def _tell(
    training: Run, found: Evaluation, tested: Evaluation | None, options: argparse.Namespace
) -> None:
    history = training.history
    if not options.quiet:
        print(f"{history.stopped}; engine: {history.explanation}")
    print(f"learned {len(training.data.train[0]):,} samples: {found}")
    if tested is not None:
        print(f"tested on samples never seen: {tested}")


def _advise(training: Run, tested: Evaluation | None) -> None:
    """Why it has not learned well, as far as can be seen, and what to type next."""
    told = advise(training, tested)
    if told:
        print("why it does not do better, perhaps:")
    for advice in told:
        flags = [
            f"--{name.replace('_', '-')} {_typed(value)}" for name, value in advice.change.items()
        ]
        print(f"  - {advice.why}" + (f"; try {' '.join(flags)}" if flags else ""))


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _next(network: Network, options: argparse.Namespace) -> None:
    if options.save:
        print(
            f"saved: {options.save}. Next: lernpy evaluate {options.save} --wrong, lernpy show {options.save}"
        )
    elif sys.stdout.isatty():
        print("Next: add --save net.json to keep it, then: lernpy evaluate net.json")
