"""The film of a lesson: its scenes are those of the trace; and the paths of blame."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import Frame, Trace, plot, theme
from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.film.flow import scenes_of
from lernpy.watch.paths import Paths


@pytest.fixture
def trace() -> Trace:
    network = lernpy.layered([2, 3, 1], activation="tanh", seed=0)
    found = Trace.record(lernpy.slow_motion(network, [0, 1], [1]))
    found.kept = network  # type: ignore[attr-defined]
    return found


def parts(ax: Any, gid: str) -> list[Any]:
    return [artist for artist in ax.findobj() if artist.get_gid() == gid]


def test_a_scene_for_each_step_but_the_reset(trace: Trace) -> None:
    scenes = scenes_of(trace, "link")
    assert len(scenes) == len(trace) - 1
    assert [scene.words for scene in scenes] == [step.sentence for step in trace.steps()][1:]
    assert scenes[0].frame.title == "feed" and scenes[-1].frame.title == "update"


def test_who_works_lights_up(trace: Trace) -> None:
    scenes = {scene.frame.title: scene for scene in scenes_of(trace, "link")}
    forward = scenes["forward · x2 → h1"]
    index = {"h1": forward.frame.names.index("h1"), "x2": forward.frame.names.index("x2")}
    (link,) = forward.active.links
    assert forward.frame.links[link].tolist() == [index["x2"], index["h1"]]
    assert not forward.active.back
    back = scenes["backward · h1"]
    assert back.active.neurons == {index["h1"]} and back.active.back


def test_the_trace_is_where_it_was_and_its_network_too(trace: Trace) -> None:
    trace.goto(7)
    before = Frame.of(trace.network)
    film = plot.flow(trace)
    film.frame(3)
    assert trace.cursor == 7
    after = Frame.of(trace.network)
    assert np.array_equal(before.output, after.output, equal_nan=True)
    assert np.array_equal(before.weights, after.weights)


def test_the_colour_spreads_from_the_sending_end(trace: Trace) -> None:
    film = plot.flow(trace)
    ax = film._fig.axes[0]
    seen = {}
    for number in range(film.frame_count):
        film.frame(number)
        for lane in ("signal", "blame"):
            for artist in parts(ax, lane):
                seen.setdefault(lane, set()).update(map(tuple, artist.part.round(3).tolist()))
    assert seen["signal"] == {(0.0, 0.55), (0.0, 1.0)}  # from the input's end
    assert seen["blame"] == {(0.45, 1.0), (0.0, 1.0)}  # from the output's end


def test_a_sign_stands_at_a_head_only_when_it_has_arrived(trace: Trace) -> None:
    film = plot.flow(trace)
    ax = film._fig.axes[0]
    for number in range(film.frame_count):
        film.frame(number)
        for artist in parts(ax, "signal"):
            there = {
                int(i) for i, (_, end) in zip(artist.which, artist.part, strict=True) if end == 1
            }
            headed = {int(i) for head in parts(ax, "signal-head") for i in head.which}
            assert headed <= there


def test_what_the_widest_line_stands_for_is_the_same_in_all_frames(trace: Trace) -> None:
    film = plot.flow(trace, level="phase")
    ax = film._fig.axes[0]
    widths = []
    for number in range(film.frame_count):
        film.frame(number)
        widths += [float(a.get_linewidths().max()) for a in parts(ax, "signal")]
    assert len(set(widths)) == 1


def test_the_bars_grow_but_keep_their_measure(trace: Trace) -> None:
    """A pile that has arrived stays as high while the piles of others arrive."""
    film = plot.flow(trace, level="neuron")
    ax = film._fig.axes[0]
    heights: list[float] = []
    for number in range(film.frame_count):
        film.frame(number)
        piles = [shape for a in parts(ax, "arrived-negative") for shape in a.shapes]
        heights.append(sum(float(np.ptp(shape[:, 1])) for shape in piles))
    assert heights == sorted(heights) and heights[-1] > 0


@pytest.mark.parametrize("level", ["link", "neuron", "generation", "phase"])
def test_levels(trace: Trace, level: str) -> None:
    film = plot.flow(trace, level=level, theme="greyscale", font_scale=1.5)
    film.frame(0)
    assert film.frame_count >= 4


def test_a_level_that_is_none(trace: Trace) -> None:
    with pytest.raises(LernpyError, match=r"no level is called 'generaton'\. Did you mean"):
        plot.flow(trace, level="generaton")


def test_frames_alone_make_a_film_too() -> None:
    network = lernpy.build.by_hand()
    first = Frame.of(network)
    network.learn([1], [1])
    film = plot.flow([first, Frame.of(network)])
    assert film.frame_count >= 2


def test_paths_are_drawn_along_their_links_and_told_with_their_factors() -> None:
    network = lernpy.build.two_two_two()
    network.learn([0.05, 0.10], [0.01, 0.99])
    found = lernpy.paths(network, "h1")
    ax = plot.paths(found, network)
    frame = Frame.of(network)
    for rank, route in enumerate(found, 1):
        (lines,) = parts(ax, f"path-{rank}")
        pairs = [(frame.names[a], frame.names[b]) for a, b in frame.links[lines.which]]
        assert pairs == list(pairwise(route.names))
        wanted = theme.LIGHT.positive if route.share > 0 else theme.LIGHT.negative
        assert lines.get_colors()[0][:3] == pytest.approx(
            [int(wanted[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        )
    (table,) = parts(ax, "table")
    first = table.get_text().split("\n")[0]
    told = "1. +0.0554 h1 ← y1 = dLoss/dy +0.741 · f′ +0.187 · w +0.4"
    assert " ".join(first.split()) == told
    assert parts(ax, "subline")[0].get_text() == "all paths are shown; they add up to the whole"


def test_paths_that_share_a_link_lie_side_by_side() -> None:
    network = lernpy.layered([1, 1, 3], seed=2)
    network.learn([1.0], [0, 1, 0])
    ax = plot.paths(lernpy.paths(network, "x1"), network)
    edges = []
    for rank in (1, 2, 3):
        (lines,) = parts(ax, f"path-{rank}")
        half = lines.get_linewidths()[0] / 2
        edges.append((-lines.shift[0] - half, -lines.shift[0] + half))
    for (_, end), (start, _) in pairwise(edges):
        assert start - end == pytest.approx(1.0)  # points between them
    assert edges[0][0] == pytest.approx(-edges[-1][1])  # the bundle lies over its link


def test_the_rest_of_many_paths_is_counted() -> None:
    network = lernpy.layered([1, 4, 4, 1], seed=0)
    network.learn([1.0], [0.0])
    found = lernpy.paths(network, "x1", k=3)
    told = parts(plot.paths(found, network), "subline")[0].get_text()
    assert told == f"the 3 largest of 16 paths; the others add up to {canvas.label_of(found.rest)}"


def test_no_route_at_all() -> None:
    with pytest.raises(LernpyError, match="no blame came here"):
        plot.paths(Paths("h", 0.0, (), 0, 0.0), lernpy.build.by_hand())


def test_the_names_stand_below_what_is_said_of_the_paths() -> None:
    network = lernpy.layered([4, 8, 3], output_activation="softmax", loss="cross_entropy", seed=0)
    network.learn([1, 2, 3, 4], [1, 0, 0])
    ax = plot.paths(lernpy.paths(network, "x1"), network)
    ax.figure.canvas.draw()
    said = parts(ax, "subline")[0].get_window_extent()
    name = next(text for text in ax.texts if text.get_text() == "h1").get_window_extent()
    assert name.y1 < said.y0
