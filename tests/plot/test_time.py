"""Pictures of networks in time, and of products: a column is a step, every kind of picture can be drawn."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

import lernpy
from lernpy import layout, plot


@pytest.fixture
def lstm():
    network = lernpy.unroll(lernpy.build.lstm([1, 2, 1], seed=0), 3)
    network.learn([1, 0, -1], [0, 1, 0])
    return network


def test_a_column_is_a_step_and_each_step_looks_the_same(lstm):
    """x below, y above; h1 stands at one height in all steps, and as far from its step's x."""
    where = layout.positions(lstm)
    for name in ("i1", "fc1", "c1", "h1"):
        heights = {where[f"{name}@{step}"][1] for step in (1, 2, 3)}
        assert len(heights) == 1
    shift = [where[f"h1@{step}"][0] - where[f"x1@{step}"][0] for step in (1, 2, 3)]
    assert max(shift) - min(shift) < 1e-5
    assert where["x1@1"][0] < where["h1@1"][0] < where["x1@2"][0] < where["x1@3"][0]
    assert where["x1@2"][1] < where["h1@2"][1] < where["y1@2"][1]
    assert len(set(where.values())) == len(where)


def test_a_network_with_one_step_or_none_is_laid_out_by_generation():
    network = lernpy.layered([2, 3, 1], seed=0)
    assert not layout.is_in_time(network.neurons)
    assert layout.positions(network)["x1"][0] == 0.0


def test_the_steps_are_named_and_the_factors_are_lines(lstm):
    ax = plot.network(lstm, unfold=True)
    words = [text.get_text() for text in ax.texts]
    assert {"start", "step 1", "step 2", "step 3"} <= set(words)
    [lines] = [one for one in ax.collections if one.get_gid() == "factor"]
    assert len(lines.get_segments()) == sum(len(p.factors) for p in lstm.products)
    plt.close("all")


@pytest.mark.parametrize("kind", ["network", "signal", "blame", "paths", "update", "vanishing"])
def test_every_picture_of_a_lesson_can_be_drawn(lstm, kind, tmp_path):
    data = ([[1, 0, -1]], [[0, 1, 0]])
    sample = ([1.0, 0.0, -1.0], [0.0, 1.0, 0.0])
    path = tmp_path / f"{kind}.svg"
    plot.render(kind, path, network=lstm, data=data, sample=sample)
    assert path.stat().st_size > 1000
    plt.close("all")


def test_cells_are_folded_unless_asked(lstm):
    """A box for each cell: its size, the ports of h and c, the blame that it got."""
    ax = plot.blame(lstm)
    words = [text.get_text() for text in ax.texts]
    assert not [word for word in words if word in ("i1", "fc1")]
    assert words.count("h") == words.count("c") == 4
    assert any(word.startswith("18") for word in words)
    assert sum(word.startswith("blame ") for word in words) == 4
    legend = " ".join(text.get_text() for text in ax.get_legend().get_texts())
    assert "the sum of what its neurons put out" in legend + ax.get_legend().get_title().get_text()
    words = [text.get_text() for text in plot.blame(lstm, unfold=2).texts]
    assert words.count("i1") == 1
    plt.close("all")


def test_weights_that_are_one_have_one_colour_and_one_letter(lstm):
    ax = plot.network(lstm, unfold=True)
    _ground, ties = [one for one in ax.collections if one.get_gid() == "tie"]
    tied = [link for link in lstm.links.values() if not link.weight.frozen]
    assert len(ties.get_colors()) == len(tied)
    colours = {}
    for link, colour in zip(tied, ties.get_colors(), strict=True):
        assert colours.setdefault(link.weight, tuple(colour)) == tuple(colour)
    letters = [t.get_text() for t in ax.texts if t.get_gid() == "letter-number"]
    assert len(letters) == len(tied) and letters.count("a") == 3
    plt.close("all")


def test_a_network_that_shares_no_weight_has_no_letters():
    ax = plot.network(lernpy.layered([2, 3, 1], seed=0))
    assert not [one for one in ax.collections if one.get_gid() == "tie"]
    plt.close("all")


def test_the_update_shows_the_sum_over_time(lstm):
    """The bias of y1 asks for -(t - y) in each of three steps, and these add."""
    before = lstm.copy()
    lstm.learn([1, 0, -1], [0, 1, 0])
    ax = plot.update(lstm, before)
    [table] = [text.get_text() for text in ax.texts if text.get_gid() == "table"]
    [line] = [line for line in table.splitlines() if "bias → y1 in 3 steps" in line]
    deltas = [lstm.neurons[f"y1@{step}"].delta for step in (1, 2, 3)]
    for step, delta in enumerate(deltas, 1):
        assert f"{abs(delta):.3g} (step {step})" in line
    old, new = (net.links["bias", "y1@1"].weight.value for net in (before, lstm))
    assert f"{abs(sum(deltas)):.3g}; " in line
    assert new == pytest.approx(old - 0.1 * sum(deltas)) and line.endswith(f"{abs(new):.3g}")
    plt.close("all")


def test_a_film_of_a_network_in_time_is_folded(lstm, tmp_path):
    trace = lernpy.Trace.record(lernpy.slow_motion(lstm, [1, 0, -1], [0, 1, 0]))
    film = plot.flow(trace, level="phase")
    assert plot.save(film, tmp_path / "time.gif").stat().st_size > 1000
    plt.close("all")


def test_ghosts_are_drawn_where_a_link_is_missed(lstm):
    ghosts = lernpy.missed(lstm, ([[1, 0, -1]], [[0, 1, 0]]), top=3)
    ax = plot.missed(lstm, ghosts)
    [drawn] = [one for one in ax.collections if one.get_gid() == "ghost"]
    assert len(drawn.get_linewidths()) == 3
    plt.close("all")
