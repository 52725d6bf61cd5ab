"""Where a page, and a worksheet, draw the neurons of a trace: as `lernpy.layout` has it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from lernpy import layout
from lernpy.text import step_of


def unroll(network: Mapping[str, Any]) -> np.ndarray:
    """All links of a trace's network: from, to, index of the weight."""
    pairs = [
        (start, end)
        for u, nu, v, nv in network["links"]
        for start in range(u, u + nu)
        for end in range(v, v + nv)
    ]
    weight = network["weight_of"] or range(len(pairs))
    return np.array([(*pair, w) for pair, w in zip(pairs, weight, strict=True)]).reshape(-1, 3)


def places(network: Mapping[str, Any], chosen: Any = None) -> dict[str, Any]:
    """Where each neuron is drawn, y from the top, and which links swerve how far.

    The places are those of `lernpy.layout`, unless the trace has chosen its own.
    """
    if chosen is not None:
        return {"positions": chosen, "bends": {}}
    pairs = [(int(start), int(end)) for start, end, _ in unroll(network)]
    names = network["names"]
    source = SimpleNamespace(
        names=names,
        links=pairs,
        generation=_generations(network),
        inputs=network["inputs"],
        outputs=network["outputs"],
        biases=network["biases"],
        products=network.get("products", []),
    )
    where = layout.positions(source)
    number = {(names[a], names[b]): index for index, (a, b) in enumerate(pairs)}
    bends = layout.bends(source, where)
    return {
        "positions": [[where[name][0], round(1 - where[name][1], 6)] for name in names],
        "bends": {number[ends]: bend for ends, bend in bends.items()},
        **(_steps(where) if layout.is_in_time(names) else {}),
    }


def _steps(where: layout.Positions) -> dict[str, Any]:
    """Of a network in time where each step is and what it is called, and how many rows would be as near."""
    columns: dict[int, list[float]] = {}
    for name, (x, _) in where.items():
        step = step_of(name)[1]
        if step is not None:
            columns.setdefault(step, []).append(x)
    spots = np.array(list(where.values())) * (layout.ASPECT, 1.0)
    apart = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) + np.eye(len(spots))
    steps = [
        [round(float(np.mean(xs)), 4), f"step {step}" if step > 0 else "start"]
        for step, xs in sorted(columns.items())
    ]
    names = [step_of(name)[0] for name in where]  # each step has a heading
    return {"rows": round(1 / float(apart.min()), 2), "steps": steps, "names": names}


def _generations(network: Mapping[str, Any]) -> list[int]:
    generation = [0] * len(network["names"])
    for number, units in enumerate(network["generations"]):
        for unit in units:
            for neuron in [unit] if unit >= 0 else network["groups"][-1 - unit]:
                generation[neuron] = number
    return generation
