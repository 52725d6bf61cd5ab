"""scikit-learn's multilayer perceptron as a network, alone or behind a scaler."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from lernpy.build import layered
from lernpy.data import Card, Scaling
from lernpy.data.columns import Column
from lernpy.errors import LernpyError, missing
from lernpy.functions import losses
from lernpy.interop.operators import read_as
from lernpy.network import Network
from lernpy.text import listed

ACTIVATIONS = {
    "identity": "identity",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
}


def from_sklearn(model: Any) -> Network:
    """The network of a fitted MLPClassifier or MLPRegressor, or of a pipeline that ends in one.

    A StandardScaler or MinMaxScaler before it becomes the scaling of the network's card; classes and
    names of columns come along.

    Raises
    ------
    LernpyError
        If it is not fitted, or a step is something else; it is named.
    """
    steps = [step for _, step in getattr(model, "steps", [("", model)])]
    mlp, before = steps[-1], [step for step in steps[:-1] if step not in (None, "passthrough")]
    if not hasattr(mlp, "out_activation_") or not hasattr(mlp, "coefs_"):
        fitted = (
            "is not fitted"
            if type(mlp).__name__.startswith("MLP")
            else "is no multilayer perceptron"
        )
        raise LernpyError(f"{type(mlp).__name__} {fitted}; fit an MLPClassifier or MLPRegressor")
    pairs = zip(mlp.coefs_, mlp.intercepts_, strict=True)
    matrices = [np.vstack([matrix, bias]).astype(float) for matrix, bias in pairs]
    sizes = [len(matrices[0]) - 1, *(matrix.shape[1] for matrix in matrices)]
    hidden, output = (
        read_as(ACTIVATIONS.get(name, name)) for name in (mlp.activation, mlp.out_activation_)
    )
    is_classifier = hasattr(mlp, "classes_")
    network = layered(
        sizes, hidden, output, weights=matrices,
        loss=losses.usual_for(output),
        optimizer="adam" if mlp.solver == "adam" else "sgd", learning_rate=mlp.learning_rate_init,
    )  # fmt: skip
    names = tuple(
        map(str, getattr(steps[0], "feature_names_in_", [n.name for n in network.inputs]))
    )
    classes = (
        tuple(map(str, mlp.classes_)) if is_classifier and np.ndim(mlp.classes_[0]) == 0 else ()
    )
    outputs = tuple(neuron.name for neuron in network.outputs)
    network.card = Card(
        data={},
        task="classification" if classes else "regression",
        columns=tuple(Column(name) for name in names),
        input_names=names,
        output_names=classes if len(classes) == len(outputs) else outputs,
        classes=classes,
        image=None,
        scaling=_scaling(before, sizes[0]),
        target_scaling=Scaling.none(len(outputs)),
    )
    return network


def _scaling(steps: list[Any], size: int) -> Scaling:
    if not steps:
        return Scaling.none(size)
    kinds = [type(step).__name__ for step in steps]
    if kinds == ["StandardScaler"]:
        (step,) = steps
        shift = np.zeros(size) if step.mean_ is None else step.mean_
        return Scaling("standard", shift, np.ones(size) if step.scale_ is None else step.scale_)
    if kinds == ["MinMaxScaler"]:
        (step,) = steps
        return Scaling("minmax", -step.min_ / step.scale_, 1.0 / step.scale_)
    raise LernpyError(
        f"lernpy carries one StandardScaler or MinMaxScaler before the perceptron, not {listed(kinds)}"
    )


def from_skops(path: str | os.PathLike[str]) -> Network:
    """The network of a model that skops has saved; nothing but what scikit-learn brings is trusted."""
    try:
        from skops.io import get_untrusted_types, load
    except ImportError:
        raise missing("a .skops file", "skops") from None
    try:
        kinds = get_untrusted_types(file=os.fspath(path))
        strange = [kind for kind in kinds if not kind.startswith("sklearn.")]
        if strange:
            raise LernpyError(f"{path} holds {listed(strange)}, which is not scikit-learn's")
        model = load(os.fspath(path), trusted=kinds)
    except LernpyError:
        raise
    except Exception as error:  # of zipfile, json and skops
        raise LernpyError(f"{path} could not be read as a skops file: {error}") from None
    return from_sklearn(model)
