"""Too little, right, too much: nets of several sizes side by side, their fits and their losses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np

from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.charts.quality import curve
from lernpy.plot.charts.regions import Plane, draw_regions
from lernpy.plot.charts.runs import best_epoch, column, draw_column


def under_over(
    runs: Mapping[str, Any],
    data: Any,
    **style: Unpack[Style],
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
    look = Look.of(**style)
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
    for index, (name, (network, history)) in enumerate(runs.items()):
        top, low = (canvas.dress(ax, look) for ax in axes[:, index])
        if samples.inputs.shape[1] == 1:
            curve(top, network, samples, look)
        else:
            draw_regions(top, Plane(network, samples), samples, look)
        canvas.title(top, f"{name}: {words[index]}" if words[index] else name, look)
        _losses(low, history, look)
        if index:
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
    for dashed, (name, words) in enumerate(
        (("loss", "training"), ("validation_loss", "validation"))
    ):
        draw_column(ax, history, name, words, look.series(dashed), bool(dashed))
    best = best_epoch(history)
    if best is not None:
        style: dict[str, Any] = {"color": look.theme.accent, "linestyle": (0, (2, 2))}
        ax.axvline(best[0], linewidth=1.2, label=f"best: epoch {best[0]}", **style)
    ax.set_yscale("log")
    canvas.labels(ax, look, x="epoch", y="loss (log scale)")
    canvas.legend(ax, look)


def _room_for_data(ax: Any, samples: Dataset) -> None:
    """A wild curve may leave the picture; the data may not."""
    if samples.inputs.shape[1] == 1:
        low, high = float(samples.targets.min()), float(samples.targets.max())
        room = 0.35 * max(high - low, 1e-9)
        ax.set_ylim(low - room, high + room)
