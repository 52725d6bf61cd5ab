"""The engine of the lab's page in node, beside the objects."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from strategies import KINKED, OF_SHARES, squash_outputs

from lernpy import build, files
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.network import Network
from lernpy.player.bundle import script

MAGNIFYING = ("adagrad", "adam", "rmsprop", "rprop")  # what is mere round-off becomes a step
RUN = """
const { readFileSync } = await import("node:fs");
for (const { file, x, t, order, size, updates } of JSON.parse(readFileSync(0, "utf8"))) {
  const flat = (rows) => Float64Array.from(rows.flat());
  const results = [undefined, null].map((program) => {
    const engine = engineOf(file, {});
    engine.program = program;
    const losses = [];
    for (let at = 0; at < updates; at++) {
      const start = at * size;
      const data = { inputs: flat(x), targets: flat(t) };
      losses.push(learn(engine, data, order, start, start + size, size) / size);
    }
    return { losses, values: [...engine.values], straight: Boolean(engine.program) };
  });
  console.log(JSON.stringify(results));
}
"""


def run_in_node(source: str, values: Any, folder: Path, names: Sequence[str], entry: str) -> str:
    """What a script prints that has these names of the modules; `values` come as its input."""
    path = folder / "page.mjs"
    path.write_text(f"{script(entry=entry)}\n{source}", encoding="utf-8")
    done = subprocess.run(
        ["node", str(path)], input=json.dumps(values), capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(done.stderr[-3000:])
    return done.stdout


def random_network(seed: int) -> Network:
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


def lesson_plan(network: Network, seed: int, updates: int = 20) -> dict[str, Any]:
    """Samples that suit the network, and which of them each update learns."""
    rng = np.random.default_rng(seed)
    count, size = int(rng.integers(2, 7)), int(rng.integers(1, 4))
    inputs = np.round(rng.uniform(-2.0, 2.0, (count, len(network.inputs))), 3)
    targets = np.round(rng.uniform(0.0, 1.0, (count, len(network.outputs))), 3)
    order = rng.integers(0, count, updates * size)
    return {
        "file": files.to_json(network),
        "x": inputs.tolist(),
        "t": targets.tolist(),
        "order": order.tolist(),
        "size": size,
        "updates": updates,
    }


def learned(network: Network, plan: dict[str, Any]) -> tuple[list[float], list[float], bool]:
    """Losses and weights as the objects have them, and whether some gradient was mere round-off."""
    losses, faint = [], False
    for start in range(0, plan["updates"] * plan["size"], plan["size"]):
        rows = plan["order"][start : start + plan["size"]]
        before = [weight.value for weight in network.weights]
        network.reset()
        losses.append(
            network.learn_batch([plan["x"][i] for i in rows], [plan["t"][i] for i in rows])
        )
        moved = [abs(w.value - old) for w, old in zip(network.weights, before, strict=True)]
        faint = faint or any(0 < step < 1e-13 for step in moved)
    return losses, [weight.value for weight in network.weights], faint


def kinked(network: Network) -> bool:
    """Whether a neuron has an activation with a kink, or the loss has one."""
    kinds = {neuron.activation.name for neuron in network.neurons.values()}
    return bool(kinds & set(KINKED)) or network.loss.name == "mean_absolute_error"
