"""The graph with its weights; the difference of two networks; every weight before and after an update."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes

from lernpy.errors import LernpyError
from lernpy.folding import Folded, Unfold, moment, tied_in
from lernpy.frame import Frame
from lernpy.functions import activations
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.graph import legends, strokes
from lernpy.plot.graph.laid import frame_of, ties_of, weight_by_link
from lernpy.plot.graph.numbers import Numbers
from lernpy.plot.graph.picture import Picture, largest_of, widths, written_table
from lernpy.plot.graph.timed import Timed, picture_of
from lernpy.text import counted, path, shared_name, step_of, tie_letter

MOST_SUMS, MOST_TERMS = 6, 8


def network(
    source: Any,
    ax: Axes | None = None,
    *,
    numbers: bool | None = None,
    title: str | None = None,
    unfold: Unfold = False,
    **style: Unpack[Style],
) -> Axes:
    """The graph with its weights: from left to right by generation, whatever the wiring.

    >>> import lernpy
    >>> from lernpy import plot
    >>> path = plot.save(plot.network(lernpy.layered([2, 3, 1], seed=0)), "network.png")
    """
    there = frame_of(source)
    frame = moment(there, unfold)
    words = f"{counted(len(there.names), 'neuron')}, {counted(len(there.links), 'link')}"
    sentence = "+ weight: the more the one puts out, the more the next; − weight: the less"
    legend = "weight", sentence, canvas.title_or(title, words)
    return _weighted(frame, weight_by_link(frame), *legend, ax, Look.of(**style), numbers)


def compare(
    first: Any,
    second: Any,
    ax: Axes | None = None,
    *,
    numbers: bool | None = None,
    title: str | None = None,
    unfold: Unfold = False,
    **style: Unpack[Style],
) -> Axes:
    """Two networks, or two moments of one: the difference of the weights, second minus first.

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.build.two_two_two()
    >>> twin = net.copy()
    >>> loss = twin.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.compare(net, twin), "compare.png")
    """
    before, frame = (moment(frame_of(source), unfold) for source in (first, second))
    change = weight_by_link(frame) - _matched(before, frame)
    words = f"Difference of the weights, largest {largest_of(change):.3g}"
    sentence = "+ the second network has the larger weight; − the smaller"
    legend = "difference", sentence, canvas.title_or(title, words)
    return _weighted(frame, change, *legend, ax, Look.of(**style), numbers)


def _weighted(
    frame: Frame,
    values: np.ndarray,
    quantity: str,
    sentence: str,
    title: str,
    ax: Axes | None,
    look: Look,
    numbers: bool | None,
) -> Axes:
    """A graph with one line per link: (n_links,) `values` by colour, dash and width."""
    most = largest_of(values)
    handles = [
        legends.plus(look, f"+ positive {quantity}"),
        legends.minus(look, f"− negative {quantity}"),
        legends.heading(f"widest: {most:.3g}"),
    ]
    if np.isfinite(ties_of(frame)).any():
        handles.append(legends.heading("one colour, one letter: one weight"))
    if isinstance(frame, Folded) and frame.cells:
        sentence += "; of folded cells none are shown"
    picture = picture_of(frame).above_legend(
        frame, ax, look, handles, sentence, weight_of=values, verb=quantity
    )
    picture.lines(values, most, "weight")
    picture.ties()
    bodies(picture)
    picture.names()
    picture.titled(title)
    writer = Numbers(picture, look, blame=False)
    writer.neurons_are_taken()
    if picture.writes(numbers):
        writer.on_lanes(values, "weight", 0.5, 0.0, np.arange(len(picture.shown)))
    elif picture.named:
        writer.letters()
    return picture.ax


def bodies(picture: Picture) -> None:
    """Neurons by kind: inputs and hidden ones plain, outputs with a second rim, biases small."""
    look, frame = picture.look, picture.frame
    picture.faces()
    outputs = list(frame.outputs)
    strokes.Shapes(
        picture.ax,
        picture.spots[outputs],
        [strokes.disc(0.8 * float(picture.radius[i])) for i in outputs],
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
    if name == "cell" or (isinstance(picture, Timed) and picture.is_named_within(index)):
        return
    radius = float(picture.radius[index])
    words = activations.short(name)
    size = min(0.7 * picture.look.font, 2.0 * radius / (0.62 * max(len(words), 3)))
    muted = picture.look.theme.muted
    picture.text(index, words, (0, 0), ha="center", va="center", fontsize=size, color=muted)


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
            f"only one of the two networks has the link {path(missing[0])}; "
            "compare networks of the same wiring"
        )
    return np.array([values[pair] for pair in pairs])


# ---- before and after an update -------------------------------------------------------------------


def update(
    source: Any,
    before: Any = None,
    ax: Axes | None = None,
    *,
    numbers: bool | None = None,
    title: str | None = None,
    unfold: Unfold = False,
    **style: Unpack[Style],
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
    whole, earlier = frame_of(source), before
    frame = moment(whole, unfold)
    look = Look.of(**style)
    if before is not None and (isinstance(before, Frame) or hasattr(before, "order")):
        before = moment(frame_of(before), unfold)
    new, old = weight_by_link(frame), _old(frame, before)
    most = largest_of(np.concatenate([new, old]))
    handles = [
        legends.plus(look, "+ weight now"),
        legends.minus(look, "− weight now"),
        legends.line(look, "outline: before", color=look.theme.text),
        legends.mark(look, "moved up", "^", look.theme.positive),
        legends.mark(look, "moved down", "v", look.theme.negative),
        legends.heading(f"widest: {most:.3g}"),
    ]
    sentence = "weight ← weight − rate × gradient: a weight moves against its own blame"
    sums = sums_over_links(whole, _old(whole, earlier))
    rows = 1.45 * 0.85 * look.font * (len(sums) + 1) if sums else 0.0
    wide, high = picture_of(frame).size(frame, look)
    picture = picture_of(frame).above_legend(
        frame,
        ax,
        look,
        handles,
        sentence,
        weight_of=new - old,
        verb="change",
        size=(wide, high + rows / 72),
        rows=rows,
    )
    written_table(picture, sums, picture.foot - rows)
    picture.lines(new, most, "new", alpha=0.85)
    _outlines(picture, old, most)
    _arrows(picture, new - old)
    picture.faces()
    picture.names()
    picture.titled(canvas.title_or(title, f"Update, largest step {largest_of(new - old):.3g}"))
    if picture.writes(numbers):
        _write_steps(picture, new, old)
    return picture.ax


def sums_over_links(frame: Frame, old: np.ndarray) -> list[str]:
    """Of the weights that several links hold, those with the largest gradients: what each link has brought,
    the sum, and the move. `old`: (n_links,) the weights before

    >>> import lernpy
    >>> net = lernpy.unroll(lernpy.build.elman([1, 1, 1], seed=0), 2)
    >>> old = weight_by_link(Frame.of(net))
    >>> loss = net.learn([1, 0], [1, 0])
    >>> sums_over_links(Frame.of(net), old)[0]
    'c  x1 → h1 in 2 steps: dL/dw = 2.5 (step 1) + 0 (step 2) = 2.5; 0.387 → 0.138'
    """
    brought = frame.output[frame.links[:, 0]] * frame.delta[frame.links[:, 1]]
    lines = []
    for nth, weight in enumerate(tied_in(frame)):
        links = np.flatnonzero(frame.link_weight == weight)
        whole = float(brought[links].sum())
        if np.isfinite(whole):
            moved = " → ".join(
                canvas.label_of(value, signed=False)
                for value in (old[links[0]], frame.weights[weight])
            )
            line = f"{tie_letter(nth)}  {_sum(frame, links, brought[links])}; {moved}"
            lines.append((abs(whole), line))
    return [line for _, line in sorted(lines, key=lambda pair: -pair[0])[:MOST_SUMS]]


def _sum(frame: Frame, links: np.ndarray, brought: np.ndarray) -> str:
    ends = [(frame.names[a], frame.names[b]) for a, b in frame.links[links].tolist()]
    steps = [step_of(end)[1] for _, end in ends]
    terms = [
        f"{canvas.label_of(value, signed=False)} ({path(pair) if step is None else f'step {step}'})"
        for value, pair, step in zip(brought.tolist(), ends, steps, strict=True)
    ]
    if len(terms) > MOST_TERMS:
        terms = [*terms[: MOST_TERMS - 2], f"… {len(terms) - MOST_TERMS + 1} more", terms[-1]]
    whole = canvas.label_of(float(brought.sum()), signed=False)
    return f"{shared_name(ends, ' → ')}: dL/dw = {' + '.join(terms)} = {whole}"


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
    values = canvas.finite_array(canvas.numeric_array(before, "before"), "the old weight number")
    if values.shape != frame.weights.shape:
        raise LernpyError(f"there are {len(frame.weights)} weights, but {values.size} old ones")
    return np.asarray(values[frame.link_weight])


def _outlines(picture: Picture, old: np.ndarray, most: float) -> None:
    """Both edges of the line that stood for the weight before."""
    width = widths(old[picture.shown], most, picture.scale)
    for side in (-0.5, 0.5):
        strokes.Strokes(
            picture.curves,
            np.arange(len(width)),
            side * width,
            linewidths=0.8 * min(picture.scale, 1.0),  # of many links the outlines hide the rest
            colors=picture.look.theme.text,
            zorder=2.5,
            gid="old",
        )


def _arrows(picture: Picture, step: np.ndarray) -> None:
    """A triangle on each link: up where the weight grew, down where it shrank; larger for more."""
    step = step[picture.shown]
    which = np.flatnonzero(np.nan_to_num(step))
    if not len(which) or not picture.named:
        return
    most = largest_of(step)
    spots, _ = picture.curves.spots(np.zeros(len(which)), np.full(len(which), 0.24), which)
    anchors = picture.ax.transData.inverted().transform(spots)
    shapes = []
    for value in step[which]:
        size = (3.0 + 6.0 * np.sqrt(abs(value) / most)) * max(picture.scale, 0.5)
        up = np.sign(value)
        shapes.append(
            np.array([[-size, -0.8 * up * size], [size, -0.8 * up * size], [0, up * size]])
        )
    strokes.Shapes(
        picture.ax,
        anchors,
        shapes,
        facecolors=[picture.look.colour(v) for v in step[which]],
        edgecolors=picture.look.theme.background,
        linewidths=1.0,
        zorder=3,
        gid="step",
    )


def _write_steps(picture: Picture, new: np.ndarray, old: np.ndarray) -> None:
    writer = Numbers(picture, picture.look, blame=False)
    writer.neurons_are_taken()
    for row, link in enumerate(picture.shown):
        if np.isnan(new[link]):  # a line of a box
            continue
        was, now = (canvas.label_of(values[link], 4, signed=False) for values in (old, new))
        words = f"{was} → {now}" if old[link] != new[link] else f"{was} (stays)"
        writer.put(row, words, 0.58, 0.0, picture.look.colour(new[link]), "update")
