"""The graph on its axes: names, titles, lines and discs, ribbons for what is not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from lernpy import theme
from lernpy.checks import yes
from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.canvas import Look
from lernpy.plot.graph import strokes
from lernpy.plot.graph.laid import Laid, size_of, ties_of
from lernpy.text import counted, shortened


class Picture(Laid):
    """A network laid out on axes, and what every picture of it has."""

    def __init__(self, frame: Frame, ax: Axes, look: Look, **where: Any) -> None:
        super().__init__(frame, ax, look, **where)
        self._factors()

    def _factors(self) -> None:
        """A thin line from each factor to its product: there is no weight on it."""
        pairs = [(factor, index) for index, *factors in self.frame.products for factor in factors]
        if pairs:
            colour, width = self.look.theme.muted, 0.8 * self.scale
            spots = self.spots[np.array(pairs)]
            lines = LineCollection(spots, colors=colour, linewidths=width, zorder=1.6, gid="factor")
            self.ax.add_collection(lines, autolim=False)

    @classmethod
    def size(cls, frame: Frame, look: Look, extra: float = 0.0) -> tuple[float, float]:
        """A good size in inches, as `size_of` has it."""
        return size_of(frame, look, extra)

    @classmethod
    def above_legend(
        cls,
        frame: Frame,
        ax: Axes | None,
        look: Look,
        handles: Sequence[Any],
        sentence: str,
        *,
        weight_of: np.ndarray,
        verb: str,
        size: tuple[float, float] | None = None,
        rows: float = 0.0,
        title_lines: float = 1.5,
        tile: bool = False,
    ) -> Picture:
        """A picture with its legend at the foot and nothing drawn yet but the ribbons.

        weight_of : (n_links,) which links matter most; verb : what that is, for the sentence
        rows : points to leave free above the legend; title_lines : how many to leave
        """
        ax = canvas.bare(ax, size or cls.size(frame, look), look)
        legend = canvas.legend_below(ax, handles, look, sentence)
        foot = canvas.height_in_points(legend) + 8 + rows
        head = title_lines * look.font
        made = cls(frame, ax, look, weight_of=weight_of, foot=foot, head=head, tile=tile)
        made.ribbons(verb)
        return made

    def ties(self) -> None:
        """The middle of links that hold one weight in one colour."""
        numbers = ties_of(self.frame)
        tied = np.flatnonzero(np.isfinite(numbers[self.shown]))
        if not len(tied):
            return
        series = self.look.theme.series
        colours = [series[int(number) % len(series)] for number in numbers[self.shown[tied]]]
        width, ground = 2.2 * max(self.scale, 0.5), self.look.theme.background
        for wide, colour in ((1.8 * width, ground), (width, colours)):
            style = {"linewidths": wide, "colors": colour, "zorder": 2.3, "gid": "tie"}
            strokes.Strokes(self.curves, tied, **style)

    # ---- what every picture of a graph has ------------------------------------------------------

    def titled(self, title: str, *lines: str) -> list[Any]:
        """The title, inside the axes, so that it is never cut off; further lines under it."""
        look, below = self.look, [line for line in (self.sentence, *lines) if line]
        drawn = [self._corner(title, 8.0, 1.15 * look.font, look.theme.text, "headline")]
        if below:
            down = 8.0 + 1.7 * look.font
            words = "\n".join(below)
            drawn.append(self._corner(words, down, look.font, look.theme.muted, "subline"))
        return drawn

    def _corner(self, words: str, down: float, size: float, colour: str, gid: str) -> Any:
        drawn = self.ax.annotate(
            canvas.plain(words),
            (0, 1),
            (8, -down),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=size,
            color=colour,
            gid=gid,
            zorder=7,
        )
        canvas.fit_text(drawn, canvas.size_in_points(self.ax)[0] - 16)
        return drawn

    def writes(self, numbers: bool | None) -> bool:
        """Whether numbers are written on the links: as asked, else where there are few of them."""
        few = len(self.shown) <= theme.MOST_NUMBERS and not len(self.rest)
        return (few if numbers is None else yes("numbers", numbers)) and self.named

    def lines(self, values: np.ndarray, most: float, gid: str, **style: Any) -> strokes.Strokes:
        """A line for each link that is shown: the sign by colour and dash, the size by width."""
        values = values[self.shown]
        order = np.argsort(np.abs(values), kind="stable")  # the largest lie on top
        width = style.pop("thin", 1.0) * widths(values[order], most, self.scale)
        colours = [self.look.colour(value) for value in values[order]]
        settings: dict[str, Any] = {"linewidths": width, "colors": colours, "zorder": 2, **style}
        lines = strokes.Strokes(self.curves, order, gid=gid, **settings)
        lines.set_linestyle(styles(values[order], width, self.scale))
        return lines

    def faces(self) -> strokes.Shapes:
        """Each neuron as a disc without a colour of its own."""
        return self.discs([self.look.theme.panel] * len(self.frame.names))

    def ribbons(self, verb: str) -> None:
        """One ribbon per pair of generations for the links that are not drawn, and the sentence."""
        if not len(self.rest):
            return
        self.verb = verb
        links = self.frame.links[self.rest]
        pairs = self.frame.generation[links]
        shapes = [self._ribbon(links[(pairs == pair).all(axis=1)]) for pair in _distinct(pairs)]
        from matplotlib.collections import PolyCollection

        faint = self.look.theme.faint
        drawn = PolyCollection(
            shapes, facecolors=faint, edgecolors="none", alpha=0.55, zorder=1, gid="ribbon"
        )
        self.ax.add_collection(drawn, autolim=False)

    def _ribbon(self, links: np.ndarray) -> np.ndarray:
        """From the span of the ones (biases aside) to the span of the others, in an S."""
        inner = ~self.is_bias[links[:, 0]]
        links = links[inner] if inner.any() else links
        a, b = self.spots[links[:, 0]], self.spots[links[:, 1]]
        t = np.linspace(0, 1, 20)
        ease = t * t * (3 - 2 * t)
        x = a[:, 0].max() + t * (b[:, 0].min() - a[:, 0].max())
        low = a[:, 1].min() + ease * (b[:, 1].min() - a[:, 1].min())
        high = a[:, 1].max() + ease * (b[:, 1].max() - a[:, 1].max())
        edge = np.stack([np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])], axis=1)
        return np.asarray(edge)

    @property
    def sentence(self) -> str:
        """What was left out, if anything was."""
        if not len(self.rest):
            return ""
        whole = len(self.shown) + len(self.rest)
        return (
            f"{len(self.shown)} of {whole:,} links are drawn, those with the most {self.verb}; "
            f"the ribbons stand for the other {len(self.rest):,}"
        )

    def names(self) -> None:
        """Inputs are named on their left, outputs on their right, the others above; or counted."""
        if not self.named:
            self._count()
            return
        frame = self.frame
        for number in range(frame.n_generations):
            row = np.flatnonzero((frame.generation == number) & ~self.is_bias)
            if len(row) and self._has_names(row):
                for index in row.tolist():
                    self._name(index)
        for index in frame.biases:
            self._name(index)
        self._count(only_unnamed=True)

    def _name(self, index: int) -> None:
        frame, room = self.frame, float(self.radius[index]) + 6.0
        name = shortened(frame.name(index))
        if self.is_bias[index]:
            self.text(index, name, (0, -room), ha="center", va="top")
        elif index in frame.inputs:
            self.text(index, name, (-room, 0), ha="right", va="center")
        elif index in frame.outputs and self.spots[index, 0] > 0.999:
            self.text(index, name, (room + self.side * self.scale, 0), ha="left", va="center")
        else:
            text = self.text(index, name, (0, room - 2), ha="center", va="bottom")
            ground = self.look.theme.background
            text.set_bbox({"facecolor": ground, "edgecolor": "none", "alpha": 0.7, "pad": 0.6})

    def _count(self, only_unnamed: bool = False) -> None:
        """Over each generation how many neurons it has, and of what kind: all on one line at the top,
        where no links run."""
        frame = self.frame
        shift = canvas.text_width("0", self.look.font)
        others = np.flatnonzero(~self.is_bias)
        top = others[int(self.spots[others, 1].argmax())]
        above = 0.5 * shift + float(self.radius[top])
        for row, words in self._generations():
            if not (only_unnamed and self._has_names(row)):
                self._heading(
                    words, float(self.spots[row, 0].mean()), float(self.spots[top, 1]), above
                )
        for index in () if only_unnamed else frame.biases:
            room = self.radius[index] + 4
            self.text(index, shortened(frame.names[index]), (0, -room), ha="center", va="top")

    def _heading(self, words: str, x: float, y: float, up: float) -> None:
        self.ax.annotate(
            canvas.plain(words),
            (x, y),
            (0, up),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=self.look.theme.text,
            fontsize=self.look.font,
        )

    def _generations(self) -> Iterator[tuple[np.ndarray, str]]:
        """The neurons of each generation, and how many of what kind they are."""
        for number in range(self.frame.n_generations):
            row = np.flatnonzero((self.frame.generation == number) & ~self.is_bias)
            if len(row):
                yield row, _counted(self.frame, row)

    def _has_names(self, row: np.ndarray) -> bool:
        index = int(row[0])
        at_the_side = index in self.frame.inputs or index in self.frame.outputs
        least = 0.1 if at_the_side else 1.25
        return len(row) <= self.folded and self.room(index) >= least * self.look.font

    @property
    def unheard(self) -> np.ndarray:
        """(m,) bool: links that are shown, but hand blame to nobody who would use it."""
        silent = (*self.frame.inputs, *self.frame.biases)
        return np.isin(self.frame.links[self.shown, 0], silent)

    def text(self, index: int, words: str, offset: tuple[float, float], **style: Any) -> Any:
        """Words beside a neuron, `offset` points from its centre."""
        settings: dict[str, Any] = {"fontsize": self.look.font, "color": self.look.theme.text}
        return self.ax.annotate(
            canvas.plain(words),
            (self.spots[index, 0], self.spots[index, 1]),
            offset,
            textcoords="offset points",
            annotation_clip=False,
            zorder=6,
            **{**settings, **style},
        )

    def one(self, index: int) -> Any:
        """What a bias neuron puts out, written into it."""
        size = 0.7 * self.look.font
        return self.text(index, "1", (0, 0), ha="center", va="center", fontsize=size)

    def discs(self, faces: Sequence[Any], gid: str = "neuron", **style: Any) -> strokes.Shapes:
        """Each neuron as a disc of its colour."""
        shapes = [self.shape(index) for index in range(len(self.spots))]
        settings = {"edgecolors": self.look.theme.text, "linewidths": 0.9, "zorder": 4}
        return strokes.Shapes(
            self.ax, self.spots, shapes, facecolors=list(faces), gid=gid, **{**settings, **style}
        )


def written_table(picture: Picture, lines: Sequence[str], foot: float) -> None:
    """Lines of numbers, so many points above the foot."""
    look = picture.look
    drawn = picture.ax.annotate(
        canvas.plain("\n".join(lines)),
        (0, 0),
        (10, foot),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="left",
        va="bottom",
        family="monospace",
        linespacing=1.35,
        fontsize=0.85 * look.font,
        color=look.theme.text,
        gid="table",
    )
    canvas.fit_text(
        drawn, 0.95 * (canvas.size_in_points(picture.ax)[0] - 20)
    )  # at another dpi it grows


def _distinct(pairs: np.ndarray) -> list[np.ndarray]:
    return list(np.unique(pairs, axis=0))


def _counted(frame: Frame, row: np.ndarray) -> str:
    if set(row) <= set(frame.inputs):
        return counted(len(row), "input")
    kinds = {frame.activations[i] for i in row}
    return f"{len(row):,} {kinds.pop()}" if len(kinds) == 1 else counted(len(row), "neuron")


def widths(values: np.ndarray, largest: float, scale: float) -> np.ndarray:
    """The widths in points of lines that stand for these values."""
    return scale * np.array([theme.width(value, largest) for value in values])


def styles(values: np.ndarray, width: np.ndarray, scale: float) -> list[Any]:
    """Solid, or dashed 7-4 where the value is negative, whatever the width of the line."""
    grain = max(scale, 0.5)
    drawn, free = (grain * length for length in theme.DASH)
    return [
        (0, (drawn / w, free / w)) if value < 0 else "solid"
        for value, w in zip(values, width, strict=True)
    ]


def largest_of(values: np.ndarray) -> float:
    """The largest size among the known values; 0 if none is known."""
    return float(np.nanmax(np.abs(values), initial=0.0)) if len(values) else 0.0
