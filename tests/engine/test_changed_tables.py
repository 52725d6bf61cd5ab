"""Who changes an entry in its table has changed it: in every engine, in what trains many nets, too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "helpers" / "changed_tables.py"


@pytest.mark.parametrize("table", ["activations", "losses", "optimizers"])
@pytest.mark.parametrize("engines", ["python, numpy, many numpy", "jit, many jit"])
def test_every_engine_follows_a_changed_entry(table: str, engines: str) -> None:
    if "jit" in engines:
        pytest.importorskip("numba")
    command = [sys.executable, str(PROGRAM), table, *engines.split(", ")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
