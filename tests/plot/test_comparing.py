"""Two moments, two networks, several sizes side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import plot, theme
from lernpy.errors import LernpyError
from lernpy.plot.charts.sizes import verdicts

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def labels(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax: Any, label: str) -> Any:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def test_compare_draws_second_minus_first() -> None:
    a = lernpy.build.two_two_two()
    b = a.copy()
    b.links["x1", "h1"].weight.value += 0.5
    b.links["h2", "y2"].weight.value -= 0.25
    ax = plot.compare(a, b)
    said = sorted(t.get_text() for t in ax.texts if t.get_gid() == "weight-number")
    assert said == sorted(["+0.5", "−0.25"] + ["0"] * 10)
    with pytest.raises(LernpyError, match="only one of the two networks has the link"):
        plot.compare(a, lernpy.layered([2, 2], seed=0))


def test_compare_matches_links_by_name_whatever_their_order() -> None:
    edges = [("x", "h", 1.0), ("z", "h", 2.0), ("h", "y", 3.0)]
    a = lernpy.from_edges(edges, ["x", "z"], ["y"], seed=0)
    b = lernpy.from_edges(edges[::-1], ["z", "x"], ["y"], seed=0)
    said = [t.get_text() for t in plot.compare(a, b).texts if t.get_gid() == "weight-number"]
    assert said == ["0", "0", "0"]


def test_update_shows_the_old_outline_under_the_new_width() -> None:
    net = lernpy.build.two_two_two()
    old = net.copy()
    net.learn([0.05, 0.10], [0.01, 0.99])
    ax = plot.update(net, old)
    (new,) = [a for a in ax.collections if a.get_gid() == "new"]
    ghosts = [a for a in ax.collections if a.get_gid() == "old"]
    values = np.array([link.weight.value for link in net.links.values()])[new.which]
    before = np.array([link.weight.value for link in old.links.values()])
    most = max(np.abs(values).max(), np.abs(before).max())
    scale = new.get_linewidths()[0] / theme.width(values[0], most)
    assert new.get_linewidths() == pytest.approx([scale * theme.width(v, most) for v in values])
    widths = ghosts[1].shift - ghosts[0].shift
    assert widths == pytest.approx([scale * theme.width(v, most) for v in before])
    said = [t.get_text() for t in ax.texts if t.get_gid() == "update-number"]
    assert "0.15 → 0.1498" in said and said.count("0.35 (stays)") == 2
    (arrows,) = [a for a in ax.collections if a.get_gid() == "step"]
    assert len(arrows.shapes) == 8  # the frozen four do not move


def test_update_needs_to_know_what_was_before() -> None:
    net = lernpy.build.two_two_two()
    with pytest.raises(LernpyError, match="nobody knows the weights before the update"):
        plot.update(net)
    with pytest.raises(LernpyError, match="there are 12 weights, but 3 old ones"):
        plot.update(net, [1.0, 2.0, 3.0])


def test_too_little_right_too_much() -> None:
    runs = [{"loss": [1], "validation_loss": [v]} for v in (5.0, 1.0, 3.0)]
    assert verdicts(runs) == ["too little", "right", "too much"]
    assert verdicts(runs[1:2]) == [""]
    assert verdicts([{"loss": [1]}, {"loss": [2]}]) == ["", ""]


def test_under_over_draws_fits_and_losses() -> None:
    x = np.linspace(-1, 1, 12)[:, None]
    runs = {}
    for hidden in (1, 3):
        net = lernpy.layered([1, hidden, 1], "tanh", "identity", seed=0)
        runs[f"{hidden} hidden"] = net, lernpy.train(net, (x, x), 8, validation=0.3, seed=0)
    axes = plot.under_over(runs, (x, x))
    assert axes.shape == (2, 2)
    for place, (_, history) in enumerate(runs.values()):
        low = axes[1, place]
        assert line(low, "training").get_ydata() == pytest.approx(history["loss"])
        assert line(low, "validation").get_ydata() == pytest.approx(history["validation_loss"])
    with pytest.raises(LernpyError, match="there is no net to show"):
        plot.under_over({}, (x, x))
