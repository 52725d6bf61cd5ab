"""Every public function, with every kind of wrong value for each argument: a sentence, or it works.

Whatever is wrong is answered by a `LernpyError`, or by a `TypeError` that names the argument; never
by an error from inside NumPy, networkx or Python.
"""

from __future__ import annotations

import datetime
import inspect
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot

import lernpy
from lernpy import build, engine, files, training
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
    "half a surrogate": lambda: "\ud800",
    "gap in numbers": lambda: [[1.0], [None]],
    "date": lambda: datetime.date(2024, 2, 30 - 1),
    "dates": lambda: np.array([["2024-01-01", "2024-01-02"]] * 2, "datetime64[D]"),
    "list of none": lambda: [None, None],
    "structured": lambda: np.zeros(2, [("a", float), ("b", int)]),
    "path": lambda: Path("net.json"),
    "network": net,
    "mirror": lambda: lernpy.Mirror(net()),
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
            "products": dict,
            "init": lambda: None,
            "seed": lambda: 0,
        },
    ),
    "unroll": (
        lernpy.unroll,
        {
            "cell": lambda: build.elman([1, 2, 1]).network,
            "steps": lambda: 2,
            "feed": lambda: ["x1"],
            "state": lambda: {"h1_before": "h1", "h2_before": "h2"},
            "start": lambda: 0.0,
            "read": lambda: "last",
            "shorter": lambda: False,
        },
    ),
    "build.elman": (
        build.elman,
        {
            "sizes": lambda: [1, 2, 1],
            "activation": lambda: "tanh",
            "output_activation": lambda: "identity",
            "bias": lambda: True,
            "init": lambda: None,
            "seed": lambda: 0,
        },
    ),
    **{
        f"build.{gated.__name__}": (
            gated,
            {
                "sizes": lambda: [1, 2, 1],
                "output_activation": lambda: "identity",
                "init": lambda: None,
                "seed": lambda: 0,
                **({"forget_bias": lambda: 1.0} if gated is build.lstm else {}),
            },
        )
        for gated in (build.gru, build.lstm)
    },
    "missed": (
        lernpy.missed,
        {"network": net, "data": lambda: XOR, "top": lambda: 3, "rate": lambda: 0.1},
    ),
    "grow": (
        lernpy.grow,
        {
            "network": net,
            "data": lambda: XOR,
            "links": lambda: 1,
            "epochs": lambda: 1,
            "seed": lambda: 0,
            "learning_rate": lambda: 0.1,
        },
    ),
    "lessons.check": (lernpy.lessons.check, {"question": lambda: "4b", "answer": lambda: 0.5}),
    "unroll-cell": (
        lernpy.unroll,
        {"cell": lambda: build.elman([1, 2, 1]), "steps": lambda: 2, "state": lambda: None},
    ),
    "training.windows": (
        lambda **given: list(training.windows(**given)),
        {
            "network": lambda: lernpy.unroll(build.elman([1, 2, 1], seed=0), 2, start="input"),
            "inputs": lambda: [[0.5], [1.0]],
            "targets": lambda: [[0.5], [1.0]],
        },
    ),
    "shrink": (lernpy.shrink, {"network": net, "data": lambda: XOR, "links": lambda: 1}),
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
            "n_jobs": lambda: 1,
            "cluster": lambda: None,
            "table": lambda: None,
            "score": lambda: None,
            "progress": lambda: None,
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
            "n_jobs": lambda: 1,
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


# ---- rooms of others ----------------------------------------------------------------------------


def usual(function: Callable[..., Any], **arguments: Any) -> Case:
    """A case of values that a call may use again and again."""
    return function, {name: lambda value=value: value for name, value in arguments.items()}


def method(name: str, **arguments: Any) -> Case:
    """A method of a fresh network."""
    return usual(lambda **given: getattr(net(), name)(**given), **arguments)


def of_net(function: Callable[..., Any], **arguments: Any) -> Case:
    """A function whose first argument is a network."""
    _, others = usual(function, **arguments)
    return function, {"network": net, **others}


def blamed(network: Any) -> Any:
    """After a lesson, if it is a network at all."""
    if isinstance(network, lernpy.Network):
        network.collect([0, 1], [1])
    return network


