"""The plane of two inputs, the landscape of two weights: what is drawn is what the network says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import plot
from lernpy.data import Card, Dataset, Scaling
from lernpy.data.sequences import in_steps
from lernpy.errors import LernpyError
from lernpy.layout import positions
from lernpy.plot.answers import Answerer
from lernpy.plot.charts.regions import Plane
from lernpy.plot.film.journey import Journey

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def labels(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax: Any, label: str) -> Any:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def test_the_boundary_is_where_the_network_says_one_half() -> None:
    """sigmoid(4 (x1 - x2)) is one half where x1 = x2."""
    edges = [("x1", "y", 4.0), ("x2", "y", -4.0)]
    net = lernpy.from_edges(edges, ["x1", "x2"], ["y"], seed=0)
    ax = plot.boundary(net, XOR)
    (contour,) = [c for c in ax.collections if hasattr(c, "levels")]
    for path in contour.get_paths():
        assert path.vertices[:, 0] == pytest.approx(path.vertices[:, 1], abs=1e-6)
    assert labels(ax) == ["0", "1"]
    image = ax.images[0].get_array()
    assert image[0, -1, 2] > image[0, -1, 0]  # much x1, little x2: blue, the second class
    assert image[-1, 0, 0] > image[-1, 0, 2]


def test_a_boundary_needs_two_inputs() -> None:
    with pytest.raises(LernpyError, match=r"^a plane needs two inputs, but the network has 1; use"):
        plot.boundary(lernpy.layered([1, 1], seed=0), ([[0.0], [1.0]], [[0], [1]]))
    with pytest.raises(LernpyError, match="the network has 2 input neurons, but data has 1 input"):
        plot.boundary(lernpy.layered([2, 1], seed=0), ([[0.0], [1.0]], [[0], [1]]))


@pytest.mark.parametrize(
    "draw",
    [
        lambda net: plot.boundary(net, XOR),
        lambda net: plot.heatmaps(net),
        lambda net: plot.landscape(net, XOR),
        lambda net: plot.plane(net),
        lambda net: plot.confusion(net, XOR),
        lambda net: plot.update(net, net),
        lambda net: plot.compare(net, net),
    ],
)
def test_nan_weights_are_named_everywhere(draw: Any) -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    net.links["x2", "h3"].weight.value = float("nan")
    with pytest.raises(
        LernpyError, match=r"^the weight of x2 -> h3 is nan; a picture needs finite"
    ):
        draw(net)


def test_of_more_inputs_two_are_chosen_and_the_rest_fixed() -> None:
    edges = [("a", "y", 1.0), ("b", "y", 0.0), ("c", "y", -1.0)]
    net = lernpy.from_edges(edges, ["a", "b", "c"], ["y"], seed=0)
    data = ([[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1]], [[0], [1], [1], [0]])
    ax = plot.boundary(net, data)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x3")  # a and c move it, b does not
    assert ax.get_title(loc="left") == "1 other input held fixed"
    named = plot.boundary(net, data, columns=("x2", 1))
    assert (named.get_xlabel(), named.get_ylabel()) == ("x2", "x1")
    with pytest.raises(LernpyError, match="no input is called 'x9'"):
        plot.boundary(net, data, columns=("x9", 1))
    with pytest.raises(LernpyError, match="choose two different inputs"):
        plot.boundary(net, data, columns=(1, 1))
    with pytest.raises(LernpyError, match="the number of an input is 7; it must be at most 3"):
        plot.boundary(net, data, columns=(7, 1))
    with pytest.raises(LernpyError, match="fixed needs 3 values"):
        plot.boundary(net, data, fixed=[1.0])


def test_the_forward_pass_is_that_of_the_network() -> None:
    for seed in range(6):
        net = lernpy.build.random_dag(seed)
        inputs = np.random.default_rng(seed).normal(size=(5, len(net.inputs)))
        assert Answerer(net).outputs(inputs) == pytest.approx(net.predict(inputs), rel=1e-12)


def test_the_landscape_is_the_loss() -> None:
    net = lernpy.layered(
        [2, 3, 1], output_activation="sigmoid", seed=0, loss="binary_cross_entropy"
    )
    answers = Answerer(net)
    want = np.mean([net.copy().collect(x, t, 1.0) for x, t in zip(*XOR, strict=True)])
    assert answers.loss(*XOR, answers.weights) == pytest.approx(want, rel=1e-12)
    net.links["x1", "h1"].weight.value += 0.5
    moved = answers.weights
    net.links["x1", "h1"].weight.value -= 0.5
    assert answers.loss(*XOR, moved) != pytest.approx(want)


def test_the_landscape_of_softmax_and_cross_entropy_does_not_saturate() -> None:
    net = lernpy.layered([1, 2], output_activation="softmax", loss="cross_entropy", seed=0)
    net.links["x1", "y1"].weight.value = 2000.0
    net.links["x1", "y2"].weight.value = 0.0
    answers = Answerer(net)
    assert answers.loss([[1.0]], [[0.0, 1.0]], answers.weights) == pytest.approx(2000.0)


def test_the_landscape_shows_weights_and_the_path() -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    ax = plot.landscape(net, XOR, weights=[("x1", "h1"), ("h1", "y1")])
    star = line(ax, "now")
    assert star.get_xdata()[0] == pytest.approx(net.links["x1", "h1"].weight.value)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight x1 -> h1", "weight h1 -> y1")
    epochs = lernpy.epochs(net, XOR, epochs=6, learning_rate=1.0, seed=0)
    with_path = plot.landscape(net, XOR, epochs=epochs)
    assert labels(with_path) == ["epoch 0", "epoch 6"]
    with pytest.raises(LernpyError, match="the reach is 0; it must be more than 0"):
        plot.landscape(net, XOR, reach=0.0)
    with pytest.raises(LernpyError, match="choose two links with different weights"):
        plot.landscape(net, XOR, weights=[("x1", "h1"), ("x1", "h1")])


def test_a_journey_of_another_network_is_refused() -> None:
    with pytest.raises(LernpyError, match="the journey has 2 weights, but the network has 13"):
        plot.boundary(lernpy.layered([2, 3, 1]), XOR, epochs=Journey(np.arange(1), np.ones((1, 2))))


def test_the_plane_is_turned_then_bent() -> None:
    edges = [("x1", "a", 0.0), ("x2", "a", 1.0), ("x1", "b", -1.0), ("x2", "b", 0.0)]
    edges += [("a", "y", 1.0), ("b", "y", 1.0)]
    net = lernpy.from_edges(edges, ["x1", "x2"], ["y"], activation="tanh", seed=0)
    first, turned, bent = plot.plane(net)
    raw = np.concatenate(first.collections[0].get_segments())
    after = np.concatenate(turned.collections[0].get_segments())
    assert after == pytest.approx(np.stack([raw[:, 1], -raw[:, 0]], axis=1))  # a quarter turn
    last = np.concatenate(bent.collections[0].get_segments())
    assert last == pytest.approx(np.tanh(after))
    with pytest.raises(LernpyError, match="no generation has two neurons"):
        plot.plane(lernpy.layered([2, 1, 1], seed=0))
    with pytest.raises(LernpyError, match="a plane needs two inputs"):
        plot.plane(lernpy.layered([1, 2, 1], seed=0))


def test_heatmaps_stand_at_their_neurons() -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    ax = plot.heatmaps(net)
    tiles = [a for a in ax.findobj() if a.get_gid() == "heatmap"]
    assert [tuple(tile.xy) for tile in tiles] == list(positions(net).values())
    x1 = tiles[0].offsetbox.get_data()  # from vermillion on the left to blue on the right
    assert x1[0, 0, 0] > x1[0, 0, 2] and x1[0, -1, 2] > x1[0, -1, 0]
    assert (x1 == x1[0]).all()


def test_of_several_inputs_a_heatmap_says_how_many_are_held() -> None:
    for inputs, told in ((3, "; 1 other input held fixed"), (4, "; 2 other inputs held fixed")):
        ax = plot.heatmaps(lernpy.layered([inputs, 2, 1], seed=0))
        assert ax.get_legend().get_title().get_text().endswith(told)


def test_a_plane_of_numbers_is_in_the_units_of_the_data_and_says_so() -> None:
    """The network says its inputs' sum, in tenths; its card says that targets are divided by 10."""
    net = lernpy.from_edges([("a", "y", 0.1), ("b", "y", 0.1)], ["a", "b"], ["y"],
                            output_activation="identity", seed=0)  # fmt: skip
    samples = Dataset.of(([[0.0, 0.0], [50.0, 50.0]], [[0.0], [100.0]]))
    net.card = Card.of(samples, target_scaling=Scaling("standard", np.zeros(1), np.array([10.0])))
    ax = plot.boundary(net, samples)
    shown = ax.images[0]
    assert shown.get_clim() == pytest.approx((-12.0, 112.0))  # the sums in the corners
    assert shown.get_array()[0, 0] == pytest.approx(-12.0)
    bar = shown.colorbar
    assert bar is not None and bar.ax.get_ylabel() == samples.output_names[0]
    assert plot.boundary(net, samples, epochs=[None]).frame(0) is None  # a film has no bar to grow


