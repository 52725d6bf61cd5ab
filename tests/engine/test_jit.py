"""The compiled engine: it learns what the network learns, in each of its three kinds of code."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import OPTIMIZERS, cases, near_a_kink

import lernpy
from lernpy import activations, build, losses, optimizers
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.weight import Rule

pytest.importorskip("numba", reason="numba is not installed: pip install numba")

from lernpy.engine.jit import JitEngine, engine, machine, straight
from lernpy.engine.jit.machine import cache

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "gelu", "elu")
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)


@pytest.fixture
def straight_code() -> Iterator[None]:
    """Small nets get a program of their own, as outside the tests."""
    before, straight.MOST_LINKS = straight.MOST_LINKS, 64
    yield
    straight.MOST_LINKS = before


@pytest.mark.parametrize(
    ("name", "right", "low", "high"),
    [
        ("exp_", np.exp, -700.0, 709.0),
        ("tanh_of_half_", lambda z: np.tanh(0.5 * z), -60.0, 60.0),
        ("half_of_1_and_tanh_of_half_", lambda z: 0.5 * np.tanh(0.5 * z) + 0.5, -1.0, 60.0),
    ],
)
def test_the_maths_of_numbers(name: str, right: Any, low: float, high: float) -> None:
    """To a few units in the last place; exact at the ends, and what is not a number stays none."""
    text = f"""
def each(z: Doubles, y: Doubles, n: int) -> None:
    for i in range(n):
        y[i] = {name}(z[i])
