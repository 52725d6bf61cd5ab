"""Two moments, two networks, several sizes side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy import data as datasets
from lernpy import plot, theme
from lernpy.errors import LernpyError
from lernpy.plot.charts.sizes import End, verdicts
from lernpy.sweep.sizes import train_sizes
from lernpy.training.rerun import rerun

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
    ends = [End(True, 5.0, 5.0, 5.0), End(True, 1.0, 1.0, 1.0), End(True, 0.1, 3.0, 0.9)]
    assert verdicts(ends) == ["too little", "right", "too much"]
    assert verdicts(ends[1:2]) == [""]
    unwatched = End(True, 1.0, np.nan, np.nan)
    assert verdicts([unwatched, unwatched]) == ["", ""]


def test_too_much_is_said_only_where_validation_leaves_training_behind() -> None:
    right = End(True, 1.0, 1.0, 1.0)
    for worse, word in (
        (End(True, 0.1, 3.0, 0.9), "too much"),
        (End(True, 3.0, 3.1, 3.0), "no better"),  # it has not even learned what it was shown
        (End(True, 0.1, 3.0, 2.9), "no better"),  # its validation loss was never lower
        (End(True, 0.1, 1.05, 0.9), "no better"),
        (End(False, 3.0, 3.0, 3.0), "learned nothing"),
    ):
        assert verdicts([right, worse]) == ["right", word]


@given(
    st.lists(
        st.builds(End, st.booleans(), *[st.floats(1e-6, 10.0)] * 3).map(
            lambda end: end._replace(lowest=min(end.lowest, end.validation))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_right_is_only_who_learned_and_kept_validation_near_training(ends: list[End]) -> None:
    words = verdicts(ends)
    assert words.count("right") <= 1
    for end, word in zip(ends, words, strict=True):
        gone = end.validation > 1.5 * max(end.lowest, end.training)
        assert (word == "learned nothing") == (not end.learned)
        assert not (word in ("right", "too little", "") and gone)
        assert not (word == "too much" and end.validation <= 1.1 * end.lowest)


@pytest.mark.parametrize("name", ["xor", "and"])
def test_of_half_a_truth_table_no_net_learns_the_other_half(name: str) -> None:
    """Two samples, one of each class: training falls to nothing while validation rises from the start."""
    runs, samples = train_sizes(datasets.load(name))
    assert sorted(samples.labels) == [0, 1]
    ends = [End.of(network, history, samples) for network, history in runs.values()]
    assert verdicts(ends) == ["too much"] * 3


def test_of_two_samples_none_is_left_to_validate() -> None:
    few = datasets.Dataset("two", [[1.0], [2.0]], [[2.0], [3.0]])
    with pytest.raises(LernpyError, match=r"two has 2 samples; .* bring 3 or more"):
        train_sizes(few)


def test_a_net_that_answers_the_same_to_everything_has_learned_nothing() -> None:
    x = np.linspace(-1, 1, 12)[:, None]
    flat = lernpy.layered([1, 2, 1], "tanh", "identity", seed=0, init="zeros")
    history = lernpy.train(flat, (x, x), 3, learning_rate=0.0, validation=0.3, seed=0)
    ax = plot.under_over({"flat": (flat, history), "again": (flat, history)}, (x, x))[0, 0]
    assert ax.get_title(loc="left") == "flat: learned nothing"


@pytest.mark.parametrize("seed", [0, 4, 9])
def test_nets_of_several_sizes_start_as_any_other_and_overfit_by_themselves(seed: int) -> None:
    """Nothing is staged or chosen: each net is what its recipe makes of its seed, trained once."""
    runs, samples = train_sizes(datasets.load("circle", n=600, noise=0.8, seed=seed), seed=seed)
    ends = [End.of(network, history, samples) for network, history in runs.values()]
    assert verdicts(ends) == ["too little", "right", "too much"]
    network, _ = runs["3 hidden"]
    again = rerun(network, samples)  # from the start that its seed draws
    again.finish()
    assert [w.value for w in again.network.weights] == [w.value for w in network.weights]


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
