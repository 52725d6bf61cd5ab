"""The legends of graph pictures: small icons, plain words, and always the sign convention."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.path import Path

from lernpy import theme
from lernpy.plot.canvas import Look, plain

GATE = Path(
    np.array([[-0.2, 0.25], [0.2, 0.25], [0.2, 1], [-0.2, 1], [-0.2, 0.25]] * 2)
    * np.repeat([[1, 1], [1, -1]], 5, axis=0),
    [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * 2,
)


def plus(look: Look, words: str = "+") -> Line2D:
    return Line2D(
        [], [], color=look.theme.positive, linewidth=4 * look.scale**0.5, label=plain(words)
    )


def minus(look: Look, words: str = "−") -> Line2D:
    """Dashed 7-4, as every negative number."""
    width = 4 * look.scale**0.5
    dash = tuple(length / width for length in theme.DASH)
    return Line2D(
        [], [], color=look.theme.negative, linewidth=width, linestyle=(0, dash), label=plain(words)
    )


def line(look: Look, words: str, width: float = 1.0, **style: Any) -> Line2D:
    return Line2D(
        [], [], label=plain(words), linewidth=width, **{"color": look.theme.weight, **style}
    )


def halves(look: Look, words: str) -> Line2D:
    """A neuron of two halves."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker="o",
        markersize=1.15 * look.font,
        fillstyle="left",
        markerfacecolor=look.theme.positive,
        markerfacecoloralt=look.theme.negative,
        markeredgecolor=look.theme.text,
        label=plain(words),
    )


def gate_mark(look: Look, words: str) -> Line2D:
    """The slit of a slope gate."""
    return mark(look, words, GATE, look.theme.text)


def shut(look: Look, words: str) -> Any:
    """A gate that lets no blame pass."""
    from matplotlib.patches import Patch

    face, edge = look.theme.background, look.theme.text
    return Patch(facecolor=face, edgecolor=edge, hatch="xxxxx", linewidth=0.7, label=plain(words))


def mark(look: Look, words: str, marker: Any, colour: str, **style: Any) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        color=colour,
        markersize=1.1 * look.font,
        label=plain(words),
        **style,
    )


def heading(text: str) -> Line2D:
    """An entry without an icon."""
    return Line2D([], [], linestyle="none", label=plain(text))
