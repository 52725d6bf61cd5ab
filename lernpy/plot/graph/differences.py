"""Two moments against each other: before and after an update, two networks weight by weight."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, ThemeName
from lernpy.plot.graph import course, legends
from lernpy.plot.graph.graphs import weighted
from lernpy.plot.graph.moment import headline, subline
from lernpy.plot.graph.numbers import Numbers
from lernpy.plot.graph.picture import Picture, frame_of, largest_of, size_of, styles, widths
from lernpy.theme import MOST_NUMBERS, number


def compare(
    first: Any,
    second: Any,
    ax: Axes | None = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    numbers: bool | None = None,
    title: str | None = None,
) -> Axes:
    """Two networks, or two moments of one: the difference of the weights, second minus first.

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.build.two_two_two()
    >>> twin = net.copy()
    >>> loss = twin.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.compare(net, twin), "compare.png")
    """
    a, b = frame_of(first), frame_of(second)
    difference = weight_by_link(b) - _matched(a, b)
    words = title or f"Difference of the weights, largest {largest_of(difference):.3g}"
    picture = weighted(
        b,
        difference,
        ax,
        Look.of(theme, font_scale),
        words,
        numbers,
        ("difference", "+ the second network has the larger weight; − the smaller"),
    )
    return picture.ax


def weight_by_link(frame: Frame) -> np.ndarray:
    """(n_links,) the weight of each link."""
    return np.asarray(frame.weights[frame.link_weight])


def _matched(a: Frame, b: Frame) -> np.ndarray:
    """The weights of `a` in the order of the links of `b`; both must have the same links."""
    values = {
        (a.names[u], a.names[v]): w
        for (u, v), w in zip(a.links.tolist(), weight_by_link(a), strict=True)
    }
    pairs = [(b.names[u], b.names[v]) for u, v in b.links.tolist()]
    missing = [pair for pair in pairs if pair not in values] or list(set(values) - set(pairs))
    if missing:
        raise LernpyError(
            f"only one of the two networks has the link {' -> '.join(missing[0])}; "
            "compare networks of the same wiring"
        )
    return np.array([values[pair] for pair in pairs])


def update(
    source: Any,
    before: Any = None,
    ax: Axes | None = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    numbers: bool | None = None,
    title: str | None = None,
) -> Axes:
    """Every weight before and after an update: the new width over the outline of the old.

    Parameters
    ----------
    source : a `Frame` or a network, after the update
    before : what was before it: a `Frame`, a network, or (n_weights,) values. A frame after an
        update knows it itself

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.build.two_two_two()
    >>> old = net.copy()
    >>> loss = net.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.update(net, old), "update.png")
    """
    frame = frame_of(source)
    look = Look.of(theme, font_scale)
    new, old = weight_by_link(frame), _old(frame, before)
    ax = canvas.bare(ax, size_of(frame, look), look)
    most = largest_of(np.concatenate([new, old]))
    legend = canvas.legend_below(
        ax,
        [
            legends.plus(look, "+ weight now"),
            legends.minus(look, "− weight now"),
            legends.line(look, "outline: before", color=look.theme.text),
            legends.mark(look, "moved up", "^", look.theme.positive),
            legends.mark(look, "moved down", "v", look.theme.negative),
            legends.words(f"widest: {most:.3g}"),
        ],
        look,
        "weight ← weight − rate × gradient: a weight moves against its own blame",
    )
    foot = canvas.height_in_points(legend) + 8
    picture = Picture(frame, ax, look, weight_of=new - old, foot=foot, head=1.5 * look.font)
    picture.ribbons("change")
    _lanes(picture, new, old, most)
    _arrows(picture, new - old)
    picture.discs([look.theme.panel] * len(frame.names))
    picture.names()
    headline(ax, title or f"Update, largest step {largest_of(new - old):.3g}", look)
    if picture.sentence:
        subline(ax, picture.sentence, look)
    few = len(picture.shown) <= MOST_NUMBERS and not len(picture.rest)
    if (few if numbers is None else numbers) and picture.named:
        _written(picture, new, old, look)
    return ax


def _old(frame: Frame, before: Any) -> np.ndarray:
    """(n_links,) the weights before."""
    if before is None:
        if frame.before is None:
            raise LernpyError(
                "nobody knows the weights before the update; give them: "
                "plot.update(net, before=net_before)"
            )
        before = frame.before
    if isinstance(before, Frame) or hasattr(before, "order"):
        return _matched(frame_of(before), frame)
    values = canvas.finite(before, "the old weight number")
    if values.shape != frame.weights.shape:
        raise LernpyError(f"there are {len(frame.weights)} weights, but {values.size} old ones")
    return np.asarray(values[frame.link_weight])


def _lanes(picture: Picture, new: np.ndarray, old: np.ndarray, most: float) -> None:
    new, old = new[picture.shown], old[picture.shown]
    which = np.arange(len(new))
    now, then = widths(new, most, picture.scale), widths(old, most, picture.scale)
    look = picture.look
    lines = course.Lines(
        picture.course,
        which,
        linewidths=now,
        colors=[look.sign(v) for v in new],
        alpha=0.85,
        zorder=2,
        gid="new",
    )
    lines.set_linestyle(styles(new, now, picture.scale))
    for side in (-0.5, 0.5):
        course.Lines(
            picture.course,
            which,
            side * then,
            linewidths=0.8 * min(picture.scale, 1.0),  # of many links the outlines hide the rest
            colors=look.theme.text,
            zorder=2.5,
            gid="old",
        )


def _arrows(picture: Picture, step: np.ndarray) -> None:
    """A triangle on each link: up where the weight grew, down where it shrank; larger for more."""
    step = step[picture.shown]
    which = np.flatnonzero(step)
    if not len(which) or not picture.named:
        return
    most = largest_of(step)
    spots, _ = picture.course.spots(np.zeros(len(which)), np.full(len(which), 0.24), which)
    anchors = picture.ax.transData.inverted().transform(spots)
    shapes = []
    for value in step[which]:
        size = (3.0 + 6.0 * np.sqrt(abs(value) / most)) * max(picture.scale, 0.5)
        up = np.sign(value)
        shapes.append(
            np.array([[-size, -0.8 * up * size], [size, -0.8 * up * size], [0, up * size]])
        )
    course.Shapes(
        picture.ax,
        anchors,
        shapes,
        facecolors=[picture.look.sign(v) for v in step[which]],
        edgecolors=picture.look.theme.background,
        linewidths=1.0,
        zorder=3,
        gid="step",
    )


def _written(picture: Picture, new: np.ndarray, old: np.ndarray, look: Look) -> None:
    writer = Numbers(picture, look, blame=False)
    writer.neurons_are_taken()
    for row, link in enumerate(picture.shown):
        a, b = old[link], new[link]
        words = f"{_plain(a)} → {_plain(b)}" if a != b else f"{_plain(a)} (stays)"
        writer.place(row, words, 0.58, 0.0, look.sign(b), "update")


def _plain(value: float) -> str:
    return number(float(value), 4).lstrip("+")
