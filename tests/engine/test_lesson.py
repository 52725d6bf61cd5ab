"""The straight lines in other languages: what node and C learn from them is what the objects learn."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy.engine.lesson import c99, javascript
from lernpy.errors import LernpyError
from lernpy.functions import activations, optimizers
from lernpy.functions.activations import Activation
from lernpy.network import Network
from lernpy.weight import Rule

EXACT = ("identity", "relu", "leaky_relu", "step")  # calculated with + − × ÷ alone
STEPS = 12


def networks(kinds: tuple[str, ...]) -> list[Network]:
    """Random wirings: shared and frozen weights, rates, bounds, penalties, every optimiser."""
    found = []
    for seed, optimizer in enumerate(optimizers.OPTIMIZERS):
        network = lernpy.build.random_dag(
            *(seed,),
            inputs=2,
            hidden=5,
            outputs=2,
            activations=kinds,
            softmax=False,
            optimizer=optimizer,
            learning_rate=0.01,
            loss="mean_squared_error" if seed % 2 else "huber",
            l1=0.01 * (seed % 3),
        )
        network.weights[0].rule = Rule(rate=0.5, low=-0.4, high=0.4)
        found.append(network)
    return found


def softmax_net() -> Network:
    how = {"output_activation": "softmax", "loss": "cross_entropy", "l2": 0.01}
    return lernpy.layered([2, 3, 3], "tanh", seed=1, **how)


def samples(network: Network) -> tuple[list[list[float]], list[list[float]]]:
    rng = np.random.default_rng(7)
    x = rng.uniform(-1, 1, (STEPS, len(network.inputs))).round(3)
    return x.tolist(), rng.uniform(0, 1, (STEPS, len(network.outputs))).round(3).tolist()


def by_objects(network: Network) -> list[list[float]]:
    """Losses, then weights, then what the first inputs are answered."""
    twin = network.copy()
    x, t = samples(network)
    losses = [twin.learn(*pair) for pair in zip(x, t, strict=True)]
    return [losses, [weight.value for weight in twin.weights], twin.answer(x[0])]


def starts(network: Network) -> tuple[list[float], list[float]]:
    memory = network.optimizer.memory(network.learning_rate)
    return [weight.value for weight in network.weights], [*memory] * len(network.weights)


def in_node(network: Network, folder: Path) -> list[list[float]]:
    node = shutil.which("node") or pytest.skip("there is no node")
    (x, t), (w, m) = samples(network), starts(network)
    (folder / "net.js").write_text(
        f"{javascript(network)}\nconst [x, t, w, m] = {json.dumps([x, t, w, m])};\n"
        f"const losses = x.map((row, i) => learn(w, m, row, t[i], {network.learning_rate!r}));\n"
        "console.log(JSON.stringify([losses, w, answer(w, x[0])]));\n"
    )
    found = subprocess.run([node, folder / "net.js"], capture_output=True, check=True)
    return json.loads(found.stdout)  # type: ignore[no-any-return]


def in_c(network: Network, folder: Path) -> list[list[float]]:
    gcc = shutil.which("gcc") or pytest.skip("there is no gcc")
    (x, t), (w, m) = samples(network), starts(network)

    def table(name: str, rows: list[list[float]]) -> str:
        numbers = ", ".join("{" + ", ".join(map(float.hex, row)) + "}" for row in rows)
        return f"double {name}[{len(rows)}][{max(1, len(rows[0]))}] = {{{numbers}}};"

    (folder / "net.c").write_text(
        "\n".join(
            [
                *("#include <math.h>", "#include <stdio.h>", c99(network)),
                *(table("x", x), table("t", t), table("w", [w]), table("m", [m or [0.0]])),
                f"double y[{len(network.outputs)}];",
                "int main(void) {",
                f"for (int i = 0; i < {STEPS}; i++)",
                f'printf("%a ", learn(w[0], m[0], x[i], t[i], {network.learning_rate!r}));',
                f'printf("\\n"); for (int k = 0; k < {len(w)}; k++) printf("%a ", w[0][k]);',
                'printf("\\n"); answer(w[0], x[0], y);',
                f'for (int j = 0; j < {len(network.outputs)}; j++) printf("%a ", y[j]);',
                "return 0; }",
            ]
        )
    )
    options = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"]
    subprocess.run([gcc, *options, folder / "net.c", "-o", folder / "net", "-lm"], check=True)
    found = subprocess.run([folder / "net"], capture_output=True, text=True, check=True)
    return [[float.fromhex(number) for number in line.split()] for line in found.stdout.split("\n")]


LANGUAGES = {"node": in_node, "c": in_c}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_bits_where_only_plain_arithmetic_is_asked(language: str, tmp_path: Path) -> None:
    for network in networks(EXACT):
        assert LANGUAGES[language](network, tmp_path) == by_objects(network), network.optimizer


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_the_same_with_every_activation(language: str, tmp_path: Path) -> None:
    kinds = tuple(name for name in activations.ACTIVATIONS if name != "one")
    for network in [*networks(kinds)[:2], softmax_net()]:
        for ours, theirs in zip(
            by_objects(network), LANGUAGES[language](network, tmp_path), strict=True
        ):
            np.testing.assert_allclose(theirs, ours, rtol=1e-12, atol=1e-12)


def test_what_has_no_formula_is_refused_by_name() -> None:
    network = lernpy.layered([1, 1], seed=0)
    network.neurons["y1"].activation = Activation(
        "kinked", lambda m: (lambda z: z if z > 0 else 0.0, lambda z, y: 1.0 if z > 0 else 0.0)
    )
    with pytest.raises(LernpyError, match="kinked has no formula in JavaScript: write it with"):
        javascript(network)