def trace() -> lernpy.Trace:
    return lernpy.Trace.record(lernpy.slow_motion(net(), [0, 1], [1]))


def picture(name: str) -> Callable[..., Any]:
    def draw(**arguments: Any) -> Any:
        return getattr(lernpy.plot, name)(**arguments)

    return draw


def parts() -> dict[str, Any]:
    """What a small network is made of."""
    x, y = lernpy.Neuron("x"), lernpy.Neuron("y")
    link = lernpy.Link(x, y, lernpy.Weight(0.5))
    return {"neurons": [x, y], "links": [link], "inputs": [x], "outputs": [y]}


def l1_later(l1: Any) -> None:
    network = net()
    network.l1 = l1
    lernpy.train(network, XOR, 1)


USUAL: Any = "as usual"
XOR = (X, T)
PUBLIC |= {
    "Neuron": usual(lernpy.Neuron, name="h", activation="tanh"),
    "Network": usual(
        lambda **given: lernpy.Network(
            **{**parts(), **{k: v for k, v in given.items() if v is not USUAL}}
        ),
        neurons=USUAL,
        links=USUAL,
        inputs=USUAL,
        outputs=USUAL,
        loss="huber",
        l1=0.0,
        l2=0.0,
    ),
    "train-l1": usual(l1_later, l1=0.0),
    "Network.learn": method("learn", inputs=[0, 1], targets=[1]),
    "Network.collect": method("collect", inputs=[0, 1], targets=[1], sample_weight=1.0),
    "Network.answer": method("answer", inputs=[0, 1]),
    "Network.predict": method("predict", inputs=X),
    "Network.learn_batch": method(
        "learn_batch", inputs=X, targets=T, sample_weight=[1] * 4, rate=0.1
    ),
    "Network.connect": method("connect", input_name="x1", output_name="y1", weight=0.5),
    "Network.link": method("link", link=("x1", "h1")),
    "Network.loss": usual(lambda loss: setattr(net(), "loss", loss), loss="huber"),
    "Network.optimizer": usual(
        lambda optimizer: setattr(net(), "optimizer", optimizer), optimizer="adam"
    ),
    "Network.learning_rate": usual(lambda rate: setattr(net(), "learning_rate", rate), rate=0.1),
    "Mirror": of_net(lernpy.Mirror, dtype="float64"),
    "Mirror.predict": usual(lambda inputs: lernpy.Mirror(net()).predict(inputs), inputs=X),
    "Mirror.activity": usual(
        lambda **given: lernpy.Mirror(net()).activity(**given), inputs=X, weights=[0.0] * 13
    ),
    "Mirror.loss_with": usual(
        lambda **given: lernpy.Mirror(net()).loss_with(**given),
        inputs=X,
        targets=T,
        weights=[0.0] * 13,
    ),
    "Mirror.program": usual(lambda batch: lernpy.Mirror(net()).program(batch), batch=4),
    "Mirror.learn_epochs": usual(
        lambda **given: lernpy.Mirror(net()).learn_epochs(**given),
        inputs=X,
        targets=T,
        orders=[[0, 1, 2, 3]],
        batch_size=2,
        rates=[0.1],
        sample_weight=[1.0, 1.0, 1.0, 1.0],
    ),
    "engine.make": of_net(engine.make, name="numpy", dtype="float64", batch_size=4),
    "Mirror.learn_batch": usual(
        lambda **given: lernpy.Mirror(net()).learn_batch(**given),
        inputs=X,
        targets=T,
        sample_weight=[1] * 4,
        rate=0.1,
    ),
    "slow_motion": of_net(
        lernpy.slow_motion, inputs=[0, 1], targets=[1], batch_size=1, epochs=1, sample_weight=1.0
    ),
    "Trace.record": (
        lernpy.Trace.record,
        {
            "steps": lambda: lernpy.slow_motion(net(), [0, 1], [1]),
            "title": lambda: "a lesson",
        },
    ),
    "Frame.of": of_net(lernpy.Frame.of, loss=0.5, title="a moment"),
    "paths": of_net(
        lambda network, part, k: lernpy.paths(blamed(network), part, k), part="h1", k=3
    ),
    "explain": of_net(lernpy.explain),
    "Stepper": of_net(lernpy.Stepper, inputs=[0, 1], targets=[1]),
    "live": of_net(lernpy.live, data=XOR, title="xor", lab=False),
    "player.write": (
        lernpy.player.write,
        {
            "trace": trace,
            "path": lambda: "a.html",
            "title": lambda: "xor",
            "font_scale": lambda: 1.0,
            "missed": lambda: lernpy.missed(net(), XOR),
            "level": lambda: "link",
        },
    ),
    "Dataset.of": usual(lernpy.Dataset.of, data=XOR, task="classification"),
    "data.load": usual(lernpy.data.load, name_or_path="xor"),
    "data.split": usual(lernpy.data.split, dataset=XOR, validation=0.25, test=0.25, seed=0),
    "Card.of": usual(lernpy.Card.of, dataset=XOR, scaling="standard", target_scaling="none"),
    "losses.get": usual(lernpy.losses.get, name="huber"),
    "activations.get": usual(lernpy.activations.get, name="tanh"),
    "optimizers.get": usual(lernpy.optimizers.get, name="adam"),
    "initializers.get": usual(lernpy.initializers.get, name="zeros"),
    "schedules.get": usual(lernpy.schedules.get, name="cosine"),
    "plot.network": (
        picture("network"),
        {
            "source": net,
            "theme": lambda: "light",
            "font_scale": lambda: 1.0,
            "title": lambda: "xor",
        },
    ),
    "plot.blame": (picture("blame"), {"source": lambda: trace().frame}),
    "plot.history": (picture("history"), {"runs": history, "title": lambda: "xor"}),
    "plot.confusion": (
        picture("confusion"),
        {"matrix": lambda: [[3, 1], [0, 2]], "classes": lambda: ["a", "b"]},
    ),
    "plot.missed": (
        picture("missed"),
        {
            "source": net,
            "ghosts": lambda: lernpy.missed(net(), XOR),
            "ax": lambda: None,
            "numbers": lambda: None,
            "title": lambda: "xor",
        },
    ),
    "plot.compare": (picture("compare"), {"first": net, "second": net}),
    "plot.boundary": (picture("boundary"), {"network": net, "data": lambda: XOR}),
    "plot.heatmaps": (picture("heatmaps"), {"network": net, "data": lambda: XOR}),
    "plot.fit": (picture("fit"), {"network": net, "data": lambda: XOR}),
    "plot.functions": (picture("functions"), {"names": lambda: ["tanh"]}),
    "plot.flow": (picture("flow"), {"trace": trace, "level": lambda: "link"}),
    "plot.save": (
        lernpy.plot.save,
        {"picture": lambda: lernpy.plot.network(net()), "path": lambda: "a.png", "dpi": lambda: 50},
    ),
    "plot.sweep": (picture("sweep"), {"table": lambda: [{"seed": 0, "success": 1.0}]}),
    "plot.update": (picture("update"), {"source": lambda: trace().frame}),
    "plot.vanishing": (picture("vanishing"), {"source": net, "data": lambda: XOR}),
}


