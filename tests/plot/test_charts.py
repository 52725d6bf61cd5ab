"""Charts of runs, answers and functions: what is drawn is what was given."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import lernpy
from lernpy import plot, theme
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot.fading import BlameSizes
from lernpy.plot.forward import Forward
from lernpy.plot.journey import Journey
from lernpy.plot.sizes import verdicts

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
RUN = {"loss": [3.0, 2.0, 1.0], "validation_loss": [3.0, 1.5, 2.0], "rate": [0.1, 0.1, 0.05]}


def labels(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax: Any, label: str) -> Any:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


# ---- history and sweep ---------------------------------------------------------------------------


def test_history_draws_the_columns_and_marks_the_best_epoch() -> None:
    ax = plot.history(RUN)
    assert line(ax, "training").get_ydata().tolist() == RUN["loss"]
    assert line(ax, "validation").get_xdata().tolist() == [1, 2, 3]
    star = line(ax, "best: epoch 2, 1.5")
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (2, 1.5)
    rate = ax.figure.axes[1]
    assert line(rate, "learning rate").get_ydata().tolist() == RUN["rate"]


def test_without_validation_the_best_is_that_of_training() -> None:
    ax = plot.history({"loss": [3.0, 1.0, 2.0]})
    assert "best: epoch 2, 1" in labels(ax)
    assert len(ax.figure.axes) == 1  # no accuracy, and a rate that never changed, are not drawn


def test_a_real_history_and_several_side_by_side() -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    run = lernpy.train(net, XOR, epochs=12, metrics=True, seed=0)
    ax = plot.history({"one": run, "two": RUN}, log=True)
    assert line(ax, "one training").get_ydata() == pytest.approx(run["loss"])
    assert line(ax, "two training").get_color() != line(ax, "one training").get_color()
    assert ax.get_yscale() == "log"
    assert line(ax.figure.axes[1], "one training").get_ydata() == pytest.approx(run["accuracy"])


def test_a_history_without_epochs_is_refused() -> None:
    with pytest.raises(LernpyError, match="the history given has no epoch; train at least one"):
        plot.history(lernpy.History())
    with pytest.raises(LernpyError, match="there is no history to draw"):
        plot.history([])
    with pytest.raises(LernpyError, match="a history is needed here, not int"):
        plot.history(3)


def test_sweep_averages_rows_of_one_setting() -> None:
    rows = [
        {"optimizer": "sgd", "seed": 0, "success": 0.2},
        {"optimizer": "sgd", "seed": 1, "success": 0.4},
        {"optimizer": "adam", "seed": 0, "success": 1.0},
    ]
    ax = plot.sweep(rows, by="optimizer")
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.3, 1.0])
    assert [text.get_text() for text in ax.get_yticklabels()] == ["sgd", "adam"]
    assert [text.get_text() for text in ax.texts] == ["30%", "100%"]
    assert len(plot.sweep(rows).patches) == 3  # each setting by itself
    with pytest.raises(LernpyError, match="the table has no row"):
        plot.sweep([])
    with pytest.raises(LernpyError, match="a row has no column 'success'; it has rate"):
        plot.sweep([{"rate": 1}])


# ---- answers -------------------------------------------------------------------------------------


def always(value: float) -> Network:
    """A net of one weight that says sigmoid(value * x)."""
    return lernpy.from_edges([("x", "y", value)], ["x"], ["y"], seed=0)


def test_confusion_counts() -> None:
    data = Dataset("d", [[-1], [-1], [1], [1]], [[0], [1], [1], [1]], classes=("no", "yes"),
                   task="classification")  # fmt: skip
    ax = plot.confusion(always(3.0), data)
    assert [text.get_text() for text in ax.texts] == ["1", "0", "1", "2"]
    assert ax.get_title(loc="left") == "75.0% right (3 of 4)"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["no", "yes"]


def test_confusion_refuses_what_is_none() -> None:
    with pytest.raises(LernpyError, match="a confusion matrix is square; this one has the shape"):
        plot.confusion([[1, 2]])
    with pytest.raises(LernpyError, match="there are 2 classes, but 1 names"):
        plot.confusion([[1, 2], [3, 4]], classes=["a"])
    with pytest.raises(
        LernpyError, match=r"has no classes \(its task is regression\); use plot.fit"
    ):
        plot.confusion(always(1.0), ([[0.0], [1.0]], [[0.3], [0.7]]))
    with pytest.raises(LernpyError, match="needs data"):
        plot.confusion(always(1.0))


def test_fit_draws_the_function_and_what_is_left() -> None:
    net = lernpy.from_edges([("x", "y", 2.0)], ["x"], ["y"], output_activation="identity", seed=0)
    fit, left = plot.fit(net, ([[0.0], [1.0], [2.0]], [[0.0], [2.0], [5.0]]))
    curve = line(fit, "network")
    assert curve.get_ydata() == pytest.approx(2 * curve.get_xdata())
    assert left.lines[0].get_ydata().tolist() == [0.0, 0.0, -1.0]
    share = 1 - 1 / ((0 - 7 / 3) ** 2 + (2 - 7 / 3) ** 2 + (5 - 7 / 3) ** 2)
    assert fit.get_title(loc="left") == f"R² = {share:.3f}"


def test_fit_of_plain_arrays() -> None:
    fit, left = plot.fit([1.0, 2.0], [1.0, 3.0])
    assert line(fit, "y1").get_ydata().tolist() == [1.0, 2.0]
    assert left.lines[0].get_ydata().tolist() == [0.0, -1.0]
    with pytest.raises(LernpyError, match="said has the shape"):
        plot.fit([1.0, 2.0], [1.0])


def test_fit_answers_in_the_units_of_the_data() -> None:
    x = np.linspace(0, 100, 30)[:, None]
    net = lernpy.layered([1, 3, 1], "tanh", "identity", seed=0, optimizer="adam")
    lernpy.train(net, (x, 3 * x + 500), epochs=300, learning_rate=0.05, scale="standard", seed=0)
    curve = line(plot.fit(net, (x, 3 * x + 500))[0], "network")
    assert curve.get_ydata()[200] == pytest.approx(3 * curve.get_xdata()[200] + 500, abs=15)


# ---- functions -----------------------------------------------------------------------------------


def test_functions_and_their_slopes() -> None:
    ax = plot.functions("tanh")
    value, slope = ax.lines[0], ax.lines[1]
    z = value.get_xdata()
    assert value.get_ydata() == pytest.approx(np.tanh(z))
    assert slope.get_ydata() == pytest.approx(1 - np.tanh(z) ** 2)
    assert len(plot.functions()) == len(lernpy.activations.ACTIVATIONS)
    assert len(plot.functions("losses")) == 6
    assert plot.functions("huber").get_title() == "huber"


def test_a_jump_is_not_drawn_as_a_slope() -> None:
    assert np.isnan(plot.functions("step").lines[0].get_ydata()).sum() == 1


def test_unknown_functions_are_named() -> None:
    with pytest.raises(LernpyError, match=r"called 'sigmod'\. Did you mean 'sigmoid'"):
        plot.functions("sigmod")
    with pytest.raises(LernpyError, match="one pair of axes takes one function, not 2"):
        plot.functions(["relu", "elu"], plt.figure().add_subplot())


# ---- the plane -----------------------------------------------------------------------------------


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
        plot.boundary(always(1.0), ([[0.0], [1.0]], [[0], [1]]))
    with pytest.raises(LernpyError, match="the network has 2 inputs, but data has 1"):
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
    with pytest.raises(LernpyError, match=r"^the weight of x2 -> h3 is nan; a picture needs finite"):
        draw(net)


def test_of_more_inputs_two_are_chosen_and_the_rest_fixed() -> None:
    edges = [("a", "y", 1.0), ("b", "y", 0.0), ("c", "y", -1.0)]
    net = lernpy.from_edges(edges, ["a", "b", "c"], ["y"], seed=0)
    data = ([[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1]], [[0], [1], [1], [0]])
    ax = plot.boundary(net, data)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x3")  # a and c move it, b does not
    assert ax.get_title(loc="left") == "1 other input held fixed"
    named = plot.boundary(net, data, columns=("x2", 0))
    assert (named.get_xlabel(), named.get_ylabel()) == ("x2", "x1")
    with pytest.raises(LernpyError, match="no input is called 'x9'"):
        plot.boundary(net, data, columns=("x9", 0))
    with pytest.raises(LernpyError, match="choose two different inputs"):
        plot.boundary(net, data, columns=(1, 1))
    with pytest.raises(LernpyError, match="there is no input 7"):
        plot.boundary(net, data, columns=(7, 1))
    with pytest.raises(LernpyError, match="fixed needs 3 values"):
        plot.boundary(net, data, fixed=[1.0])


def test_the_forward_pass_is_that_of_the_network() -> None:
    for seed in range(6):
        net = lernpy.build.random_dag(seed)
        inputs = np.random.default_rng(seed).normal(size=(5, len(net.inputs)))
        assert Forward(net).outputs(inputs) == pytest.approx(net.predict(inputs), rel=1e-12)


def test_the_landscape_is_the_loss() -> None:
    net = lernpy.layered(
        [2, 3, 1], output_activation="sigmoid", seed=0, loss="binary_cross_entropy"
    )
    forward = Forward(net)
    want = np.mean([net.copy()._collect(x, t, 1.0) for x, t in zip(*XOR, strict=True)])
    assert forward.loss(*XOR, forward.weights) == pytest.approx(want, rel=1e-12)
    net.links["x1", "h1"].weight.value += 0.5
    moved = forward.weights
    net.links["x1", "h1"].weight.value -= 0.5
    assert forward.loss(*XOR, moved) != pytest.approx(want)


def test_the_landscape_of_softmax_and_cross_entropy_does_not_saturate() -> None:
    net = lernpy.layered([1, 2], output_activation="softmax", loss="cross_entropy", seed=0)
    net.links["x1", "y1"].weight.value = 2000.0
    net.links["x1", "y2"].weight.value = 0.0
    forward = Forward(net)
    assert forward.loss([[1.0]], [[0.0, 1.0]], forward.weights) == pytest.approx(2000.0)


def test_the_landscape_shows_weights_and_the_path() -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    ax = plot.landscape(net, XOR, weights=[("x1", "h1"), ("h1", "y1")])
    star = line(ax, "now")
    assert star.get_xdata()[0] == pytest.approx(net.links["x1", "h1"].weight.value)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight x1 → h1", "weight h1 → y1")
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
    from lernpy.layout import positions

    assert [tuple(tile.xy) for tile in tiles] == list(positions(net).values())
    x1 = tiles[0].offsetbox.get_data()  # from vermillion on the left to blue on the right
    assert x1[0, 0, 0] > x1[0, 0, 2] and x1[0, -1, 2] > x1[0, -1, 0]
    assert (x1 == x1[0]).all()


# ---- blame over the epochs -------------------------------------------------------------------------


def test_vanishing_measures_the_mean_delta_of_each_generation() -> None:
    net = lernpy.layered([2, 3, 2, 1], seed=0)
    found = plot.blame_sizes(net, XOR)
    deltas = []
    for x, t in zip(*XOR, strict=True):
        twin = net.copy()
        twin._collect(x, t, 1.0)
        deltas.append([abs(twin.neurons[n].delta) for n in ("h2_1", "h2_2")])
    assert found.sizes[0, 2] == pytest.approx(np.mean(deltas))
    assert np.isnan(found.sizes[0, 0]) and found.epochs.tolist() == [0]


def test_vanishing_over_epochs_marks_who_is_dead() -> None:
    edges = [("x", "h", -1.0), ("h", "y", 1.0), ("x", "y", 0.5)]
    net = lernpy.from_edges(edges, ["x"], ["y"], activations={"h": "relu"}, seed=0)
    data = ([[1.0], [2.0]], [[1.0], [0.0]])
    ax = plot.vanishing(net, data, epochs=lernpy.epochs(net, data, epochs=3, seed=0))
    assert "dead: h" in labels(ax)
    assert ax.get_yscale() == "log"
    assert line(ax, "generation 1").get_ydata().tolist() == [1e-30] * 4  # no blame passes h
    assert ax.get_title(loc="left").endswith(", 1 dead")


def test_vanishing_says_by_which_factor() -> None:
    sizes = np.array([[np.nan, 0.01, 0.1, 1.0]])
    ax = plot.vanishing(BlameSizes(np.array([0]), sizes, ({},)))
    assert ax.get_title(loc="left") == "Blame, generation by generation back: × 0.1"


def test_saturated_is_told_from_dead() -> None:
    edges = [("x", "h", 90.0), ("h", "y", 1.0)]
    net = lernpy.from_edges(edges, ["x"], ["y"], seed=0)
    assert plot.blame_sizes(net, ([[1.0]], [[0.0]])).shut[0] == {"h": "saturated"}


# ---- comparing -----------------------------------------------------------------------------------


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
    values = np.array([link.weight.value for link in net.links.values()])
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


# ---- images --------------------------------------------------------------------------------------


def test_pixels_shows_weights_as_images_and_the_blame_of_each_pixel() -> None:
    net = lernpy.layered([4, 2, 1], seed=0)
    sample = ([0.0, 1.0, 1.0, 0.0], [1.0])
    picture, heat, _, first, second = plot.pixels(net, sample)
    want = [net.links[f"x{i}", "h1"].weight.value for i in (1, 2, 3, 4)]
    assert first.images[0].get_array().ravel().tolist() == want
    assert picture.images[0].get_array().tolist() == [[0, 1], [1, 0]]
    twin = net.copy()
    twin._collect(*sample, 1.0)
    blame = [neuron.sensitivity for neuron in twin.inputs]
    assert heat.images[0].get_array().ravel().tolist() == pytest.approx(blame)
    assert second.get_title() == "h2"
    with pytest.raises(LernpyError, match=r"4 inputs make no image of 3 x 3; say image="):
        plot.pixels(net, image=(3, 3))


# ---- charts take axes and give them back -----------------------------------------------------------


@pytest.mark.parametrize("name", theme.THEMES)
def test_every_plotter_draws_on_the_axes_it_is_given(name: str) -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    net.learn([0, 1], [1])
    draws = [
        lambda ax: plot.network(net, ax, theme=name),
        lambda ax: plot.blame(net, ax, theme=name),
        lambda ax: plot.signal(net, ax, theme=name),
        lambda ax: plot.heatmaps(net, XOR, ax, theme=name),
        lambda ax: plot.compare(net, net.copy(), ax, theme=name),
        lambda ax: plot.update(net, net.copy(), ax, theme=name),
        lambda ax: plot.paths(lernpy.paths(net, "h1"), net, ax, theme=name),
        lambda ax: plot.history(RUN, ax, theme=name),
        lambda ax: plot.boundary(net, XOR, ax, theme=name),
        lambda ax: plot.vanishing(net, XOR, ax, theme=name),
        lambda ax: plot.landscape(net, XOR, ax, theme=name),
        lambda ax: plot.confusion([[1, 2], [3, 4]], None, ax, theme=name),
        lambda ax: plot.functions("relu", ax, theme=name),
        lambda ax: plot.fit([1.0], [2.0], ax, theme=name),
        lambda ax: plot.sweep({"a": 1.0}, ax, theme=name),
    ]
    for draw in draws:
        ax = plt.figure(figsize=(9, 6)).add_subplot()
        assert draw(ax) is ax
        assert ax.get_facecolor()[:3] == pytest.approx(
            plt.matplotlib.colors.to_rgb(theme.get(name).background)
        )
        plt.close("all")


@pytest.mark.parametrize("font_scale", [1.0, 2.0, 3.0])
def test_nothing_is_cut_off_charts(font_scale: float) -> None:
    net = lernpy.layered([2, 3, 1], seed=0)
    run = lernpy.train(net, XOR, epochs=5, metrics=True, seed=0)
    iris = lernpy.data.load("iris")
    flower = lernpy.layered([4, 3, 3], output_activation="softmax", seed=0)
    wave = lernpy.layered([1, 3, 1], "tanh", "identity", seed=0)
    big = {"font_scale": font_scale}
    runs = {f"{n} hidden": (wave, run) for n in (1, 2, 3)}
    pictures = {
        "history": lambda: plot.history({"one": run, "another": run}, title="Two runs", **big),
        "sweep": lambda: plot.sweep([{"optimizer": "adam", "rate": 1, "success": 1.0}], **big),
        "boundary": lambda: plot.boundary(flower, iris, **big),
        "confusion": lambda: plot.confusion(flower, iris, **big),
        "fit": lambda: plot.fit(wave, lernpy.data.load("sine"), **big),
        "functions": lambda: plot.functions(**big),
        "losses": lambda: plot.functions("losses", **big),
        "pixels": lambda: plot.pixels(flower, ([0, 1, 1, 0], [1, 0, 0]), **big),
        "landscape": lambda: plot.landscape(net, XOR, **big),
        "plane": lambda: plot.plane(net, XOR, **big),
        "vanishing": lambda: plot.vanishing(net, XOR, **big),
        "under_over": lambda: plot.under_over(runs, lernpy.data.load("sine"), **big),
        "heatmaps": lambda: plot.heatmaps(flower, iris, **big),
        "paths": lambda: plot.paths(lernpy.paths(net, "x1"), net, **big),
        "update": lambda: plot.update(net, net.copy(), **big),
    }
    for name, draw in pictures.items():
        figure = plot.saving.figure_of(draw())
        figure.canvas.draw()
        drawn, (wide, high) = figure.get_tightbbox(), figure.get_size_inches()
        assert drawn.x0 > -0.02 and drawn.y0 > -0.02, name
        assert drawn.x1 < wide + 0.02 and drawn.y1 < high + 0.02, name
        plt.close("all")
