"""Programs that go on learning: Python, JavaScript and C say and learn what the objects do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from leaving import SEEDS, Programs, bits, failures_in_python, random_net, run

import lernpy
from lernpy.errors import LernpyError
from lernpy.functions.activations import Activation
from lernpy.interop.checking import FLAGS
from lernpy.interop.code import as_program, looped
from lernpy.network import Network
from lernpy.weight import Rule

MATHS = pytest.mark.parametrize("maths", ["fast", "portable"])
LESSONS = 1000


def leaving_net(seed: int, maths: str) -> Network:
    """Every tenth multiplies."""
    return random_net(seed, maths, products=seed % 10 == 9)


@MATHS
@SEEDS
def test_python_holds_its_test_vector(seeds: range, maths: str) -> None:
    """With portable maths the tolerance is 0."""
    wrong = {seed: failures_in_python(leaving_net(seed, maths)) for seed in seeds}
    assert not any(wrong.values()), wrong


@MATHS
@SEEDS
def test_node_holds_its_test_vector(seeds: range, maths: str, tmp_path: Path) -> None:
    programs = Programs(tmp_path)
    for seed in seeds:
        programs.add(leaving_net(seed, maths), "js")
    assert not any(programs.failures_in_node().values())


@SEEDS
@pytest.mark.parametrize(
    ("maths", "how"),
    [("fast", {}), ("portable", {}), ("fast", {"single": True}), ("fast", {"learns": False})],
    ids=["fast", "portable", "float", "no learning"],
)
def test_c_holds_its_test_vector(seeds: range, maths: str, how: dict, tmp_path: Path) -> None:
    """All warnings are errors; in float no number becomes a double on the way."""
    programs = Programs(tmp_path)
    for seed in seeds:
        programs.add(leaving_net(seed, maths), "h", **how)
    flags = ["-Wdouble-promotion", "-Wfloat-conversion"] if how.get("single") else ["-O1"]
    failures = programs.failures_in_c(*flags)
    assert not any(failures.values()), failures


def lessons(network: Network) -> tuple[list, list]:
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 1, (LESSONS, len(network.inputs))).round(3)
    return x.tolist(), rng.uniform(0, 1, (LESSONS, len(network.outputs))).round(3).tolist()


@pytest.mark.parametrize(
    "seed", [2, 9, 16, 18, *(pytest.param(n, marks=pytest.mark.profile) for n in range(40, 80))]
)
def test_a_thousand_lessons_bit_by_bit(seed: int, tmp_path: Path) -> None:
    """With portable maths every language ends with the objects' weights, to the last bit."""
    network = leaving_net(seed, "portable")
    network.learning_rate = 0.003
    check_bits(network, tmp_path)


def test_a_thousand_lessons_with_products(tmp_path: Path) -> None:
    """Products of three, of a neuron twice, of a product: in another order the bits differ."""
    hidden = ["h1", "h2", "h3"]
    products = {"p1": hidden, "p2": ["h3", "h3", "h1"], "p3": ["h2", "p1", "h1"]}
    edges = [(start, end) for start in ("x1", "x2", "bias") for end in hidden]
    edges += [(start, "y") for start in (*hidden, *products)]
    how = {"activation": "tanh", "products": products, "seed": 0, "maths": "portable"}
    check_bits(lernpy.from_edges(edges, ["x1", "x2"], ["y"], **how), tmp_path)


