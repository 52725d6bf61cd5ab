"""Training runs over their epochs, and success by setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullFormatter, PercentFormatter

from lernpy import checks
from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.text import shown
from lernpy.training import History


def history(
    runs: Any,
    ax: Axes | None = None,
    *,
    log: bool = False,
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """Loss, validation loss, accuracy and learning rate over the epochs, the best one marked.

    Parameters
    ----------
    runs : one `History` (or its columns: ``{"loss": [...]}``), several by name
        (``{"sgd": a, "adam": b}``) or in a list
    log : a logarithmic scale for the loss

    Returns
    -------
    The axes of the loss. Without `ax` the accuracy and the rate, where there are any, stand in axes
    of their own beneath; with it only the loss is drawn.

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> run = lernpy.train(net, ([[0, 1], [1, 1]], [[1], [0]]), epochs=9, seed=0)
    >>> path = plot.save(plot.history(run), "history.png")
    """
    look = Look.of(**style)
    named, log = named_runs(runs), checks.yes("log", log)
    panels = [_LOSS, *([p for p in (_ACCURACY, _RATE) if _has(named, p)] if ax is None else [])]
    if ax is None:
        holder = canvas.figure((8.0, 3.0 + 1.5 * len(panels)), look)
        ratios = [3.0] + [1.3] * (len(panels) - 1)
        made = holder.subplots(len(panels), 1, sharex=True, height_ratios=ratios, squeeze=False)
        axes = [canvas.dress(each, look) for each in made[:, 0]]
    else:
        axes = [canvas.dress(ax, look)]
    for each, panel in zip(axes, panels, strict=True):
        _panel(each, named, panel, look, log and panel is _LOSS)
    canvas.labels(axes[-1], look, x="epoch")
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    canvas.title(axes[0], canvas.title_or(title), look)
    return axes[0]


_LOSS = ("loss", ("loss", "validation_loss"))
_ACCURACY = ("accuracy", ("accuracy", "validation_accuracy"))
_RATE = ("rate", ("rate",))
WORDS = {
    "loss": "training",
    "accuracy": "training",
    "validation_loss": "validation",
    "validation_accuracy": "validation",
    "rate": "learning rate",
}


def named_runs(runs: Any) -> dict[str, Any]:
    """Runs by name, whatever they came in; a run without an epoch is an error."""
    if isinstance(runs, Mapping) and "loss" not in runs:
        named = {str(name): run for name, run in runs.items()}
    elif isinstance(runs, (list, tuple)):
        named = {f"run {i}": run for i, run in enumerate(runs, 1)}
    else:
        named = {"": runs}
    for name, run in named.items():
        if not len(column(run, "loss")):
            raise LernpyError(
                f"the history{f' {name}' * bool(name)} has no epoch; train at least one"
            )
    if not named:
        raise LernpyError("there is no history to draw; train at least one epoch")
    return named


def column(run: Any, name: str) -> np.ndarray:
    """One column of a history (or of a mapping of columns); NaN where it has none."""
    if not isinstance(run, (History, Mapping)):
        raise LernpyError(f"a history is needed here, not {shown(run)}")
    try:
        return canvas.numeric_array(run[name], f"the {name} of a history")
    except LookupError:
        return np.full(len(run["loss"]), np.nan)


def epochs_of(run: Any) -> np.ndarray:
    """The number of each epoch in a history: 1, 2, 3, ... unless some were left out."""
    numbers = column(run, "number")
    return numbers if np.isfinite(numbers).all() else 1.0 + np.arange(len(numbers))


def _has(named: Mapping[str, Any], panel: tuple[str, tuple[str, ...]]) -> bool:
    """Whether there is something to see: a rate that never changes is none."""
    title, names = panel
    values = np.concatenate([column(run, name) for run in named.values() for name in names])
    known = values[np.isfinite(values)]
    return bool(len(known) and (title != "rate" or np.ptp(known) > 0))


def _panel(ax: Axes, named: Mapping[str, Any], panel: Any, look: Look, log: bool) -> None:
    title, names = panel
    alone = len(named) == 1
    for index, (run_name, run) in enumerate(named.items()):
        for dashed, name in enumerate(names):
            style = look.series(dashed if alone else index)
            label = f"{run_name} {WORDS[name]}".strip()
            draw_column(ax, run, name, label, style, bool(dashed), None if alone else index)
        if title == "loss":
            _best(ax, run, look, index, alone)
    canvas.labels(ax, look, y=title)
    if title == "accuracy":
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")
        few = np.nanmin(column(next(iter(named.values())), "loss")) * 30 > ax.get_ylim()[1]
        ax.yaxis.set_minor_formatter("{x:g}" if few else NullFormatter())
    canvas.legend(ax, look, ncol=2 if len(named) > 3 else 1)


def draw_column(
    ax: Axes,
    run: Any,
    name: str,
    label: str,
    style: Mapping[str, Any],
    dashed: bool,
    index: int | None = None,
) -> None:
    """One column of a run over its epochs; of several runs (the index is which) each has its marker."""
    values, epochs = column(run, name), epochs_of(run)
    known = np.isfinite(values)
    if not known.any():
        return
    shown: dict[str, Any] = {"color": style["color"], "linestyle": (0, (5, 2.2)) if dashed else "-"}
    if len(values) <= 40 or index is not None:
        every = max(len(values) // 8, 1)
        start = (index or 0) * every // 3 % every
        shown.update(marker=style["marker"], markevery=(start, every))
    ax.plot(epochs[known], values[known], label=canvas.plain(label), linewidth=2.0, **shown)


def best_epoch(run: Any) -> tuple[int, float] | None:
    """The earliest epoch with the lowest validation loss (else loss), and that loss."""
    watched = column(run, "validation_loss")
    if not np.isfinite(watched).any():
        watched = column(run, "loss")
    if not np.isfinite(watched).any():
        return None
    row = int(np.nanargmin(watched))
    return int(epochs_of(run)[row]), float(watched[row])


def _best(ax: Axes, run: Any, look: Look, index: int, alone: bool) -> None:
    best = best_epoch(run)
    if best is None:
        return
    colour = look.theme.accent if alone else look.series(index)["color"]
    if alone:
        ax.axvline(best[0], color=colour, linewidth=1.0, linestyle=(0, (2, 2)))
    ax.plot(
        *([each] for each in best),
        linestyle="none",
        marker="*",
        markersize=1.3 * look.font,
        markerfacecolor=colour,
        markeredgecolor=look.theme.text,
        label=f"best: epoch {best[0]}, {best[1]:.3g}",
        zorder=5,
    )


# ---- success by setting -------------------------------------------------------------------------


def sweep(
    table: Sequence[Mapping[str, Any]] | Mapping[Any, Any],
    ax: Axes | None = None,
    *,
    value: str = "success",
    by: str | None = None,
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """Success by setting, from a plain table.

    Parameters
    ----------
    table : a list of rows (``{"optimizer": "adam", "rate": 0.1, "success": 0.9}``), or a mapping
        from setting to success. Several rows with the same setting (one per seed) are averaged, and
        the whisker shows the smallest and the largest of them; None is not known, and left out of that
    value : the column that is drawn; a share between 0 and 1 is shown in percent
    by : the column of the settings (None: all other columns together)

    >>> from lernpy import plot
    >>> path = plot.save(plot.sweep({"sgd": 0.4, "adam": 0.95}), "sweep.png")
    """
    look = Look.of(**style)
    for name in (value, *([] if by is None else [by])):
        checks.text("name of a column", name)
    groups = _grouped(table, value, by)
    means = np.array([np.mean(values) if values else 0.0 for values in groups.values()])
    ax = canvas.chart(ax, (8.0, 1.4 + 0.42 * look.scale * len(groups)), look)
    rows = np.arange(len(groups))[::-1]
    ax.barh(rows, means, 0.62, color=look.theme.positive, edgecolor=look.theme.text)
    spread = [(min(v, default=0.0), max(v, default=0.0)) for v in groups.values()]
    for row, (low, high) in zip(rows, spread, strict=True):
        if high > low:
            ax.plot([low, high], [row, row], color=look.theme.accent, linewidth=2, marker="|")
    is_share = bool(np.all((means >= 0) & (means <= 1)))
    form = ".0%" if is_share else ".3g"
    words = [f"{m:{form}}" if v else "unknown" for m, v in zip(means, groups.values(), strict=True)]
    for row, share, (_, high), mean in zip(rows, words, spread, means, strict=True):
        ax.annotate(
            share,
            (max(float(high), float(mean), 0.0), row),
            (0.6 * look.font, 0),
            textcoords="offset points",
            va="center",
            color=look.theme.text,
            fontsize=0.9 * look.font,
        )
    ax.set_yticks(rows, [canvas.plain(name) for name in groups])
    ax.tick_params(axis="y", labelcolor=look.theme.text)
    ax.grid(False, axis="y")
    if is_share:
        ax.set_xlim(0, 1.12)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xticks(np.linspace(0, 1, 6))
    else:
        ax.margins(x=0.15)
    canvas.labels(ax, look, x=value.replace("_", " "), y=_setting(table, value, by))
    canvas.title(ax, canvas.title_or(title), look)
    return ax


def _setting(table: Any, value: str, by: str | None) -> str:
    """What the bars stand for, if it is one column."""
    rows = [] if isinstance(table, Mapping) else list(table)
    names = [by] if by else [name for name in (rows[0] if rows else ()) if name != value]
    return str(names[0]).replace("_", " ") if len(names) == 1 else ""


def _grouped(table: Any, value: str, by: str | None) -> dict[str, list[float]]:
    if isinstance(table, Mapping):
        table = [{"setting": name, value: number} for name, number in table.items()]
    rows = list(table) if checks.is_list(table) else [table]
    if not rows:
        raise LernpyError("the table has no row; run at least one setting")
    for row in rows:
        if not isinstance(row, Mapping):
            raise LernpyError(f"a row of the table is a mapping by column, not {shown(row)}")
    groups: dict[str, list[float]] = {}
    for row in rows:
        for column in (value, *([by] if by else [])):
            if column not in row:
                raise LernpyError(
                    f"a row has no column {column!r}; it has {', '.join(map(str, row))}"
                )
        columns = [by] if by else [column for column in row if column != value]
        several = len(columns) > 1
        name = ", ".join(
            f"{column} {row[column]}" if several else str(row[column]) for column in columns
        )
        known = groups.setdefault(name or "all", [])
        if row[value] is not None:
            known.append(checks.finite(value, row[value]))
    return groups
