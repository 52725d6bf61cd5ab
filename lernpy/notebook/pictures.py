"""The pictures of a notebook, as PNG. matplotlib is imported when the first one is drawn."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from lernpy import text, theme
from lernpy.errors import LernpyError
from lernpy.frame import numbers_of
from lernpy.group import Group

DPI = 80
MOST_LINES = 24
MOST_LINKS = 50_000  # more than that is no picture
Drawer = Callable[..., Any]


def drawn(draw: Drawer) -> Callable[..., bytes | None]:
    """Turn a function that makes a figure (or PNG) into one that makes PNG and leaves no figure.

    What cannot be drawn (a weight that is NaN, say) has no picture; its words stand alone.
    """

    @wraps(draw)
    def picture(*args: Any) -> bytes | None:
        from matplotlib import pyplot

        open_before = set(pyplot.get_fignums())
        try:
            made = draw(*args)
            return made if made is None or isinstance(made, bytes) else _png(made)
        except LernpyError:
            return None
        finally:
            for number in set(pyplot.get_fignums()) - open_before:
                pyplot.close(number)

    return picture


def _png(figure: Any, dpi: float = DPI) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor=figure.get_facecolor())
    return buffer.getvalue()


def _figure(wide: float, high: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(wide, high), layout="constrained", facecolor=theme.LIGHT.background)


@drawn
def network(network: Any) -> Any:
    from lernpy import plot

    return plot.network(network).figure if len(network.links) <= MOST_LINKS else None


@drawn
def frame(frame: Any) -> Any:
    from lernpy import plot

    return plot.blame(frame).figure if len(frame.links) <= MOST_LINKS else None


@drawn
def history(history: Any) -> Any:
    from lernpy import plot

    return plot.history(history).figure if len(history) else None


@drawn
def storyboard(trace: Any) -> Any:
    """The first lesson in three moments and in words: fed forward, blamed, moved."""
    from lernpy import plot

    moments = board_moments(trace)
    if not moments or len(moments[-1].links) > MOST_LINKS:
        return None
    drawers = [plot.blame if moment.before is None else plot.update for moment in moments]
    figures: list[Any] = [
        draw(moment).figure for draw, moment in zip(drawers, moments, strict=True)
    ]
    board = _figure(*figures[0].get_size_inches())
    words = "\n\n".join(textwrap.fill(line, 60) for line in board_words(trace))
    board.text(0.04, 0.92, _plain(words), va="top", size=12, linespacing=1.5)
    return _side_by_side([_pixels(figure) for figure in (*figures, board)])


def _pixels(figure: Any) -> np.ndarray:
    """(height, width, 4) what a figure looks like, half as large as on paper."""
    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(_png(figure, DPI * 0.85))))


def _side_by_side(tiles: list[np.ndarray]) -> bytes:
    """Two in a row, on white, as PNG of few colours: it is kept in the notebook."""
    from PIL import Image

    high, wide = (max(tile.shape[axis] for tile in tiles) for axis in (0, 1))
    board = np.full((high * -(-len(tiles) // 2), 2 * wide, 3), 255, np.uint8)
    for number, tile in enumerate(tiles):
        top, left = number // 2 * high, number % 2 * wide
        board[top : top + tile.shape[0], left : left + tile.shape[1]] = 255 * tile[..., :3]
    buffer = io.BytesIO()
    few = Image.fromarray(board).quantize(200, Image.Quantize.MAXCOVERAGE)
    few.save(buffer, "png", optimize=True)
    return buffer.getvalue()


def board_words(trace: Any) -> list[str]:
    """What the storyboard says: the title, how many samples, the sentences of cost and update."""
    first = list(trace.steps(0, len(trace) // max(trace.samples, 1)))
    ends = [step.views[0].sentence for step in first if step.phase in ("cost", "update")]
    return [trace.title or "A lesson", f"Sample 1 of {trace.samples}.", *ends]


def board_moments(trace: Any) -> list[Any]:
    """Frames of the first lesson: at the end of each phase from forward on."""
    first = len(trace) // max(trace.samples, 1)
    stops = [stop for stop in trace.stops("phase") if 0 < stop <= first]
    phases = {step.index: step.phase for step in trace.steps(0, first) if step.index in stops}
    shown = [stop for stop in stops if phases.get(stop) in ("forward", "backward", "update")]
    return list(trace.frames(shown))


# ---- small pictures of single parts -------------------------------------------------------------


@drawn
def neuron(neuron: Any) -> Any:
    """The activation as a curve, with the point where the neuron stands on it, once that is known."""
    numbers = numbers_of(neuron)
    if isinstance(neuron.activation, Group):
        return _bars([neuron.name], [numbers["output"]])
    value, colours = neuron.activation.value, theme.LIGHT
    reach = max(4.0, 1.3 * abs(neuron.total_input))
    totals = [reach * step / 100 for step in range(-100, 101)]
    figure = _figure(4.2, 2.6)
    ax = _axes(figure)
    ax.plot(totals, [value(z) for z in totals], color=colours.text, linewidth=1.6)
    if numbers["output"] is not None:
        ax.plot([neuron.total_input], [neuron.output], "o", color=colours.accent, markersize=9)
    title = _plain(f"{neuron.name}: {neuron.activation.name}")
    ax.set(xlabel="total input", ylabel="output", title=title)
    return figure


@drawn
def link(link: Any) -> Any:
    """Two neurons and the two lanes between them: the signal out, the blame back."""
    figure = _figure(5.2, 1.9)
    ax = _axes(figure)
    ax.set(xlim=(-0.18, 1.18), ylim=(-1, 1))
    ax.set_axis_off()
    numbers = numbers_of(link)
    largest = max(abs(numbers[name] or 0.0) for name in ("signal", "blame"))
    _lane(ax, 0.14, numbers["signal"], largest, "signal →")
    _lane(ax, -0.14, numbers["blame"], largest, "← blame")
    ax.plot([0, 1], [0, 0], color=theme.LIGHT.weight, linewidth=1)
    for x, end in ((0, link.input_neuron), (1, link.output_neuron)):
        face = {"markerfacecolor": theme.LIGHT.panel, "markeredgecolor": theme.LIGHT.muted}
        ax.plot([x], [0], "o", markersize=38, **face)
        name = _plain(text.shortened(end.name, 10))
        ax.text(x, 0, name, ha="center", va="center", weight="bold", size=9)
    ax.set_title(f"weight {text.number(link.weight.value, minus=text.MINUS)}", size=10)
    return figure


def _lane(ax: Any, y: float, value: float | None, largest: float, words: str) -> None:
    """A lane of its sign and size; without a colour while its number is not known."""
    colours, known = theme.LIGHT, value or 0.0
    sign = colours.positive if known > 0 else colours.negative if known < 0 else colours.faint
    style: Any = "-" if known >= 0 else (0, (1.2, 0.7))
    ax.plot([0, 1], [y, y], color=sign, linewidth=theme.width(known, largest), linestyle=style)
    number = text.number(value, 3, signed=True, minus=text.MINUS)
    ax.text(0.5, 3.6 * y, f"{words} {number}", ha="center", va="center", size=9)


@drawn
def group(group: Any) -> Any:
    names = [member.name for member in group.members]
    return _bars(names, [numbers_of(member)["output"] for member in group.members])


def _bars(names: list[str], shares: list[float | None]) -> Any:
    """The shares of a softmax group: they sum to 1, or none is known."""
    figure = _figure(max(2.4, 0.45 * len(names) + 1.2), 2.4)
    ax = _axes(figure)
    positions = range(len(names))
    if None not in shares:
        ax.bar(positions, np.array(shares, float), color=theme.LIGHT.positive)
    else:
        ax.set_title(text.UNKNOWN, size=9)
    ax.set_xticks(positions, [_plain(name) for name in names])
    ax.set(ylabel="share", ylim=(0, 1))
    return figure


def _axes(figure: Any) -> Any:
    ax = figure.subplots()
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
    return ax


@drawn
def words(formulas: str) -> Any:
    """Formulas as a picture of their text, for a viewer that shows nothing else."""
    lines = formulas.splitlines()
    lines = lines[:MOST_LINES] + ["  ..."] * (len(lines) > MOST_LINES)
    wide = max(len(line) for line in lines) * 0.082 + 0.4
    figure = _figure(wide, 0.2 * len(lines) + 0.2)
    style = {"va": "center", "family": "monospace", "size": 9}
    figure.text(0.15 / wide, 0.5, _plain("\n".join(lines)), **style)
    return figure


def _plain(words: str) -> str:
    """Words of a user as they are, not as mathematics."""
    from lernpy.plot.canvas import plain

    return plain(words)
