"""The engine of the page that learns, in node, beside the objects."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from strategies import OF_SHARES, squash_outputs

from lernpy import build, files
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.network import Network
from lernpy.player.bundle import script

MAGNIFYING = ("adagrad", "adam", "rmsprop", "rprop")  # what is mere round-off becomes a step
PATIENCE = 300  # seconds; a loaded machine is slow
ROUND_OFF = 1e-12  # a number of this size next to others of about 1
HELP = """
const { readFileSync } = await import("node:fs");
const given = JSON.parse(readFileSync(0, "utf8"));
const bits = (numbers) => Buffer.from(Float64Array.from(numbers).buffer).toString("hex");
const refusal = (act) => { try { act(); } catch (error) { return error.message; } return ""; };
const print = (value) => console.log(JSON.stringify(value));
"""


def in_node(source: str, given: Any, folder: Path, maths: str = "fast") -> list[Any]:
    """What a script prints, line by line. It knows every name of the page's modules, and `given`."""
    path = folder / "page.mjs"
    path.write_text(f"{script(entry='lab/page', maths=maths)}\n{HELP}\n{source}", encoding="utf-8")
    done = subprocess.run(
        ["node", str(path)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stderr[-3000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbers(bits: str) -> np.ndarray:
    """What `bits` has written.

    >>> numbers("000000000000f03f0000000000000080")
    array([ 1., -0.])
    """
    return np.frombuffer(bytes.fromhex(bits))


def random_network(seed: int, products: bool = False) -> Network:
    """Any wiring, any table entry, softmax groups, tied, frozen and bounded weights, L1 and L2."""
    rng = np.random.default_rng(seed)
    kinds = [name for name in ACTIVATIONS if name != "one"]
    loss = str(rng.choice(list(LOSSES)))
    network = build.random_dag(
        seed,
        inputs=int(rng.integers(1, 5)),
        hidden=int(rng.integers(0, 8)),
        outputs=int(rng.integers(1, 4)),
        activations=tuple(str(name) for name in rng.choice(kinds, int(rng.integers(1, 5)))),
        softmax=bool(rng.integers(2)),
        products=products,
        tied=True,
        frozen=True,
        loss=loss,
        optimizer=str(rng.choice(list(OPTIMIZERS))),
        l1=float(rng.choice([0.0, 0.0, 0.01])),
        l2=float(rng.choice([0.0, 0.0, 0.02])),
    )
    if loss in OF_SHARES:
        squash_outputs(network)
    return network


@dataclass
class Plan:
    """Samples that suit a network, and which of them each update learns."""

    network: Network
    inputs: np.ndarray
    targets: np.ndarray
    order: list[int]
    size: int

    @property
    def batches(self) -> list[list[int]]:
        starts = range(0, len(self.order), self.size)
        return [self.order[start : start + self.size] for start in starts]

    def as_json(self) -> dict[str, Any]:
        return {
            "file": files.to_json(self.network),
            "inputs": self.inputs.ravel().tolist(),
            "targets": self.targets.ravel().tolist(),
            "order": self.order,
            "size": self.size,
        }


def plan_for(network: Network, seed: int, updates: int = 20) -> Plan:
    rng = np.random.default_rng(seed)
    count, size = int(rng.integers(2, 7)), int(rng.integers(1, 4))
    inputs = np.round(rng.uniform(-2.0, 2.0, (count, len(network.inputs))), 3)
    targets = np.round(rng.uniform(0.0, 1.0, (count, len(network.outputs))), 3)
    return Plan(network, inputs, targets, rng.integers(0, count, updates * size).tolist(), size)


@dataclass
class Learned:
    """What the objects came to, and whether some gradient was mere round-off where it counts."""

    losses: list[float]
    weights: list[float]
    is_faint: bool = False


def learned(plan: Plan) -> Learned:
    network = plan.network.copy()
    losses, is_faint = [], False
    for rows in plan.batches:
        network.samples = 0
        losses.append(
            sum(network.collect(plan.inputs[i], plan.targets[i]) for i in rows) / len(rows)
        )
        if network.optimizer.name in MAGNIFYING:
            is_faint |= any(0 < abs(weight.sensitivity) < ROUND_OFF for weight in network.weights)
        network.update()
    return Learned(losses, [weight.value for weight in network.weights], is_faint)