def made(link: Any) -> None:
    """A network of two neurons with a link that somebody made, and a lesson of it."""
    x, y = lernpy.Neuron("x"), lernpy.Neuron("y")
    network = lernpy.Network([x, y], [link(x, y)], [x], [y])
    lernpy.train(network, ([[1.0]], [[0.0]]), 1)


def linked(**given: Any) -> None:
    def link(x: Any, y: Any) -> Any:
        ends = {"input_neuron": x, "output_neuron": y, "weight": lernpy.Weight(0.5)}
        return lernpy.Link(**ends | {k: v for k, v in given.items() if v is not USUAL})

    made(link)


def weighed(value: Any, rule: Any) -> None:
    rules = {} if rule is USUAL else {"rule": rule}
    made(lambda x, y: lernpy.Link(x, y, lernpy.Weight(value, **rules)))


def file(name: str, write: Callable[[str], Any]) -> Callable[[], str]:
    """Makes a file in the folder of the test; its name."""

    def make() -> str:
        write(name)
        return name

    return make


def idx(name: str) -> None:
    """Two pictures of one pixel with their labels."""
    sizes = b"".join(n.to_bytes(4, "big") for n in (2, 1, 1))
    Path(name).write_bytes(bytes([0, 0, 8, 3]) + sizes + b"ab")
    Path("a-labels").write_bytes(bytes([0, 0, 8, 1]) + sizes[:4] + bytes([0, 1]))


