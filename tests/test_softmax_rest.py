"""Softmax with binary cross-entropy asks for 1 - p; its deltas are exact however far the shares saturate.

The measure is arithmetic with 60 digits: with r_i the sum of all shares but i, and q the shares without i,
delta_j = A_j - sum over i != j of q_(j|i) A_i, where A_i = -t_i r_i + (1 - t_i) p_i.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from decimal import Decimal, localcontext
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from fake_device import FakeDevice
from hypothesis import given, settings
from hypothesis import strategies as st

import lernpy
from lernpy import Network, losses
from lernpy.engine.arrays.engine import CupyEngine
from lernpy.engine.base import Engine
from lernpy.engine.jit.engine import JitEngine
from lernpy.engine.lesson import c99, javascript
from lernpy.engine.numpy.mirror import Mirror
from lernpy.engine.python import PythonEngine
from lernpy.player.bundle import tables
from lernpy.sweep import train_many

LOSS = "binary_cross_entropy"
FLOOR = 1e-37  # what TINY adds where all deltas vanish
GOLDEN = [
    ([40, 0, -40], [0, 1, 0], [2, -2, -4.248354255291589e-18]),
    ([1000, 0, -1000], [0, 1, 0], [2, -2, 0]),
    ([0, 0, 0], [0, 1, 0], [0.5, -1, 0.5]),
    ([0, 1000, 0], [0, 1, 0], [0, 0, 0]),
]


def group(count: int, **settings: object) -> Network:
    """Inputs that are the total inputs of a softmax."""
    links = [(f"x{i}", f"y{i}", 1.0) for i in range(count)]
    ends = [link[0] for link in links], [link[1] for link in links]
    return lernpy.from_edges(links, *ends, softmax=[ends[1]], loss=LOSS, **settings)


def deltas(network: Network) -> list[float]:
    return [neuron.delta for neuron in network.outputs]


def exact(z: list[float], t: list[float]) -> tuple[list[float], float]:
    """The deltas, rounded once, and the largest A, of which they are differences."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -(10**8), 10**8
        powers = [(Decimal(each) - Decimal(max(z))).exp() for each in z]
        p = [power / sum(powers) for power in powers]
        r = [sum(p[:i] + p[i + 1 :]) for i in range(len(p))]
        a = [-Decimal(t[i]) * r[i] + (1 - Decimal(t[i])) * p[i] for i in range(len(p))]
        mixed = (
            a[j] - sum(p[j] / r[i] * a[i] for i in range(len(p)) if i != j) for j in range(len(p))
        )
        return [float(delta) for delta in mixed], float(max(map(abs, a)))


