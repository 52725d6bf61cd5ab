"""How much memory it takes to train 784-15-10 on 60,000 pictures of 784 points, batch 128."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SAMPLES = 60_000
LIMIT = 2 * 2**30


def measure(engines: list[str], samples: int = SAMPLES) -> list[dict[str, Any]]:
    """A fresh process for each engine."""
    return [{"engine": engine, "samples": samples, **_fresh(engine, samples)} for engine in engines]


def _fresh(engine: str, samples: int) -> dict[str, float]:
    code = f"from benchmark import memory; memory.one({engine!r}, {samples})"
    path = os.pathsep.join([os.path.dirname(os.path.dirname(__file__)), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(("data", "peak"), map(float, done.stdout.split()), strict=True))


def one(engine: str, samples: int) -> None:
    """The bytes of the data, and the most this process had in memory, on standard output."""
    import numpy as np

    import lernpy

    rng = np.random.default_rng(0)
    pictures = np.empty((samples, 784))
    for low in range(0, samples, 1000):
        rows = pictures[low : low + 1000]
        rows[:] = rng.random(rows.shape) * (rng.random(rows.shape) > 0.82)
    digits = np.eye(10)[rng.integers(0, 10, samples)]
    network = lernpy.layered([784, 15, 10], seed=0)
    lernpy.train(network, (pictures, digits), epochs=1, batch_size=128, engine=engine, seed=0)
    print(pictures.nbytes + digits.nbytes, peak())


def peak() -> int:
    """The most bytes that this process had; on Linux its own, as ru_maxrss is handed down to a child."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024)


def listed(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each engine."""
    lines = [f"784-15-10 on {SAMPLES:,} pictures, batch 128, one epoch:"]
    for row in rows:
        said = "within" if row["peak"] < LIMIT else "MORE than"
        lines.append(
            f"  {row['engine']:<8}{row['peak'] / 2**30:.2f} GiB at most, of which the data are"
            f" {row['data'] / 2**30:.2f}: {said} 2 GiB"
        )
    return lines
