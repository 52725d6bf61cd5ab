"""The heaviest routes of blame to a neuron or a link, each with its chain of factors."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lernpy import theme as themes
from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, ThemeName
from lernpy.plot.graph import course, legends
from lernpy.plot.graph.moment import headline, subline
from lernpy.plot.graph.picture import Picture, frame_of, size_of, styles, widths

MOST = 10
FREE = 1.0  # points between routes that share a link
SHORT = {"loss": "dLoss/dy", "slope": "f′", "weight": "w", "mixing": "softmax"}


def paths(
    found: Any,
    source: Any,
    ax: Axes | None = None,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    title: str | None = None,
) -> Axes:
    """The heaviest routes by which blame came to a neuron or a link, and what made each of them.

    Each route is a lane of its own from an output back to the place in question: its colour and dash
    are the sign of what came that way, its width the size. Below, each with its chain: the blame of
    the output, then a slope and a weight in turn, multiplied.

    Parameters
    ----------
    found : what `lernpy.paths` gives
    source : the network, or a `Frame` of the moment

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.build.two_two_two()
    >>> loss = net.learn([0.05, 0.10], [0.01, 0.99])
    >>> path = plot.save(plot.paths(lernpy.paths(net, "h1"), net), "paths.png")
    """
    look = Look.of(theme, font_scale)
    frame = frame_of(source)
    routes = list(found)[:MOST]
    if not routes:
        raise LernpyError("no blame came to this place: there is no path to draw")
    lines = [_line(rank, route) for rank, route in enumerate(routes, 1)]
    wide, high = size_of(frame, look)
    longest = max(map(len, lines))
    needed = longest * 0.61 * 0.85 * look.font / 72 + 0.6
    rows = (len(lines) + 1) * 1.45 * 0.85 * look.font
    ax = canvas.bare(ax, (float(np.clip(needed, wide, 16.0)), high + rows / 72), look)
    legend = canvas.legend_below(
        ax,
        [legends.plus(look, "+ came this way"), legends.minus(look, "− came this way")],
        look,
        themes.SIGN_CONVENTION + "; all paths add",
    )
    foot = canvas.height_in_points(legend) + 10
    picture = Picture(
        frame,
        ax,
        look,
        weight_of=_sizes(frame, routes),
        foot=foot + rows,
        head=2.7 * look.font,  # two lines stand above the names
    )
    _ground(picture)
    _lanes(picture, routes)
    picture.names()
    _table(ax, lines, foot, look)
    headline(ax, title or _headline(found), look)
    subline(ax, _rest(found, routes), look)
    return ax


def _names(route: Any) -> tuple[str, ...]:
    """The neurons of a route, from the place in question to the output."""
    return tuple(route.names)


def _sizes(frame: Any, routes: list[Any]) -> np.ndarray:
    """(n_links,) how much of the shown routes runs over each link: those matter."""
    row = _rows(frame)
    size = np.zeros(len(frame.links))
    for route in routes:
        for link in _links(route, row):
            size[link] += abs(route.share)
    return size


def _links(route: Any, row: dict[tuple[str, str], int]) -> list[int]:
    """The links of a route; between members of a softmax group, which mix, there is none."""
    return [row[pair] for pair in pairwise(_names(route)) if pair in row]


def _rows(frame: Any) -> dict[tuple[str, str], int]:
    names = frame.names
    return {(names[a], names[b]): i for i, (a, b) in enumerate(frame.links.tolist())}


def _ground(picture: Picture) -> None:
    """All links thin and quiet, and the neurons."""
    look = picture.look
    picture.ribbons("blame")
    which = np.arange(len(picture.shown))
    course.Lines(
        picture.course, which, linewidths=0.8, colors=look.theme.faint, zorder=1.5, gid="link"
    )
    picture.discs([look.theme.panel] * len(picture.frame.names))


def _lanes(picture: Picture, routes: list[Any]) -> None:
    """Each route beside the others that share its links, the largest first."""
    place = {int(link): at for at, link in enumerate(picture.shown)}
    row = _rows(picture.frame)
    most = max(abs(route.share) for route in routes)
    used: dict[int, float] = {}
    whole: dict[int, float] = {}  # how wide the bundle on each link is
    for route in routes:
        wide = _width(route.share, most, picture.scale)
        for link in _links(route, row):
            if link in place:
                whole[place[link]] = whole.get(place[link], -FREE) + wide + FREE
    for rank, route in enumerate(routes, 1):
        links = [place[link] for link in _links(route, row) if link in place]
        wide = _width(route.share, most, picture.scale)
        shifts = []
        for link in links:
            start = used.setdefault(link, -0.5 * whole[link])
            shifts.append(start + 0.5 * wide)
            used[link] = start + wide + FREE
        lines = course.Lines(
            picture.course,
            np.array(links, int),
            -np.array(shifts),
            linewidths=wide,
            colors=picture.look.sign(route.share),
            zorder=2,
            gid=f"route-{rank}",
        )
        style = styles(np.array([route.share]), np.array([wide]), picture.scale)[0]
        lines.set_linestyle([style] * max(len(links), 1))
        _badges(picture, links, shifts, rank)


def _width(share: float, most: float, scale: float) -> float:
    return float(0.8 * widths(np.array([share]), most, scale)[0])


def _badges(picture: Picture, links: list[int], shifts: list[float], rank: int) -> None:
    """The number of the route on its first link."""
    if not links or not picture.named:
        return
    share = 0.30 + 0.09 * ((rank - 1) % 5)
    spots, _ = picture.course.spots(-np.array(shifts[:1]), np.array([share]), np.array(links[:1]))
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
        bbox={"boxstyle": "circle,pad=0.15", "facecolor": look.theme.panel, "linewidth": 0.8},
        zorder=6,
        gid="badge",
    )


def _table(ax: Axes, lines: list[str], foot: float, look: Look) -> None:
    drawn = ax.annotate(
        "\n".join(lines),
        (0, 0),
        (10, foot),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="left",
        va="bottom",
        family="monospace",
        linespacing=1.35,
        fontsize=0.85 * look.font,
        color=look.theme.text,
        gid="table",
        parse_math=False,
    )
    room = 0.95 * (canvas.size_in_points(ax)[0] - 20)  # saved at another dpi letters grow a little
    wide = canvas.width_in_points(drawn)
    if wide > room:
        drawn.set_fontsize(0.85 * look.font * room / wide)


def _line(rank: int, route: Any) -> str:
    chain = " · ".join(f"{SHORT[f.kind]} {theme_number(f.value)}" for f in route.factors)
    way = " ← ".join(_names(route))
    return f"{rank:>2}. {theme_number(route.share):>10}  {way}  =  {chain}"


def theme_number(value: float) -> str:
    return themes.number(float(value), 3)


def _headline(found: Any) -> str:
    return f"Blame that came to {found.at}: {theme_number(found.blame)}"


def _rest(found: Any, routes: list[Any]) -> str:
    left = found.number - len(routes)
    if left <= 0:
        return "all paths are shown; they add up to the whole"
    rest = theme_number(found.rest)
    return f"the {len(routes)} largest of {found.number:,} paths; the others add up to {rest}"
