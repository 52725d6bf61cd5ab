"""How much blame comes back through time: an Elman net and an LSTM, as their builders start them.

    python scripts/benchmark/through_time.py -o through_time.png --theme dark

Only the last step is judged. At each step: the mean size of the blame of a hidden state (in the LSTM that of
c, which carries it, and that of h), over 20 seeds. Printed is the ratio of the first step to the last, and
whether the LSTM is any better.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

import lernpy
from lernpy import plot
from lernpy.build import Cell, elman, gru, lstm
from lernpy.plot import canvas
from lernpy.plot.canvas import Look

STEPS, HIDDEN, SAMPLES = 20, 8, 16
CELLS = {
    "Elman, h": (elman, "h"),
    "GRU, h": (gru, "h"),
    "LSTM, c": (lstm, "c"),
    "LSTM, h": (lstm, "h"),
}


def blame(cell: Cell, letter: str, seed: int) -> np.ndarray:
    """(STEPS,) mean |blame| of the neurons of that letter at each step, over the samples."""
    network = lernpy.unroll(cell, STEPS, read="last")
    rng = np.random.default_rng(seed)
    total = np.zeros(STEPS)
    for _ in range(SAMPLES):
        network.collect(rng.normal(size=STEPS).tolist(), rng.normal(size=1).tolist())
        for step in range(1, STEPS + 1):
            names = (f"{letter}{unit}@{step}" for unit in range(1, HIDDEN + 1))
            total[step - 1] += np.mean([abs(network.neurons[name].sensitivity) for name in names])
    return total / SAMPLES


def measured(seeds: int) -> dict[str, np.ndarray]:
    """(seeds, STEPS) for each cell."""
    return {
        name: np.array(
            [blame(build([1, HIDDEN, 1], seed=seed), letter, seed) for seed in range(seeds)]
        )
        for name, (build, letter) in CELLS.items()
    }


def table(sizes: dict[str, np.ndarray]) -> list[str]:
    """The ratio of the first step to the last: median, least and most of the seeds."""
    lines = [
        f"{'blame at step 1 / at step ' + str(STEPS):28} {'median':>10} {'least':>10} {'most':>10}"
    ]
    for name, rows in sizes.items():
        ratios = sorted(rows[:, 0] / rows[:, -1])
        lines.append(f"{name:28} {median(ratios):10.3g} {ratios[0]:10.3g} {ratios[-1]:10.3g}")
    first, second = (
        median(sizes[name][:, 0] / sizes[name][:, -1]) for name in ("Elman, h", "LSTM, c")
    )
    verdict = "keeps more" if second > first else "is no better"
    lines.append(
        f"the LSTM {verdict}: {second / first:.2g} times what the Elman net keeps, by the medians"
    )
    return lines


def draw(sizes: dict[str, np.ndarray], theme: str | None) -> object:
    """Median over the seeds, with the middle half, on a logarithmic scale."""
    look = Look.of(theme=theme)
    ax = canvas.chart(None, (7.5, 4.8), look)
    steps = np.arange(1, STEPS + 1)
    for number, (name, rows) in enumerate(sizes.items()):
        style = look.series(number)
        low, mid, high = np.percentile(rows / rows[:, -1:], (25, 50, 75), axis=0)
        ax.plot(steps, mid, linewidth=2.2, label=name, markevery=4, **style)
        ax.fill_between(steps, low, high, color=style["color"], alpha=0.13, linewidth=0)
    ax.set(yscale="log", xticks=[1, 5, 10, 15, STEPS])
    canvas.labels(ax, look, x="step", y="blame, as a share of that at the last step")
    canvas.title(ax, f"Blame through time: {len(rows)} seeds, median and middle half", look)
    canvas.legend(ax, look, loc="lower right")
    return ax


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--output", metavar="PICTURE")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--theme", choices=["light", "dark", "greyscale"])
    options = parser.parse_args()
    sizes = measured(options.seeds)
    print("\n".join(table(sizes)))
    if options.output:
        print(f"written: {plot.save(draw(sizes, options.theme), options.output)}")


if __name__ == "__main__":
    main()
