"""The page that learns, in node: its engine beside the objects, files in and out, back in time, edits.

With LERNPY_LAB=1000 in the environment so many random networks are compared, else a share of them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_engine import Learned, Plan, in_node, learned, numbers, plan_for, random_network

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
COUNT = int(os.environ.get("LERNPY_LAB", "40"))
CLOSE = 1e-9

# ---- the engine beside the objects ----------------------------------------------------------------

RUN = """
for (const { file, inputs, targets, order, size } of given) {
  const data = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  print([undefined, null].map((program) => {
    const engine = engineOf(file, {});
    engine.program = program;
    const losses = [];
    for (let start = 0; start < order.length; start += size) {
      losses.push(learn(engine, data, order, start, start + size, size) / size);
    }
    return { losses: bits(losses), weights: bits(engine.values), straight: Boolean(engine.program) };
  }));
}
"""


def difference(found: str, wanted: list[float]) -> float:
    """The largest, relative where numbers are large; what is no number has to be none in both."""
    here, there = numbers(found), np.array(wanted)
    if not len(there):
        return 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(here - there) / np.maximum(1.0, np.abs(there))
    same = (here == there) | (np.isnan(here) & np.isnan(there))
    return float(np.max(np.where(same, 0.0, apart)))


def distances(plans: list[Plan], folder: Path) -> tuple[list[float], list[Learned], list[Any]]:
    """Of each plan how far page and objects are apart, and what both came to."""
    pairs = in_node(RUN, [plan.as_json() for plan in plans], folder)
    for plan, (straight, loops) in zip(plans, pairs, strict=True):
        assert straight["weights"] == loops["weights"], plan
        assert straight["losses"] == loops["losses"], plan
        assert not loops["straight"]
    objects = [learned(plan) for plan in plans]
    apart = [
        max(difference(page["losses"], told.losses), difference(page["weights"], told.weights))
        for (page, _), told in zip(pairs, objects, strict=True)
    ]
    return apart, objects, [page for page, _ in pairs]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory):
    plans = [plan_for(random_network(seed), seed) for seed in range(COUNT)]
    return plans, *distances(plans, tmp_path_factory.mktemp("node"))


def test_the_page_learns_what_the_objects_learn(compared, tmp_path: Path) -> None:
    """20 updates, losses and weights. Excused is only who made a step of a gradient that was mere
    round-off, by a rule that magnifies it; then the same net has to agree under sgd."""
    plans, apart, objects, _ = compared
    off = [number for number, distance in enumerate(apart) if not distance <= CLOSE]
    assert [number for number in off if not objects[number].is_faint] == []
    assert len(off) <= max(2, COUNT // 100)
    for number in off:
        plans[number].network.optimizer = "sgd"
    again, *_ = distances([plans[number] for number in off], tmp_path)
    assert max(again, default=0.0) <= CLOSE


def test_straight_lines_were_run_wherever_there_is_no_group(compared) -> None:
    """So that `the same bits` above has compared two ways, not one with itself."""
    plans, _, _, page = compared
    straight = [one["straight"] for one in page]
    assert straight == [not plan.network.groups for plan in plans]
    assert 0.2 < np.mean(straight) < 0.9


def test_most_weights_have_the_very_bits(compared) -> None:
    """Sums run in one order; only exp and its kin may differ in a last bit."""
    _, _, objects, page = compared
    same = [
        numbers(one["weights"]).tolist() == told.weights
        for one, told in zip(page, objects, strict=True)
    ]
    assert np.mean(same) > 0.5
