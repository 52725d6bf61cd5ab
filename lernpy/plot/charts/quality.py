"""How good the answers are: the confusion matrix; the fit and what it leaves."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lernpy.checks import is_list, text
from lernpy.data import Card
from lernpy.data.sequences import step_outputs
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import Answerer, fitting, in_units, refuse_nan, scaled
from lernpy.plot.canvas import Look, Style
from lernpy.text import shown
from lernpy.training import evaluate
from lernpy.training.metrics import r_squared, root_mean_square


def confusion(
    matrix: ArrayLike | Network,
    data: Any = None,
    ax: Axes | None = None,
    *,
    classes: tuple[str, ...] | list[str] = (),
    samples: str = "",
    **style: Unpack[Style],
) -> Axes:
    """Which class was taken for which: one row for each true class.

    Parameters
    ----------
    matrix : (n_classes, n_classes) counts, rows true, columns answered; or a network, with `data`:
        then the counts are those of `lernpy.evaluate`
    classes : their names
    samples : which ones they are, for the title (None: all of `data`)

    >>> from lernpy import plot
    >>> path = plot.save(plot.confusion([[9, 1], [2, 8]], classes=["cat", "dog"]), "confusion.png")
    """
    look, samples = Look.of(**style), text("samples", samples)
    if isinstance(matrix, Network):
        matrix, classes, samples = _count(matrix, data, samples)
    counts = canvas.numeric_array(matrix, "a confusion matrix")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise LernpyError(f"a confusion matrix is square; this one has the shape {counts.shape}")
    canvas.finite_array(counts, "the count at")
    if not is_list(classes):
        raise LernpyError(f"the classes are a list of names, not {shown(classes)}")
    names = [canvas.plain(name) for name in classes] or [str(i) for i in range(len(counts))]
    if len(names) != len(counts):
        raise LernpyError(f"there are {len(counts)} classes, but {len(names)} names; name each")
    side = float(np.clip(1.9 + 0.62 * len(counts) * look.scale**0.5, 4.2, 9.0))
    ax = canvas.chart(ax, (side + 0.7, side), look)
    _matrix(ax, counts, names, look)
    right, whole = float(np.trace(counts)), float(counts.sum())
    share = f"{right / whole:.1%}" if whole else "none"
    canvas.title(ax, f"{share} right ({right:g} of {whole:g}{f' {samples}' * bool(samples)})", look)
    return ax


def _count(network: Network, data: Any, samples: str) -> tuple[np.ndarray, tuple[str, ...], str]:
    if data is None:
        raise LernpyError("a confusion matrix of a network needs data: plot.confusion(net, data)")
    refuse_nan(network)
    dataset = fitting(network, data)
    counts = evaluate(network, dataset).confusion
    if counts is None:
        raise LernpyError(
            f"{dataset.name} has no classes (its task is {dataset.task}); use plot.fit"
        )
    return counts, dataset.classes, samples or f"samples of {dataset.name}"


def _matrix(ax: Axes, counts: np.ndarray, names: list[str], look: Look) -> None:
    """Shares of each row as shades; the counts written into the cells."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    shades = canvas.colours(look.theme.sequential)
    ax.imshow(shares, cmap=shades, vmin=0.0, vmax=1.0)
    size = look.font * min(1.0, 9.0 / len(counts))
    for (row, column), value in np.ndenumerate(counts):
        ink = canvas.ink_on(shades(float(shares[row, column])))
        words = f"{value:g}" if value or len(counts) <= 12 else ""
        weight = "bold" if row == column else "normal"
        ax.text(
            column, row, words, ha="center", va="center", color=ink, fontsize=size, weight=weight
        )
    turned = 45 if max(map(len, names)) > 3 and len(names) > 4 else 0
    ax.set_xticks(range(len(names)), names, rotation=turned, ha="right" if turned else "center")
    ax.set_yticks(range(len(names)), names)
    ax.grid(False)
    canvas.labels(ax, look, x="answer of the network", y="true class")