def exact_loss(z: list[float], t: list[float]) -> float:
    """-t ln p - (1 - t) ln r, summed."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -(10**8), 10**8
        powers = [(Decimal(each) - Decimal(max(z))).exp() for each in z]
        whole = sum(powers)
        rests = [sum(powers[:i] + powers[i + 1 :]) for i in range(len(z))]
        loss = sum(
            -Decimal(t[i]) * (powers[i] / whole).ln()
            - (1 - Decimal(t[i])) * (rests[i] / whole).ln()
            for i in range(len(z))
        )
        return float(loss)


def assert_right(found: list[float], z: list[float], t: list[float]):
    right, largest = exact(z, t)
    room = (
        1e-12 * max(map(abs, right)) + 1e-15 * largest + FLOOR
    )  # where the A cancel, their last bit
    assert found == pytest.approx(right, rel=0, abs=room)


def targets(count: int) -> st.SearchStrategy[list[float]]:
    either = st.sampled_from([0.0, 1.0])
    one = st.lists(either, min_size=count, max_size=count)
    return one | st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count)


@st.composite
def lessons(draw: st.DrawFn, largest: float = 1000.0) -> tuple[list[float], list[float]]:
    count = draw(st.integers(2, 6))
    totals = st.floats(-largest, largest) | st.integers(-40, 40).map(float)
    z = draw(st.lists(totals, min_size=count, max_size=count))
    return z, draw(targets(count))


# ---- the objects -----------------------------------------------------------------------------------


@pytest.mark.parametrize("maths", ["fast", "portable"])
@pytest.mark.parametrize(("z", "t", "right"), GOLDEN)
def test_deltas_by_hand(z: list[float], t: list[float], right: list[float], maths: str):
    network = group(3, maths=maths)
    network.collect(z, t)
    assert deltas(network) == pytest.approx(right, rel=1e-15, abs=FLOOR)


@given(lessons())
def test_the_objects_deltas_and_loss_are_exact(lesson: tuple[list[float], list[float]]):
    z, t = lesson
    network = group(len(z))
    loss = network.collect(z, t)
    assert_right(deltas(network), z, t)
    assert loss == pytest.approx(exact_loss(z, t), rel=1e-12, abs=1e-12)


@given(lessons(largest=20.0))
@settings(max_examples=30)
def test_a_nudge_finds_the_same_slope(lesson: tuple[list[float], list[float]]):
    z, t = lesson
    network = group(len(z))
    network.collect(z, t)
    found = deltas(network)
    for i, delta in enumerate(found):
        up, down = ([*z[:i], z[i] + h, *z[i + 1 :]] for h in (1e-5, -1e-5))
        slope = (network.collect(up, t) - network.collect(down, t)) / 2e-5
        assert slope == pytest.approx(delta, rel=1e-5, abs=1e-6)


def test_the_rest_of_a_share_is_what_the_others_hold():
    """p = 1 to the last bit, and yet its rest is e^-40."""
    network = group(2)
    network.answer([40.0, 0.0])
    winner, loser = network.outputs
    assert winner.output == 1.0
    assert winner.activation.rest(winner) == loser.output == pytest.approx(np.exp(-40), rel=1e-15)
    assert winner.activation.lead(winner) == 40.0 == -loser.activation.lead(loser)


def test_with_the_rest_the_slope_is_the_same():
    loss = losses.get(LOSS)
    for y in (0.02, 0.4, 0.9):
        for t in (0.0, 0.3, 1.0):
            assert loss.rest_slope(y, 1 - y, t) == pytest.approx(loss.slope(y, t), rel=1e-12)


def test_the_paths_add_up_where_the_winner_is_wrong():
    network = wired("partly", 3)
    for i, value in enumerate([40.0, 0.0, -40.0]):
        network.links["bias", f"y{i}"].weight.value = value
    network.collect([0.0], [0.0, 1.0, 0.0])
    for y, right in zip(("y0", "y1"), (2.0, -2.0), strict=True):
        paths = lernpy.paths(network, ("bias", y))
        assert sum(path.share for path in paths.top) == pytest.approx(right, rel=1e-12)


def test_another_loss_asks_for_no_rest():
    network = group(3)
    network.loss = "cross_entropy"
    assert not network.groups[0].apart
    network.loss = LOSS
    assert network.groups[0].apart and network.copy().groups[0].apart


def test_links_onward_hand_back_to_a_member_that_is_right():
    """y1 also feeds a second output: its blame is the sum of both, by nudges."""
    ends = ["x1", "x2"], ["y1", "y2", "o"]
    links = [("x1", "y1", 1.0), ("x2", "y2", 1.0), ("y1", "o", 0.7), ("y2", "o", -0.4)]
    network = lernpy.from_edges(links, *ends, softmax=[ends[1][:2]], loss=LOSS)
    z, t = [3.0, -2.0], [1.0, 0.0, 0.3]
    network.collect(z, t)
    found = deltas(network)[:2]
    for i in range(2):
        up, down = ([*z[:i], z[i] + h, *z[i + 1 :]] for h in (1e-5, -1e-5))
        slope = (network.collect(up, t) - network.collect(down, t)) / 2e-5
        assert slope == pytest.approx(found[i], rel=1e-6)


def test_a_loss_of_ones_own_may_ask_for_the_rest():
    """Half of binary cross-entropy: its deltas are half, at 1000, too."""
    half = losses.Loss(
        "half",
        lambda m: (
            lambda y, t: 0.5 * losses.get(LOSS).value(y, t),
            lambda y, t: 0.5 * losses.get(LOSS).slope(y, t),
        ),
        from_rest=lambda m: lambda y, rest, t: 0.5 * losses.get(LOSS).rest_slope(y, rest, t),
    )
    network = group(3)
    network.loss = half
    for engine in (None, PythonEngine, Mirror):
        z, t = [1000.0, 0.0, -1000.0], [0.0, 1.0, 0.0]
        if engine is None:
            network.collect(z, t)
            assert deltas(network) == pytest.approx([1.0, -1.0, 0.0], abs=FLOOR)
        else:
            assert gradients(engine(network), z, t) == pytest.approx([1000.0, 0.0, 0.0], abs=1e-30)


# ---- the engines -----------------------------------------------------------------------------------


def gradients(engine: Engine, x: list[float], t: list[float]) -> list[float]:
    engine.learn_batch([x], [t], rate=0.0)
    return engine.gradients.tolist()


def wired(kind: str, count: int) -> Network:
    """A softmax whose biases are its total inputs: their gradients are its deltas."""
    outputs = [f"y{i}" for i in range(count)]
    hidden = [f"h{i}" for i in range(40 if kind in ("layers", "wires") else 1)]
    links = [("x", h, 0.0) for h in hidden] + [(h, y, 0.0) for h in hidden for y in outputs]
    if kind in ("wires", "skip"):
        links.append(("x", "y0", 0.0))
    if kind == "partly":
        links = [("x", y, 0.0) for y in outputs]
    links += [("bias", y, 0.0) for y in outputs]
    ends = [outputs[0], *outputs[1:][::-1]] if kind == "skip" else outputs
    return lernpy.from_edges(links, ["x"], ends, softmax=[outputs], loss=LOSS)


ENGINES = {
    "python": PythonEngine,
    "numpy": Mirror,
    "jit": JitEngine,
    "cupy": lambda network: CupyEngine(network, arrays=FakeDevice()),
}


@pytest.mark.parametrize("kind", ["small", "skip", "layers", "wires"])
@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_is_exact(name: str, kind: str):
    if name == "jit":
        pytest.importorskip("numba")
    rng = np.random.default_rng(0)
    network = wired(kind, 4)
    biases = [network.links["bias", f"y{i}"].weight for i in range(4)]
    order = [int(neuron.name[1:]) for neuron in network.outputs]
    engine = ENGINES[name](network)
    for size in (1.0, 20.0, 50.0, 300.0, 1000.0) * 2:
        z = rng.uniform(-size, size, 4)
        z[3] = z[2] if size == 20.0 else z[3]
        t = rng.integers(0, 2, 4).astype(float) if size != 50.0 else rng.uniform(0, 1, 4)
        for weight, value in zip(biases, z.tolist(), strict=True):
            weight.value = value
        engine.load()
        loss = engine.learn_batch([[0.0]], [t[order].tolist()], rate=0.0)
        found = [float(engine.gradients[network.weights.index(weight)]) for weight in biases]
        assert_right(found, z.tolist(), t.tolist())
        assert loss == pytest.approx(exact_loss(z.tolist(), t.tolist()), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["numpy", "jit"])
def test_float32_does_not_blow_up_either(name: str):
    engine_of = pytest.importorskip("numba") and JitEngine if name == "jit" else Mirror
    network = wired("layers", 3)
    for i, value in enumerate([1000.0, 0.0, -1000.0]):
        network.links["bias", f"y{i}"].weight.value = value
    engine = engine_of(network, "float32")
    engine.learn_batch([[0.0]], [[0.0, 1.0, 0.0]], rate=0.0)
    biases = [network.weights.index(network.links["bias", f"y{i}"].weight) for i in range(3)]
    assert engine.gradients[biases] == pytest.approx([2.0, -2.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("name", ENGINES)
def test_a_group_of_which_only_some_are_outputs(name: str):
    """y0 and y2 have targets, y1 only leads on to an output with a sigmoid."""
    if name == "jit":
        pytest.importorskip("numba")
    group = ["y0", "y1", "y2"]
    links = [(x, y) for x in ("x", "bias") for y in group] + [("y1", "o"), ("y2", "o")]
    ends = ["x"], ["o", "y2", "y0"]
    network = lernpy.from_edges(links, *ends, softmax=[group], loss=LOSS, seed=3)
    for value, y in zip((45.0, 0.0, -3.0), group, strict=True):
        network.links["bias", y].weight.value = value
    engine, twin = ENGINES[name](network), network.copy()
    loss = twin.collect([0.5], [0.3, 1.0, 0.0])
    assert engine.learn_batch([[0.5]], [[0.3, 1.0, 0.0]], rate=0.0) == pytest.approx(
        loss, rel=1e-12
    )
    right = [weight.sensitivity for weight in twin.weights]
    assert engine.gradients == pytest.approx(np.array(right), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("name", ["numpy", "jit"])
def test_many_nets_saturate_as_one_does(name: str):
    if name == "jit":
        pytest.importorskip("numba")
    data = np.array([[-800.0, 3.0], [2.0, 700.0], [1.0, -1.0]]), np.eye(3)

    def build(seed: int) -> Network:
        return lernpy.layered([2, 3], output_activation="softmax", loss=LOSS, seed=seed)

    how = {"epochs": 3, "batch_size": 1, "learning_rate": 0.1}
    sweep = train_many(build, data, seeds=[0, 1], engine=name, **how)
    for net in range(2):
        network = build(net)
        lernpy.train(network, data, engine="graph", seed=net, **how)
        right = [weight.value for weight in network.weights]
        assert [w.value for w in sweep.network(net).weights] == pytest.approx(right, rel=1e-9)


def test_two_groups_have_a_loss_each():
    """Their logarithms are of two wholes: the mirror took them for one."""
    for loss in (LOSS, "cross_entropy"):
        outputs = ["a", "b", "c", "d"]
        network = lernpy.from_edges(
            [(x, y) for x in ("x", "bias") for y in outputs], ["x"], outputs,
            softmax=[outputs[:2], outputs[2:]], loss=loss, seed=1,
        )  # fmt: skip
        right = network.copy().learn([1.0], [1, 0, 0, 1])
        assert Mirror(network).learn_batch([[1.0]], [[1, 0, 0, 1]]) == pytest.approx(right)


@pytest.mark.parametrize("engine", ["numpy", "jit"])
def test_digits_learn_with_it(engine: str):
    """Rates at which the shares saturate at once; with the plain slope the weights blow up."""
    if engine == "jit":
        pytest.importorskip("numba")
    digits = lernpy.data.load("digits")
    network = lernpy.layered(
        [64, 16, 10], output_activation="softmax", loss=LOSS, learning_rate=1.0, seed=0
    )
    history = lernpy.train(network, digits, epochs=3, batch_size=32, engine=engine, seed=0)
    assert np.isfinite([weight.value for weight in network.weights]).all()
    assert np.isfinite(history.loss).all()


# ---- what is printed -------------------------------------------------------------------------------


def moved(z: list[float], t: list[float]) -> tuple[Network, list[float]]:
    """A network at these totals, and its weights after a lesson with the rate 1."""
    network = wired("partly", len(z))
    for i, value in enumerate(z):
        network.links["bias", f"y{i}"].weight.value = value
    twin = network.copy()
    twin.learning_rate = 1.0
    twin.learn([0.0], t)
    return network, [weight.value for weight in twin.weights]


FAR = [([1000.0, 0.0, -1000.0], [0.0, 1.0, 0.0]), ([40.0, 0.0, -40.0], [0.0, 1.0, 0.0])]


@pytest.mark.parametrize(("z", "t"), FAR)
def test_the_lesson_in_javascript(z: list[float], t: list[float], tmp_path: Path):
    node = shutil.which("node") or pytest.skip("there is no node")
    network, right = moved(z, t)
    w = [weight.value for weight in network.weights]
    run = f"const w = {json.dumps(w)}; learn(w, [], [0], {json.dumps(t)}, 1); console.log(w.join(' '))"
    (tmp_path / "lesson.js").write_text(f"{javascript(network)}\n{run}")
    found = subprocess.run(
        [node, tmp_path / "lesson.js"], capture_output=True, check=True, text=True
    )
    assert [float(number) for number in found.stdout.split()] == pytest.approx(right, rel=1e-12)


@pytest.mark.parametrize(("z", "t"), FAR)
def test_the_lesson_in_c(z: list[float], t: list[float], tmp_path: Path):
    gcc = shutil.which("gcc") or pytest.skip("there is no gcc")
    network, right = moved(z, t)
    w = ", ".join(repr(weight.value) for weight in network.weights)
    (tmp_path / "lesson.c").write_text(
        f"""#include <math.h>