"""
    function = machine.printed(text, "each", "float64", {})
    ends = np.array([-1000.0, 1000.0, -np.inf, np.inf, np.nan])
    z = np.concatenate([np.linspace(low, high, 20_001), [0.0, 1e-9, -1e-9, 1e-300], ends])
    y = np.empty_like(z)
    function(z, y, len(z))
    with np.errstate(over="ignore", invalid="ignore"):
        expected = right(z)
    assert np.array_equal(y[-5:], expected[-5:], equal_nan=True)
    y, expected = y[:-5], expected[:-5]
    assert (np.abs(y - expected) <= 4 * np.finfo(float).eps * np.abs(expected)).all()


def values(network: Network) -> np.ndarray:
    return np.array([weight.value for weight in network.weights])


def table(seed: int, network: Network, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, len(network.inputs))), rng.random((count, len(network.outputs)))


def far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(a)), initial=0.0))


def agree(network: Network, x: np.ndarray, t: np.ndarray, batch: int, steps: int = 20) -> JitEngine:
    """Batch by batch against the object graph: losses, gradients, weights, memories, outputs."""
    twin = network.copy()
    engine = JitEngine(twin)
    for step in range(steps):
        rows = np.arange(step * batch, (step + 1) * batch) % len(x)
        weighed = 1.0 + rows / len(x)
        loss = network.learn_batch(x[rows], t[rows], weighed)
        assert abs(engine.learn_batch(x[rows], t[rows], weighed) - loss) <= 1e-12 * max(1.0, loss)
        if step == 0:
            blames = np.array([weight.sensitivity / batch for weight in network.weights])
            assert far(blames, engine.gradients) <= 1e-12
    engine.store()
    assert far(values(network), values(twin)) <= 1e-9
    for ours, theirs in zip(network.weights, twin.weights, strict=True):
        assert len(ours.memory) == len(theirs.memory)
        assert far(np.array(ours.memory), np.array(theirs.memory)) <= 1e-9
    assert far(network.predict(x), engine.predict(x)) <= 1e-9
    return engine


# ---- agreement with the object graph -------------------------------------------------------------


@settings(max_examples=60)
@given(case=cases())
def test_gradients_on_any_wiring(case: tuple) -> None:
    network, x, t = case
    assume(not near_a_kink(network, x, t, 1e-9))
    engine = JitEngine(network.copy())

    loss = network.learn_batch(x, t)
    assert abs(engine.learn_batch(x, t) - loss) <= 1e-12 * max(1.0, abs(loss))
    blames = np.array([weight.sensitivity / len(x) for weight in network.weights])
    assert far(blames, engine.gradients) <= 1e-12


def an_epoch_and_its_batches(case: tuple, seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    network, x, t = case
    engine, other = JitEngine(network.copy()), JitEngine(network.copy())
    order = np.random.default_rng(seed).permutation(len(x))

    (loss,) = engine.learn_epochs(x, t, order[None], size, [0.01])
    batches = [order[i : i + size] for i in range(0, len(x), size)]
    each = [other.learn_batch(x[b], t[b], rate=0.01) * len(b) for b in batches]
    assert loss == pytest.approx(sum(each) / len(x), rel=1e-12, nan_ok=True)
    return engine.values, other.values


@settings(max_examples=40)
@given(case=cases(optimizers=OPTIMIZERS, most=11), seed=st.integers(0, 9), size=st.integers(2, 11))
def test_an_epoch_is_its_batches(case: tuple, seed: int, size: int) -> None:
    """To the bit where all batches are of one size: they go through one program."""
    network, x, t = case
    whole = len(x) // size * size
    assume(whole)

    ours, theirs = an_epoch_and_its_batches((network, x[:whole], t[:whole]), seed, size)
    assert np.array_equal(ours, theirs, equal_nan=True)


@settings(max_examples=40)
@given(case=cases(most=11), seed=st.integers(0, 9), size=st.integers(1, 11))
def test_an_epoch_is_its_batches_whatever_their_size(case: tuple, seed: int, size: int) -> None:
    """Batches of one sample and a last one that is shorter add up in another order when alone."""
    assume(not near_a_kink(*case, 1e-9))
    ours, theirs = an_epoch_and_its_batches(case, seed, size)
    assert far(ours, theirs) <= 1e-12


@pytest.mark.parametrize("batch", [1, 7, 70])
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_layers(batch: int, output: str) -> None:
    network = lernpy.layered(
        [21, 17, 9, 5], "tanh", output, loss="cross_entropy", optimizer="adam", l2=0.01, seed=0
    )
    engine = agree(network, *table(0, network, 70), batch, steps=5)
    assert "layers" in engine.explanation


@pytest.mark.parametrize("zeros", [0.0, 0.9])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_layers_one_sample_at_a_time(optimizer: str, zeros: float) -> None:
    """Whole epochs; with most inputs 0, which are left out."""
    network = lernpy.layered([30, 12, 4], optimizer=optimizer, seed=1)
    twin = network.copy()
    x, t = table(1, network, 25)
    x[np.random.default_rng(2).random(x.shape) < zeros] = 0.0
    order = np.random.default_rng(3).permutation(25)

    engine = JitEngine(twin)
    (loss,) = engine.learn_epochs(x, t, order[None], 1, [0.1])
    expected = np.mean([network.learn_batch(x[[i]], t[[i]], rate=0.1) for i in order])
    engine.store()
    assert loss == pytest.approx(expected, rel=1e-13)
    assert far(values(network), values(twin)) <= 1e-13


@pytest.mark.parametrize("batch", [1, 8, 40])
def test_a_thousand_links(batch: int) -> None:
    network = build.random_dag(5, inputs=9, hidden=60, outputs=6, links=500, softmax=True)
    engine = agree(network, *table(4, network, 40), batch, steps=4)
    assert "link by link" in engine.explanation


@pytest.mark.usefixtures("straight_code")
@pytest.mark.parametrize(
    "network",
    [
        lernpy.layered([2, 3, 1], seed=0),
        build.random_dag(
            11,
            inputs=2,
            outputs=3,
            softmax=True,
            activations=("sigmoid",),
            loss="cross_entropy",
            optimizer="adam",
            l1=0.01,
        ),
        build.random_dag(6, inputs=2, activations=SMOOTH, loss="huber", optimizer="rprop"),
    ],
    ids=["xor", "softmax", "tied"],
)
def test_straight_code(network: Network) -> None:
    engine = agree(network, *table(5, network, 6), 3, steps=4)
    assert "straight code" in engine.explanation


@pytest.mark.usefixtures("straight_code")
def test_straight_code_one_sample_at_a_time() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    twin = network.copy()
    engine = JitEngine(twin)
    engine.learn_epochs(*XOR, np.array([[2, 0, 1, 3]]), 1, [0.5])
    engine.store()
    for row in (2, 0, 1, 3):
        network.learning_rate = 0.5
        network.learn(XOR[0][row], XOR[1][row])
    assert far(values(network), values(twin)) <= 1e-14


@pytest.mark.usefixtures("straight_code")
@pytest.mark.parametrize("penalty", [{}, {"l1": 0.01}, {"l2": 0.01}], ids=["", "l1", "l2"])
@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("what", ["straight code", "layers as matrices", "link by link"])
def test_each_variant_of_each_layout_compiles_and_learns_as_the_objects_do(
    what: str, batch: int, ruled: bool, penalty: dict[str, float]
) -> None:
    """Whole epochs: online or in batches, penalised or not, weights that may not move as they will."""
    for maths in ("fast", "portable"):
        network = {
            "straight code": lambda how: lernpy.layered([2, 3, 1], seed=0, **how),
            "layers as matrices": lambda how: lernpy.layered([9, 9, 5], seed=0, **how),
            "link by link": lambda how: build.random_dag(
                5, inputs=3, hidden=20, outputs=2, links=90, activations=SMOOTH, **how
            ),
        }[what](penalty | {"maths": maths})
        if ruled:
            network.weights[0].frozen = True
            network.weights[1].rule = Rule(False, 0.5, -0.2, 0.2)
        x, t = table(3, network, 7)
        for weighed in (None, 1.0 + np.arange(7) / 7):
            twin = network.copy()
            engine = JitEngine(twin)
            (loss,) = engine.learn_epochs(x, t, np.arange(7)[None], batch, [0.1], weighed)
            engine.store()
            assert engine.explanation.startswith(f"jit, {what}: ")
            ours = network.copy()
            batches = [slice(low, low + batch) for low in range(0, 7, batch)]
            shares = [None if weighed is None else weighed[rows] for rows in batches]
            means = [
                ours.learn_batch(x[rows], t[rows], share, rate=0.1) * len(x[rows])
                for rows, share in zip(batches, shares, strict=True)
            ]
            assert loss == pytest.approx(sum(means) / 7, rel=1e-12)
            assert far(values(ours), values(twin)) <= 1e-12
            if maths == "portable" and what == "straight code":
                assert values(ours).tolist() == values(twin).tolist()


def test_float32_goes_nearly_the_same_way() -> None:
    network = lernpy.layered([21, 17, 5], "tanh", optimizer="adam", seed=0)
    x, t = table(0, network, 40)
    twin = network.copy()
    engine = JitEngine(twin, "float32")
    for _ in range(20):
        network.learn_batch(x, t)
        engine.learn_batch(x, t)
    engine.store()
    assert far(values(network), values(twin)) <= 1e-4


def test_rules_are_followed_bit_for_bit() -> None:
    """Equal gradients (with a target of 0 there is nothing to round differently), equal weights."""
    for optimizer in OPTIMIZERS:
        network = lernpy.from_edges(
            [("x", "y", 0.3)], ["x"], ["y"], optimizer=optimizer, activation="identity"
        )
        twin = network.copy()
        engine = JitEngine(twin)
        for _ in range(5):
            network.learn_batch([[0.7]], [[0.0]])
            engine.learn_batch([[0.7]], [[0.0]])
        engine.store()
        assert values(network).tolist() == values(twin).tolist(), optimizer
        assert network.weights[0].memory == twin.weights[0].memory, optimizer


# ---- the user's own entries ----------------------------------------------------------------------


@pytest.fixture
def homemade() -> Iterator[None]:
    @activations.activation("test_bend")
    def bend(m):
        """With an if: cannot be written down as a formula, but be compiled."""
        return (
            lambda z: exp(-z * z) if z < 0 else 2.0 - exp(-z * z),
            lambda z, y: (-2.0 if z < 0 else 2.0) * z * exp(-z * z),
        )

    @activations.activation("test_sine")
    def sine(m):
        """With NumPy's own functions."""
        return lambda z: np.sin(z) + 0.1 * z**3, lambda z, y: np.cos(z) + 0.3 * z**2

    @activations.activation("test_rounded")
    def rounded(m):
        """With something that no compiler takes."""
        return lambda z: float(f"{0.5 * z:.15g}"), lambda z, y: 0.5

    @optimizers.optimizer("test_timid", rate=0.1, memory=lambda rate: (1.0,), least=0.5)
    def timid(m, least):
        def step(value, gradient, rate, memory):
            care = max(least, memory[0] * 0.9) if gradient > 0 else memory[0]
            return value - rate * care * gradient, (care,)

        return step

    yield
    for name in ("test_bend", "test_sine", "test_rounded"):
        activations.ACTIVATIONS.remove(name)
    optimizers.OPTIMIZERS.remove("test_timid")


