"""Portable maths: nearly what `math` gives, and the same bits in every language."""

from __future__ import annotations

import math
import os
import pickle
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import LANGUAGES, Example, examples

import lernpy
from lernpy import files
from lernpy.engine import make
from lernpy.engine.lesson import c99, javascript
from lernpy.errors import LernpyError
from lernpy.functions import activations, losses, optimizers, portable
from lernpy.functions.activations import Activation
from lernpy.functions.formula import PORTABLE
from lernpy.group import Group
from lernpy.interop.exporting import FORMATS, export
from lernpy.interop.graphs import from_graph, to_graphml, xml_graph

RNG = np.random.default_rng(0)
PLACES: dict[str, list[float]] = {
    "exp": [*RNG.uniform(-700, 709, 300), *RNG.uniform(-1, 1, 300)],
    "tanh": [*RNG.uniform(-25, 25, 300), *RNG.normal(size=300) * 10.0 ** -RNG.integers(0, 12, 300)],
    "log": [*np.exp(RNG.uniform(-700, 700, 300)), *(1 + RNG.uniform(-0.4, 0.9, 300))],
    "log1p": [*np.exp(RNG.uniform(-40, 3, 300)), *RNG.uniform(-0.99, 0, 300)],
}
ENDS = [-math.inf, -1000.0, -2.0, -1.0, -0.0, 0.0, 5e-324, 1e-300, 1.0, 1000.0, math.inf, math.nan]


def bits(numbers: object) -> list[str]:
    """Their 64 bits, so that 0 and -0 differ and NaN is NaN."""
    flat = np.array(numbers, float).reshape(-1).tolist()
    return ["nan" if x != x else struct.pack(">d", x).hex() for x in flat]


@pytest.mark.parametrize("name", PORTABLE)
def test_they_are_right_to_three_units_in_the_last_place(name: str):
    right: Callable[[float], float] = getattr(math, name)
    function = getattr(portable.scalar, name)

    for x in map(float, PLACES[name]):
        assert abs(function(x) - right(x)) <= 3 * math.ulp(right(x)), x


def test_the_ends():
    m = portable.scalar

    assert [m.exp(x) for x in (-math.inf, -1000.0, 0.0, 710.0, math.inf)] == [
        *(0.0, 0.0, 1.0, math.inf, math.inf)
    ]
    assert [m.tanh(x) for x in (-math.inf, -30.0, 0.0, 30.0, math.inf)] == [-1, -1, 0, 1, 1]
    assert [m.log(x) for x in (0.0, 1.0, math.inf)] == [-math.inf, 0.0, math.inf]
    assert [m.log1p(x) for x in (-1.0, 0.0, 1e-300, math.inf)] == [-math.inf, 0, 1e-300, math.inf]
    assert math.isnan(m.log(-1.0)) and math.isnan(m.log1p(-2.0))
    assert all(math.isnan(getattr(m, name)(math.nan)) for name in PORTABLE)
    assert m.log(5e-324) == pytest.approx(math.log(5e-324), rel=1e-15)
    assert m.exp(-745.0) == math.exp(-745.0) == 5e-324


@pytest.mark.parametrize("language", ["python", "node", "c"])
def test_the_functions_have_the_same_bits_in_every_language(language: str, tmp_path: Path):
    tried = [
        Example(
            f"tried_{name}",
            portable.operations(name),
            getattr(portable.scalar, name),
            [(float(x),) for x in (*PLACES[name], *ENDS)],
        )
        for name in PORTABLE
    ]

    for example, found in zip(tried, LANGUAGES[language](tried, tmp_path, "portable"), strict=True):
        assert bits(found) == bits(example.expected()), example.name


@pytest.mark.parametrize("language", ["python", "node", "c"])
def test_every_entry_has_the_same_bits_in_every_language(language: str, tmp_path: Path):
    tried = examples("portable")

    for example, found in zip(tried, LANGUAGES[language](tried, tmp_path, "portable"), strict=True):
        assert bits(found) == bits(example.expected()), example.name


