"""Time and memory by the number of links: building, copying, compiling, an epoch. All should be lines."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

SIZES = {1_000: 28, 10_000: 95, 100_000: 311, 1_000_000: 995}
"""Links wanted, and the size n of the layers n, n, 10 that have about so many."""
SECONDS = {
    "build": "build",
    "copy": "copy",
    "compile": "compile for NumPy",
    "numpy": "epoch of 320, NumPy",
    "jit": "epoch of 320, jit",
}
LESS, MORE = 0.85, 1.15  # an exponent between these is a line: caches alone bend it by a tenth

Row = dict[str, float]


def measure(print_rows: bool, picture: str | None, sizes: list[int] | None = None) -> list[Row]:
    """A fresh process for each size, so that memory is its own."""
    if print_rows:
        print("".join(f"{title:>21}" for title in ("links", *SECONDS.values(), "bytes a link")))
    rows = []
    for size in sizes or SIZES.values():
        rows.append(fresh(size))
        if print_rows:
            print(line(rows[-1]), flush=True)
    if print_rows:
        print("\n".join(judged(rows)))
    if picture:
        plot(rows, picture)
    return rows


def fresh(size: int) -> Row:
    code = f"from benchmark import growth; growth.one({size})"
    path = os.pathsep.join([os.path.dirname(os.path.dirname(__file__)), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    row: Row = json.loads(done.stdout)
    return row


def line(row: Row) -> str:
    numbers = [f"{row[name]:.4g} s" if name in row else "–" for name in SECONDS]
    return "".join(f"{n:>21}" for n in (f"{row['links']:,.0f}", *numbers, f"{row['bytes']:.0f}"))


def one(size: int) -> None:
    """The row for layers of size, size and 10 neurons, on standard output."""
    import numpy as np

    import lernpy

    lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0)).learn_batch([[0, 1]], [[1]])  # import all
    before, start = memory(), process_time()
    network = lernpy.layered([size, size, 10], seed=0)
    took = process_time() - start
    links = len(network.links)
    row: dict[str, float] = {"links": links, "bytes": (memory() - before) / links}
    row["build"] = min(took, best(lambda: lernpy.layered([size, size, 10], seed=0), links))
    row["copy"] = best(network.copy, links)
    row["compile"] = best(lambda: lernpy.Mirror(network), links)
    x, t = np.random.default_rng(0).random((320, size)), np.zeros((320, 10))
    order = np.arange(320)[None]
    for name in ("numpy", "jit"):
        engine: Any = lernpy.engine.make(network, name)
        if engine.name == name:
            engine.learn_epochs(x, t, order, 32, [0.1])  # compiled, and the memory its own
            row[name] = best(lambda e=engine: e.learn_epochs(x, t, order, 32, [0.1]), links)
    print(json.dumps(row))


def best(act: Callable[[], Any], links: int) -> float:
    """The least seconds of some turns: many of what is soon done."""
    found = math.inf
    for _ in range(max(2, min(20, 100_000 // links))):
        start = process_time()
        act()
        found = min(found, process_time() - start)
    return found


def memory() -> float:
    """Bytes that this process has in memory."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * float(os.sysconf("SC_PAGE_SIZE"))
    except OSError:
        return float("nan")


def exponent(rows: list[Row], name: str) -> float:
    """The slope in a picture with logarithmic axes, from 10,000 links on: 1 is a line.

    >>> round(exponent([{"links": 10**n, "build": 3 * 10 ** (1.5 * n)} for n in (4, 5, 6)], "build"), 6)
    1.5
    """
    points = [(math.log(row["links"]), math.log(row[name])) for row in rows if row["links"] > 8000]
    if len(points) < 2:
        return math.nan
    middle = [sum(column) / len(points) for column in zip(*points, strict=True)]
    across = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / across


def judged(rows: list[Row]) -> list[str]:
    """A verdict for each column, and one for the bytes of a link."""
    lines = ["", "seconds ~ links ^ exponent, from 10,000 links on:"]
    for name, title in SECONDS.items():
        if all(name in row for row in rows):
            power = exponent(rows, name)
            lines_up = "linear" if power > LESS else "less than linear"
            said = lines_up if power <= MORE else "MORE than linear"
            lines.append(f"  {title:<22}{power:.2f}  {said}")
    last = rows[-1]
    return [
        *lines,
        f"the object graph: {last['bytes']:.0f} bytes a link ({last['links']:,.0f} links)",
    ]


def plot(rows: list[Row], picture: str) -> None:
    """Seconds over links, both logarithmic, each with its exponent, and a line of slope 1."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    links = [row["links"] for row in rows]
    with pyplot.rc_context({"font.size": 13}):
        figure, axes = pyplot.subplots(figsize=(9, 5.5), layout="constrained")
        for (name, title), mark in zip(SECONDS.items(), "osD^v", strict=True):
            if all(name in row for row in rows):
                label = f"{title}: links$^{{{exponent(rows, name):.2f}}}$"
                axes.loglog(links, [row[name] for row in rows], mark + "-", lw=2, label=label)
        ideal = [
            max(rows[-1][name] for name in SECONDS if name in rows[-1]) * 2 * n / links[-1]
            for n in links
        ]
        axes.loglog(links, ideal, "k:", lw=1.5, label="parallel to this: linear")
        axes.set(xlabel="links", ylabel="seconds of one processor")
        axes.set_title("Time by the number of links (exponents from 10⁴ links on)", loc="left")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left")
        figure.savefig(picture, dpi=150)
        pyplot.close(figure)
