"""How long pictures take. Run with ``pytest -m bench tests/scripts/test_bench_plots.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import plot

pytestmark = pytest.mark.bench


def test_blame_of_784_15_10(benchmark: Any, tmp_path: Path) -> None:
    """The goal: under 2 s, file included."""
    network = lernpy.layered([784, 15, 10], seed=0)
    network.learn(np.random.default_rng(0).random(784), np.eye(10)[3])
    benchmark.pedantic(
        lambda: plot.save(plot.blame(network), tmp_path / "a.png"), rounds=3, warmup_rounds=1
    )
    assert (tmp_path / "a.png").exists()


def test_flow_of_xor_as_gif(benchmark: Any, tmp_path: Path) -> None:
    """The goal: under 10 s, from the trace to the file."""
    network = lernpy.layered([2, 3, 1], activation="tanh", seed=0)
    trace = lernpy.Trace.record(lernpy.slow_motion(network, [0, 1], [1]))
    benchmark.pedantic(lambda: plot.save(plot.flow(trace), tmp_path / "a.gif"), rounds=2)
    assert (tmp_path / "a.gif").exists()


def test_heatmaps_of_64_32_10(benchmark: Any, tmp_path: Path) -> None:
    """The goal: under 5 s, file included."""
    network = lernpy.layered([64, 32, 10], activation="relu", seed=0)
    benchmark.pedantic(
        lambda: plot.save(plot.heatmaps(network), tmp_path / "a.png"), rounds=3, warmup_rounds=1
    )
    assert (tmp_path / "a.png").exists()