#include <stdio.h>
{c99(network)}
int main(void) {{
  double w[] = {{{w}}}, m[1] = {{0}}, x[] = {{0}}, t[] = {{{", ".join(map(str, t))}}};
  learn(w, m, x, t, 1.0);
  for (unsigned i = 0; i < sizeof w / sizeof *w; i++) printf("%.17g ", w[i]);
  return 0;
}}"""
    )
    options = ["-std=c99", "-O2", "-ffp-contract=off"]
    subprocess.run([gcc, *options, "lesson.c", "-o", "lesson", "-lm"], cwd=tmp_path, check=True)
    found = subprocess.run([tmp_path / "lesson"], capture_output=True, check=True, text=True)
    assert [float(number) for number in found.stdout.split()] == pytest.approx(right, rel=1e-12)


PAGE = """
import {{ activate, outputLoss, outputSlope, turn }} from "./maths.js";
import {{ LOSSES }} from "./tables.js";
const loss = LOSSES.binary_cross_entropy;
for (const [z, t] of {lessons}) {{
  const members = z.map((_, v) => v);
  const net = {{ group: z.map(() => members), outputs: members, activation: [], factors: z.map(() => []),
    multiplied: z.map(() => []),
    header: {{ loss: "binary_cross_entropy" }} }};
  const [output, sensitivity, delta] = [0, 1, 2].map(() => new Float64Array(z.length));
  const logSum = activate(net, members, z, output);
  let total = 0;
  members.forEach((v) => {{
    total += outputLoss(net, loss, v, z, output, t[v], logSum);
    sensitivity[v] = outputSlope(net, loss, v, output, t[v]);
  }});
  turn(net, members, {{ totalInput: z, output, sensitivity, delta }});
  console.log(JSON.stringify([total, ...delta]));
}}
"""


def test_the_page_is_exact(tmp_path: Path):
    node = shutil.which("node") or pytest.skip("there is no node")
    rng = np.random.default_rng(1)
    far = [(rng.uniform(-s, s, 4).tolist(), rng.integers(0, 2, 4).tolist()) for s in (1, 40, 1000)]
    cases = [(z, t) for z, t, _ in GOLDEN] + far * 3
    shutil.copytree(str(files("lernpy.player") / "js"), tmp_path, dirs_exist_ok=True)
    printed = tables({"activations": [], "loss": LOSS, "groups": [[0, 1]]})
    (tmp_path / "tables.js").write_text(re.sub("^const", "export const", printed, flags=re.M))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "run.js").write_text(PAGE.format(lessons=json.dumps(cases)))
    found = subprocess.run(
        [node, "run.js"], cwd=tmp_path, capture_output=True, check=True, text=True
    )
    for (z, t), line in zip(cases, found.stdout.splitlines(), strict=True):
        total, *delta = json.loads(line)
        assert_right(delta, z, t)
        assert total == pytest.approx(exact_loss(z, t), rel=1e-12, abs=1e-12)