@pytest.mark.parametrize("name", PORTABLE)
def test_numpy_and_numba_give_the_same_bits(name: str):
    numba = pytest.importorskip("numba")
    places = [*map(float, PLACES[name]), *ENDS]
    expected = [getattr(portable.scalar, name)(x) for x in places]
    space = dict(portable.namespace())
    for helper in PORTABLE:
        space[f"portable_{helper}"] = numba.njit(fastmath=False)(space[f"portable_{helper}"])

    class Arrays:
        """NumPy's maths, with the functions that the formulas need built from it."""

        where, minimum, maximum, abs = np.where, np.minimum, np.maximum, np.abs
        log = staticmethod(lambda x: portable.log(Arrays)(x))

    with np.errstate(all="ignore"):
        assert bits(portable.FACTORIES[name](Arrays)(np.array(places))) == bits(expected)
    if name != "log1p":  # it calls another
        assert bits([space[f"portable_{name}"](x) for x in places]) == bits(expected)


# ---- networks -----------------------------------------------------------------------------------


def test_a_network_keeps_its_maths(tmp_path: Path):
    network = lernpy.layered([2, 3, 2], "tanh", "softmax", seed=0, maths="portable")
    network.loss = "cross_entropy"

    lernpy.save(network, tmp_path / "net.json")
    loaded = lernpy.load(tmp_path / "net.json")
    lernpy.save(lernpy.layered([2, 1], seed=0), tmp_path / "fast.json")

    for twin in (network, network.copy(), loaded):
        assert twin.maths == twin.loss.maths == twin.neurons["h1"].activation.maths == "portable"
        assert twin.groups[0].maths is portable.scalar
    assert "maths" not in (tmp_path / "fast.json").read_text()
    with pytest.raises(LernpyError, match="no set of maths is called 'slow'"):
        lernpy.layered([2, 1], seed=0, maths="slow")


def test_a_file_with_other_maths_is_refused(tmp_path: Path):
    lernpy.save(lernpy.layered([2, 1], seed=0, maths="portable"), tmp_path / "net.json")
    text = (tmp_path / "net.json").read_text().replace('"portable"', '"portabel"')
    (tmp_path / "net.json").write_text(text)

    with pytest.raises(LernpyError, match="Did you mean 'portable'"):
        lernpy.load(tmp_path / "net.json")


@given(
    kind=st.sampled_from([name for name in activations.ACTIVATIONS if name != "one"]),
    loss=st.sampled_from(list(losses.LOSSES)),
    optimizer=st.sampled_from(list(optimizers.OPTIMIZERS)),
    softmax=st.booleans(),
    seed=st.integers(0, 99),
)
def test_straight_lines_learn_with_the_bits_of_the_objects(kind, loss, optimizer, softmax, seed):
    last = "softmax" if softmax else "sigmoid"
    settings = {"loss": loss, "optimizer": optimizer, "maths": "portable", "seed": seed}
    network = lernpy.layered([2, 3, 2], kind, last, **settings)
    twin = network.copy()
    engine = make(twin, "python")
    x, t = np.random.default_rng(seed).random((2, 5, 2))

    for _ in range(5):
        assert bits(network.learn_batch(x, t)) == bits(engine.learn_batch(x, t))
    engine.store()

    assert bits([w.value for w in network.weights]) == bits([w.value for w in twin.weights])


def test_entries_that_are_portable_as_they_stand_stay_themselves():
    for name in ("identity", "one", "step", "relu", "leaky_relu"):
        assert activations.get(name).portable is activations.get(name)
    for name in optimizers.OPTIMIZERS:
        assert optimizers.get(name).portable is optimizers.get(name)
    tanh = activations.get("tanh").portable
    assert tanh.portable is tanh and tanh.name == "tanh"
    assert pickle.loads(pickle.dumps(tanh)) is tanh


OTHER = {"fast": "portable", "portable": "fast"}


def edited(maths: str) -> lernpy.Network:
    """A network with entries of the other maths, set by hand in all ways that there are."""
    network = lernpy.layered([2, 3, 2], "tanh", "softmax", seed=0, maths=maths)
    network.neurons["h1"].activation = activations.get("sigmoid", OTHER[maths])
    network.neurons["h2"].activation = activations.get("softplus")
    network.loss = portable.of(losses.get("cross_entropy"), OTHER[maths])
    network.optimizer = "momentum"
    return network


