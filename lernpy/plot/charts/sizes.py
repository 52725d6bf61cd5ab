"""Too little, right, too much: nets of several sizes side by side, their fits and their losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Unpack

import numpy as np

from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.charts.quality import curve
from lernpy.plot.charts.regions import Plane, draw_regions
from lernpy.plot.charts.runs import best_epoch, column, draw_column
from lernpy.text import shown
from lernpy.training import evaluate

MARGIN = 1.1  # a loss within a tenth of another is as good
PARTED = 1.5  # no net is right whose validation loss has risen by half
NOTHING = 0.1  # an R² up to here is no better than the mean of the targets


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
    if not isinstance(runs, Mapping) or not runs:
        raise LernpyError("there is no net to show; give a mapping from name to (network, history)")
    samples = drawable(data)
    holder = canvas.figure((max(3.9 * len(runs), 5.0), 6.9), look)
    axes = holder.subplots(2, len(runs), squeeze=False, sharey="row")
    ends = [End.of(*_trained(name, run), samples) for name, run in runs.items()]
    for index, (name, word) in enumerate(zip(runs, verdicts(ends), strict=True)):
        network, history = runs[name]
        top, low = (canvas.dress(ax, look) for ax in axes[:, index])
        if samples.inputs.shape[1] == 1:
            curve(top, network, samples, look)
        else:
            draw_regions(top, Plane(network, samples), samples, look)
        canvas.title(top, f"{name}: {word}" if word else name, look)
        _losses(low, history, look)
        if index:
            top.set_ylabel("")
            low.set_ylabel("")
    _room_for_data(axes[0, 0], samples)
    words = canvas.plain(f"Learned from {samples.name}")
    holder.suptitle(words, color=look.theme.text, fontsize=look.font, ha="left", x=0.01)
    return axes


def _trained(name: str, run: Any) -> tuple[Network, Any]:
    if not isinstance(run, (tuple, list)) or len(run) != 2:
        raise LernpyError(f"of {name!r} a pair (network, history) is needed, not {shown(run)}")
    return run[0], run[1]


def drawable(data: Any) -> Dataset:
    """The data, if a net's answers to it can be drawn as a curve or as regions."""
    samples = Dataset.of(data)
    if samples.inputs.shape[1] > 2:
        raise LernpyError(
            f"fits are drawn for one or two inputs, but {samples.name} has {samples.inputs.shape[1]}"
        )
    return samples


class End(NamedTuple):
    """How the training of one net ended."""

    learned: bool  # whether it answers better than the same to everything
    training: float  # its loss, as it ended
    validation: float  # the same; NaN if nothing was validated
    lowest: float  # the lowest validation loss it ever had

    @staticmethod
    def of(network: Network, history: Any, samples: Dataset) -> End:
        """From the weights that are kept, and the losses of the last tenth of the epochs."""
        judged = evaluate(network, samples)
        if judged.confusion is not None:
            learned = np.trace(judged.confusion) > judged.confusion.sum(axis=1).max()
        else:
            learned = (judged.r2 or 0.0) > NOTHING
        training, validation = column(history, "loss"), column(history, "validation_loss")
        tail = max(len(training) // 10, 1)
        known = np.isfinite(validation).any()
        lowest = float(np.nanmin(validation)) if known else np.nan
        ended, watched = (float(np.median(losses[-tail:])) for losses in (training, validation))
        return End(bool(learned), ended, watched, lowest)

    def parts(self, margin: float = MARGIN) -> bool:
        """Whether validation has left training behind: it rose again, and is that far above it."""
        return self.validation > margin * max(self.lowest, self.training)


def verdicts(ends: Sequence[End]) -> list[str]:
    """A word for each net, smallest first, from how its training ended.

    Right is the smallest that learned, whose validation loss has not risen by half above the training
    loss and ends (nearly) as low as that of the best such. A smaller one is "too little"; a larger one "no
    better". Whose validation loss ends higher and has left the training loss behind is "too much", who
    answers the same to everything "learned nothing".

    >>> one, two, big = End(True, 3, 3.1, 3.1), End(True, 1, 1.1, 1.1), End(True, 0.1, 2, 1.1)
    >>> verdicts([one, two, big])
    ['too little', 'right', 'too much']
    >>> verdicts([End(False, 3, 3, 3), End(True, 0.1, 7, 0.6)])
    ['learned nothing', 'too much']
    """
    fit = [end.learned and not end.parts(PARTED) for end in ends]
    able = [end.validation for end, fits in zip(ends, fit, strict=True) if fits]
    compared = len(ends) > 1 and bool(able) and np.isfinite([e.validation for e in ends]).all()
    best = MARGIN * min(able) if compared else -np.inf
    close = [fits and end.validation <= best for end, fits in zip(ends, fit, strict=True)]
    right = close.index(True) if compared else None
    return [_verdict(end, index, right, close[index]) for index, end in enumerate(ends)]


def _verdict(end: End, index: int, right: int | None, close: bool) -> str:
    if not end.learned:
        return "learned nothing"
    if end.parts(MARGIN if right is None or index > right else PARTED) and not close:
        return "too much"
    if right is None or index == right:
        return "" if right is None else "right"
    return "too little" if index < right else "no better"


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
