"""Activations and losses as curves, each with its slope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes

from lernpy.checks import is_list
from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS, Activation
from lernpy.functions.losses import LOSSES, Loss
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.registry import unknown
from lernpy.text import shown

COLUMNS = 4


def functions(
    names: str | Iterable[str | Activation | Loss] | None = None,
    ax: Axes | None = None,
    **style: Unpack[Style],
) -> Any:
    """Activations (or losses) with their slopes: what a neuron puts out, and what passes its gate.

    Parameters
    ----------
    names : names of activations or losses or such entries; ``"activations"`` or ``"losses"`` for a
        whole table; None for both
    ax : axes for a single one

    Returns
    -------
    The axes, as an array where there are several.

    >>> from lernpy import plot
    >>> path = plot.save(plot.functions(["sigmoid", "relu"]), "functions.png")
    """
    look = Look.of(**style)
    entries = _entries(names)
    if ax is not None:
        if len(entries) > 1:
            raise LernpyError(f"one pair of axes takes one function, not {len(entries)}")
        _draw(canvas.dress(ax, look), entries[0], look)
        return ax
    columns = 3 if len(entries) in (5, 6, 9) else min(len(entries), COLUMNS)
    rows = -(-len(entries) // columns)
    holder = canvas.figure((max(2.9 * columns, 4.5), 2.5 * rows + 0.7), look)
    grid = holder.subplots(rows, columns, squeeze=False)
    for each, entry in zip(grid.flat, entries, strict=False):
        _draw(canvas.dress(each, look), entry, look, alone=len(entries) == 1)
    for each in grid.flat[len(entries) :]:
        each.set_visible(False)
    if len(entries) > 1:
        mixed = len({type(entry) for entry in entries}) > 1
        _legend(
            holder, grid.flat[0], look, ["value (a loss: target 1)", "slope"] if mixed else None
        )
    return grid.flat[0] if len(entries) == 1 else grid.ravel()[: len(entries)]


def _entries(names: Any) -> list[Activation | Loss]:
    if names is None:
        return [*ACTIVATIONS.values(), *LOSSES.values()]
    if isinstance(names, (str, Activation, Loss)):
        names = {"activations": ACTIVATIONS, "losses": LOSSES}.get(str(names), [names])
    if not (isinstance(names, Mapping) or is_list(names)):
        raise LernpyError(f"functions are drawn by their names, not {shown(names)}")
    entries = [_entry(name) for name in names]
    if not entries:
        raise LernpyError("no function is named; name one, or leave the names out for all")
    return entries


def _entry(name: Any) -> Activation | Loss:
    if isinstance(name, (Activation, Loss)):
        return name
    for table in (ACTIVATIONS, LOSSES):
        if name in table:
            entry: Activation | Loss = table[name]
            return entry
    raise unknown("activation or loss", name, [*ACTIVATIONS, *LOSSES])


def _draw(ax: Axes, entry: Activation | Loss, look: Look, alone: bool = True) -> None:
    if isinstance(entry, Loss):
        _loss(ax, entry, look)
    else:
        _activation(ax, entry, look)
    room = canvas.share_of_figure(ax)[0]
    canvas.subtitle(ax, canvas.fitted(entry.name.replace("_", " "), room, look.font), look)
    ax.axhline(0, color=look.theme.muted, linewidth=0.8)
    if alone:
        canvas.legend(ax, look)


def _curve(ax: Axes, x: np.ndarray, y: np.ndarray, look: Look, slope: bool, label: str) -> None:
    style: dict[str, Any] = {"color": look.theme.series[0], "linewidth": 2.2}
    if slope:
        style = {"color": look.theme.series[1], "linewidth": 1.8, "linestyle": (0, (5, 2))}
    jump = np.abs(np.diff(y, append=y[-1:])) > 0.5
    ax.plot(x, np.where(jump, np.nan, y), label=label, **style)


def _activation(ax: Axes, entry: Activation, look: Look) -> None:
    z = np.linspace(-4, 4, 401)
    value, slope = entry.over(np)
    y = np.asarray(value(z), float)
    _curve(ax, z, y, look, False, "output f(z)")
    _curve(ax, z, np.asarray(slope(z, y), float), look, True, "slope f′(z)")
    low, high = min(float(y.min()), 0.0), max(float(y.max()), 1.0)
    ax.set_ylim(max(low, -1.6) - 0.25, min(high, 1.6) + 0.25)
    canvas.labels(ax, look, x="total input z")


def _loss(ax: Axes, entry: Loss, look: Look) -> None:
    y = np.linspace(0.02, 0.98, 385)
    if "entropy" not in entry.name:
        y = np.linspace(-2, 4, 401)
    value, slope = entry.over(np)
    target = np.ones_like(y)
    _curve(ax, y, np.asarray(value(y, target), float), look, False, "loss, target 1")
    _curve(ax, y, np.asarray(slope(y, target), float), look, True, "slope dLoss/dy")
    ax.set_ylim(-4.5, 4.5)
    ax.axvline(1, color=look.theme.muted, linewidth=0.8, linestyle=":")
    canvas.labels(ax, look, x="output y")


def _legend(holder: Any, ax: Axes, look: Look, words: list[str] | None) -> None:
    handles, labels = ax.get_legend_handles_labels()
    made = holder.legend(
        handles,
        words or labels,
        loc="outside lower center",
        ncol=1 if look.crowded and len(holder.axes) < 3 else 2,
        fontsize=0.9 * look.font,
        labelcolor=look.theme.text,
        facecolor=look.theme.panel,
        edgecolor=look.theme.faint,
    )
    canvas.colour_title(made, look)