def built(maths: str) -> lernpy.Network:
    """The same, with the entries in its own maths."""
    network = lernpy.layered([2, 3, 2], "tanh", "softmax", seed=0, maths=maths)
    for name, kind in (("h1", "sigmoid"), ("h2", "softplus")):
        network.neurons[name].activation = activations.get(kind, maths)
    network.loss, network.optimizer = losses.get("cross_entropy", maths), "momentum"
    return network


def learn_by(engine: str) -> Callable[[lernpy.Network], object]:
    """Some updates by an engine."""

    def learn(network: lernpy.Network) -> object:
        if engine == "jit":
            pytest.importorskip("numba")
        made = make(network, engine)
        told = [made.learn_batch([[0.3, 1.0], [2.0, -1.0]], [[1.0, 0.0], [0.0, 1.0]])]
        made.store()
        return told

    return learn


def collected(network: lernpy.Network) -> object:
    network.collect([0.3, 1.0], [1.0, 0.0])
    return network.update()


def watched(network: lernpy.Network) -> object:
    return len([*lernpy.slow_motion(network, [0.3, 1.0], [1.0, 0.0])])


def through_graph(network: lernpy.Network) -> object:
    return lernpy.from_networkx(lernpy.to_networkx(network)).learn([0.3, 1.0], [1.0, 0.0])


def through_graphml(network: lernpy.Network) -> object:
    twin = from_graph(xml_graph(nx.read_graphml, to_graphml(network), "net"), "net")
    return twin.learn([0.3, 1.0], [1.0, 0.0])


USES: dict[str, Callable[[lernpy.Network], object]] = {
    "learn": lambda n: [n.learn([0.3, 1.0], [1.0, 0.0]) for _ in range(3)],
    "learn_batch": lambda n: n.learn_batch([[0.3, 1.0]] * 2, [[1.0, 0.0]] * 2),
    "collect": collected,
    "slow motion": watched,
    "predict": lambda n: n.predict([[0.3, 1.0]]),
    "answer": lambda n: n.answer([0.3, 1.0]),
    "copy": lambda n: n.copy().learn([0.3, 1.0], [1.0, 0.0]),
    "pickle": lambda n: pickle.loads(pickle.dumps(n)).learn([0.3, 1.0], [1.0, 0.0]),
    "file": lambda n: files.from_json(files.to_json(n)).learn([0.3, 1.0], [1.0, 0.0]),
    "networkx": through_graph,
    "graphml": through_graphml,
    "train": lambda n: lernpy.train(n, ([[0.3, 1.0]], [[1.0, 0.0]]), 3).loss,
    **{f"engine {name}": learn_by(name) for name in ("graph", "python", "jit")},
}


@pytest.mark.parametrize("maths", OTHER)
@pytest.mark.parametrize("use", USES)
def test_what_is_set_by_hand_takes_the_maths_of_the_network(use: str, maths: str):
    """The bits are those of a network that has these entries in its own maths."""
    by_hand, own = edited(maths), built(maths)

    assert bits(USES[use](by_hand)) == bits(USES[use](own))
    assert bits([w.value for w in by_hand.weights]) == bits([w.value for w in own.weights])


def test_an_activation_without_a_portable_form_is_refused_by_the_next_use():
    odd = Activation("odd", lambda m: (lambda z: z if z > 0 else 0.0, lambda z, y: 1.0))
    for use in (use for name, use in USES.items() if name != "pickle"):
        network = lernpy.layered([2, 3, 2], seed=0, maths="portable")
        network.neurons["h1"].activation = odd
        with pytest.raises(LernpyError, match=r"odd has no portable form|'odd' is in no table"):
            use(network)


@pytest.mark.parametrize("maths", ["portable", "fast", "foo", None])
def test_the_maths_of_a_network_are_chosen_by_its_builder(maths: object):
    """All that was made of it keeps the old ones: it is refused, and nothing has changed."""
    network = lernpy.layered([2, 3, 1], seed=0)

    with pytest.raises(LernpyError, match=r"layered\(\.\.\., maths=\"portable\"\)"):
        network.maths = maths
    assert network.maths == "fast"


