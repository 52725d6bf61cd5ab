"""What usually works: sensible choices for each data set, so that nothing needs to be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lernpy import build
from lernpy.data import Dataset
from lernpy.data.sequences import may_be_shorter, step_outputs, steps_of
from lernpy.data.targets import as_classes
from lernpy.errors import LernpyError
from lernpy.functions import losses
from lernpy.network import Network
from lernpy.text import option


@dataclass(frozen=True)
class Recipe:
    """A net and a way to train it; `layers` are the hidden ones."""

    layers: tuple[int, ...] = (16,)
    activation: str = "tanh"
    output_activation: str = "sigmoid"
    loss: str = losses.usual_for("sigmoid")
    optimizer: str = "adam"
    learning_rate: float | None = 0.01
    schedule: str = "constant"
    epochs: int = 200
    batch_size: int | None = 32
    scale: str = "standard"
    validation: float = 0.1
    test: float = 0.2
    early_stop: int | None = 30
    l2: float = 0.0

    @property
    def settings(self) -> dict[str, Any]:
        """What `lernpy.train` is given; the net has the rest."""
        names = ("epochs", "batch_size", "schedule", "scale", "validation", "early_stop", "l2")
        return {name: getattr(self, name) for name in names}


ALL = Recipe(validation=0.0, early_stop=None)
LEAST_TESTED = 45  # samples: of fewer the test would be of four, and its figures chance
TRUTH_TABLE = replace(ALL, scale="none", learning_rate=0.1, batch_size=None, test=0.0)
PLANE = Recipe(layers=(12, 12), scale="none", learning_rate=0.02, epochs=300, early_stop=60)

SEQUENCE = Recipe(scale="none", learning_rate=0.01, epochs=150)

KNOWN = {
    "echo": SEQUENCE,
    "adding": SEQUENCE,
    "parity_over_time": replace(SEQUENCE, epochs=300, early_stop=100),
    "spiral": replace(PLANE, layers=(24, 24), epochs=400, early_stop=100),
    "circle": PLANE,
    "gauss": PLANE,
    "exclusive_or": PLANE,
    "sine": replace(ALL, layers=(16,), epochs=800, scale="minmax", learning_rate=0.03),
    "iris": replace(ALL, layers=(8,), epochs=100, learning_rate=0.02),
    "digits": Recipe(
        layers=(48,),
        activation="relu",
        learning_rate=0.005,
        epochs=60,
        scale="image",
        early_stop=12,
    ),
    "mnist": Recipe(
        layers=(64,),
        activation="relu",
        learning_rate=0.002,
        epochs=12,
        batch_size=64,
        scale="image",
        early_stop=4,
    ),
}


def recipe(dataset: Dataset) -> Recipe:
    """The recipe for a data set: its own if it is a known one, else by its kind and size.

    >>> from lernpy import data
    >>> recipe(data.load("xor")).layers, recipe(data.load("iris")).output_activation
    ((8,), 'softmax')
    """
    usual = KNOWN.get(str(dataset.source.get("name")), _by_size(dataset))
    return replace(usual, **_ends(dataset))


def _by_size(dataset: Dataset) -> Recipe:
    """Everything grows or shrinks smoothly with the number of samples."""
    if is_truth_table(dataset):
        return replace(TRUTH_TABLE, layers=(8 * max(1, len(dataset) // 8),))
    if dataset.image:
        return KNOWN["digits"] if dataset.inputs.shape[1] < 400 else KNOWN["mnist"]
    n = len(dataset)
    return Recipe(
        layers=(max(2 * len(dataset.classes), round(16 * n**0.2)),),
        activation="tanh" if steps_of(dataset.columns) else "relu",
        learning_rate=0.003,
        epochs=min(max(round(6000 / n**0.5), 20), 1500),
        l2=_penalty(dataset),
        scale="standard",
        validation=max(0.0, 0.1 - 50 / n),
        early_stop=None,
        test=0.2 - 4 / n if n >= LEAST_TESTED else 0.0,
    )


def _penalty(dataset: Dataset) -> float:
    """L2: the more columns there are for one sample, the more; classes need less of it than numbers.

    In time a column counts once, as its weights do. Measured on the sets of scripts/benchmark/tables.py.
    """
    columns = len(dataset.columns) // max(1, steps_of(dataset.columns))
    share = 0.25 if dataset.classes or _has_tags(dataset) else 2.0
    return float(f"{share * min(columns, 16) / (len(dataset) + 30):.2g}")


def is_truth_table(dataset: Dataset) -> bool:
    """Whether its inputs are all combinations of 0 and 1: then there is nothing to scale or to set aside."""
    inputs = dataset.inputs
    binary = len(inputs) == 2 ** min(inputs.shape[1], 20) and ((inputs == 0) | (inputs == 1)).all()
    return bool(binary) and len(np.unique(inputs, axis=0)) == len(inputs)


def _ends(dataset: Dataset) -> dict[str, Any]:
    """Output activation and loss, as the task wants them."""
    if dataset.task == "regression":
        return {"output_activation": "identity", "loss": "mean_squared_error"}
    if (dataset.classes and dataset.targets.shape[1] > 1) or _has_tags(dataset):
        return {"output_activation": "softmax", "loss": losses.usual_for("softmax")}
    return {}


def _has_tags(dataset: Dataset) -> bool:
    """Whether each step of a sequence is of one class, which has an output of its own."""
    width = len(step_outputs(dataset.output_names))
    if dataset.task != "percentages" or not 1 < width < len(dataset.output_names):
        return False
    rows = dataset.targets.reshape(-1, width)
    return bool(as_classes(rows[~np.isnan(rows).any(axis=1)]))


def network_for(
    dataset: Dataset, chosen: Recipe, seed: int, init: str | None = None, cell: str | None = None
) -> Network:
    """A fresh network for a data set, by a recipe: layers, or a cell for each step of a sequence."""
    _check_single_output(dataset, chosen)
    settings: dict[str, Any] = {
        "loss": chosen.loss,
        "optimizer": chosen.optimizer,
        "learning_rate": chosen.learning_rate,
        "output_activation": chosen.output_activation,
        "init": init,
        "seed": seed,
    }
    if cell is not None:
        return _in_time(dataset, chosen, cell, settings)
    sizes = [dataset.inputs.shape[1], *chosen.layers, dataset.targets.shape[1]]
    return build.layered(sizes, activation=chosen.activation, **settings)


def _in_time(dataset: Dataset, chosen: Recipe, cell: str, settings: dict[str, Any]) -> Network:
    """A cell, unrolled over the steps of the data."""
    make, steps = build.CELLS[cell], steps_of(dataset.columns)
    if not steps:
        raise LernpyError(
            f"{dataset.name} has no steps for a cell to go through; take echo, adding, parity_over_time, or "
            f"a table with {option('sequence', 'COLUMN')}"
        )
    shorter = may_be_shorter(dataset.columns)
    n_inputs, n_outputs = dataset.inputs.shape[1] // steps, dataset.targets.shape[1]
    width = len(step_outputs(dataset.output_names))
    sizes = [n_inputs - shorter, *chosen.layers, width]
    made = make(sizes, **({"activation": chosen.activation} if cell == "elman" else {}), **settings)
    return build.unroll(made, steps, read="every" if width < n_outputs else "last", shorter=shorter)


def _check_single_output(dataset: Dataset, chosen: Recipe) -> None:
    """Two choices that make sense only where several outputs share one whole."""
    if dataset.targets.shape[1] > 1:
        return
    if chosen.output_activation == "softmax":
        raise LernpyError(
            f"{dataset.name} has one output, and a softmax of one is always 1; take sigmoid"
        )
    if chosen.loss == "cross_entropy":
        raise LernpyError(
            f"{dataset.name} has one output, and cross_entropy never asks it to be 0; "
            "take binary_cross_entropy"
        )
