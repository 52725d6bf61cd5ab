"""The heaviest paths of blame to a neuron or a link, each with its chain of factors."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes

from lernpy import theme as themes
from lernpy.errors import LernpyError
from lernpy.folding import moment
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.graph import legends, strokes
from lernpy.plot.graph.laid import frame_of
from lernpy.plot.graph.picture import Picture, styles, widths, written_table
from lernpy.plot.graph.timed import picture_of
from lernpy.watch.paths import Paths

MOST = 10
FREE = 1.0  # points between paths that share a link
SHORT = {"loss": "dLoss/dy", "slope": "f′", "weight": "w", "mixing": "softmax", "product": "others"}


def paths(
    blame: Paths,
    source: Any,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """The heaviest paths by which blame came to a neuron or a link, and what made each of them.

    Each path is a lane of its own from an output back to where the blame arrived: its colour and dash
    are the sign of what came that way, its width the size. Below, each with its chain: the blame of
    the output, then a slope and a weight in turn, multiplied.

    Parameters
    ----------
    blame : what `lernpy.paths` gives
    source : the network, or a `Frame` of the moment

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.build.two_two_two()
    >>> loss = net.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.paths(lernpy.paths(net, "h1"), net), "paths.png")
    """
    look = Look.of(**style)
    frame = moment(frame_of(source), unfold=True)
    if not isinstance(blame, Paths):
        raise LernpyError("plot.paths draws what lernpy.paths gives: the paths of blame")
    shown = [path for path in blame if path.share][:MOST]
    if not shown:
        raise LernpyError("no blame came here: there is no path to draw")
    lines = [_line(rank, path) for rank, path in enumerate(shown, 1)]
    wide, high = picture_of(frame).size(frame, look)
    needed = max(map(len, lines)) * 0.61 * 0.85 * look.font / 72 + 0.6
    rows = (len(lines) + 1) * 1.45 * 0.85 * look.font
    picture = picture_of(frame).above_legend(
        frame,
        ax,
        look,
        [legends.plus(look, "+ came this way"), legends.minus(look, "− came this way")],
        themes.SIGN_CONVENTION + "; all paths add",
        weight_of=_sizes(frame, shown),
        verb="blame",
        size=(float(np.clip(needed, wide, 16.0)), high + rows / 72),
        rows=rows + 2,
        title_lines=2.7,  # two lines stand above the names
    )
    _ground(picture)
    _lanes(picture, shown)
    picture.names()
    written_table(picture, lines, picture.foot - rows)
    picture.titled(canvas.title_or(title, _headline(blame)), _rest(blame, shown))
    return picture.ax


def _sizes(frame: Any, paths: list[Any]) -> np.ndarray:
    """(n_links,) how much of the shown paths runs over each link: those matter."""
    rows = _rows(frame)
    size = np.zeros(len(frame.links))
    for path in paths:
        for link in _links(path, rows):
            size[link] += abs(path.share)
    return size


def _links(path: Any, rows: dict[tuple[str, str], int]) -> list[int]:
    """The links of a path; between members of a softmax group, which mix, there is none."""
    return [rows[pair] for pair in pairwise(path.names) if pair in rows]


def _rows(frame: Any) -> dict[tuple[str, str], int]:
    names = frame.names
    return {(names[a], names[b]): i for i, (a, b) in enumerate(frame.links.tolist())}


def _ground(picture: Picture) -> None:
    """All links thin and quiet, and the neurons."""
    faint = picture.look.theme.faint
    which = np.arange(len(picture.shown))
    strokes.Strokes(picture.curves, which, linewidths=0.8, colors=faint, zorder=1.5, gid="link")
    picture.faces()


def _lanes(picture: Picture, paths: list[Any]) -> None:
    """Each path beside the others that share its links, the largest first."""
    drawn = {int(link): row for row, link in enumerate(picture.shown)}
    rows = _rows(picture.frame)
    most = max(abs(path.share) for path in paths)
    thickness = [_width(path.share, most, picture.scale) for path in paths]
    links = [[drawn[link] for link in _links(path, rows) if link in drawn] for path in paths]
    bundle: dict[int, float] = {}  # how wide all the paths on a link are together
    for mine, wide in zip(links, thickness, strict=True):
        for link in mine:
            bundle[link] = bundle.get(link, -FREE) + wide + FREE
    edge = {link: -0.5 * whole for link, whole in bundle.items()}  # where the next one begins
    for rank, (path, mine, wide) in enumerate(zip(paths, links, thickness, strict=True), 1):
        shifts = [edge[link] + 0.5 * wide for link in mine]
        edge.update({link: edge[link] + wide + FREE for link in mine})
        lines = strokes.Strokes(
            picture.curves,
            np.array(mine, int),
            -np.array(shifts),
            linewidths=wide,
            colors=picture.look.colour(path.share),
            zorder=2,
            gid=f"path-{rank}",
        )
        dashes = styles(np.array([path.share]), np.array([wide]), picture.scale)
        lines.set_linestyle(dashes * max(len(mine), 1))
        _badge(picture, mine, shifts, rank)


def _width(share: float, most: float, scale: float) -> float:
    return float(0.8 * widths(np.array([share]), most, scale)[0])


def _badge(picture: Picture, links: list[int], shifts: list[float], rank: int) -> None:
    """The number of the path on its first link."""
    if not links or not picture.named:
        return
    share = 0.30 + 0.09 * ((rank - 1) % 5)
    spots, _ = picture.curves.spots(-np.array(shifts[:1]), np.array([share]), np.array(links[:1]))
    x, y = picture.ax.transData.inverted().transform(spots[0])
    look = picture.look
    picture.ax.text(
        x,
        y,
        str(rank),
        ha="center",
        va="center",
        fontsize=0.8 * look.font,
        color=look.theme.text,
        bbox={
            "boxstyle": "circle,pad=0.15",
            "facecolor": look.theme.panel,
            "edgecolor": look.theme.text,
            "linewidth": 0.8,
        },
        zorder=6,
        gid="badge",
    )


def _line(rank: int, path: Any) -> str:
    chain = " · ".join(f"{SHORT[f.kind]} {canvas.label_of(f.value)}" for f in path.factors)
    names = " ← ".join(path.names)
    return f"{rank:>2}. {canvas.label_of(path.share):>10}  {names}  =  {chain}"


def _headline(blame: Any) -> str:
    return f"Blame that came to {blame.at}: {canvas.label_of(blame.blame)}"


def _rest(blame: Any, shown: list[Any]) -> str:
    left = blame.number - len(shown)
    if left <= 0:
        return "all paths are shown; they add up to the whole"
    rest = canvas.label_of(blame.rest)
    return f"the {len(shown)} largest of {blame.number:,} paths; the others add up to {rest}"