@pytest.mark.usefixtures("homemade")
@pytest.mark.parametrize("name", ["test_bend", "test_sine"])
def test_entries_of_the_users_own_are_compiled(name: str) -> None:
    network = lernpy.layered([2, 3, 1], activation=name, optimizer="test_timid", seed=0)
    engine = agree(network, *XOR, 4, steps=4)
    assert engine.explanation.startswith("jit")


@pytest.mark.usefixtures("homemade")
def test_what_cannot_be_compiled_is_left_to_numpy() -> None:
    network = lernpy.layered([2, 3, 1], activation="test_rounded", seed=0)
    engine = agree(network, *XOR, 4, steps=4)
    assert engine.explanation.startswith("numpy")
    assert "numba cannot compile test_rounded" in engine.explanation


def test_numpy_goes_on_where_compiled_code_has_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was learned is not lost, and the network hears of it only when it is stored."""

    def refuse(*_: object) -> None:
        raise machine.CannotCompile("not this one")

    network = lernpy.layered([2, 3, 1], optimizer="momentum", seed=0)
    twin, before = network.copy(), values(network).tolist()
    engine = JitEngine(network)
    engine.learn_batch([[0, 1]], [[1]])
    twin.learn_batch([[0, 1]], [[1]])
    monkeypatch.setattr(machine, "kernel", refuse)

    assert np.allclose(engine.predict([[1, 0]]), twin.predict([[1, 0]]), rtol=0, atol=1e-15)
    assert "numba cannot compile this network" in engine.explanation
    assert values(network).tolist() == before
    engine.store()
    assert np.allclose(values(network), values(twin), rtol=0, atol=1e-15)
    assert network.weights[3].memory == pytest.approx(twin.weights[3].memory, abs=1e-15)


def test_an_own_loss_with_a_mean_and_a_stable_form() -> None:
    def hinge_of_total(m):
        return lambda z, t: m.maximum(0.5 - z, 0.0)

    @losses.loss("test_margin", mean=True, from_total={"sigmoid": hinge_of_total})
    def margin(m):
        return lambda y, t: m.maximum(0.0, 0.5 - y), lambda y, t: m.where(y < 0.5, -1.0, 0.0)

    network = lernpy.layered([2, 3, 2], loss="test_margin", seed=0)
    twin = network.copy()
    x, t = XOR[0], np.hstack([XOR[1], 1 - XOR[1]])
    assert JitEngine(twin).learn_batch(x, t) == pytest.approx(network.learn_batch(x, t), rel=1e-13)
    losses.LOSSES.remove("test_margin")


def bent_at(a: float) -> Any:
    """A factory for each bend: all of one code, each with another number around it."""

    def factory(m):
        def value(z):
            if z > 0:
                return z * 1.0
            return a * z

        def slope(z, y):
            if z > 0:
                return 1.0
            return a

        return value, slope

    return factory


@pytest.mark.parametrize("sizes", [[2, 3, 3, 1], [2, 20, 20, 1]])
def test_functions_of_one_code_are_told_apart(
    sizes: list[int], straight_code: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled as they stand; two in one net, and later another two of the same names."""
    for bends in ((0.1, 0.7), (0.2, 0.4)):
        kinds = [
            activations.Activation(f"bent{place}", bent_at(a)) for place, a in enumerate(bends)
        ]
        network = lernpy.layered(sizes, seed=0)
        for neuron in network.neurons.values():
            if neuron.name.startswith("h"):
                neuron.activation = kinds[int(neuron.name[1:].split("_")[0]) % 2]
        engine = agree(network, *table(1, network, 5), 5, 3)
        assert engine.explanation.startswith("jit")


