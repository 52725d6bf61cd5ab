"""Every public function, with every kind of wrong value for each argument: a sentence, or it works.

Whatever is wrong is answered by a `LernpyError`, or by a `TypeError` that names the argument; never
by an error from inside NumPy, networkx or Python.
"""

from __future__ import annotations

import datetime
import signal
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import build, files, training
from lernpy.errors import LernpyError
from lernpy.sweep import grid

X, T = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def net(seed: int = 0) -> lernpy.Network:
    return lernpy.layered([2, 3, 1], "tanh", seed=seed)


class Frame:
    """Like a table of pandas: columns by name, rows by position."""

    columns = ("a", "b")
    shape = (2, 2)

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __getitem__(self, key: object) -> object:
        raise KeyError(key)

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.array([[1.0, "x"], [None, 2]], dtype=object)


def ragged() -> np.ndarray:
    array = np.empty(2, object)
    array[:] = [[1.0], [1.0, 2.0]]
    return array


KINDS: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "object": object,
    "type": lambda: int,
    "function": lambda: lambda *arguments: None,
    "empty list": list,
    "empty text": str,
    "empty dict": dict,
    "empty array": lambda: np.empty((0, 2)),
    "nan": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "nan array": lambda: np.full((4, 2), np.nan),
    "0-d": lambda: np.array(1.0),
    "3-d": lambda: np.ones((2, 2, 2)),
    "ragged": lambda: [[0], [0, 1], []],
    "ragged array": ragged,
    "objects": lambda: np.array([[object(), None], ["a", 1]], object),
    "frame": Frame,
    "generator": lambda: (row for row in X),
    "set": lambda: {1, 2},
    "dict": lambda: {"a": 1},
    "huge": lambda: 10**400,
    "negative": lambda: -1,
    "bool": lambda: True,
    "complex": lambda: 1 + 2j,
    "complex array": lambda: np.ones((4, 2)) * 1j,
    "masked": lambda: np.ma.masked_array(np.ones((4, 2)), mask=[[True, False]] * 4),
    "masked number": lambda: np.ma.masked,
    "text": lambda: "some words",
    "bytes": lambda: b"\xff\x00",
    "texts": lambda: [["a", "b"], ["c", "d"]],
    "control": lambda: "a\x1b[31m\x00",
    "date": lambda: datetime.date(2024, 2, 30 - 1),
    "dates": lambda: np.array([["2024-01-01", "2024-01-02"]] * 2, "datetime64[D]"),
    "list of none": lambda: [None, None],
    "structured": lambda: np.zeros(2, [("a", float), ("b", int)]),
}

Case = tuple[Callable[..., Any], dict[str, Callable[[], Any]]]


def links() -> lernpy.Link:
    return lernpy.Link(lernpy.Neuron("x"), lernpy.Neuron("y"), lernpy.Weight(0.5))


def history() -> lernpy.History:
    return training.History([training.Epoch(1, 0.5)])


