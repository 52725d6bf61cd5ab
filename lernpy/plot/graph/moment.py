"""One moment of a network: two lanes on each link, signal above, blame below, and the neurons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from lernpy import layout, theme
from lernpy.checks import not_negative
from lernpy.errors import LernpyError
from lernpy.folding import SUMS, Folded, Unfold, moment
from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.graph import legends, strokes
from lernpy.plot.graph.bars import Bars, Reach, pie_height
from lernpy.plot.graph.laid import frame_of, refuse_huge, ties_of, weight_by_link
from lernpy.plot.graph.numbers import HEAD, Numbers
from lernpy.plot.graph.picture import largest_of, styles, widths
from lernpy.plot.graph.timed import picture_of
from lernpy.plot.graph.two_lanes import BLAME, SIGNAL, Active, Lane, lane_shift, lit_part
from lernpy.text import shown

BETWEEN = "   ·   "  # the parts of a title
FEW = 60  # up to so many links the lanes have chevrons and signs at their heads
UNHEARD = 0.38  # how strong the blame is drawn that nobody uses: at inputs and biases
SIDE = 31.0  # points to the right of a neuron for its gate and its bars
CARRIED = "signal = weight × output; what arrives at a neuron adds up"


def signal(
    source: Any,
    ax: Axes | None = None,
    *,
    numbers: bool | None = None,
    largest: Mapping[str, float] | None = None,
    unfold: Unfold = False,
    **style: Unpack[Style],
) -> Axes:
    """One moment: what flowed forward. Parameters as for `blame`.

    >>> import lernpy
    >>> from lernpy import plot
    >>> network = lernpy.build.two_two_two()
    >>> outputs = network.predict([[0.05, 0.10]])
    >>> path = plot.save(plot.signal(network), "signal.png")
    """
    return _draw(source, ax, Look.of(**style), False, numbers, largest, unfold)


def blame(
    source: Any,
    ax: Axes | None = None,
    *,
    numbers: bool | None = None,
    largest: Mapping[str, float] | None = None,
    unfold: Unfold = False,
    **style: Unpack[Style],
) -> Axes:
    """One moment: what flowed forward, and the blame that flows back.

    Each link has two lanes: above the signal, below the blame. The sign is a colour and a dash,
    the size a width. A neuron shows its output on the left, its blame on the right; beside it the
    blame that arrived, stacked, its sum, and the gate of the slope that it must pass. The pair of
    bars under each generation shows that blame is not a pie: what comes in does not come out.

    Parameters
    ----------
    source : a `Frame`, or a network (its present moment)
    numbers : whether to write numbers into the picture (None: on up to 20 links)
    largest : what the widest line stands for, by quantity (signal, blame, output, sensitivity), to
        draw several moments alike; without it, the largest of this moment
    unfold : in time, the step (or the list of steps) whose cell is drawn neuron by neuron; True: all

    >>> import lernpy
    >>> from lernpy import plot
    >>> network = lernpy.build.two_two_two()
    >>> loss = network.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.blame(network), "blame.png")
    """
    return _draw(source, ax, Look.of(**style), True, numbers, largest, unfold)


def _draw(
    source: Any,
    ax: Axes | None,
    look: Look,
    with_blame: bool,
    numbers: bool | None,
    largest: Mapping[str, float] | None,
    unfold: Unfold,
) -> Axes:
    frame = moment(frame_of(source), unfold)
    refuse_huge(frame, with_blame)
    ax = canvas.bare(ax, picture_of(frame).size(frame, look, 0.9 if with_blame else 0.0), look)
    Moment(frame, ax, look, blame=with_blame, numbers=numbers, largest=largest).show(frame)
    return ax


class Moment:
    """A picture of moments of one network: `show` draws one of them, in place of the last."""

    def __init__(
        self,
        frame: Frame,
        ax: Axes,
        look: Look,
        *,
        blame: bool = True,
        numbers: bool | None = None,
        largest: Mapping[str, float] | None = None,
        positions: layout.Positions | None = None,
        title_lines: int = 1,
    ) -> None:
        self.ax, self.look, self.blame = ax, look, blame
        self.largest = {**largest_in([frame]), **_sizes(largest)}
        self.has_ties = bool(np.isfinite(ties_of(frame)).any())
        sentence = theme.SIGN_CONVENTION if blame else CARRIED
        if isinstance(frame, Folded) and frame.cells:
            sentence += f"; {SUMS}"
        legend = canvas.legend_below(ax, self._legend(), look, sentence)
        self.foot = canvas.height_in_points(legend) + 8
        size = frame.blame if blame else frame.signal
        if not np.isfinite(size).any():
            size = weight_by_link(frame)
        self.picture = picture_of(frame)(
            frame,
            ax,
            look,
            weight_of=size,
            side=SIDE if blame else 0.0,
            foot=self.foot + (3.0 * look.font + pie_height(frame, ax, look) if blame else 0.0),
            head=1.5 * look.font * title_lines,
            positions=positions,
        )
        self.with_numbers = self.picture.writes(numbers)
        self.reach = Reach.of(frame)
        self.numbers = Numbers(self.picture, look, blame, sparse=numbers is None and look.crowded)
        self._dynamic: list[Any] = []
        self.picture.ribbons("blame" if blame else "signal")
        self.picture.names()
        self._weights()
        self.picture.ties()
        if self.has_ties and self.picture.named and not self.with_numbers:
            self.numbers.neurons_are_taken()
            self.numbers.letters()

    def _legend(self) -> list[Any]:
        look = self.look
        entries = [legends.plus(look, "+ positive"), legends.minus(look, "− negative")]
        if look.crowded:
            entries.append(legends.heading("upper lane: signal ›"))
            return [*entries, legends.heading("lower: blame ‹")] if self.blame else entries
        entries.append(legends.heading("upper lane: signal, to the outputs ›"))
        if self.blame:
            entries += [
                legends.heading("lower lane: blame, running back ‹"),
                legends.heading("(pale where nobody uses it)"),
                legends.halves(look, "neuron: left half output, right half blame"),
                legends.gate_mark(look, "gate: |slope| / largest |slope|"),
                legends.shut(look, "shut gate: saturated, off or flat"),
            ]
        entries.append(legends.line(look, "thin line: the weight"))
        if self.has_ties:
            entries.append(legends.heading("one colour, one letter: one weight"))
        entries.append(legends.heading("widest: " + self._widest()))
        return entries

    def _widest(self) -> str:
        quantities = ("signal", "blame") if self.blame else ("signal",)
        return ", ".join(f"{name} {self.largest[name]:.3g}" for name in quantities)

    def _weights(self) -> None:
        picture = self.picture
        strokes.Strokes(
            picture.curves,
            np.arange(len(picture.shown)),
            linewidths=0.9 * max(picture.scale, 0.4),
            colors=self.look.theme.weight,
            alpha=0.8,
            zorder=1.5,
            gid="weight",
        )

    @property
    def moving(self) -> list[Any]:
        """What differs from moment to moment; all else stays."""
        return self._dynamic

    # ---- one frame ------------------------------------------------------------------------------

    def show(self, frame: Frame, active: Active | None = None, words: str = "") -> None:
        """Draw this moment in place of the last one."""
        for artist in self._dynamic:
            artist.remove()
        self._dynamic = []
        active = active or Active()
        self._lane(frame, SIGNAL, active)
        if self.blame:
            self._lane(frame, BLAME, active)
        self._neurons(frame, active)
        if self.blame:
            rows = self.numbers.height if self.with_numbers else 0.0
            bars = Bars(self.picture, self.look, self.foot, self.reach, rows)
            self._dynamic += bars.draw(frame)
            self.numbers.keep_free(bars.reasons)
        if self.with_numbers:
            self._dynamic += self.numbers.draw(frame)
        self._title(frame, words)

    def _lane(self, frame: Frame, lane: Lane, active: Active) -> None:
        picture, colours = self.picture, self.look.theme
        values = getattr(frame, lane.quantity)[picture.shown]
        known = np.flatnonzero(np.isfinite(values))
        empty = np.flatnonzero(~np.isfinite(values))
        width = widths(values, self.largest[lane.quantity], picture.scale)
        shift = lane_shift(width, picture.scale, lane.side)
        if len(empty):
            self._lines(empty, shift, 2.2 * picture.scale, colours.faint, f"{lane.quantity}-empty")
        part = np.array([lit_part(active, int(picture.shown[i]), lane) for i in known])
        if len(known):
            pale = picture.unheard[known] & (lane is BLAME)
            drawn = self._lines(
                known,
                shift,
                width[known],
                [
                    (*to_rgb(self.look.colour(v)), UNHEARD if p else 1.0)
                    for v, p in zip(values[known], pale, strict=True)
                ],
                lane.quantity,
                part=part.reshape(-1, 2),
            )
            drawn.set_linestyle(styles(values[known], width[known], picture.scale))
            arrived = np.diff(part.reshape(-1, 2), axis=1)[:, 0] >= 1.0
            self._heads(values, known[~pale & arrived], shift, width, lane)

    def _lines(
        self, which: Any, shift: Any, width: Any, colour: Any, gid: str, **more: Any
    ) -> strokes.Strokes:
        lines = strokes.Strokes(
            self.picture.curves,
            which,
            shift[which],
            linewidths=width,
            colors=colour,
            zorder=2,
            gid=gid,
            **more,
        )
        self._dynamic.append(lines)
        return lines

    def _heads(self, values: Any, known: Any, shift: Any, width: Any, lane: Lane) -> None:
        """Chevrons for the direction, and the sign where the lane arrives."""
        picture = self.picture
        which = known[values[known] != 0]
        if len(picture.shown) > FEW or not len(which):
            return
        scale = max(picture.scale, 0.55)
        near, far = (0.62, HEAD) if lane.forward else (0.38, 1.0 - HEAD)
        colours = [self.look.colour(v) for v in values[which]]
        arrows = [strokes.chevron(scale * (3.6 + 0.55 * width[i]), lane.forward) for i in which]
        discs = [strokes.disc(4.6 * scale)] * len(which)
        signs = [strokes.sign_shape(2.7 * scale, values[i]) for i in which]
        edge = self.look.theme.background
        for share, shapes, face, rim, line, order in (
            (near, arrows, edge, colours, 1.2, 3.0),
            (far, discs, colours, edge, 0.9, 3.1),
            (far, signs, "#ffffff", edge, 0.0, 3.2),
        ):
            self._dynamic.append(
                strokes.Marks(
                    picture.curves,
                    which,
                    share,
                    shift[which],
                    shapes,
                    upright=share == far,
                    facecolors=face,
                    edgecolors=rim,
                    linewidths=line,
                    zorder=order,
                    gid=f"{lane.quantity}-head",
                )
            )

    def _neurons(self, frame: Frame, active: Active) -> None:
        """The left half shows the output, the right half the blame; a ring where a step works."""
        picture, look = self.picture, self.look
        right = frame.sensitivity if self.blame else frame.output
        halves = ((frame.output, "output", 90, 270), (right, "sensitivity", -90, 90))
        for values, quantity, first, last in halves:
            most = self.largest["sensitivity" if right is values and self.blame else "output"]
            faces = [shade(v, most, look) for v in values]
            faces = [
                faces[i] if not picture.is_bias[i] else look.theme.panel for i in range(len(faces))
            ]
            shapes = [picture.shape(i, first, last) for i in range(len(picture.spots))]
            for i in frame.biases:  # it always says 1 and nobody uses its blame: no halves
                whole = float(picture.radius[i]) if quantity == "output" else 0.0
                shapes[i] = strokes.disc(whole)
            self._dynamic.append(
                strokes.Shapes(
                    self.ax,
                    picture.spots,
                    shapes,
                    facecolors=faces,
                    edgecolors=look.theme.text,
                    linewidths=0.8 * max(picture.scale, 0.4),
                    zorder=4,
                    gid=quantity,
                )
            )
            if picture.named:
                self._glyphs(values, faces, 0.5 if quantity == "sensitivity" else -0.5)
        if picture.named:
            self._dynamic += [picture.one(index) for index in frame.biases]
        if active.neurons:
            self._rings(active)

    def _glyphs(self, values: np.ndarray, faces: list[Any], side: float) -> None:
        if not self.blame:
            side = 0.0 if side < 0 else np.nan
        biases = self.picture.is_bias
        which = [i for i, v in enumerate(values) if np.isfinite(v) and v != 0 and not biases[i]]
        if not which or np.isnan(side):
            return
        radius = self.picture.radius
        shapes = [
            strokes.sign_shape(0.26 * radius[i], values[i]) + np.array([side * radius[i], 0.0])
            for i in which
        ]
        self._dynamic.append(
            strokes.Shapes(
                self.ax,
                self.picture.spots[which],
                shapes,
                facecolors=[canvas.ink_on(faces[i]) for i in which],
                edgecolors="none",
                zorder=4.2,
                gid="sign",
            )
        )

    def _rings(self, active: Active) -> None:
        which = sorted(active.neurons)
        radius = self.picture.radius
        self._dynamic.append(
            strokes.Shapes(
                self.ax,
                self.picture.spots[which],
                [strokes.disc(float(radius[i]) + 3.5) for i in which],
                facecolors="none",
                edgecolors=self.look.theme.accent,
                linewidths=2.6,
                zorder=5,
                gid="active",
            )
        )

    def _title(self, frame: Frame, words: str) -> None:
        """What is seen, the loss, and what was left out; under it the sentence of a step."""
        parts = [frame.title or headline(self.blame)]
        if frame.loss is not None:
            parts.append(f"loss {frame.loss:.4g} ({frame.loss_name.replace('_', ' ')})")
        self._dynamic += self.picture.titled(BETWEEN.join(parts), words)


def headline(blame: bool, sample: str = "") -> str:
    """What is seen of a moment, and which sample, if that has a name."""
    what = "Blame flows back" if blame else "The signal flows forward"
    return BETWEEN.join(filter(None, [what, sample]))


def _sizes(largest: object) -> dict[str, float]:
    if largest is None:
        return {}
    if not isinstance(largest, Mapping):
        raise LernpyError(f"largest is a mapping by quantity, not {shown(largest)}")
    return {str(name): not_negative(f"largest {name}", size) for name, size in largest.items()}


def largest_in(frames: Sequence[Frame]) -> dict[str, float]:
    """The largest known size of each quantity in some moments."""
    names = ("signal", "blame", "output", "sensitivity")
    return {name: max(largest_of(getattr(frame, name)) for frame in frames) for name in names}


def shade(value: float, most: float, look: Look) -> Any:
    """A face between nothing and the full colour of the sign, by size; the panel's if not known."""
    ground = np.array(to_rgb(look.theme.panel))
    if not np.isfinite(value) or value == 0 or most <= 0:
        return tuple(ground)
    strength = 0.18 + 0.82 * float(np.sqrt(min(abs(value) / most, 1.0)))
    return tuple(ground + strength * (np.array(to_rgb(look.colour(value))) - ground))