def check_bits(network: Network, folder: Path) -> None:
    """A thousand lessons in three languages, and with the objects."""
    x, t = lessons(network)
    python, script, header = (as_program(network, language) for language in ("py", "js", "h"))
    for row, target in zip(x, t, strict=True):
        network.learn(row, target)
    ours = bits([weight.value for weight in network.weights])

    space: dict = {}
    exec(python, space)
    for row, target in zip(x, t, strict=True):
        space["learn"](row, target)
    assert bits(space["w"]) == ours

    (folder / "net.mjs").write_text(script)
    (folder / "run.mjs").write_text(
        f'import * as net from "./net.mjs";\nconst [x, t] = {json.dumps([x, t])};\n'
        "x.forEach((row, i) => net.learn(row, t[i]));\nconsole.log(JSON.stringify([...net.w]));\n"
    )
    node = shutil.which("node") or pytest.skip("there is no node")
    assert bits(json.loads(run(node, folder / "run.mjs"))) == ours

    def table(name: str, rows: list) -> str:
        numbers = ", ".join("{" + ", ".join(map(float.hex, row)) + "}" for row in rows)
        return f"static const double {name}[{len(rows)}][{len(rows[0])}] = {{{numbers}}};"

    (folder / "net.h").write_text(header)
    (folder / "run.c").write_text(
        "\n".join(
            [
                *('#include "net.h"', "#include <stdio.h>", table("x", x), table("t", t)),
                "int main(void) {",
                f"for (int i = 0; i < {LESSONS}; i++) net_learn(x[i], t[i], net_RATE);",
                'for (int k = 0; k < net_WEIGHTS; k++) printf("%a ", net_w[k]);',
                "return 0; }",
            ]
        )
    )
    gcc = shutil.which("gcc") or pytest.skip("there is no gcc")
    run(gcc, *FLAGS, folder / "run.c", "-o", folder / "run", "-lm")
    assert bits([float.fromhex(word) for word in run(folder / "run").split()]) == ours


def test_what_was_learned_before_goes_along() -> None:
    """A memory that is there already, a rate, bounds, frozen weights, scaling, gaps."""
    network = lernpy.layered([2, 3, 1], "tanh", "identity", seed=0, optimizer="adam", l2=0.01)
    data = lernpy.Dataset(
        "d", [[1, 200], [2, np.nan], [3, 150]], [10.0, 20.0, 35.0], missing="mean"
    )
    lernpy.train(network, data, 5, seed=0, scale="standard")
    network.weights[0].freeze()
    network.weights[1].rule = Rule(rate=0.5, low=-0.1, high=0.1)
    assert network.weights[3].memory
    assert failures_in_python(network) == 0
    space: dict = {}
    exec(as_program(network, "py"), space)
    ours = lernpy.predict(network, [[2, None]]).answers
    np.testing.assert_allclose(space["predict"]([2, float("nan")]), ours[0], rtol=1e-12)


def test_a_wrong_number_is_noticed() -> None:
    """The test of a program can fail."""
    space: dict = {}
    text = as_program(lernpy.build.by_hand(), "py")
    exec(text.replace("START = [0.5", "START = [0.500001"), space)
    assert space["test"]() > 3


def test_the_program_is_the_one_that_is_read() -> None:
    """Every function of `looped` that is no table entry stands in the exported Python, word for word."""
    text = as_program(random_net(2), "py")
    for name in ("forward", "expect", "backward", "learn", "test"):
        assert f"def {name}(" in text
        assert getattr(looped, name).__doc__ in text


def test_large_groups_and_networks() -> None:
    network = lernpy.layered([20, 30, 40], "relu", "softmax", loss="cross_entropy", seed=0)
    assert failures_in_python(network) == 0


def test_what_cannot_be_written_is_refused_by_name() -> None:
    network = lernpy.layered([1, 1], seed=0)
    with pytest.raises(LernpyError, match=r"no language is called 'rust'"):
        as_program(network, "rust")
    with pytest.raises(LernpyError, match="only C can calculate in float"):
        as_program(network, "py", single=True)
    network.neurons["y1"].activation = Activation(
        "kinked", lambda m: (lambda z: z if z > 0 else 0.0, lambda z, y: 1.0 if z > 0 else 0.0)
    )
    with pytest.raises(LernpyError, match="kinked has no formula in C: write it with"):
        as_program(network, "h")
    x, y = lernpy.Neuron("x"), lernpy.Neuron("y")

    class Loud(lernpy.Link):
        def propagate(self) -> None:
            self.output_neuron.input(10.0)

    loud = lernpy.Network([x, y], [Loud(x, y, lernpy.Weight(1.0))], [x], [y])
    with pytest.raises(LernpyError, match=r"x -> y has a propagate of its own \(Loud\)"):
        as_program(loud, "py")