def test_a_number_outside_a_function_may_change() -> None:
    """What numba would freeze: the next engine takes the number as it is then."""
    space: dict[str, Any] = {"most": 0.01}
    exec(  # a module of the user's, with a number in it
        "def value(z):\n    return most * z if z > 0 else z\n"
        "def slope(z, y):\n    return most if z > 0 else 1.0\n",
        space,
    )
    kind = activations.Activation("of_a_module", lambda m: (space["value"], space["slope"]))
    network = lernpy.layered([2, 12, 1], "tanh", "identity", seed=0)
    network.outputs[0].activation = kind
    for most in (0.01, 0.5):
        space["most"] = most
        agree(network.copy(), *table(1, network, 5), 5, 3)


@pytest.mark.parametrize("hidden", [3, 40])
def test_an_own_rule_follows_its_options(hidden: int, straight_code: None) -> None:
    """It asks ``if``, so it is compiled as it stands, and its options lie around it."""

    @optimizers.optimizer("test_clipped", rate=0.5, most=0.1)
    def clipped(m, most):
        def step(value, gradient, rate, memory):
            if gradient > most:
                gradient = most
            return value - rate * gradient, memory

        return step

    for most in (0.001, 0.01):
        rule = clipped.with_options(most=most)
        network = lernpy.layered([2, hidden, 1], optimizer=rule, seed=0)
        agree(network, *XOR, 4, 5)
    optimizers.OPTIMIZERS.remove("test_clipped")