PUBLIC: dict[str, Case] = {
    "layered": (
        lernpy.layered,
        {
            "sizes": lambda: [2, 3, 1],
            "activation": lambda: "tanh",
            "output_activation": lambda: "sigmoid",
            "init": lambda: None,
            "seed": lambda: 0,
            "loss": lambda: "huber",
            "optimizer": lambda: "sgd",
            "learning_rate": lambda: 0.1,
            "l1": lambda: 0.0,
            "l2": lambda: 0.0,
        },
    ),
    "from_edges": (
        lernpy.from_edges,
        {
            "edges": lambda: [("x", "y")],
            "inputs": lambda: ["x"],
            "outputs": lambda: ["y"],
            "biases": lambda: ("bias",),
            "activation": lambda: "tanh",
            "output_activation": lambda: "sigmoid",
            "activations": dict,
            "softmax": lambda: (),
            "init": lambda: None,
            "seed": lambda: 0,
        },
    ),
    "from_networkx": (
        lernpy.from_networkx,
        {
            "graph": lambda: lernpy.to_networkx(net()),
            "inputs": lambda: ["x1", "x2"],
            "outputs": lambda: ["y1"],
            "biases": lambda: ("bias",),
            "activation": lambda: "tanh",
            "seed": lambda: 0,
        },
    ),
    "to_networkx": (lernpy.to_networkx, {"network": net}),
    "build.random_dag": (
        build.random_dag,
        {
            "seed": lambda: 0,
            "inputs": lambda: 2,
            "hidden": lambda: 2,
            "outputs": lambda: 2,
            "links": lambda: 9,
            "activations": lambda: ("tanh",),
        },
    ),
    "build.lernmi": (build.lernmi, {"sizes": lambda: [2, 3, 1]}),
    "build.draw_weights": (
        build.draw_weights,
        {"network": net, "seed": lambda: 0, "init": lambda: "zeros"},
    ),
    "save": (lernpy.save, {"network": net, "path": lambda: "net.json"}),
    "load": (lernpy.load, {"path": lambda: "net.json"}),
    "files.from_json": (files.from_json, {"values": lambda: files.to_json(net())}),
    "files.to_json": (files.to_json, {"network": net}),
    "train": (
        lernpy.train,
        {"network": net, "data": lambda: (X, T), "epochs": lambda: 2, "seed": lambda: 0}
        | {
            field: lambda field=field: getattr(training.Settings(), field)
            for field in (
                "batch_size",
                "learning_rate",
                "optimizer",
                "loss",
                "l1",
                "l2",
                "schedule",
                "shuffle",
                "validation",
                "early_stop",
                "class_weights",
                "scale",
                "engine",
                "dtype",
                "metrics",
                "checkpoint",
                "every",
                "resume",
            )
        },
    ),
    "epochs": (lernpy.epochs, {"network": net, "data": lambda: (X, T), "epochs": lambda: 2}),
    "Settings": (
        lernpy.Settings,
        {"epochs": lambda: 2, "validation": lambda: 0.5, "schedule": lambda: "cosine"},
    ),
    "train_many": (
        lernpy.train_many,
        {
            "build": lambda: net,
            "data": lambda: (X, T),
            "seeds": lambda: range(2),
            "epochs": lambda: 2,
            "batch_size": lambda: 2,
            "learning_rate": lambda: [0.1],
            "optimizer": lambda: "sgd",
            "l1": lambda: 0.0,
            "l2": lambda: [0.0],
            "settings": dict,
            "schedule": lambda: "constant",
            "shuffle": lambda: True,
            "scale": lambda: "none",
            "class_weights": lambda: None,
            "target_loss": lambda: 0.1,
            "early_stop": lambda: 3,
            "engine": lambda: "numpy",
        },
    ),
    "sweep.grid": (grid, {"learning_rate": lambda: [0.1], "optimizer": lambda: "sgd"}),
    "cross_validate": (
        lernpy.cross_validate,
        {
            "build": lambda: net,
            "data": lambda: (X, T),
            "folds": lambda: 2,
            "seed": lambda: 0,
            "epochs": lambda: 1,
        },
    ),
    "predict": (lernpy.predict, {"network": net, "rows": lambda: X}),
    "evaluate": (lernpy.evaluate, {"network": net, "data": lambda: (X, T)}),
    "advise": (lernpy.advise, {"run": history, "tested": lambda: None}),
    "check_gradients": (
        lernpy.check_gradients,
        {
            "network": net,
            "inputs": lambda: X,
            "targets": lambda: T,
            "tolerance": lambda: 1e-5,
            "most": lambda: 5,
            "seed": lambda: 0,
        },
    ),
    "check_parity": (
        lernpy.check_parity,
        {
            "network": net,
            "inputs": lambda: X,
            "targets": lambda: T,
            "engine": lambda: "numpy",
            "updates": lambda: 2,
            "dtype": lambda: "float64",
        },
    ),
    "History.to_csv": (lambda path: history().to_csv(path), {"path": lambda: "table.csv"}),
    "History[]": (lambda column: history()[column], {"column": lambda: "loss"}),
}


def calls() -> Iterator[Any]:
    for name, (_, arguments) in PUBLIC.items():
        for argument in arguments:
            yield pytest.param(name, argument, id=f"{name}-{argument}")


@pytest.fixture
def at_most_seconds() -> Iterator[None]:
    """A call that does not come back is none that is answered."""

    def late(*_: object) -> None:
        raise AssertionError("it took more than 20 s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_usual_arguments_work(name: str, tmp_path, monkeypatch):
    """Or the table would prove nothing."""
    monkeypatch.chdir(tmp_path)
    lernpy.save(net(), "net.json")
    function, arguments = PUBLIC[name]
    function(**{key: make() for key, make in arguments.items()})


@pytest.mark.parametrize(("name", "argument"), list(calls()))
def test_whatever_is_handed_in_is_answered_with_a_sentence(
    name: str, argument: str, tmp_path, monkeypatch, at_most_seconds
):
    monkeypatch.chdir(tmp_path)
    lernpy.save(net(), "net.json")
    function, arguments = PUBLIC[name]
    wrong = {}
    for kind, make in KINDS.items():
        values = {key: usual() for key, usual in arguments.items()}
        try:
            function(**{**values, argument: make()})
        except LernpyError as error:
            if (
                not str(error)
                or "\n" in str(error)
                or "\x1b" in str(error)
                or len(str(error)) > 600
            ):
                wrong[kind] = f"unfit to be shown: {str(error)[:200]!r}"
        except TypeError as error:
            if argument not in str(error):
                wrong[kind] = f"TypeError: {error}"
        except Exception as error:
            wrong[kind] = f"{type(error).__name__}: {str(error)[:200]}"
    assert not wrong, f"{name}({argument}=...):\n" + "\n".join(
        f"  {k}: {v}" for k, v in wrong.items()
    )
