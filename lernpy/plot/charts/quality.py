"""How good the answers are: the confusion matrix; the fit and what it leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, ThemeName
from lernpy.plot.graph.forward import Forward, answers, as_seen, in_units


def confusion(
    matrix: ArrayLike | Network,
    data: Any = None,
    ax: Axes | None = None,
    *,
    classes: tuple[str, ...] | list[str] = (),
    theme: ThemeName = None,
    font_scale: float = 1.0,
) -> Axes:
    """Which class was taken for which: one row for each true class.

    Parameters
    ----------
    matrix : (n_classes, n_classes) counts, rows true, columns said; or a network, with `data`
    classes : their names

    >>> from lernpy import plot
    >>> path = plot.save(plot.confusion([[9, 1], [2, 8]], classes=["cat", "dog"]), "confusion.png")
    """
    look = Look.of(theme, font_scale)
    if isinstance(matrix, Network):
        matrix, classes = _count(matrix, data)
    counts = np.asarray(matrix, float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise LernpyError(f"a confusion matrix is square; this one has the shape {counts.shape}")
    canvas.finite(counts, "the count at")
    names = [canvas.plain(name) for name in classes] or [str(i) for i in range(len(counts))]
    if len(names) != len(counts):
        raise LernpyError(f"there are {len(counts)} classes, but {len(names)} names; name each")
    side = float(np.clip(1.9 + 0.62 * len(counts) * look.scale**0.5, 4.2, 9.0))
    ax = canvas.chart(ax, (side + 0.7, side), look)
    _matrix(ax, counts, names, look)
    right, whole = float(np.trace(counts)), float(counts.sum())
    share = f"{right / whole:.1%}" if whole else "none"
    canvas.title(ax, f"{share} right ({right:g} of {whole:g})", look)
    return ax


def _count(network: Network, data: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    if data is None:
        raise LernpyError("a confusion matrix of a network needs data: plot.confusion(net, data)")
    said, samples = answers(network, data)
    if not samples.classes:
        raise LernpyError(
            f"{samples.name} has no classes (its task is {samples.task}); use plot.fit"
        )
    label = (said[:, 0] >= 0.5).astype(int) if said.shape[1] == 1 else said.argmax(axis=1)
    count = len(samples.classes)
    flat = np.bincount(count * samples.labels + label, minlength=count * count)
    return flat.reshape(count, count), samples.classes


def _matrix(ax: Axes, counts: np.ndarray, names: list[str], look: Look) -> None:
    """Shares of each row as shades; the counts written into the cells."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    shades = canvas.colours(look.theme.sequential)
    ax.imshow(shares, cmap=shades, vmin=0.0, vmax=1.0)
    size = look.font * min(1.0, 9.0 / len(counts))
    for (row, column), value in np.ndenumerate(counts):
        ink = canvas.ink_on(shades(float(shares[row, column])), look)
        words = f"{value:g}" if value or len(counts) <= 12 else ""
        weight = "bold" if row == column else "normal"
        ax.text(
            column, row, words, ha="center", va="center", color=ink, fontsize=size, weight=weight
        )
    turned = 45 if max(map(len, names)) > 3 and len(names) > 4 else 0
    ax.set_xticks(range(len(names)), names, rotation=turned, ha="right" if turned else "center")
    ax.set_yticks(range(len(names)), names)
    ax.grid(False)
    canvas.labels(ax, look, x="the network says", y="true class")


