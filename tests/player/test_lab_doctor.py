"""The doctor of the page that learns.

It says the terminal's sentences where both see the same, and nothing where the net learns.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_engine import in_node

import lernpy
from lernpy import files, player
from lernpy.data import Dataset
from lernpy.functions.activations import ACTIVATIONS
from lernpy.player.laboratory import watchable
from lernpy.training.reasons import MEANINGS, REASONS

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
XOR = lernpy.data.load("xor")
RNG = np.random.default_rng(0)
NO_YES = {"classes": ("n", "y"), "task": "classification"}
RARE = Dataset(
    "rare", np.random.default_rng(1).random((100, 2)), np.arange(100)[:, None] < 4, **NO_YES
)
CONSTANT = Dataset(
    "constant",
    np.column_stack([RNG.random(40), np.ones(40)]),
    RNG.integers(0, 2, (40, 1)),
    **NO_YES,
)
LINE = Dataset("line", RNG.random((20, 1)), RNG.random((20, 1)), task="regression")
FEW = Dataset("few", RNG.normal(size=(60, 8)), RNG.integers(0, 2, (60, 1)), **NO_YES)
DOCTOR = {
    "reasons": dict(REASONS),
    "lessons": {words: one.lesson for words, one in MEANINGS.items()},
}
STEEPEST = {name: entry.steepest for name, entry in ACTIVATIONS.items()}


def net(
    sizes: Any = (2, 4, 1), activation: str = "tanh", output: str = "sigmoid", **how: Any
) -> Any:
    return lernpy.layered(sizes, activation, output, **{"seed": 1, "learning_rate": 0.5, **how})


def with_weights(network: Any, value: float, chosen: Any) -> Any:
    for link in network.links.values():
        if chosen(link):
            link.weight.value = value
    return network


def into_output(link: Any) -> bool:
    return bool(link.output_neuron.name == "y1")


def into_hidden(link: Any) -> bool:
    return bool(link.output_neuron.name.startswith("h"))


def from_bias(link: Any) -> bool:
    return bool(link.input_neuron.name == "bias")


def frozen() -> Any:
    network = net()
    for weight in network.weights:
        weight.freeze()
    return network


def without_bias() -> Any:
    edges = [("x1", "h1"), ("x2", "h1"), ("x1", "h2"), ("x2", "h2"), ("h1", "y"), ("h2", "y")]
    return lernpy.from_edges(edges, ["x1", "x2"], ["y"], activation="tanh", seed=0)


CASES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "rate zero": (lambda: net(learning_rate=0.0), XOR, {}),
    "frozen": (frozen, XOR, {}),
    "constant": (lambda: net(learning_rate=0.1), CONSTANT, {}),
    "alike": (lambda: net(init="zeros"), XOR, {}),
    "dead output": (
        lambda: with_weights(net(output="relu"), -1.0, into_output),
        XOR,
        {},
    ),
    "straight": (lambda: net((2, 1)), XOR, {}),
    "one matrix": (lambda: net(activation="identity"), XOR, {}),
    "no bias": (without_bias, XOR, {}),
    "penalty": (lambda: net(l2=3.0), XOR, {}),
    "jumps": (lambda: net(learning_rate=60.0), XOR, {}),
    "dead": (
        lambda: with_weights(
            lernpy.layered([1, 3, 1], "relu", "identity", seed=0),
            -1.0,
            into_hidden,
        ),
        LINE,
        {},
    ),
    "saturated": (
        lambda: with_weights(
            net((1, 3, 1), output="identity", learning_rate=1e-9),
            30.0,
            from_bias,
        ),
        LINE,
        {},
    ),
    "fading": (lambda: net((2, *(8,) * 6, 1), "sigmoid", learning_rate=0.1), XOR, {}),
    "slow": (lambda: net(learning_rate=1e-4), XOR, {"epochs": 400}),
    "never says": (lambda: net(learning_rate=0.01), RARE, {"epochs": 30}),
    "by heart": (lambda: net((8, 30, 1), learning_rate=0.5), FEW, {"epochs": 400, "tested": 40}),
}
REASON = """
for (const { file, inputs, targets, test, losses, task, columns, classes, ranges, steepest, doctor } of given) {
  const samples = { inputs: Float64Array.from(inputs.flat()), targets: Float64Array.from(targets.flat()),
    count: inputs.length };
  const indices = Int32Array.from(inputs, (_, index) => index);
  const reason = reasonIn({ engine: engineOf(file, steepest), samples, ranges, losses, task, columns, classes,
    tested: [0.5, 1], image: false,
    train: indices.slice(0, inputs.length - test), test: indices.slice(inputs.length - test) });
  print([reason?.[0] ?? "", reason ? new Doctor(doctor).sentence(reason) : ""]);
}
"""


def case_of(make: Any, data: Dataset, how: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What Python says, and what the page is given to look at."""
    count = how.get("tested", 0)
    rest = data.subset(range(len(data) - count))
    run = lernpy.epochs(make(), rest, how.get("epochs", 100), seed=0, scale="none")
    run.finish()
    tested = (
        lernpy.evaluate(run.network, data.subset(range(len(data) - count, len(data))))
        if count
        else None
    )
    advice = lernpy.advise(run, tested)
    told = advice[0].why if advice else ""
    card = run.data.card
    return told, {
        "file": files.to_json(run.network),
        "inputs": data.inputs.tolist(),
        "targets": data.targets.astype(float).tolist(),
        "test": count,
        "losses": list(run.history["loss"]),
        "task": data.task,
        "columns": list(card.input_names),
        "classes": list(data.classes or ()),
        "ranges": {
            name: list(e.range) for name, e in ACTIVATIONS.items() if np.isfinite(e.range).all()
        },
        "steepest": STEEPEST,
        "doctor": DOCTOR,
    }


