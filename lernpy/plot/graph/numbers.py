"""Numbers written into a picture, where there is room: on lanes, under neurons, on gradient tags."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.canvas import Look
from lernpy.plot.graph.laid import ties_of
from lernpy.plot.graph.picture import Picture
from lernpy.text import MINUS, tie_letter

HEAD = 0.9  # where along a link the sign of its signal stands; that of blame is as far from the other end
SHARES = np.linspace(0.16, 0.84, 18)


class Numbers:
    """Places labels one after the other, each where it is least in the way of the others."""

    def __init__(
        self, picture: Picture, look: Look, blame: bool = True, sparse: bool = False
    ) -> None:
        self.picture, self.look, self.blame, self.sparse = picture, look, blame, sparse
        self.spots: dict[tuple[int, str], np.ndarray] = {}  # where a number of a link stands
        self.font = 0.72 * look.font
        self.ties = ties_of(picture.frame)
        self.taken: list[np.ndarray] = []  # boxes in points: left, low, right, high
        self.made: list[Any] = []

    @property
    def height(self) -> float:
        """How many points the numbers under a neuron take."""
        return 1.5 * self.font

    def keep_free(self, labels: list[tuple[int, float, str]]) -> None:
        """No number goes where these words stand: beside the foot of a neuron, so far down."""
        for index, down, words in labels:
            right = float(self.picture.radius[index])
            self._take(self._spot(index) + np.array([right, down - 0.6 * self.font]), words)

    def draw(self, frame: Frame) -> list[Any]:
        """Write all numbers of this moment; returns the artists. A number stays where it stood first."""
        self.made = []
        self._under_neurons(frame)
        self.neurons_are_taken()
        self.heads_are_taken(frame)
        which = np.arange(len(self.picture.shown))
        lanes = [("signal", 0.68, 1.0)] + ([("blame", 0.32, -1.0)] if self.blame else [])
        for quantity, wish, side in lanes:
            self.on_lanes(getattr(frame, quantity), quantity, wish, side, which)
        if self.blame and not self.sparse:
            self._tags(frame, which)
        return self.made

    def _under_neurons(self, frame: Frame) -> None:
        for index in range(len(frame.names)):
            if self.picture.is_bias[index]:
                continue
            words = canvas.label_of(frame.output[index], signed=False)
            if words and frame.label(index).is_scaled:
                words = f"{words} = {frame.label(index).told(frame.output[index], MINUS)}"
            blamed = self.blame and index not in (*frame.inputs, *frame.biases)
            if blamed and np.isfinite(frame.sensitivity[index]):
                blame = canvas.label_of(frame.sensitivity[index])
                words = f"{words} | {blame}" if words else f"blame {blame}"
            below = -self.picture.reach(index) - 3
            if words:
                text = self.picture.text(
                    index, words, (0, below), ha="center", va="top", fontsize=self.font * 1.1
                )
                text.set_bbox(self._ground())
                text.set_gid("neuron-number")
                self.made.append(text)
                self._take(self._spot(index) + np.array([0, below - 0.6 * self.font]), words)
        self._targets(frame)

    def _targets(self, frame: Frame) -> None:
        if frame.targets is None:
            return
        for index, target in zip(frame.outputs, frame.targets, strict=True):
            over = float(self.picture.radius[index]) + 3
            words = f"target {target:.4g}"
            if frame.label(index).is_scaled:
                words = f"{words} = {frame.label(index).told(target, MINUS)}"
            if self.picture.spots[index, 0] > 0.999:
                offset, style = (over - 3, 0.8 * over), {"ha": "left", "va": "bottom"}
            else:
                offset, style = (0, over + 1.3 * self.look.font), {"ha": "center", "va": "bottom"}
            self.made.append(self.picture.text(index, words, offset, fontsize=self.font, **style))

    def _spot(self, index: int) -> np.ndarray:
        ax = self.picture.ax
        pixels = ax.transData.transform(self.picture.spots[index])
        return np.asarray(pixels * 72.0 / ax.figure.dpi)

    def neurons_are_taken(self) -> None:
        for index, radius in enumerate(self.picture.radius):
            x, y = self._spot(index)
            right = 0.0 if self.picture.is_bias[index] else self.picture.side * self.picture.scale
            self.taken.append(np.array([x - radius, y - radius, x + radius + right, y + radius]))

    def heads_are_taken(self, frame: Frame) -> None:
        """Where the signs stand at the heads of the lanes."""
        rows = np.arange(len(self.picture.shown))
        for values, share, side in ((frame.signal, HEAD, 1.0), (frame.blame, 1.0 - HEAD, -1.0)):
            known = rows[np.isfinite(values[self.picture.shown])]
            shift = np.full(len(known), 7.0 * side * self.picture.scale)
            pixels, _ = self.picture.curves.spots(shift, np.full(len(known), share), known)
            points = pixels * 72.0 / self.picture.ax.figure.dpi
            size = 4.6 * self.picture.scale
            self.taken += list(np.concatenate([points - size, points + size], axis=1))

    def _take(self, middle: np.ndarray, words: str) -> None:
        self.taken.append(self._box(middle, words))

    def _box(self, middle: np.ndarray, words: str) -> np.ndarray:
        half = np.array([0.5 * canvas.text_width(words, self.font) + 1, 0.62 * self.font + 1])
        return np.concatenate([middle - half, middle + half])

    def on_lanes(
        self, values: np.ndarray, quantity: str, wish: float, side: float, which: np.ndarray
    ) -> None:
        for row in which:
            value = values[self.picture.shown[row]]
            if np.isfinite(value):
                unheard = quantity == "blame" and self.picture.unheard[row]
                if unheard or (self.sparse and value == 0):
                    continue
                words = canvas.label_of(value)
                if quantity in ("weight", "signal"):
                    words = " ".join(filter(None, (self._letter(row), words)))
                self.put(row, words, wish, side, self.look.colour(value), quantity)

    def letters(self) -> None:
        """On each link whose weight is on others, too, its letter."""
        for row in range(len(self.picture.shown)):
            if letter := self._letter(row):
                self.put(row, letter, 0.3, 0.0, self.look.theme.text, "letter")

    def _letter(self, row: int) -> str:
        number = self.ties[self.picture.shown[row]]
        return tie_letter(int(number)) if np.isfinite(number) else ""

    def _tags(self, frame: Frame, which: np.ndarray) -> None:
        """The own gradient of each weight, as a tag apart from the blame that is handed on."""
        own = frame.gradients[frame.link_weight[self.picture.shown]]
        for row in which:
            if np.isfinite(own[row]):
                words = f"∂w {canvas.label_of(own[row])}"
                self.put(row, words, 0.5, 0.0, self.look.theme.text, "gradient")

    def put(self, row: int, words: str, wish: float, side: float, colour: str, gid: str) -> None:
        """At the share of the link where the words cover least of what is there already."""
        if (int(row), gid) in self.spots:
            self._write(self.spots[int(row), gid], words, colour, gid)
            return
        rows = np.full(len(SHARES), row)
        shift = np.full(len(SHARES), 7.0 * side * self.picture.scale)
        pixels, _ = self.picture.curves.spots(shift, SHARES, rows)
        points = pixels * 72.0 / self.picture.ax.figure.dpi
        boxes = np.array([self._box(point, words) for point in points])
        cost = self._covered(boxes) + 6.0 * np.abs(SHARES - wish)
        best = int(cost.argmin())
        self.taken.append(boxes[best])
        inverse = self.picture.ax.transData.inverted()
        self.spots[int(row), gid] = inverse.transform(pixels[best])
        self._write(self.spots[int(row), gid], words, colour, gid)

    def _covered(self, boxes: np.ndarray) -> np.ndarray:
        taken = np.array(self.taken)
        low = np.maximum(boxes[:, None, :2], taken[None, :, :2])
        high = np.minimum(boxes[:, None, 2:], taken[None, :, 2:])
        return np.asarray(np.clip(high - low, 0, None).prod(axis=2).sum(axis=1))

    def _ground(self) -> dict[str, Any]:
        """The box behind a number."""
        ground = self.look.theme.background
        return {
            "boxstyle": "square,pad=0.1",
            "facecolor": ground,
            "edgecolor": "none",
            "linewidth": 0.6,
            "alpha": 0.88,
        }

    def _write(self, spot: np.ndarray, words: str, colour: str, gid: str) -> None:
        is_tag = gid == "gradient"
        frame = self._ground()
        if is_tag:
            panel, edge = self.look.theme.panel, self.look.theme.muted
            frame.update(boxstyle="round,pad=0.15", facecolor=panel, edgecolor=edge)
        readable = self.look.theme.text if self.look.theme.name == "dark" else colour
        text = self.picture.ax.text(
            float(spot[0]),
            float(spot[1]),
            words,
            fontsize=self.font,
            color=readable,
            ha="center",
            va="center",
            bbox=frame,
            zorder=5.5,
            gid=f"{gid}-number",
        )
        self.made.append(text)