def test_the_star_names_the_epoch_whose_weights_the_network_has() -> None:
    """Early stopping restores an earlier epoch than the one in which the path ends."""
    x = np.linspace(-2, 2, 12)[:, None]
    data = (x, np.sin(2 * x))
    net = lernpy.layered([1, 6, 1], "tanh", "identity", seed=0)
    run = lernpy.epochs(net, data, 60, learning_rate=0.6, validation=0.4, early_stop=8, seed=0)
    ax = plot.landscape(net, data, epochs=run)
    best, last = run.history.best, len(run.history)
    assert best is not None and best < last
    assert labels(ax) == ["epoch 0", f"epoch {last}", f"epoch {best}"]
    star, end = line(ax, f"epoch {best}"), line(ax, f"epoch {last}")
    assert (star.get_marker(), end.get_marker()) == ("*", "o")
    assert star.get_xdata()[0] == 0 and end.get_xdata()[0] != 0
    net.weights[0].value += 1.0  # somewhere the path never was
    assert "now" in labels(plot.landscape(net, data, epochs=Journey(*journey_of(run))))


def journey_of(run: Any) -> tuple[np.ndarray, np.ndarray]:
    weights = np.array([[w.value for w in run.network.weights]])
    return np.array([0, 1, 2]), np.repeat(weights, 3, axis=0) + np.array([[-1.0], [-2.0], [-2.5]])