def test_what_cannot_carry_the_maths_says_so(tmp_path: Path):
    network = lernpy.layered([2, 3, 1], seed=0, maths="portable")
    for ending, form in FORMATS.items():
        if ending in (".onnx", ".pt.py"):
            pytest.importorskip("onnx")
        told = export(network, tmp_path / f"net{ending}").left
        assert ("its portable maths" in told) == ("maths" not in form.carries)
    assert (
        from_graph(xml_graph(nx.read_graphml, to_graphml(network), "net"), "net").maths
        == "portable"
    )


def test_powers_become_products():
    cubed = Activation("cubed", lambda m: (lambda z: z**3, lambda z, y: 3 * z**2)).portable

    assert [o.name for o in cubed.formula("value").operations] == ["multiply", "multiply"]
    assert cubed.value(0.1) == 0.1 * 0.1 * 0.1


@pytest.mark.parametrize(
    "value", [lambda m: lambda z: z if z > 0 else 0.0, lambda m: np.sin, lambda m: lambda z: z**0.5]
)
def test_what_has_no_portable_form_is_refused_by_name(value):
    odd = Activation("odd", lambda m: (value(m), lambda z, y: 1.0))

    with pytest.raises(LernpyError, match="the activation odd has no portable form"):
        lernpy.layered([2, 2, 1], odd, maths="portable")


@pytest.mark.parametrize("layers", [[3, 4, 2], [20, 25, 4]])
def test_auto_keeps_the_promise_and_other_engines_say_that_they_do_not(layers):
    """Written out or row by row."""
    settings = {"loss": "cross_entropy", "maths": "portable", "seed": 0}
    network = lernpy.layered(layers, "tanh", "softmax", **settings)
    twin = network.copy()
    x, t = np.random.default_rng(0).random((4, layers[0])), np.eye(layers[-1])[[0, 1, 0, 1]]

    history = lernpy.train(
        network, (x, t), epochs=3, batch_size=4, shuffle=False, learning_rate=0.1
    )
    for _ in range(3):
        twin.learn_batch(x, t, rate=0.1)

    assert history.explanation.startswith("python")
    assert bits([w.value for w in network.weights]) == bits([w.value for w in twin.weights])
    assert "not portably" in lernpy.Mirror(network).explanation


def test_a_trace_keeps_the_maths(tmp_path: Path):
    network = lernpy.layered([2, 3, 1], "tanh", seed=0, maths="portable")
    trace = lernpy.Trace.record(lernpy.slow_motion(network, [0.3, 1], [1]))

    trace.save(tmp_path / "lesson.json")
    lernpy.Trace.load(tmp_path / "lesson.json").save(tmp_path / "again.json")

    for name in ("lesson.json", "again.json"):
        assert '"maths":"portable"' in (tmp_path / name).read_text()


# ---- whole lessons in other languages -----------------------------------------------------------

UPDATES = 200
SAMPLES = 4
NETWORKS = int(os.environ.get("LERNPY_PORTABLE", "20"))  # 200 on purpose, now and then
KINDS = [name for name in activations.ACTIVATIONS if name != "one"]
LOSSES, RULES = list(losses.LOSSES), list(optimizers.OPTIMIZERS)


def portable_network(seed: int) -> lernpy.Network:
    """Any wiring: softmax groups, shared and frozen weights; every entry of the tables in turn."""
    kinds = tuple(KINDS[(seed + k) % len(KINDS)] for k in (0, 4, 7))
    network = lernpy.build.random_dag(
        seed,
        inputs=2,
        hidden=4,
        outputs=2,
        activations=kinds,
        loss=LOSSES[seed % len(LOSSES)],
        optimizer=RULES[seed % len(RULES)],
        learning_rate=0.05,
        l1=0.001 * (seed % 3 == 0),
        l2=0.001 * (seed % 2),
        maths="portable",
    )
    if network.loss.of_shares:
        for neuron in (y for y in network.outputs if not isinstance(y.activation, Group)):
            neuron.activation = activations.get("sigmoid", "portable")
    return network


def samples(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(SAMPLES, 2)), np.eye(2)[rng.integers(0, 2, SAMPLES)]