@pytest.mark.parametrize("skip", [False, True])
def test_padding_does_not_spoil_what_is_infinite_at_0(skip: bool) -> None:
    """The logarithm: spare places of a vector are 0, and so would its sum be for spare samples."""
    kind = activations.Activation("ln", lambda m: (lambda z: m.log(z), lambda z, y: 1.0 / z))
    network = lernpy.layered([20, 13, 3], "tanh", "identity", l2=0.01, seed=0)
    for name, neuron in network.neurons.items():
        if name.startswith("h"):
            neuron.activation = kind
    network.prune(*(ends for ends in network.links if ends[0] == "bias"))
    for weight in network.weights:
        weight.value = abs(weight.value) + 0.1
    if skip:
        network.connect("x1", "y1", 0.3)
    x = np.random.default_rng(0).random((5, 20)) + 0.5
    network.learning_rate = 1e-4
    engine = agree(network, x, np.ones((5, 3)), 5, 5)
    assert np.isfinite(engine.values).all()


def test_straight_code_squashes_inputs_once(straight_code: None) -> None:
    network = build.lernmi([2, 3, 1])
    engine = agree(network, *XOR, 1, 8)
    assert "straight code" in engine.explanation


# ---- what is kept on the disk --------------------------------------------------------------------

PROGRAM = """
import sys, time
import lernpy
from lernpy.engine.jit import JitEngine
network = lernpy.layered([2, 3, 1], activation="softplus", seed=0)
engine = JitEngine(network)
engine.learn_batch([[0, 1]], [[1]])
print(engine.kept)
"""


def test_a_second_process_finds_what_the_first_compiled(tmp_path: Path) -> None:
    def run() -> str:
        environment = {**os.environ, "LERNPY_CACHE": str(tmp_path / "cache")}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert (run(), run()) == ("False", "True")
    assert (tmp_path / "cache" / "jit").is_dir()