def mnist() -> str:
    """A folder as MNIST's files lie."""
    idx("train-images-idx3-ubyte")
    Path("a-labels").rename("train-labels-idx1-ubyte")
    return "."


ROWS = "a,b,y\n" + "1.5,u,0.5\n2.5,v,0.7\n3.5,u,0.1\n" * 4
TABLE = file("t.csv", lambda name: Path(name).write_text(ROWS))
PUBLIC |= {
    "Link": usual(linked, input_neuron=USUAL, output_neuron=USUAL, weight=USUAL),
    "Weight": usual(weighed, value=0.5, rule=USUAL),
    "Network.prune": usual(lambda links: net().prune(links), links=("x1", "h1")),
    "Network.tie": usual(lambda links: net().tie(("x1", "h1"), links), links=("x2", "h1")),
    "Trace.load": (
        lernpy.Trace.load,
        {"path": file("t.json", lambda name: trace().save(name))},
    ),
    "Trace.save": (lambda path: trace().save(path), {"path": lambda: "t.json"}),
    "Trace.from_json": (
        lernpy.Trace.from_json,
        {"content": lambda: trace().to_json()},
    ),
    "Trace.goto": usual(lambda position: trace().goto(position), position=3),
    "Trace.until": usual(lambda condition: trace().until(condition), condition="h1"),
    "Trace.forward": usual(lambda level: trace().forward(level), level="phase"),
    "Trace.back": usual(lambda level: trace().back(level), level="phase"),
    "Trace.say": usual(lambda text, at: trace().say(text, at), text="look", at=1),
    "Trace.ask": usual(lambda **how: trace().ask(**how), name="h1", quantity="output", kind="sign"),
    "Stepper.next": usual(
        lambda level: lernpy.Stepper(net(), [0, 1], [1]).next(level), level="phase"
    ),
    "Stepper.run_to": usual(
        lambda condition: lernpy.Stepper(net(), [0, 1], [1]).run_to(condition), condition="h1"
    ),
    **{
        f"player.{name}": (
            getattr(lernpy.player, name),
            {
                "trace": trace,
                "title": lambda: "x",
                "font_scale": lambda: 1.0,
                "level": lambda: "link",
            },
        )
        for name in ("page", "traits")
    },
    "player.write_sheet": (
        lernpy.player.write_sheet,
        {
            "trace": trace,
            "path": lambda: "sheet.html",
            "key": lambda: "key.html",
            "title": lambda: "a title",
            "links": lambda: ["x1 -> h1"],
        },
    ),
    "player.lab": (
        lernpy.player.lab,
        {
            "network": net,
            "data": lambda: lernpy.data.load("xor"),
            "path": lambda: "lab.html",
            "title": lambda: "a title",
            "batch_size": lambda: 2,
            "seed": lambda: 0,
        },
    ),
    "player.iframe": (
        lernpy.player.iframe,
        {"trace": trace, "title": lambda: "xor", "height": lambda: 500},
    ),
    "data.read_csv": (
        lernpy.data.read_csv,
        {
            "path": TABLE,
            "target": lambda: "y",
            "task": lambda: "regression",
            "ignore": lambda: "a",
            "categorical": lambda: "b",
            "missing": lambda: "drop",
            "dates": lambda: False,
            "like": lambda: None,
            "header": lambda: True,
            "delimiter": lambda: ",",
            "decimal": lambda: ".",
            "thousands": lambda: None,
            "encoding": lambda: "utf-8",
            "comment": lambda: "#",
            "sheet": lambda: None,
        },
    ),
    "data.in_steps": (
        lernpy.data.in_steps,
        {
            "rows": lambda: lernpy.data.Dataset("d", [[1.0], [2.0], [3.0]], [[0.0], [1.0], [0.0]]),
            "sequence": lambda: ["a", "a", "b"],
            "steps": lambda: 2,
            "shorter": lambda: True,
            "read": lambda: "every",
        },
    ),
    "data.load-file": (
        lernpy.data.load,
        {"name_or_path": TABLE, "target": lambda: "y", "ignore": lambda: "a"},
    ),
    "data.read_idx": (
        lernpy.data.read_idx,
        {"path": file("a-images", idx), "labels": lambda: "a-labels", "transpose": lambda: False},
    ),
    "data.read_npz": (
        lernpy.data.read_npz,
        {
            "path": file("a.npz", lambda name: np.savez(name, X=np.array(X, float), Y=np.array(T))),
            "task": lambda: "classification",
            "maximum": lambda: 1.0,
            "part": lambda: None,
        },
    ),
    "data.read_idx_folder": (
        lernpy.data.read_idx_folder,
        {"folder": mnist, "part": lambda: "train", "transpose": lambda: False},
    ),
    "data.reload": (lernpy.data.reload, {"source": lambda: {"name": "xor"}}),
    "data.options": usual(lernpy.data.options, name="xor"),
    "data.built_in": usual(lernpy.data.built_in, name="xor"),
    "data.align": usual(
        lernpy.data.align, dataset=lernpy.Dataset.of(XOR), like=lernpy.Dataset.of(XOR)
    ),
    "data.load_inputs": (
        lernpy.data.load_inputs,
        {"name_or_path": TABLE, "card": lambda: lernpy.Card.of(lernpy.data.read_csv(TABLE()))},
    ),
    "data.fetch_mnist": (
        lernpy.data.fetch_mnist,
        {"folder": lambda: "mnist", "mirrors": tuple, "checksums": dict, "timeout": lambda: 1.0},
    ),
    "plot.signal": (picture("signal"), {"source": lambda: trace().frame}),
    "plot.paths": (
        picture("paths"),
        {"blame": lambda: lernpy.paths(blamed(net()), "h1"), "source": lambda: blamed(net())},
    ),
    "plot.landscape": (
        picture("landscape"),
        {
            "network": net,
            "data": lambda: XOR,
            "weights": lambda: [("x1", "h1"), ("x2", "h1")],
            "reach": lambda: 1.0,
            "seed": lambda: 0,
            "epochs": lambda: lernpy.epochs(net(), XOR, 2),
        },
    ),
    "plot.plane": (
        picture("plane"),
        {
            "network": net,
            "data": lambda: XOR,
            "neurons": lambda: ["h1", "h2"],
            "columns": lambda: [1, 2],
        },
    ),
    "plot.pixels": (
        picture("pixels"),
        {
            "network": lambda: lernpy.layered([4, 2, 1], seed=0),
            "sample": lambda: ([0, 1, 0, 1], [1]),
            "image": lambda: (2, 2),
        },
    ),
    "plot.blame_sizes": (
        picture("blame_sizes"),
        {"network": net, "data": lambda: XOR, "samples": lambda: 2},
    ),
    "plot.journey": (
        picture("journey"),
        {"network": net, "epochs": lambda: lernpy.epochs(net(), XOR, 2), "frames": lambda: 3},
    ),
    "plot.under_over": (
        picture("under_over"),
        {
            "runs": lambda: {"a": (net(), history())},
            "data": lambda: XOR,
        },
    ),
    "plot.render": (
        lernpy.plot.render,
        {"name": lambda: "network", "path": lambda: "a.png", "network": net},
    ),
    **{
        f"plot.render-{kind}": (
            lambda kind=kind, **given: lernpy.plot.render(kind, **{"network": net(), **given}),
            {key: lambda value=value: value for key, value in arguments.items()},
        )
        for kind, arguments in {
            "blame": {"data": XOR, "sample": 1},
            "update": {"sample": ([0, 1], [1])},
            "compare": {"other": net()},
            "history": {"history": history()},
            "under_over": {"runs": {"a": (net(), history())}, "data": XOR},
        }.items()
    },
    "plot.boundary-options": (
        lambda **how: lernpy.plot.boundary(net(), XOR, **how),
        {"columns": lambda: [1, 2], "fixed": lambda: [0.0, 0.0]},
    ),
}