def learned_in_node(networks: list[lernpy.Network], folder: Path) -> list[list[str]]:
    node = shutil.which("node") or pytest.skip("there is no node")
    script = []
    for seed, network in enumerate(networks):
        x, t = samples(seed)
        w, m = start_of(network)
        names = f"const w = {w}, m = {m}, X = {x.tolist()}, T = {t.tolist()};"
        loop = f"for (let k = 0; k < {UPDATES}; k++) learn(w, m, X[k % {SAMPLES}], T[k % {SAMPLES}], 0.05);"
        shown = "const b = new DataView(new ArrayBuffer(8)), hex = v => (b.setFloat64(0, v), "
        shown += "b.getBigUint64(0).toString(16).padStart(16, '0'));"
        lines = [javascript(network), names, loop, shown, "console.log(w.map(hex).join(' '));"]
        script += ["(() => {", *lines, "})();"]
    (folder / "lessons.js").write_text("\n".join(script))
    found = subprocess.run([node, folder / "lessons.js"], capture_output=True, check=True)
    return [line.split() for line in found.stdout.decode().splitlines()]


def learned_in_c(networks: list[lernpy.Network], folder: Path) -> list[list[str]]:
    gcc = shutil.which("gcc") or pytest.skip("there is no gcc")
    found = []
    for seed, network in enumerate(networks):
        x, t = samples(seed)
        w, m = start_of(network)
        arrays = {"w": w, "m": m, "X": x.ravel().tolist(), "T": t.ravel().tolist()}
        text = [
            *("#include <math.h>", "#include <stdio.h>", c99(network), "int main(void) {"),
            *(
                f"double {name}[] = {{{', '.join(map(float.hex, numbers or [0.0]))}}};"
                for name, numbers in arrays.items()
            ),
            f"for (int k = 0; k < {UPDATES}; k++)",
            f"learn(w, m, X + 2 * (k % {SAMPLES}), T + 2 * (k % {SAMPLES}), 0.05);",
            f'for (int k = 0; k < {len(network.weights)}; k++) printf("%a ", w[k]);',
            *("return 0;", "}"),
        ]
        (folder / "lesson.c").write_text("\n".join(text))
        options = [
            "-std=c99",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-Wno-unused-variable",
            "-ffp-contract=off",
        ]
        subprocess.run([gcc, *options, folder / "lesson.c", "-o", folder / "c", "-lm"], check=True)
        out = subprocess.run([folder / "c"], capture_output=True, check=True).stdout.decode()
        found.append(bits([float.fromhex(number) for number in out.split()]))
    return found


def start_of(network: lernpy.Network) -> tuple[list[float], list[float]]:
    memory = network.optimizer.memory(0.05)
    return [w.value for w in network.weights], [*memory] * len(network.weights)


@pytest.fixture(scope="module")
def expected() -> list[list[str]]:
    """What the objects learn."""
    return [learned_by(portable_network(seed), seed) for seed in range(NETWORKS)]


def test_lessons_leave_the_same_bits_in_compiled_straight_lines(expected):
    """Nets that are small enough for them; the engine says of the others that it rounds in its own way."""
    pytest.importorskip("numba")
    alike = []
    each = 4 if NETWORKS <= 20 else 1  # to compile one takes seconds
    for seed, weights in list(enumerate(expected))[::each]:
        engine = make(portable_network(seed), "jit")
        if "straight" in engine.explanation:
            assert "not portably" not in engine.explanation
            alike.append(learned_by(engine, seed) == weights)
        else:
            assert "not portably" in engine.explanation

    assert all(alike) and len(alike) >= NETWORKS / 10


@pytest.mark.parametrize("language", ["python", "node", "c"])
def test_lessons_leave_the_same_bits_in_every_language(language, expected, tmp_path: Path):
    networks = [portable_network(seed) for seed in range(NETWORKS)]
    if language == "python":
        found = [learned_by(make(network, "python"), seed) for seed, network in enumerate(networks)]
    else:
        found = (learned_in_node if language == "node" else learned_in_c)(networks, tmp_path)

    assert found == expected
    assert sum("nan" not in weights for weights in expected) > NETWORKS / 2


def learned_by(learner, seed: int) -> list[str]:
    x, t = samples(seed)
    for k in range(UPDATES):
        learner.learn_batch(x[k % SAMPLES][None], t[k % SAMPLES][None], rate=0.05)
    if isinstance(learner, lernpy.Network):
        return bits([weight.value for weight in learner.weights])
    learner.store()
    return bits([weight.value for weight in learner.network.weights])
