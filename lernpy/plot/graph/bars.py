"""Beside a neuron: the blame that arrived, stacked; its sum; the slope gate. Below: it is no pie."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lernpy import theme
from lernpy.folding import Folded
from lernpy.frame import Frame
from lernpy.functions import activations
from lernpy.plot import canvas
from lernpy.plot.canvas import Look
from lernpy.plot.graph import strokes
from lernpy.plot.graph.picture import Picture, largest_of

GATE, SUM, STACK = (3.5, 8.5), (11.5, 17.0), (20.0, 26.0)  # points from the rim, left and right
HIGHEST = 1.15  # radii: the longest bar


class Reach(NamedTuple):
    """What the bars are drawn against: the same in all frames of a film."""

    tallest: dict[int, float]  # pile, in each generation
    sums: float  # the largest blame in or out of a generation

    @staticmethod
    def of(frame: Frame) -> Reach:
        piles = {index: parts for index, parts in arrivals(frame).items() if len(parts)}
        sums = np.array([value for pair in sums_by_generation(frame).values() for value in pair])
        return Reach(tallest_by_generation(frame, piles), largest_of(sums))


class Bars:
    """The bars and gates of one moment on a picture."""

    def __init__(
        self, picture: Picture, look: Look, foot: float, reach: Reach, numbers: float = 0.0
    ) -> None:
        self.picture, self.look, self.foot, self.reach = picture, look, foot, reach
        self.numbers = numbers  # points under each neuron that its numbers take
        self.made: list[Any] = []
        self.reasons: list[tuple[int, float, str]] = []  # neuron, points down, why its gate is shut

    def draw(self, frame: Frame) -> list[Any]:
        """Draw them; returns the artists."""
        self.made = []
        if self.picture.named:
            self._gates(frame)
            self._mixing(frame)
            self._arrived(frame)
        self._not_a_pie(frame)
        return self.made

    def _shapes(self, where: np.ndarray, shapes: list[np.ndarray], gid: str, **style: Any) -> None:
        if shapes:
            settings = {"linewidths": 0.7, "zorder": 3.5, **style}
            made = strokes.Shapes(self.picture.ax, where, shapes, gid=gid, **settings)
            self.made.append(made)

    def _gates(self, frame: Frame) -> None:
        """Two leaves that leave open the share |slope| / largest |slope|; shut ones are hatched."""
        leaves, at, shut, shut_at, posts = [], [], [], [], []
        for index in np.flatnonzero(np.isfinite(frame.slope)).tolist():
            if index in frame.inputs or self.picture.is_bias[index]:
                continue
            opening = openness(frame, index)
            radius, left, right = self._edges(index, GATE)
            half = 0.85 * radius
            if opening < theme.SHUT:
                shut.append(strokes.box(left, -half, right, half))
                shut_at.append(index)
                self._why(frame, index)
                continue
            posts.append(strokes.box(left, -half, right, half))
            leaves += [strokes.box(left, opening * half, right, half)]
            leaves += [strokes.box(left, -half, right, -opening * half)]
            at += [index, index]
            if frame.slope[index] < 0:
                self._label(index, "−", (0.5 * (left + right), half + 1))
        spots, text = self.picture.spots, self.look.theme.text
        muted = self.look.theme.muted
        self._shapes(spots[at[::2]], posts, "gate-post", facecolors="none", edgecolors=muted)
        self._shapes(spots[at], leaves, "gate", facecolors=text, edgecolors=text)
        ground = self.look.theme.background
        self._shapes(
            spots[shut_at], shut, "gate-shut", facecolors=ground, edgecolors=text, hatch="xxxxx"
        )

    def _edges(self, index: int, reach: tuple[float, float]) -> tuple[float, float, float]:
        radius, scale = float(self.picture.radius[index]), self.picture.scale
        return radius, radius + scale * reach[0], radius + scale * reach[1]

    def _why(self, frame: Frame, index: int) -> None:
        if self.picture.room(index) < 2.4 * self.look.font + self.numbers + 4:  # for a name, too
            return
        reason = activations.why_shut(frame.activations[index])
        radius = float(self.picture.radius[index])
        low = -max(HIGHEST * radius + 2, radius + 3 + self.numbers)  # under bars and numbers
        ground = {"facecolor": self.look.theme.background, "edgecolor": "none", "pad": 0.6}
        self._label(index, reason, (radius, low), va="top", bbox={**ground, "alpha": 0.92})
        self.reasons.append((index, low, reason))

    def _label(self, index: int, words: str, offset: tuple[float, float], **style: Any) -> None:
        settings = {"ha": "center", "va": "bottom", "fontsize": 0.75 * self.look.font, **style}
        self.made.append(self.picture.text(index, words, offset, gid="gate-label", **settings))

    def _mixing(self, frame: Frame) -> None:
        """A softmax group has no gate: a bracket joins those that mix."""
        for group in frame.groups:
            spots = self.picture.spots[list(group)]
            top, low = spots[spots[:, 1].argmax()], spots[spots[:, 1].argmin()]
            _, left, right = self._edges(group[0], GATE)
            middle = 0.5 * (left + right)
            high = float(top[1] - low[1]) * self.picture.per_unit[1]
            shape = strokes.box(middle - 1.2, -4, middle + 1.2, high + 4)
            colour = self.look.theme.accent
            self._shapes(low, [shape], "mixing", facecolors=colour, edgecolors=colour)
            feet = [strokes.box(left - 2, -1, middle, 1)] * len(group)
            self._shapes(spots, feet, "mixing", facecolors=colour, edgecolors=colour)
            index = group[int(spots[:, 1].argmin())]
            self._label(
                index,
                "softmax mixes",
                (middle, -float(self.picture.radius[index]) - 4),
                va="top",
                color=colour,
            )

    def _arrived(self, frame: Frame) -> None:
        """Stacked signed bars of what each link (and the loss) handed back; beside them the sum."""
        arrived = arrivals(frame)
        stacks = {i: parts for i, parts in arrived.items() if len(parts)}
        shapes, at, values = [], [], []
        for index, parts in stacks.items():
            radius, left, right = self._edges(index, STACK)
            most = self.reach.tallest.get(int(frame.generation[index]), 0.0)
            unit = HIGHEST * radius / most if most > 0 else 0.0
            for low, high in _piled(parts):
                shapes.append(strokes.box(left, unit * low, right, unit * high))
                at.append(index)
                values.append(high if abs(high) > abs(low) else low)
            radius, left, right = self._edges(index, SUM)
            shapes.append(strokes.box(left, 0.0, right, unit * float(np.sum(parts))))
            at.append(index)
            values.append(float(np.sum(parts)))
        self._signed(self.picture.spots[at], shapes, values, "arrived")
        base = [strokes.box(*self._base(i)) for i in stacks]
        muted = self.look.theme.muted
        self._shapes(
            self.picture.spots[list(stacks)], base, "base", facecolors=muted, edgecolors=muted
        )

    def _base(self, index: int) -> tuple[float, float, float, float]:
        _, left, _ = self._edges(index, SUM)
        _, _, right = self._edges(index, STACK)
        return left - 1, -0.2, right + 1, 0.2

    def _signed(self, where: Any, shapes: list[np.ndarray], values: list[float], gid: str) -> None:
        """Blue and filled, or vermillion and hatched."""
        signs = np.array(values) < 0
        spots, ground = np.asarray(where), self.look.theme.background
        for negative in (False, True):
            rows = np.flatnonzero(signs == negative)
            colour = self.look.theme.negative if negative else self.look.theme.positive
            self._shapes(
                spots[rows],
                [shapes[i] for i in rows],
                f"{gid}-{'negative' if negative else 'positive'}",
                facecolors=colour,
                edgecolors=ground,
                hatch="----" if negative else None,
            )

    def _not_a_pie(self, frame: Frame) -> None:
        """Per generation the blame that came in and the blame handed back: they do not balance."""
        if isinstance(frame, Folded):
            return
        sums = sums_by_generation(frame)
        most = self.reach.sums
        picture, font = self.picture, self.look.font
        ax = picture.ax
        under = self.foot + 0.4 * font + pie_height(frame, ax, self.look)
        low = ax.get_ylim()[0] + under / picture.per_unit[1]
        high, wide = 1.2 * font, 0.8 * font
        for number, (came, went) in sums.items():
            row = (frame.generation == number) & ~picture.is_bias
            spot = np.array([picture.spots[row, 0].mean(), low])
            unit = high / most if most > 0 else 0.0
            shapes = [
                strokes.box(-wide - 1, 0.0, -1, unit * abs(came)),
                strokes.box(1, 0.0, wide + 1, unit * abs(went)),
            ]
            if np.isfinite(came) and np.isfinite(went):
                self._signed([spot, spot], shapes, [came, went], "pie")
            self.made.append(
                ax.annotate(
                    _pie_words(came, went, _pie_lines(frame, ax, self.look)),
                    (float(spot[0]), float(spot[1])),
                    (0, -0.25 * font),
                    textcoords="offset points",
                    ha="center",
                    va="top",
                    fontsize=0.85 * font,
                    color=self.look.theme.text,
                    gid="pie",
                )
            )


def _pie_words(came: float, went: float, lines: int) -> str:
    words = [f"{theme.NOT_A_PIE}:"]
    words.append(f"{canvas.label_of(came)} in" if np.isfinite(came) else "not yet known")
    if np.isfinite(came) and np.isfinite(went):
        words[-1] += ","
        words.append(f"{canvas.label_of(went)} out")
    return ("\n" if lines > 1 else " ").join(words)


def _pie_lines(frame: Frame, ax: Any, look: Look) -> int:
    """In how many lines the words fit under a generation: one or three."""
    each = canvas.size_in_points(ax)[0] / max(frame.n_generations, 2)
    return (
        1
        if 0.85 * canvas.text_width("not a pie: +0.00123 in, +0.00123 out", look.font) < each
        else 3
    )


def pie_height(frame: Frame, ax: Any, look: Look) -> float:
    """The height in points of those words."""
    return 1.2 * look.font * _pie_lines(frame, ax, look)


def openness(frame: Frame, index: int) -> float:
    """How far the slope gate of a neuron is open: |slope| over the largest |slope|."""
    steepest = frame.steepest[index]
    if not steepest > 0:
        return 0.0
    return float(min(abs(frame.slope[index]) / steepest, 1.0))


def arrivals(frame: Frame) -> dict[int, np.ndarray]:
    """For each neuron the blame that has arrived, link by link; for outputs the loss's share last.

    Inputs and biases are left out: blame has nobody there who would use it.
    """
    silent = {*frame.inputs, *frame.biases}
    if isinstance(frame, Folded):
        silent |= {*frame.cells}
    arrived: dict[int, np.ndarray] = {}
    order = np.argsort(frame.links[:, 0], kind="stable")
    starts = np.searchsorted(frame.links[order, 0], np.arange(len(frame.names) + 1))
    for index in range(len(frame.names)):
        if index in silent:
            continue
        parts = frame.blame[order[starts[index] : starts[index + 1]]]
        parts = parts[np.isfinite(parts)]
        whole = frame.sensitivity[index]
        if index in frame.outputs and np.isfinite(whole):
            own = whole - parts.sum()
            parts = np.append(parts, own) if abs(own) > 1e-12 * abs(whole) else parts
        arrived[index] = parts
    return arrived


def _height(parts: np.ndarray) -> float:
    return float(max(parts[parts > 0].sum(), -parts[parts < 0].sum()))


def tallest_by_generation(frame: Frame, stacks: dict[int, np.ndarray]) -> dict[int, float]:
    """The height of the tallest pile in each generation: piles are drawn against it."""
    tallest: dict[int, float] = {}
    for index, parts in stacks.items():
        number = int(frame.generation[index])
        tallest[number] = max(tallest.get(number, 0.0), _height(parts))
    return tallest


def _piled(parts: np.ndarray) -> list[tuple[float, float]]:
    """Bottom and top of each part: the positive pile up, the negative pile down."""
    up = down = 0.0
    piled = []
    for part in parts:
        if part >= 0:
            piled.append((up, up + part))
            up += part
        else:
            piled.append((down, down + part))
            down += part
    return piled


def sums_by_generation(frame: Frame) -> dict[int, tuple[float, float]]:
    """For each generation that hands blame to neurons that use it: what came in, what was handed
    back to them; NaN if unknown."""
    used = frame.links[~np.isin(frame.links[:, 0], (*frame.inputs, *frame.biases)), 1]
    return {number: frame.balance(number) for number in np.unique(frame.generation[used]).tolist()}
