"""How long a user waits: `lernpy --help`, and `lernpy train xor` to its end."""

from __future__ import annotations

import subprocess
import sys
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

GOALS = {"--help": 0.25, "train xor": 1.0}  # seconds


def measure(turns: int = 7) -> list[dict[str, Any]]:
    """The median of some turns, each a fresh process in an empty folder; the first is not counted."""
    return [
        {"command": f"lernpy {words}", "goal": goal, "seconds": _median(words.split(), turns)}
        for words, goal in GOALS.items()
    ]


def _median(words: list[str], turns: int) -> float:
    taken = []
    with TemporaryDirectory() as folder:
        for _ in range(turns + 1):
            start = perf_counter()
            command = [sys.executable, "-m", "lernpy", *words]
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
            taken.append(perf_counter() - start)
    return sorted(taken[1:])[turns // 2]


def listed(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each command."""
    return [
        f"{row['command']:<20}{row['seconds']:.2f} s (goal {row['goal']:g}: "
        f"{'reached' if row['seconds'] < row['goal'] else 'MISSED'})"
        for row in rows
    ]
