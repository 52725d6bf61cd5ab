"""Time and memory by the number of links: building, copying, compiling, an epoch. All should be lines."""

from __future__ import annotations

import os
import subprocess
import sys
from time import process_time
from typing import Any

SIZES = {1_000: 28, 10_000: 95, 100_000: 311, 1_000_000: 995}
"""Links wanted, and the size n of the layers n, n, 10 that have about so many."""
COLUMNS = ("links", "build", "copy", "compile", "epoch", "bytes")
TITLES = ("links", "build s", "copy s", "compile s", "epoch of 320 s", "bytes a link")


def measure(print_rows: bool, picture: str | None) -> list[dict[str, float]]:
    """A fresh process for each size, so that memory is its own."""
    if print_rows:
        print("".join(f"{title:>16}" for title in TITLES))
    rows = []
    for size in SIZES.values():
        code = f"from benchmark import growth; growth.one({size})"
        path = os.pathsep.join([os.path.dirname(os.path.dirname(__file__)), *sys.path])
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        row = dict(zip(COLUMNS, map(float, done.stdout.split()), strict=True))
        rows.append(row)
        if print_rows:
            numbers = [f"{row[name]:.4g}" for name in COLUMNS[1:]]
            print(f"{row['links']:>16,.0f}" + "".join(f"{number:>16}" for number in numbers))
    if picture:
        plot(rows, picture)
    return rows


def one(size: int) -> None:
    """The row for layers of size, size and 10 neurons, on standard output."""
    import numpy as np

    import lernpy

    lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0)).learn_batch([[0, 1]], [[1]])  # import all
    before, start = memory(), process_time()
    network = lernpy.layered([size, size, 10], seed=0)
    build = process_time() - start
    links = len(network.links)
    taken = (memory() - before) / links
    times = []
    x, t = np.zeros((320, size)), np.zeros((320, 10))
    engine: Any = None
    for what in ("copy", "compile", "epoch"):
        start = process_time()
        if what == "copy":
            network.copy()
        elif what == "compile":
            engine = lernpy.Mirror(network)
        else:
            engine.learn_epochs(x, t, np.arange(320)[None], 32, [0.1])
        times.append(process_time() - start)
    print(links, build, *times, taken)


def memory() -> float:
    """Bytes that this process has in memory."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * float(os.sysconf("SC_PAGE_SIZE"))
    except OSError:
        return float("nan")


def plot(rows: list[dict[str, float]], picture: str) -> None:
    """Seconds over links, both logarithmic, with a line of slope 1."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    links = [row["links"] for row in rows]
    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for name in COLUMNS[1:5]:
        axes.loglog(links, [row[name] for row in rows], "o-", label=name)
    ideal = [rows[-1]["build"] * n / links[-1] for n in links]
    axes.loglog(links, ideal, "k:", linewidth=1, label="proportional")
    axes.set(xlabel="links", ylabel="seconds of one processor", title="lernpy: growth")
    axes.legend()
    figure.savefig(picture, dpi=120)