def fit(
    network: Network | ArrayLike,
    data: Any,
    ax: Any = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    title: str | None = None,
) -> Any:
    """A regression: the curve through the data (one input) or said against true; what is left over.

    Parameters
    ----------
    network : a network and `data`; or plain arrays: what was said, and the targets

    Returns
    -------
    Two axes, fit and residuals; with `ax` given, the fit alone on it.

    >>> from lernpy import plot
    >>> axes = plot.fit([0.1, 0.9, 2.2], [0, 1, 2])
    >>> path = plot.save(axes, "fit.png")
    """
    look = Look.of(theme, font_scale)
    if isinstance(network, Network):
        said, samples = answers(network, data)
        targets, inputs = samples.targets, samples.inputs
        names = samples.output_names
    else:
        said = np.asarray(network, float).reshape(len(np.asarray(network)), -1)
        targets = np.asarray(data, float).reshape(len(np.asarray(data)), -1)
        inputs, names = np.zeros((len(said), 0)), tuple(f"y{i + 1}" for i in range(said.shape[1]))
    if said.shape != targets.shape:
        raise LernpyError(f"said has the shape {said.shape}, the targets {targets.shape}")
    canvas.finite(said, "the answer to sample")
    if ax is None:
        axes = canvas.figure((10.0, 4.4), look).subplots(1, 2)
        for each in axes:
            canvas.dress(each, look)
    else:
        axes = [canvas.dress(ax, look)]
    if inputs.shape[1] == 1 and isinstance(network, Network) and targets.shape[1] == 1:
        curve(axes[0], network, samples, look)
    else:
        _against(axes[0], said, targets, names, look)
    canvas.title(axes[0], title or f"R² = {r_squared(said, targets):.3f}", look)
    if ax is None:
        _residuals(axes[1], said, targets, names, look)
        return axes
    return ax


def r_squared(said: np.ndarray, targets: np.ndarray) -> float:
    """1 minus the share of the variance that is left over."""
    left = float(((said - targets) ** 2).sum())
    whole = float(((targets - targets.mean(axis=0)) ** 2).sum())
    return 1.0 - left / whole if whole else float("nan")


def curve(ax: Axes, network: Network, samples: Any, look: Look, label: str = "network") -> None:
    """The function that a network of one input has become, through the samples."""
    x = samples.inputs[:, 0]
    room = 0.04 * float(np.ptp(x) or 1.0)
    steps = np.linspace(x.min() - room, x.max() + room, 400)[:, None]
    y = in_units(network, Forward(network).outputs(as_seen(network, steps)))
    dots = look.series(1)
    ax.plot(
        x,
        samples.targets[:, 0],
        linestyle="none",
        marker="o",
        markersize=0.45 * look.font,
        markerfacecolor=dots["color"],
        markeredgecolor=look.theme.background,
        markeredgewidth=0.5,
        label="data",
    )
    ax.plot(steps[:, 0], y[:, 0], color=look.theme.series[0], linewidth=2.4, label=label)
    canvas.labels(ax, look, x=samples.input_names[0], y=samples.output_names[0])
    canvas.legend(ax, look)


def _against(ax: Axes, said: Any, targets: Any, names: Any, look: Look) -> None:
    ends = [float(min(said.min(), targets.min())), float(max(said.max(), targets.max()))]
    ax.plot(ends, ends, color=look.theme.muted, linewidth=1.2, label="said = true")
    for index, name in enumerate(names):
        style = {**look.series(index), "linestyle": "none"}
        ax.plot(targets[:, index], said[:, index], alpha=0.75, label=canvas.plain(name), **style)
    canvas.labels(ax, look, x="true", y="the network says")
    canvas.legend(ax, look)


def _residuals(ax: Axes, said: Any, targets: Any, names: Any, look: Look) -> None:
    left = said - targets
    for index, name in enumerate(names):
        style = {**look.series(index), "linestyle": "none"}
        ax.plot(targets[:, index], left[:, index], alpha=0.75, label=canvas.plain(name), **style)
    ax.axhline(0, color=look.theme.text, linewidth=1.2)
    canvas.labels(ax, look, x="true", y="said − true")
    spread = float(np.sqrt((left**2).mean()))
    canvas.title(ax, f"what is left over: ±{spread:.3g} (root mean square)", look)
    if len(names) > 1:
        canvas.legend(ax, look)
