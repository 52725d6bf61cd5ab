"""The graph with its weights; one moment of it: what flowed forward, what flows back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lernpy import theme as themes
from lernpy.frame import Frame
from lernpy.functions import activations
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, ThemeName
from lernpy.plot.graph import course, legends
from lernpy.plot.graph.moment import Moment, headline, subline
from lernpy.plot.graph.numbers import Numbers
from lernpy.plot.graph.picture import Picture, frame_of, largest_of, size_of, styles, widths


def signal(
    source: Any,
    ax: Axes | None = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    numbers: bool | None = None,
    largest: Mapping[str, float] | None = None,
) -> Axes:
    """One moment: what flowed forward. Parameters as for `blame`.

    >>> import lernpy
    >>> from lernpy import plot
    >>> network = lernpy.build.two_two_two()
    >>> outputs = network.predict([[0.05, 0.10]])
    >>> path = plot.save(plot.signal(network), "signal.png")
    """
    return _moment(source, ax, Look.of(theme, font_scale), False, numbers, largest)


def blame(
    source: Any,
    ax: Axes | None = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    numbers: bool | None = None,
    largest: Mapping[str, float] | None = None,
) -> Axes:
    """One moment: what flowed forward, and the blame that flows back.

    Each link has two lanes: above the signal, below the blame. The sign is a colour and a dash,
    the size a width. A neuron shows its output on the left, its blame on the right; beside it the
    blame that arrived, stacked, its sum, and the gate of the slope that it must pass. The pair of
    bars under each generation shows that blame is not a pie: what comes in does not come out.

    Parameters
    ----------
    source : a `Frame`, or a network (its present moment)
    theme : "light", "dark" or "greyscale"
    font_scale : 1 for paper, up to 3 for a projector
    numbers : whether to write numbers into the picture (None: on up to 20 links)
    largest : what the widest line stands for, by quantity (signal, blame, output, sensitivity), to
        draw several moments alike; without it, the largest of this moment

    >>> import lernpy
    >>> from lernpy import plot
    >>> network = lernpy.build.two_two_two()
    >>> loss = network.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.blame(network), "blame.png")
    """
    return _moment(source, ax, Look.of(theme, font_scale), True, numbers, largest)


def _moment(
    source: Any,
    ax: Axes | None,
    look: Look,
    is_blame: bool,
    numbers: bool | None,
    largest: Mapping[str, float] | None,
) -> Axes:
    frame = frame_of(source)
    ax = canvas.bare(ax, size_of(frame, look, 0.9 if is_blame else 0.0), look)
    moment = Moment(frame, ax, look, blame=is_blame, numbers=numbers, largest=largest)
    moment.show(frame)
    return ax


def network(
    source: Any,
    ax: Axes | None = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    numbers: bool | None = None,
    title: str | None = None,
) -> Axes:
    """The graph with its weights: from left to right by generation, whatever the wiring.

    >>> import lernpy
    >>> from lernpy import plot
    >>> path = plot.save(plot.network(lernpy.layered([2, 3, 1], seed=0)), "network.png")
    """
    frame = frame_of(source)
    values = frame.weights[frame.link_weight]
    words = title or f"{len(frame.names):,} neurons, {len(frame.links):,} links"
    look = Look.of(theme, font_scale)
    picture = weighted(frame, values, ax, look, words, numbers, ("weight", "weight"))
    return picture.ax


def weighted(
    frame: Frame,
    values: np.ndarray,
    ax: Axes | None,
    look: Look,
    title: str,
    numbers: bool | None,
    words: tuple[str, str],
) -> Picture:
    """A graph with one line per link: `values` by colour, dash and width. `words`: what they are."""
    ax = canvas.bare(ax, size_of(frame, look), look)
    most = largest_of(values)
    what, sentence = words
    handles = [
        legends.plus(look, f"+ positive {what}"),
        legends.minus(look, f"− negative {what}"),
        legends.words(f"widest: {most:.3g}"),
    ]
    legend = canvas.legend_below(ax, handles, look, sentence_of(sentence))
    foot = canvas.height_in_points(legend) + 8
    head = 1.5 * look.font
    picture = Picture(frame, ax, look, weight_of=values, foot=foot, head=head)
    picture.ribbons(what)
    _links(picture, values[picture.shown], most)
    _bodies(picture)
    picture.names()
    headline(ax, title, look)
    if picture.sentence:
        subline(ax, picture.sentence, look)
    few = len(picture.shown) <= themes.MOST_NUMBERS and not len(picture.rest)
    if (few if numbers is None else numbers) and picture.named:
        writer = Numbers(picture, look, blame=False)
        writer.neurons_are_taken()
        writer.on_lanes(values, "weight", 0.5, 0.0, np.arange(len(picture.shown)))
    return picture


def sentence_of(what: str) -> str:
    """The legend's sentence on signs."""
    if what == "weight":
        return "+ weight: the more the one says, the more the next; − weight: the less"
    return what


def _links(picture: Picture, values: np.ndarray, most: float) -> None:
    width = widths(values, most, picture.scale)
    order = np.argsort(np.abs(values), kind="stable")
    lines = course.Lines(
        picture.course,
        order,
        linewidths=width[order],
        colors=[picture.look.sign(v) for v in values[order]],
        zorder=2,
        gid="weight",
    )
    lines.set_linestyle(styles(values[order], width[order], picture.scale))


def _bodies(picture: Picture) -> None:
    """Neurons by kind: inputs and hidden ones plain, outputs with a second rim, biases small."""
    look, frame = picture.look, picture.frame
    picture.discs([look.theme.panel] * len(frame.names))
    outputs = list(frame.outputs)
    course.Shapes(
        picture.ax,
        picture.spots[outputs],
        [course.disc(0.8 * float(picture.radius[i])) for i in outputs],
        facecolors="none",
        edgecolors=look.theme.text,
        linewidths=0.9,
        zorder=4.1,
        gid="output-rim",
    )
    if picture.named:
        for index in range(len(frame.names)):
            if not picture.is_bias[index]:
                _activation(picture, index)
            else:
                picture.one(index)


def _activation(picture: Picture, index: int) -> None:
    """The name of the activation, inside the neuron."""
    name = picture.frame.activations[index]
    radius = float(picture.radius[index])
    words = activations.short(name)
    size = min(0.7 * picture.look.font, 2.0 * radius / (0.62 * max(len(words), 3)))
    muted = picture.look.theme.muted
    picture.text(index, words, (0, 0), ha="center", va="center", fontsize=size, color=muted)
