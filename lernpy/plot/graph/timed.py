"""The graph of a network in time: a column is a step, a folded cell is a box."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy import layout, theme
from lernpy.folding import Folded
from lernpy.frame import Frame
from lernpy.plot.canvas import Look, text_width
from lernpy.plot.graph import strokes
from lernpy.plot.graph.picture import Picture
from lernpy.text import counted, step_of

COLUMN = 1.6  # inches
HALF, TALL = 0.3, 0.19  # half of a box, as shares of a column and of the picture


def picture_of(frame: Frame) -> type[Picture]:
    """The kind of picture that a moment needs."""
    return Timed if isinstance(frame, Folded) else Picture


def _breadth(frame: Folded) -> float:
    return float(np.ptp([x for x, _ in frame.at]))


class Timed(Picture):
    """A network in time, as `lernpy.folding` folds it."""

    frame: Folded

    @classmethod
    def size(cls, frame: Frame, look: Look, extra: float = 0.0) -> tuple[float, float]:
        columns = _breadth(frame) if isinstance(frame, Folded) else 1.0
        wide = float(np.clip(3.0 + COLUMN * columns, 7.5, 16.0))
        return look.growth * wide, look.growth * (6.4 + extra)

    def _positions(self) -> layout.Positions:
        return layout.spread(dict(zip(self.frame.names, self.frame.at, strict=True)))

    def _bends(self) -> dict[tuple[str, str], float]:
        return {}

    def _margins(self) -> tuple[float, float, float, float]:
        left, right, low, top = super()._margins()
        return left, right, low, top + 1.7 * self.look.font

    def _fit(self) -> float:
        free = np.setdiff1d(np.flatnonzero(~self.is_bias), self.frame.cells)
        spots = (self.spots * self.per_unit)[free]
        apart = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
        self.pitch = float(apart[apart > 0].min(initial=200.0))
        return float(np.clip(self.pitch / 62.0, 0.12, self.look.growth))

    def writes(self, numbers: bool | None) -> bool:
        few = len(self.shown) <= 2 * theme.MOST_NUMBERS  # a line of a box stands for many
        return few and self.named if numbers is None else super().writes(numbers)

    @property
    def named(self) -> bool:
        return bool(self.radius.max() >= 4.0)  # names find room within

    @property
    def box(self) -> tuple[float, float]:
        """Half of the breadth and of the height of a folded cell, in points."""
        columns = (
            np.diff([x for x, _ in self.frame.headings]) * self.per_unit[0] / _breadth(self.frame)
        )
        return HALF * float(columns.min()), TALL * float(self.per_unit[1])

    @property
    def ports(self) -> dict[str, float]:
        """How far above the middle of a box each kind of what flows enters and leaves it, in points."""
        kinds = [kind for kind in dict.fromkeys(self.frame.kinds) if kind]
        return {k: self.box[1] * (1 - (2 * n + 1) / len(kinds)) for n, k in enumerate(kinds)}

    def shape(self, index: int, first: float = 0.0, last: float = 360.0) -> np.ndarray:
        if index not in self.frame.cells:
            return super().shape(index, first, last)
        half, tall = self.box
        whole, left = last - first > 180, first > 0  # the left half is from 90 to 270 degrees
        edges = (-half if whole or left else 0.0), (half if whole or not left else 0.0)
        return strokes.box(edges[0], -tall, edges[1], tall)

    def reach(self, index: int) -> float:
        return self.box[1] if index in self.frame.cells else super().reach(index)

    def _ends(self, links: np.ndarray, leave: Any, arrive: Any, gaps: np.ndarray) -> None:
        """At the left and the right side of a box at the port of their kind, else in the middle of it."""
        (half, tall), ports = self.box, self.ports
        for row, pair in enumerate(links.tolist()):
            for side, shift in ((0, leave), (1, arrive)):
                cell, other = pair[side], pair[1 - side]
                if cell not in self.frame.cells:
                    continue
                right, up = (self.spots[other] - self.spots[cell]) * self.per_unit
                port = ports.get(self.frame.kinds[int(self.shown[row])], 0.0)
                beside = np.sign(right) * half, port
                shift[row] = (right, np.sign(up) * tall) if abs(right) < half else beside
                gaps[row, side] = 1.0

    def names(self) -> None:
        """Of each neuron within its step; of each step over its column."""
        if self.named:
            for index in range(len(self.spots)):
                self._name(index)
        highest = int(self.spots[:, 1].argmax())
        up, xs = float(self.radius[highest]) + 2.2 * self.look.font, [x for x, _ in self.frame.at]
        for x, words in self.frame.headings:
            share = (x - min(xs)) / (max(xs) - min(xs))
            self._heading(words, share, float(self.spots[highest, 1]), up)

    def _name(self, index: int) -> None:
        frame, rim = self.frame, float(self.radius[index])
        if index in frame.cells:
            self._cell(index, frame.sizes[frame.cells.index(index)])
        elif index in frame.outputs:
            self.text(index, step_of(frame.name(index))[0], (0, rim + 3), ha="center", va="bottom")
        elif index in frame.inputs:
            at = {"ha": "right", "va": "center"}
            self.text(index, step_of(frame.name(index))[0], (-rim - 6, 0), **at)
        elif not self.is_bias[index]:
            name, size = step_of(frame.names[index])[0], self.look.font
            if self.room(index) < 1.3 * size:  # within
                size = min(size, 2.4 * rim / max(len(name), 2))
                self.text(index, name, (0, 0), ha="center", va="center", fontsize=size)
            else:
                self.text(index, name, (0, rim + 2), ha="center", va="bottom")

    def is_named_within(self, index: int) -> bool:
        """Whether there is no room for a name but in the neuron."""
        return index not in self.frame.cells and self.room(index) < 1.3 * self.look.font

    def _cell(self, index: int, size: int) -> None:
        """How many neurons are in a box, and what leaves it at its right side."""
        half, _ = self.box
        words = counted(size, "neuron").replace(" ", "\n")
        if text_width(words.split("\n")[1], 0.85 * self.look.font) > half:
            words = str(size)
        style = {"fontsize": 0.85 * self.look.font, "color": self.look.theme.muted}
        self.text(index, words, (-0.5 * half, 0), ha="center", va="center", **style)
        for kind, up in self.ports.items():
            self.text(index, kind, (half - 4, up), ha="right", va="center", fontweight="bold")
