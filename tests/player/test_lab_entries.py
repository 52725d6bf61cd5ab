"""The page that learns and entries of the user's own: it computes them, or refuses them by name."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_engine import Plan, in_node, learned, numbers

import lernpy
from lernpy import LernpyError, player
from lernpy.functions.activations import ACTIVATIONS, Activation, activation
from lernpy.functions.losses import LOSSES, Loss, loss
from lernpy.functions.optimizers import OPTIMIZERS, Optimizer, optimizer

XOR = lernpy.data.load("xor")
UNITS: dict[str, Callable[[Any], Any]] = {
    "formula": lambda m: (lambda z: z / (1 + m.abs(z)), lambda z, y: 1 / (1 + m.abs(z)) ** 2),
    "choice": lambda m: (lambda z: z if z > 0 else z / 9, lambda z, y: 1.0 if z > 0 else 1 / 9),
    "of math": lambda m: (math.atan, lambda z, y: 1 / (1 + z * z)),
    "in a slope": lambda m: (lambda z: z * z, lambda z, y: 2 * float(z)),
    "of numpy": lambda m: (lambda z: np.sum(z), lambda z, y: m.where(z == z, 1.0, 1.0)),
}
LOSSES_OF_ITS_OWN: dict[str, Callable[[Any], Any]] = {
    "formula": lambda m: (lambda y, t: (y - t) * (y - t), lambda y, t: 2 * (y - t)),
    "choice": lambda m: (lambda y, t: abs(y - t), lambda y, t: 1.0 if y > t else -1.0),
    "of numpy": lambda m: (lambda y, t: np.sum((y - t) ** 2), lambda y, t: 2 * (y - t)),
}
RULES: dict[str, Callable[[Any], Any]] = {
    "formula": lambda m: lambda w, g, rate, memory: (w - rate * m.sign(g), memory),
    "choice": lambda m: lambda w, g, rate, memory: (w - rate if g > 0 else w + rate, memory),
    "of math": lambda m: lambda w, g, rate, memory: (w - rate * math.tanh(g), memory),
}
EVERY = [
    *(("activation", form, factory) for form, factory in UNITS.items()),
    *(("loss", form, factory) for form, factory in LOSSES_OF_ITS_OWN.items()),
    *(("optimizer", form, factory) for form, factory in RULES.items()),
]
LEARN = """
for (const { file, inputs, targets, order, size } of given) {
  const data = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  const engine = engineOf(file, {});
  for (let at = 0; at < order.length; at += size) learn(engine, data, order, at, at + size, size);
  print(bits(engine.values));
}
"""


@pytest.fixture(params=EVERY, ids=[f"{kind}: {form}" for kind, form, _ in EVERY])
def own(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, lernpy.Network]]:
    """A net with an entry of the user's own: its kind, its form, and the net."""
    kind, form, factory = request.param
    how = {"rate": 0.05} if kind == "optimizer" else {}
    tables = {
        "activation": (activation, ACTIVATIONS),
        "loss": (loss, LOSSES),
        "optimizer": (optimizer, OPTIMIZERS),
    }
    enter, table = tables[kind]
    enter("own", **how)(factory)
    yield kind, form, lernpy.layered([2, 3, 1], **{kind: "own"}, seed=0)
    table.remove("own")


def test_a_page_computes_an_entry_or_it_is_refused_by_name(
    own: tuple[str, str, lernpy.Network], tmp_path: Path
) -> None:
    kind, form, network = own
    writers = (
        lambda: player.lab(network, XOR, tmp_path / "lab.html"),
        lambda: lernpy.live(network, XOR, lab=True),
    )
    if form != "formula":
        for write in writers:
            with pytest.raises(LernpyError, match=rf"the {kind} own\b.*player\.write"):
                write()
        assert not list(tmp_path.iterdir())
        return
    for write in writers:
        write()
    if shutil.which("node"):
        plan = Plan(network, XOR.inputs, XOR.targets, [3, 1, 2, 0] * 5, 2)
        (page,) = in_node(LEARN, [plan.as_json()], tmp_path)
        assert np.allclose(numbers(page), learned(plan).weights, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ["relu", "nowhere"])
def test_an_entry_that_only_bears_a_name_of_the_table_is_refused(name: str) -> None:
    """The page has the table's: it would compute another function under that name."""
    bent = lernpy.layered([2, 3, 1], seed=0)
    bent.neurons["h1"].activation = Activation(name, UNITS["formula"])
    judged = lernpy.layered([2, 3, 1], seed=0, loss=Loss(name, LOSSES_OF_ITS_OWN["formula"]))
    moved = lernpy.layered([2, 3, 1], seed=0)
    moved.optimizer = Optimizer(name, RULES["formula"], 0.1, lambda rate: (), {})
    for network in (bent, judged, moved):
        with pytest.raises(LernpyError, match=rf"{name} is not what its table has"):
            player.lab(network, XOR)


def test_classes_of_the_users_own_are_refused_by_name() -> None:
    class Loud(lernpy.Link):
        def propagate(self) -> None:
            self.output_neuron.input(10 * self.weight.value * self.input_neuron.output)

    class Proud(lernpy.Neuron):
        def propagate(self) -> None:
            self.output = 1.0

    class Shy(lernpy.Weight):
        def reset(self) -> None: ...

    parts = [(Loud, lernpy.Neuron, lernpy.Weight), (lernpy.Link, Proud, lernpy.Weight)]
    for link, neuron, weight in [*parts, (lernpy.Link, lernpy.Neuron, Shy)]:
        a, b, y = lernpy.Neuron("a"), lernpy.Neuron("b"), neuron("y")
        links = [link(a, y, weight(0.5)), link(b, y, weight(0.5))]
        network = lernpy.Network([a, b, y], links, [a, b], [y])
        for is_live in (False, True):
            with pytest.raises(LernpyError, match=r"(Loud|Proud|Shy)\).*slow_motion"):
                lernpy.live(network, XOR, lab=True) if is_live else player.lab(network, XOR)
