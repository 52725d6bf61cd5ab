"""Where a page, and a worksheet, draw the neurons of a trace: as `lernpy.layout` has it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from lernpy import layout
from lernpy.text import stem_of, step_of
from lernpy.watch.file.blocks import link_ends


def unroll(network: Mapping[str, Any]) -> np.ndarray:
    """All links of a trace's network: from, to, index of the weight."""
    pairs = list(link_ends(network["links"]))
    weight = network["weight_of"] or range(len(pairs))
    return np.array([(*pair, w) for pair, w in zip(pairs, weight, strict=True)]).reshape(-1, 3)


def spots_of(network: Mapping[str, Any], chosen: Any = None) -> dict[str, Any]:
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
    upside = [[x, round(1 - y, 6)] for x, y in (where[name] for name in names)]
    if layout.is_in_time(names):
        return {
            "positions": upside,
            "bends": {},
            "time": _time(layout.timetable(layout.Wiring.of(source))),
        }
    number = {(names[a], names[b]): index for index, (a, b) in enumerate(pairs)}
    bends = layout.bends(source, where)
    return {"positions": upside, "bends": {number[ends]: bend for ends, bend in bends.items()}}


def _time(table: layout.Timetable) -> dict[str, Any]:
    """Of a network in time what the page needs to fold and unfold its cells; heights from the top."""
    inner = [height for height, within in zip(table.heights, table.inside, strict=True) if within]
    return {
        "steps": table.steps,
        "shares": [round(share, 4) for share in table.shares],
        "asides": [round(aside, 4) for aside in table.asides],
        "heights": [round(1 - height, 4) for height in table.heights],
        "middle": round(1 - float(np.mean(inner)), 4),
        "inside": table.inside,
        "columns": table.columns,
        "names": [step_of(name)[0] for name in table.names],  # each step has a heading
        "kinds": [stem_of(name) for name in table.names],
    }


def _generations(network: Mapping[str, Any]) -> list[int]:
    generation = [0] * len(network["names"])
    for number, units in enumerate(network["generations"]):
        for unit in units:
            for neuron in [unit] if unit >= 0 else network["groups"][-1 - unit]:
                generation[neuron] = number
    return generation