def fit(
    network: Network | ArrayLike,
    data: Any,
    ax: Any = None,
    *,
    samples: str = "",
    title: str | None = None,
    **style: Unpack[Style],
) -> Any:
    """A regression: the curve through the data (one input) or answer against truth; what is left over.

    Parameters
    ----------
    network : a network and `data`; or plain arrays: the answers, and the targets
    samples : which ones they are, for the title

    Returns
    -------
    Two axes, fit and residuals; with `ax` given, the fit alone on it.

    >>> from lernpy import plot
    >>> axes = plot.fit([0.1, 0.9, 2.2], [0, 1, 2])
    >>> path = plot.save(axes, "fit.png")
    """
    look = Look.of(**style)
    dataset = None
    if isinstance(network, Network):
        dataset = fitting(network, data)
        inputs = scaled(network, dataset.inputs)
        answers = in_units(network, Answerer(network).outputs(inputs))
        targets, names = dataset.targets, step_outputs(dataset.output_names)
        answers, targets = Card.of(dataset).judged(inputs, answers, targets)
    else:
        answers, targets = (
            canvas.numeric_array(values, f"what plot.fit takes ({what})")
            for values, what in ((network, "a network or its answers"), (data, "targets"))
        )
        if not answers.size or not targets.ndim:
            raise LernpyError("there is no answer to draw; give plot.fit a network and its data")
        answers, targets = (np.reshape(v, (len(v), -1)) for v in (answers, targets))
        names = tuple(f"y{i + 1}" for i in range(answers.shape[1]))
    if answers.shape != targets.shape:
        raise LernpyError(
            f"the answers have the shape {answers.shape}, the targets {targets.shape}"
        )
    canvas.finite_array(answers, "the answer to sample")
    axes = [ax] if ax is not None else canvas.figure((10.0, 4.4), look).subplots(1, 2)
    for each in axes:
        canvas.dress(each, look)
    if dataset is not None and dataset.inputs.shape[1] == targets.shape[1] == 1:
        curve(axes[0], network, dataset, look)
    else:
        _against(axes[0], answers, targets, names, look)
    count = len(targets if dataset is None else dataset)
    of = f" ({count} {samples})" if text("samples", samples) else ""
    canvas.title(
        axes[0],
        canvas.title_or(title, f"R² = {_r2(network, dataset, answers, targets):.3f}{of}"),
        look,
    )
    if ax is not None:
        return ax
    _residuals(axes[1], answers, targets, names, look)
    return axes


def _r2(network: Any, dataset: Any, answers: np.ndarray, targets: np.ndarray) -> float:
    """That of `lernpy.evaluate`, where there is a network."""
    r2 = None if dataset is None else evaluate(network, dataset).r2
    return r_squared(answers, targets) if r2 is None else r2


def curve(ax: Axes, network: Any, samples: Any, look: Look, label: str = "network") -> None:
    """The function that a network of one input has become, through the samples."""
    x = samples.inputs[:, 0]
    room = 0.04 * float(np.ptp(x) or 1.0)
    steps = np.linspace(x.min() - room, x.max() + room, 400)[:, None]
    y = in_units(network, Answerer(network).outputs(scaled(network, steps)))
    ax.plot(
        x,
        samples.targets[:, 0],
        linestyle="none",
        marker="o",
        markersize=0.45 * look.font,
        markerfacecolor=look.series(1)["color"],
        markeredgecolor=look.theme.background,
        markeredgewidth=0.5,
        label="data",
    )
    ax.plot(steps[:, 0], y[:, 0], color=look.theme.series[0], linewidth=2.4, label=label)
    canvas.labels(ax, look, x=samples.input_names[0], y=samples.output_names[0])
    canvas.legend(ax, look)


def _against(ax: Axes, answers: Any, targets: Any, names: Any, look: Look) -> None:
    ends = [float(min(answers.min(), targets.min())), float(max(answers.max(), targets.max()))]
    ax.plot(ends, ends, color=look.theme.muted, linewidth=1.2, label="answer = truth")
    _by_output(ax, targets, answers, names, look)
    canvas.labels(ax, look, x="true", y="answer of the network")
    canvas.legend(ax, look)


def _residuals(ax: Axes, answers: Any, targets: Any, names: Any, look: Look) -> None:
    left = answers - targets
    _by_output(ax, targets, left, names, look)
    ax.axhline(0, color=look.theme.text, linewidth=1.2)
    canvas.labels(ax, look, x="true", y="answer − true")
    spread = root_mean_square(left)
    canvas.title(ax, f"what is left over: ±{spread:.3g} (root mean square)", look)
    if len(names) > 1:
        canvas.legend(ax, look)


def _by_output(ax: Axes, x: Any, y: Any, names: Any, look: Look) -> None:
    """Points in the colour and with the marker of each output."""
    for index, name in enumerate(names):
        style = {**look.series(index), "linestyle": "none", "label": canvas.plain(name)}
        ax.plot(x[:, index], y[:, index], alpha=0.75, **style)