MORE: dict[str, dict[str, Any]] = {  # arguments that most calls leave out
    "layered": {"bias": True, "skip": False, "weights": None},
    "Network": {"optimizer": "sgd", "learning_rate": 0.1, "seed": 0, "maths": "fast"},
    "build.random_dag": {"softmax": False, "products": False, "tied": True, "frozen": True},
    "data.load": {"like": None},
    "data.read_csv": {"sequence": None, "read": None},
    "data.reload": {"like": None},
    "data.fetch_mnist": {"progress": None},
    "train": {"rescale": False},
    "player.page": {"missed": ()},
    "plot.network": {"ax": None, "numbers": None, "unfold": False},
    "plot.blame": {"ax": None, "numbers": None, "largest": None, "unfold": False},
    "plot.signal": {"ax": None, "numbers": None, "largest": None, "unfold": False},
    "plot.blame_sizes": {"epochs": (), "points": 9},
    "plot.boundary": {"ax": None, "epochs": None, "frames": 3, "title": "xor"},
    "plot.compare": {"ax": None, "numbers": None, "title": "xor", "unfold": False},
    "plot.confusion": {"data": None, "ax": None, "samples": "training"},
    "plot.render": {"theme": "light", "font_scale": 1.0},
    "plot.fit": {"ax": None, "samples": "training", "title": "xor"},
    "plot.flow": {"ax": None, "numbers": None, "unfold": False},
    "plot.functions": {"ax": None},
    "plot.heatmaps": {"ax": None, "columns": [1, 2], "fixed": [0.0, 0.0], "title": "xor"},
    "plot.history": {"ax": None, "log": False},
    "plot.landscape": {"ax": None, "title": "xor"},
    "plot.paths": {"ax": None, "title": "xor"},
    "plot.plane": {"axes": None},
    "plot.sweep": {"ax": None, "value": "success", "by": "seed", "title": "xor"},
    "plot.update": {"before": None, "ax": None, "numbers": None, "title": "xor", "unfold": False},
    "plot.vanishing": {"ax": None, "epochs": (), "title": "xor"},
}
for name, arguments in MORE.items():
    function, others = PUBLIC[name]
    PUBLIC[name] = function, {**others, **usual(function, **arguments)[1]}


