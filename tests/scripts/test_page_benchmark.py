"""scripts/benchmark/page.py: all who race learn the same; its tables are whole."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def measured(*arguments: str) -> str:
    command = [sys.executable, "-m", "scripts.benchmark.page", "--rounds", "1", "--seconds", "0.01"]
    done = subprocess.run(
        [*command, *arguments], cwd=SCRIPTS.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_the_page_and_the_objects_in_javascript_learn_the_same() -> None:
    pytest.importorskip("numba", reason="no numba here")
    rows = json.loads(measured("--speed", "--json"))["speed"]
    assert [row["about"] for row in rows] == ["XOR 2-3-1", "spiral 2-8-8-1"]
    for row in rows:
        assert row["apart"] < 1e-12
        assert set(row["speeds"]) == {"wasm", "loops", "session", "objects", "jit"}
        assert all(speed > 0 for [speed] in row["speeds"].values())


def test_sizes_add_up_and_are_judged() -> None:
    sizes = json.loads(measured("--sizes", "--json"))["sizes"]
    assert sizes["page"] == sizes["data"] + sizes["without data"]
    assert (
        0
        < sizes["without data"]
        - sum(sizes[part] for part in ("script", "style", "words and shell"))
        < 5000
    )
    assert "without data" in measured("--sizes").splitlines()[-1]
