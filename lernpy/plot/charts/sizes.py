"""Too little, right, too much: nets of several sizes side by side, their fits and their losses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, ThemeName
from lernpy.plot.charts.quality import curve
from lernpy.plot.charts.regions import Plane, _regions
from lernpy.plot.charts.runs import best_epoch, column


def under_over(
    runs: Mapping[str, Any],
    data: Any,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
) -> Any:
    """Nets of several sizes on the same data: above the fit, below training and validation loss.

    Parameters
    ----------
    runs : by name, smallest first, a pair (network, history) each
    data : with one input (a curve) or two (regions)

    Returns
    -------
    Axes, (2, number of runs)

    >>> import lernpy
    >>> from lernpy import plot
    >>> x = [[0.0], [0.5], [1.0], [1.5]]
    >>> runs = {}
    >>> for hidden in (1, 4):
    ...     net = lernpy.layered([1, hidden, 1], "tanh", "identity", seed=0)
    ...     runs[f"{hidden} hidden"] = net, lernpy.train(net, (x, x), epochs=5, seed=0)
    >>> path = plot.save(plot.under_over(runs, (x, x)), "under_over.png")
    """
    look = Look.of(theme, font_scale)
    if not runs:
        raise LernpyError("there is no net to show; give a mapping from name to (network, history)")
    samples = Dataset.of(data)
    if samples.inputs.shape[1] > 2:
        raise LernpyError(
            f"fits are drawn for one or two inputs, but {samples.name} has {samples.inputs.shape[1]}"
        )
    holder = canvas.figure((max(3.9 * len(runs), 5.0), 6.6), look)
    axes = holder.subplots(2, len(runs), squeeze=False, sharey="row")
    words = verdicts([history for _, history in runs.values()])
    for place, (name, (network, history)) in enumerate(runs.items()):
        top, low = canvas.dress(axes[0, place], look), canvas.dress(axes[1, place], look)
        if samples.inputs.shape[1] == 1:
            curve(top, network, samples, look)
        else:
            _regions(top, Plane(network, samples), samples, look, None)
        canvas.title(top, f"{name}: {words[place]}" if words[place] else name, look)
        _losses(low, history, look)
        if place:
            top.set_ylabel("")
            low.set_ylabel("")
    _room_for_data(axes[0, 0], samples)
    return axes


def verdicts(histories: list[Any]) -> list[str]:
    """Words for each run, smallest net first: too little, right, too much.

    Right is the smallest whose validation loss ends (nearly) as low as that of the best; the larger
    ones are "too much" if theirs ends higher, else "no better".
    """
    lowest = []
    for history in histories:
        watched = column(history, "validation_loss")
        if not np.isfinite(watched).any():
            return [""] * len(histories)
        known = watched[np.isfinite(watched)]
        lowest.append(float(np.median(known[-max(len(known) // 10, 1) :])))
    right = int(np.flatnonzero(np.array(lowest) <= 1.1 * min(lowest))[0])
    if len(histories) == 1:
        return [""]
    later = [
        "too much" if loss > 1.1 * min(lowest) else "no better" for loss in lowest[right + 1 :]
    ]
    return ["too little"] * right + ["right", *later]


def _losses(ax: Any, history: Any, look: Look) -> None:
    for index, (name, words) in enumerate(
        (("loss", "training"), ("validation_loss", "validation"))
    ):
        values = column(history, name)
        if np.isfinite(values).any():
            style = {**look.series(index), "marker": None}
            style["linestyle"] = "-" if index == 0 else (0, (5, 2.2))
            epochs = 1 + np.arange(len(values))
            ax.plot(epochs, values, linewidth=2.0, label=words, **style)
    best = best_epoch(history)
    if best is not None:
        ax.axvline(best, color=look.theme.accent, linewidth=1.2, linestyle=(0, (2, 2)))
        ax.plot([], [], color=look.theme.accent, linestyle=(0, (2, 2)), label=f"best: epoch {best}")
    ax.set_yscale("log")
    canvas.labels(ax, look, x="epoch", y="loss (log scale)")
    canvas.legend(ax, look)


def _room_for_data(ax: Any, samples: Dataset) -> None:
    """A wild curve may leave the picture; the data may not."""
    if samples.inputs.shape[1] == 1:
        low, high = float(samples.targets.min()), float(samples.targets.max())
        room = 0.35 * max(high - low, 1e-9)
        ax.set_ylim(low - room, high + room)