def test_every_argument_of_every_public_function_is_in_the_table():
    """A new one comes with its misuse; how those train that take its settings, `train` shows."""
    covered: dict[str, set[str]] = {}
    for name, (_, arguments) in PUBLIC.items():
        covered.setdefault(name.partition("-")[0].rpartition(".")[2], set()).update(arguments)
    for name in ("epochs", "cross_validate", "grow"):
        covered[name] |= covered["train"]
    missing = {}
    for module in (lernpy, build, lernpy.data, lernpy.plot, lernpy.player):
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function):
                kinds = inspect.signature(function).parameters.values()
                names = {
                    one.name
                    for one in kinds
                    if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
                }
                if left := names - covered.get(name, set()):
                    missing[name] = left
    assert not missing


def calls() -> Iterator[Any]:
    """Every argument of every function."""
    for name, (_, arguments) in PUBLIC.items():
        for argument in arguments:
            yield pytest.param(name, argument, id=f"{name}-{argument}")


@pytest.fixture
def at_most_seconds() -> Iterator[None]:
    """A call that does not come back is none that is answered."""

    def late(*_: object) -> None:
        raise AssertionError("it took more than 60 s of the processor")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, 60)  # what else the machine does counts for nothing
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


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
    monkeypatch.setitem(matplotlib.rcParams, "figure.max_open_warning", 0)
    monkeypatch.setattr(
        "lernpy.plot.charts.surface.STEPS", 5
    )  # which is drawn in a fraction of the time
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
    pyplot.close("all")
    assert not wrong, f"{name}({argument}=...):\n" + "\n".join(
        f"  {k}: {v}" for k, v in wrong.items()
    )


@pytest.mark.parametrize("build", [len, dict, lernpy.Neuron])
def test_what_makes_no_network_is_no_builder(build: Any):
    """Not called at all: what it would raise comes from inside of it."""
    for ask in (lernpy.train_many, lernpy.cross_validate):
        with pytest.raises(LernpyError, match="needs a function from a seed to a fresh network"):
            ask(build, XOR, epochs=1, **({"seeds": range(2)} if ask is lernpy.train_many else {}))