@pytest.mark.parametrize("draw", [plot.boundary, plot.heatmaps, plot.plane])
@pytest.mark.parametrize("read", ["last", "every"])
@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_steps_that_a_short_sequence_does_not_have_leave_no_hole(
    draw: Any, read: str, task: str
) -> None:
    """The ends of the plane are those of what is there; so are the means of the columns held fixed."""
    rows = np.random.default_rng(0).uniform(2, 3, (14, 1))
    targets = rows > 2.5 if task == "classes" else rows**2
    names = ("no", "yes") if task == "classes" else ()
    kind = "classification" if names else "regression"
    steps = Dataset("steps", rows, targets * 1.0, classes=names, task=kind)
    data = in_steps(steps, [*"aabbbccddd", *"eeff"], read=read)
    network = lernpy.layered([data.inputs.shape[1], 2, data.targets.shape[1]], "tanh", seed=0)
    if read == "last":
        lernpy.train(network, data, 1, scale="standard")
    assert np.isnan(data.inputs).any()
    for columns in (None, ("x1@1", "x1@2"), (1, 3), ("x1@2", "on@1")):
        plane = Plane(network, data, columns, grid=3)
        assert np.isfinite([*plane.extent, *plane.fixed]).all()
        if columns == (1, 3):
            assert plane.extent[0] > 1.8 and plane.extent[1] < 3.2
            assert 2 <= plane.fixed[4] <= 3
        draw(network, data, columns=columns)