DOUBLE = """
def double(x: Numbers) -> float:
    return 2.0 * x[0]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of one's own, and a process that has compiled nothing yet."""
    monkeypatch.setenv("LERNPY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(cache, "_codes", {})
    return tmp_path / "cache" / "jit"


def test_a_folder_that_cannot_be_written_only_costs_time(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    (tmp_path / f"lernpy-{os.getuid()}").write_text("nor this")
    assert cache.usable_folder() is None
    assert machine.printed(DOUBLE, "double", "float64", {})(np.array([4.0])) == 8.0


def test_a_folder_that_can_only_be_read_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.usable_folder() == folder
    allowed = os.access
    monkeypatch.setattr(
        cache.os, "access", lambda path, how: "cache" not in str(path) and allowed(path, how)
    )
    assert cache.usable_folder() == folder.parents[1] / f"lernpy-{os.getuid()}"


def test_a_full_disk_only_costs_time(
    folder: Path, straight_code: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LernpyError("No space left on device")

    monkeypatch.setattr(cache, "write_bytes", full)
    engine = agree(lernpy.layered([2, 1], "softplus", seed=0), *XOR, 4, 3)
    assert engine.explanation.startswith("jit") and not engine.kept
    assert not list(folder.iterdir())


def test_a_damaged_file_is_thrown_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bits turned over, ends cut off, contents exchanged: the code is compiled anew, and right."""

    def results() -> list[float]:
        monkeypatch.setattr(cache, "_codes", {})
        x = np.array([4.0])
        text = DOUBLE + DOUBLE.replace("double", "triple").replace("2.0", "3.0")
        return [machine.printed(text, name, "float64", {})(x) for name in ("double", "triple")]

    assert results() == [8.0, 12.0]
    contents = {path: path.read_bytes() for path in folder.iterdir()}
    first, second = contents
    rng = np.random.default_rng(0)

    def flipped(content: bytes) -> bytes:
        at, bit = rng.integers(len(content)), rng.integers(8)
        return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]

    mutants: list[tuple[Path, bytes]] = []
    for path, content in contents.items():
        mutants += [(path, flipped(content)) for _ in range(12)]
        mutants += [(path, content[: rng.integers(len(content))]) for _ in range(6)]
        mutants += [(path, b""), (path, rng.bytes(len(content))), (path, content + b"0")]
    mutants += [(first, contents[second]), (second, contents[first])]
    assert len(mutants) >= 40
    for path, mutant in mutants:
        before = machine.compilations()
        path.write_bytes(mutant)
        assert results() == [8.0, 12.0]
        assert machine.compilations() == before + 1
        assert cache.stored(path) is not None  # whole again


def test_what_is_no_file_is_not_read(folder: Path) -> None:
    """A folder, a pipe that would never answer, a link to nowhere."""
    folder.mkdir(parents=True)
    (folder / "a").mkdir()
    os.mkfifo(folder / "b")
    (folder / "c").symlink_to(folder / "nothing")
    assert [cache.stored(folder / name) for name in "abc"] == [None] * 3


def test_code_is_compiled_anew_when_what_makes_it_changes(tmp_path: Path) -> None:
    """Every file of the room counts, also one that is new."""
    room = Path(engine.__file__).parent
    shutil.copytree(room, tmp_path / "jit", ignore=shutil.ignore_patterns("__pycache__"))
    files = sorted((tmp_path / "jit").rglob("*.py"))
    assert {"compiler.py", "vectors.py", "scalars.py", "kernels.py"} <= {
        file.name for file in files
    }
    seen = {cache.fingerprint(), cache.fingerprint(tmp_path / "jit")}
    assert len(seen) == 1
    for file in [*files, tmp_path / "jit" / "new.py"]:
        with file.open("a") as text:
            text.write("# changed")
        cache.fingerprint.cache_clear()
        seen.add(cache.fingerprint(tmp_path / "jit"))
    assert len(seen) == 1 + len(files) + 1


def test_old_files_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_KEPT", 3)
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__" / "of an older version").write_text("")
    for index in range(5):
        path = folder / f"{index:024}"
        cache.store(path, ("library", "symbol", b"code", b"text"))
        os.utime(path, (time.time() - 100 + index,) * 2)
    assert len([path for path in folder.rglob("*") if path.is_file()]) <= 4
    assert cache.stored(path) == ("library", "symbol", b"code", b"text")


# ---- threads and processes -----------------------------------------------------------------------


def _learn(seed: int) -> list[float]:
    network = lernpy.layered([20, 15, 5], seed=seed)
    engine = JitEngine(network)
    x, t = table(seed, network, 50)
    engine.learn_epochs(x, t, np.tile(np.arange(50), (20, 1)), 10, [0.1] * 20)
    engine.store()
    return values(network).tolist()


def test_threads_do_not_disturb_each_other() -> None:
    alone = [_learn(seed) for seed in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(_learn, range(6))) == alone


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_process_can_learn() -> None:
    alone = _learn(1)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_learn, (1,)).get(60) == alone


# ---- odds and ends -------------------------------------------------------------------------------


def test_rules_may_change_between_epochs() -> None:
    network = lernpy.layered([2, 3, 1], optimizer="momentum", seed=0)
    engine = JitEngine(network)
    engine.learn_batch(*XOR)
    engine.store()
    network.weights[0].freeze()
    network.weights[1].rule = Rule(rate=0.5, low=-0.1, high=0.1)
    kept = network.weights[0].value
    engine.load()
    twin = network.copy()
    twin.learn_batch(*XOR)
    engine.learn_batch(*XOR)
    engine.store()
    assert network.weights[0].value == kept
    assert far(values(twin), values(network)) <= 1e-14


def test_the_loss_of_samples_moves_nothing() -> None:
    network = lernpy.layered([2, 3, 1], optimizer="rprop", l2=0.5, seed=0)
    engine = JitEngine(network)
    before = engine.values.copy()
    expected = np.mean([network.copy().learn(x, t) for x, t in zip(*XOR, strict=True)])
    assert engine.loss_of(*XOR) == pytest.approx(expected - network.penalty(), rel=1e-12)
    assert np.array_equal(engine.values, before)


def test_an_input_that_is_an_output_is_left_to_numpy() -> None:
    network = lernpy.from_edges([("x", "y")], ["x"], ["x", "y"], seed=0)
    engine = JitEngine(network)
    assert engine.predict([[2.0]])[0, 0] == 2.0
    assert "an input that is an output" in engine.explanation
