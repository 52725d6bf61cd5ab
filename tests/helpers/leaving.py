"""Random networks of every kind that are to leave, and programs run where their languages are."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from strategies import squash_outputs

from lernpy import build
from lernpy.functions import activations, losses, optimizers
from lernpy.interop.checking import FLAGS
from lernpy.interop.code import as_program
from lernpy.network import Network

KINDS = tuple(name for name in activations.ACTIVATIONS if name != "one")
OPTIMIZERS, LOSSES = tuple(optimizers.OPTIMIZERS), tuple(losses.LOSSES)
SOME, ALL = [*range(30), 58, 920], range(30, 1000)
"""Seeds: those of every run of the tests, and the others, on purpose (-m profile)."""
SEEDS = pytest.mark.parametrize(
    "seeds", [SOME, pytest.param(ALL, marks=pytest.mark.profile)], ids=["some", "all"]
)


def random_net(seed: int, maths: str = "fast", products: bool = False) -> Network:
    """Every activation, loss, optimiser; groups, ties, rules, penalties; outputs that feed on."""
    network = build.random_dag(
        seed,
        activations=KINDS,
        loss=LOSSES[seed % len(LOSSES)],
        optimizer=OPTIMIZERS[seed % len(OPTIMIZERS)],
        l1=0.01 * (seed % 3 == 0),
        l2=0.02 * (seed % 4 == 0),
        maths=maths,
        products=products,
    )
    if network.loss.of_shares:
        squash_outputs(network)
    return network


def run(*command: object) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


class Programs:
    """Programs in a folder, all of one language run at once."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names = folder, []

    def add(self, network: Network, language: str, **how: bool) -> str:
        name = f"net{len(self.names)}"
        self.names.append(name)
        (self.folder / f"{name}.{'mjs' if language == 'js' else language}").write_text(
            as_program(network, language, **how), encoding="utf-8"
        )
        return name

    def failures_in_node(self) -> dict[str, int]:
        node = shutil.which("node") or pytest.skip("there is no node")
        lines = [f'import * as {name} from "./{name}.mjs";' for name in self.names]
        listed = ", ".join(f"{name}: {name}.test()" for name in self.names)
        (self.folder / "all.mjs").write_text(
            "\n".join([*lines, f"console.log(JSON.stringify({{{listed}}}));"])
        )
        return json.loads(run(node, self.folder / "all.mjs"))

    def failures_in_c(self, *flags: str) -> dict[str, int]:
        gcc = shutil.which("gcc") or pytest.skip("there is no gcc")
        for name in self.names:
            text = f'#include "{name}.h"\nint {name}(void);\nint {name}(void) {{ return net_test(); }}\n'
            (self.folder / f"{name}.c").write_text(text)
        main = [
            "#include <stdio.h>",
            *(f"int {name}(void);" for name in self.names),
            "int main(void) {",
        ]
        main += [f'printf("{name} %d\\n", {name}());' for name in self.names]
        (self.folder / "main.c").write_text("\n".join([*main, "return 0; }"]))
        files = [self.folder / f"{name}.c" for name in self.names]
        run(gcc, *FLAGS, *flags, self.folder / "main.c", *files, "-o", self.folder / "main", "-lm")
        return {name: int(n) for name, n in map(str.split, run(self.folder / "main").splitlines())}


def failures_in_python(network: Network) -> int:
    space: dict = {}
    exec(as_program(network, "py"), space)
    return space["test"]()


def bits(values: object) -> list[str]:
    return [value.hex() for value in np.ravel(values).tolist()]
