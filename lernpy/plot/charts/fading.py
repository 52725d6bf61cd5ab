"""How large blame is in each generation, epoch by epoch: where it dies, and in whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lernpy import theme as themes
from lernpy.checks import whole
from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.functions.activations import why_shut
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import fitting, lesson_frame, scaled, scaled_targets
from lernpy.plot.canvas import Look, Style
from lernpy.plot.film.journey import noted
from lernpy.text import listed, nth, shown

FLOOR, CEILING = 1e-30, 1e200  # blame beyond them is drawn at them


class BlameSizes(NamedTuple):
    """Blame by generation at some epochs: a plain table.

    epochs : (k,) their numbers; 0 is before training
    sizes : (k, n_generations) the mean of |delta| over the neurons of a generation and the samples;
        NaN for the inputs
    shut : for each of these epochs, neurons whose gate is shut in every sample, with the word for it
    """

    epochs: np.ndarray
    sizes: np.ndarray
    shut: tuple[dict[str, str], ...]


def blame_sizes(
    network: Network, data: Any, epochs: Iterable[Any] = (), samples: int = 12, points: int = 60
) -> BlameSizes:
    """Measure blame now and after each epoch that `epochs` trains.

    >>> import lernpy
    >>> net = lernpy.layered([2, 3, 3, 1], seed=0)
    >>> data = ([[0, 1], [1, 1]], [[1], [0]])
    >>> blame_sizes(net, data, lernpy.epochs(net, data, epochs=4, seed=0)).sizes.shape
    (5, 4)
    """
    dataset = fitting(network, data)
    samples = whole("number of samples", samples, 1)
    rows = np.unique(np.linspace(0, len(dataset) - 1, samples).round().astype(int))

    def note() -> tuple[np.ndarray, dict[str, str]]:
        inputs = scaled(network, dataset.inputs[rows])
        targets = scaled_targets(network, dataset.targets[rows])
        return _measured(
            [lesson_frame(network, x, t) for x, t in zip(inputs, targets, strict=True)]
        )

    first, now = note(), isinstance(epochs, (list, tuple)) and not epochs
    notes = [(0, first)] if now else noted(epochs, note, points, first=first)
    return BlameSizes(
        np.array([number for number, _ in notes]),
        np.array([sizes for _, (sizes, _) in notes]),
        tuple(shut for _, (_, shut) in notes),
    )


def _measured(frames: list[Frame]) -> tuple[np.ndarray, dict[str, str]]:
    first = frames[0]
    sizes = np.full(first.n_generations, np.nan)
    delta = np.abs([frame.delta for frame in frames])
    ends = np.isin(np.arange(len(first.names)), (*first.inputs, *first.biases))
    for number in range(first.n_generations):
        row = (first.generation == number) & ~ends
        if row.any():
            with np.errstate(over="ignore"):
                sizes[number] = float(delta[:, row].mean())
    return sizes, _shut(frames, ends)


def _shut(frames: list[Frame], ends: np.ndarray) -> dict[str, str]:
    """Neurons whose gate is shut in every sample, with the word for it."""
    first = frames[0]
    slopes = np.abs([frame.slope for frame in frames]) / first.steepest
    with np.errstate(invalid="ignore"):
        shut = (slopes < themes.SHUT).all(axis=0) & ~ends
    return {
        first.names[i]: why_shut(first.activations[i], always=len(frames) > 1)
        for i in np.flatnonzero(shut)
    }


def vanishing(
    source: Network | BlameSizes,
    data: Any = None,
    ax: Axes | None = None,
    *,
    epochs: Iterable[Any] = (),
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """The size of blame in each generation over the epochs, on a logarithmic scale.

    Where the lines fan out downwards, blame vanishes on its way back. Neurons whose slope gate is
    shut for every sample are marked: dead (ReLU) or saturated.

    Parameters
    ----------
    source : what `blame_sizes` measured; or a network, with `data` and, to see more than the
        present moment, `epochs` that train it

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.layered([2, 3, 3, 3, 1], seed=0)
    >>> path = plot.save(plot.vanishing(net, ([[0, 1], [1, 1]], [[1], [0]])), "vanishing.png")
    """
    look = Look.of(**style)
    if isinstance(source, Network):
        if data is None:
            raise LernpyError("the blame of a network needs data: plot.vanishing(net, data)")
        source = blame_sizes(source, data, epochs)
    if not isinstance(source, BlameSizes):
        raise LernpyError(f"blame is drawn of a network and data, not of {shown(source)}")
    if not len(source.epochs):
        raise LernpyError("no epoch was measured; give a network and data")
    count = source.sizes.shape[1]
    names = [f"the blame of {_generation(number, count)}" for number in range(1, count)]
    canvas.finite_columns(source.sizes[:1, 1:], names)
    ax = canvas.chart(ax, (8.0, 5.0), look)
    if len(source.epochs) == 1:
        _chain(ax, source, look)
    else:
        _lines(ax, source, look)
    ax.set_yscale("log")
    canvas.labels(ax, look, y="mean |delta|: size of blame (log scale)")
    canvas.title(ax, canvas.title_or(title, _headline(source)), look)
    return ax


def _headline(source: BlameSizes) -> str:
    """By what factor blame shrinks (or grows) from one generation back to the one before."""
    last = source.sizes[-1][np.isfinite(source.sizes[-1])]
    words = _shut_words(source.shut[-1])
    if len(last) < 2 or last[-1] <= 0 or last[0] <= 0:
        return f"Blame by generation{words}"
    factor = 10 ** float((np.log10(last[0]) - np.log10(last[-1])) / (len(last) - 1))
    return f"Blame, generation by generation back: × {factor:.2g}{words}"


def _shut_words(shut: dict[str, str]) -> str:
    return "".join(f", {count} {word}" for word, count in Counter(shut.values()).items())


def _visible(values: np.ndarray, floor: float = FLOOR) -> np.ndarray:
    """Where sizes are drawn; what is beyond all numbers is not."""
    return np.where(np.isfinite(values), np.clip(values, floor, CEILING), np.nan)


def _generation(index: int, count: int) -> str:
    """Its number among so many; which one is that of the outputs."""
    return nth("generation", index) + (" (outputs)" if index == count - 1 else "")


def _lines(ax: Axes, source: BlameSizes, look: Look) -> None:
    count = source.sizes.shape[1]
    for number in range(1, count):
        style = look.series(number - 1)
        every = max(len(source.epochs) // 9, 1)
        words = _generation(number, count)
        ax.plot(
            source.epochs,
            _visible(source.sizes[:, number]),
            linewidth=2,
            markevery=every,
            label=words,
            **style,
        )
    _marks(ax, source, look)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    canvas.labels(ax, look, x="epoch")
    canvas.legend(ax, look, loc="center left", bbox_to_anchor=(1.01, 0.5))


def _marks(ax: Axes, source: BlameSizes, look: Look) -> None:
    """A cross at the foot of each epoch in which gates are shut; the names of the last ones."""
    for word, marker in (("saturated", "x"), ("dead", "X"), ("flat", "P")):
        epochs = [
            number
            for number, shut in zip(source.epochs, source.shut, strict=True)
            if word in shut.values()
        ]
        if epochs:
            names = [name for name, why in source.shut[-1].items() if why == word]
            words = f"{word}: {listed(names, 4) or 'for a while'}"
            ax.plot(
                epochs,
                np.full(len(epochs), 0.025),
                linestyle="none",
                marker=marker,
                color=look.theme.accent,
                transform=ax.get_xaxis_transform(),
                label=canvas.plain(words),
            )


def _chain(ax: Axes, source: BlameSizes, look: Look) -> None:
    """One moment. A generation without blame stands a little below the others, as 0."""
    numbers, real = np.arange(1, source.sizes.shape[1]), source.sizes[0, 1:]
    alive = real[(real > FLOOR) & (real < CEILING)]
    sizes = _visible(real, alive.min() / 10 if len(alive) else FLOOR)
    ax.plot(numbers, sizes, "o-", color=look.theme.positive, linewidth=2, markersize=look.font)
    for at, (number, size) in enumerate(zip(numbers, sizes, strict=True)):
        beside = [*sizes[max(at - 1, 0) : at], *sizes[at + 1 : at + 2]]
        below = bool(beside) and size < min(beside)  # there the lines come down from above
        ax.annotate(
            f"{real[at]:.2g}",
            (number, size),
            (0, (-0.9 if below else 0.9) * look.font),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            color=look.theme.text,
            fontsize=0.9 * look.font,
        )
    ax.set_xticks(numbers, [_generation(n, len(numbers) + 1) for n in numbers.tolist()])
    ax.margins(x=0.15, y=0.2)
    for word in dict.fromkeys(source.shut[0].values()):
        names = [name for name, why in source.shut[0].items() if why == word]
        words = canvas.plain(f"{word}: {listed(names, 6)}")
        ax.plot([], [], "x", color=look.theme.accent, label=words)
    if source.shut[0]:
        canvas.legend(ax, look)
