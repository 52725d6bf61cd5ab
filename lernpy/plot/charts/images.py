"""For image inputs: what each hidden neuron looks for, and the blame of each pixel for one sample."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lernpy.checks import is_list, whole
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import lesson_frame, pair_of
from lernpy.plot.canvas import Look, Style
from lernpy.plot.graph.laid import frame_of, weight_by_link
from lernpy.plot.graph.picture import largest_of
from lernpy.text import shortened, shown

MOST = 64  # neurons are shown


def pixels(
    network: Network,
    sample: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    image: tuple[int, int] | None = None,
    **style: Unpack[Style],
) -> Any:
    """The weights into each hidden neuron, as images; for a sample, the blame of each pixel.

    Parameters
    ----------
    sample : (inputs, targets) as the neurons see them; its image and the blame of its pixels come
        first
    image : (height, width) (None: from the network's card, or a square)

    Returns
    -------
    The axes, one for each image

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.layered([9, 4, 2], seed=0)
    >>> axes = plot.pixels(net, ([0, 1, 0, 0, 1, 0, 0, 1, 0], [1, 0]))
    >>> path = plot.save(axes, "pixels.png")
    """
    look = Look.of(**style)
    frame = frame_of(network)
    shape = _shape(network, image)
    weights = incoming(frame)
    shown = list(weights)[:MOST]
    columns = min(max(int(np.ceil(np.sqrt(1.7 * len(shown)))), 3), 10)
    rows = -(-len(shown) // columns)
    height = 0.95 * rows + 0.9 + (2.6 if sample is not None else 0.0)
    holder = canvas.figure((max(0.98 * columns + 0.8, 6.4), height), look)
    top, low = _split(holder, sample is not None, rows)
    axes: list[Axes] = []
    if top is not None and sample is not None:
        axes += _sample(top, network, sample, shape, look)
    most = largest_of(np.array([weights[name] for name in shown]))
    grid = low.subplots(rows, columns, squeeze=False)
    for ax, name in zip(grid.flat, shown, strict=False):
        _image(ax, weights[name].reshape(shape), most, look)
        canvas.subtitle(ax, shortened(name, 10), look, fontsize=0.85 * look.font, pad=2)
        axes.append(ax)
    for ax in grid.flat[len(shown) :]:
        ax.set_visible(False)
    more = f" ({MOST} of {len(weights)} are shown)" if len(weights) > MOST else ""
    shades = "dark +, light −" if look.theme.name == "greyscale" else "blue +, vermillion −"
    words = f"Weights into each neuron{more}: {shades}, largest {most:.3g}"
    low.suptitle(
        canvas.fitted(words, 68 * holder.get_figwidth(), look.font),
        color=look.theme.text,
        fontsize=look.font,
    )
    return np.array(axes)


def _split(holder: Any, with_sample: bool, rows: int) -> tuple[Any, Any]:
    if not with_sample:
        return None, holder.subfigures(1, 1)
    parts = holder.subfigures(2, 1, height_ratios=[2.6, 0.95 * rows + 0.4])
    for part in parts:
        part.set_facecolor(holder.get_facecolor())
    return parts[0], parts[1]


def _shape(network: Network, image: tuple[int, int] | None) -> tuple[int, int]:
    count = len(network.inputs)
    shape = _sides(image) if image is not None else network.card and network.card.image
    if not shape:
        side = round(count**0.5)
        if side * side != count:
            raise LernpyError(
                f"{count} inputs are no square image; say which with image=(height, width)"
            )
        shape = (side, side)
    if shape[0] * shape[1] != count:
        raise LernpyError(
            f"{count} inputs make no image of {shape[0]} x {shape[1]}; say image=(height, width)"
        )
    return shape


def _sides(image: object) -> tuple[int, int]:
    sides = list(image) if is_list(image) else []  # type: ignore[call-overload]
    if len(sides) != 2:
        raise LernpyError(f"an image is (height, width), not {shown(image)}")
    return whole("height of the image", sides[0], 1), whole("width of the image", sides[1], 1)


def incoming(frame: Any) -> dict[str, np.ndarray]:
    """For each neuron after inputs the weights of those links, by input; NaN where there is no link."""
    position = {index: i for i, index in enumerate(frame.inputs)}
    rows: dict[str, np.ndarray] = {}
    for (source, target), weight in zip(frame.links.tolist(), weight_by_link(frame), strict=True):
        if source in position:
            row = rows.setdefault(frame.names[target], np.full(len(position), np.nan))
            row[position[source]] = weight
    if not rows:
        raise LernpyError("no link starts at an input; there is nothing to show as an image")
    return rows


def _image(ax: Axes, values: np.ndarray, most: float, look: Look) -> Any:
    """Signed values as shades."""
    shades = canvas.colours(look.theme.diverging)
    most = most or 1.0
    drawn = ax.imshow(values, cmap=shades, vmin=-most, vmax=most, interpolation="nearest")
    _frame(ax, look)
    return drawn


def _frame(ax: Axes, look: Look) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_color(look.theme.muted)
        spine.set_linewidth(0.6)


def _sample(
    holder: Any, network: Network, sample: Any, shape: tuple[int, int], look: Look
) -> list[Axes]:
    """The image; the blame of each pixel; what the network answers."""
    inputs, targets = pair_of(network, sample)
    frame = lesson_frame(network, inputs, targets)
    blame = frame.sensitivity[list(frame.inputs)].reshape(shape)
    picture, heat, answer = holder.subplots(1, 3, width_ratios=[1, 1.15, 1.5])
    picture.imshow(inputs.reshape(shape), cmap=canvas.colours(look.theme.sequential))
    _frame(picture, look)
    canvas.subtitle(picture, "image", look)
    drawn = _image(heat, blame, largest_of(blame), look)
    words = "blame of\neach pixel" if look.crowded else "blame of each pixel"
    canvas.subtitle(heat, words, look)
    bar = holder.colorbar(drawn, ax=heat, format="%.2g", fraction=0.05)
    bar.ax.tick_params(colors=look.theme.muted, labelsize=0.75 * look.font)
    bar.outline.set_edgecolor(look.theme.muted)
    _answer(answer, network, frame, targets, look)
    return [picture, heat, answer]


def _answer(ax: Axes, network: Network, frame: Any, targets: np.ndarray, look: Look) -> None:
    canvas.dress(ax, look)
    names = network.card.classes if network.card else ()
    if len(names) != len(targets):
        names = tuple(neuron.name for neuron in network.outputs)
    values = frame.output[list(frame.outputs)]
    positions = np.arange(len(names))
    theme = look.theme
    ax.bar(positions, values, 0.7, color=theme.positive, label="the network's answer")
    ax.plot(
        positions,
        targets,
        linestyle="none",
        marker="D",
        markerfacecolor=theme.negative,
        markeredgecolor=theme.text,
        label="target",
    )
    ax.set_xticks(positions, [canvas.plain(name) for name in names])
    ax.grid(False, axis="x")
    ax.set_ylim(
        min(0.0, float(values.min())) - 0.02,
        max(1.0, float(values.max())) * (2.0 if look.crowded else 1.35),
    )
    canvas.subtitle(ax, f"loss {frame.loss:.3g}", look)
    canvas.legend(ax, look, loc="upper right", ncol=1 if look.crowded else 2)