def test_page_and_terminal_say_the_same(tmp_path: Path) -> None:
    pairs = [case_of(*case) for case in CASES.values()]
    pages = in_node(REASON, [given for _, given in pairs], tmp_path)
    for (kind, (told, _)), (found, says) in zip(zip(CASES, pairs, strict=True), pages, strict=True):
        assert found in (kind, {"jumps": "grew"}.get(kind)), (kind, told, says)
        assert says.partition(" (lernpy lesson ")[0] == told, kind
        assert re.search(r"\(lernpy lesson \d\)$", says), says


TRAIN = """
const { traits, epochs, settings, change } = given;
for (const set of traits.sets.filter(({ name }) => name !== "draw")) {
  const doctor = new Doctor(traits.doctor);
  const engine = engineOf(change ?? set.file, traits.steepest);
  const how = { ...set.settings, ...settings };
  const session = new Session(engine, samplesOf(set, how.noise), how);
  const heard = [];
  for (let epoch = 0; epoch < epochs && session.learnEpoch(); epoch++) {
    session.note();
    doctor.look({ session, set, traits, mistake: "" });
    if (doctor.advice) heard.push(`${epoch} ${doctor.advice}`);
  }
  print([set.name, heard.slice(0, 3), session.evaluation.train.right]);
}
"""


def traits_of(page: str) -> dict[str, Any]:
    found = re.search(r'id="lp-data">(.*?)</script>', page, re.S)
    assert found is not None
    return dict(json.loads(found[1])["lab"])


@pytest.mark.parametrize("name", ["spiral", "iris", "sine", "fruit", "xnor", "parity"])
def test_it_is_silent_where_the_net_learns(tmp_path: Path, name: str) -> None:
    """The usual nets of the built-in data, 400 epochs each, and whatever comes along on the page."""
    traits = traits_of(player.lab(None, name))
    if name != "spiral":
        traits["sets"] = traits["sets"][:1]
    for found, heard, _ in in_node(TRAIN, {"traits": traits, "epochs": 400}, tmp_path):
        assert heard == [], found


def test_six_sigmoid_layers_and_their_blame_that_dies(tmp_path: Path) -> None:
    """It waits until it is sure, says it, and names the lesson."""
    data = lernpy.data.load("spiral")
    how = {"activation": "sigmoid", "optimizer": "sgd", "learning_rate": 0.1}
    network = watchable(data, 0, layers=(8,) * 6, **how)
    traits = traits_of(player.lab(network, data))
    traits["sets"] = traits["sets"][:1]
    ((_, heard, _),) = in_node(TRAIN, {"traits": traits, "epochs": 60}, tmp_path)
    assert "blame dies on its way back" in heard[0] and heard[0].endswith("(lernpy lesson 7)")
    assert int(heard[0].split()[0]) >= 10
