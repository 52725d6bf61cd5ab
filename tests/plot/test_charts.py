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
from lernpy.functions import activations
from lernpy.network import Network
from lernpy.player.page import narration
from lernpy.plot.charts.fading import BlameSizes

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
    with pytest.raises(LernpyError, match="the history has no epoch; train at least one"):
        plot.history(lernpy.History())
    with pytest.raises(LernpyError, match="there is no history to draw"):
        plot.history([])
    with pytest.raises(LernpyError, match="a history is needed here, not 3"):
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
    assert ax.get_title(loc="left") == "75.0% right (3 of 4 samples of d)"
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
    with pytest.raises(LernpyError, match="the answers have the shape"):
        plot.fit([1.0, 2.0], [1.0])


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("scale", ["none", "standard", "minmax"])
def test_the_figures_of_a_picture_are_those_of_evaluate(outputs: int, scale: str) -> None:
    """R squared of several outputs, too, whatever the scaling; and the counts of a confusion."""
    x = np.linspace(-2, 2, 20)[:, None]
    targets = np.hstack([100 * x**2, np.sin(3 * x)])[:, :outputs]
    net = lernpy.layered([1, 4, outputs], "tanh", "identity", seed=0)
    lernpy.train(net, (x, targets), 30, scale=scale, optimizer="adam", seed=0)
    r2 = lernpy.training.evaluate(net, (x, targets)).r2
    assert plot.fit(net, (x, targets))[0].get_title(loc="left") == f"R² = {r2:.3f}"
    iris = lernpy.data.load("iris")
    flower = lernpy.layered([4, 3], output_activation="softmax", loss="cross_entropy", seed=outputs)
    lernpy.train(flower, iris, 3, scale=scale, seed=0)
    counts = lernpy.training.evaluate(flower, iris).confusion
    assert counts is not None
    drawn = [int(text.get_text()) for text in plot.confusion(flower, iris).texts]
    assert drawn == counts.ravel().tolist()


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
    assert len(plot.functions("activations")) == len(lernpy.activations.ACTIVATIONS)
    assert len(plot.functions()) == len(lernpy.activations.ACTIVATIONS) + 6
    assert len(plot.functions("losses")) == 6
    assert plot.functions("huber").get_title() == "huber"


def test_a_jump_is_not_drawn_as_a_slope() -> None:
    assert np.isnan(plot.functions("step").lines[0].get_ydata()).sum() == 1


def test_unknown_functions_are_named() -> None:
    with pytest.raises(LernpyError, match=r"called 'sigmod'\. Did you mean 'sigmoid'"):
        plot.functions("sigmod")
    with pytest.raises(LernpyError, match="one pair of axes takes one function, not 2"):
        plot.functions(["relu", "elu"], plt.figure().add_subplot())


# ---- blame over the epochs -------------------------------------------------------------------------


def test_vanishing_measures_the_mean_delta_of_each_generation() -> None:
    net = lernpy.layered([2, 3, 2, 1], seed=0)
    found = plot.blame_sizes(net, XOR)
    deltas = []
    for x, t in zip(*XOR, strict=True):
        twin = net.copy()
        twin.collect(x, t, 1.0)
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
    assert line(ax, "generation 2").get_ydata().tolist() == [1e-30] * 4  # no blame passes h
    assert ax.get_title(loc="left").endswith(", 1 dead")


def test_vanishing_says_by_which_factor() -> None:
    sizes = np.array([[np.nan, 0.01, 0.1, 1.0]])
    ax = plot.vanishing(BlameSizes(np.array([0]), sizes, ({},)))
    assert ax.get_title(loc="left") == "Blame, generation by generation back: × 0.1"


def test_saturated_is_told_from_dead() -> None:
    edges = [("x", "h", 90.0), ("h", "y", 1.0)]
    net = lernpy.from_edges(edges, ["x"], ["y"], seed=0)
    assert plot.blame_sizes(net, ([[1.0]], [[0.0]])).shut[0] == {"h": "saturated"}


def test_a_neuron_is_shut_where_page_and_terminal_say_so() -> None:
    """A slope of 1.5 % is little, but no wall; leaky_relu is never shut, that is what it is for."""
    kinds = [{"name": name} for name in activations.ACTIVATIONS]
    said = narration({"activations": kinds, "loss": "huber"})
    assert said["shut"] == {name: activations.why_shut(name) for name in activations.ACTIVATIONS}
    assert said["limit"] == theme.SHUT
    for kind, weight, told in (("sigmoid", 5.58, {}), ("sigmoid", 6.1, {"h": "saturated"}),
                               ("leaky_relu", -3.0, {}), ("step", 1.0, {"h": "flat"})):  # fmt: skip
        edges = [("x", "h", weight), ("h", "y", 1.0)]
        net = lernpy.from_edges(edges, ["x"], ["y"], activations={"h": kind}, seed=0)
        data = ([[1.0]], [[0.0]])
        assert plot.blame_sizes(net, data).shut[0] == told
        net.learn(*(part[0] for part in data))
        shut = [a for a in plot.blame(net).findobj() if a.get_gid() == "gate-shut"]
        assert bool(shut) == bool(told)
        steps = lernpy.slow_motion(net, *data)
        gate = next(s.sentence for s in steps if s.phase == "backward" and s.name == "h")
        assert any(f"h is {word} " in gate for word in said["shut"].values()) == bool(told)


# ---- images --------------------------------------------------------------------------------------


def test_pixels_shows_weights_as_images_and_the_blame_of_each_pixel() -> None:
    net = lernpy.layered([4, 2, 1], seed=0)
    sample = ([0.0, 1.0, 1.0, 0.0], [1.0])
    picture, heat, _, first, second = plot.pixels(net, sample)
    want = [net.links[f"x{i}", "h1"].weight.value for i in (1, 2, 3, 4)]
    assert first.images[0].get_array().ravel().tolist() == want
    assert picture.images[0].get_array().tolist() == [[0, 1], [1, 0]]
    twin = net.copy()
    twin.collect(*sample, 1.0)
    blame = [neuron.sensitivity for neuron in twin.inputs]
    assert heat.images[0].get_array().ravel().tolist() == pytest.approx(blame)
    assert second.get_title() == "h2"
    with pytest.raises(LernpyError, match=r"4 inputs make no image of 3 x 3; say image="):
        plot.pixels(net, image=(3, 3))


def test_where_no_link_is_a_pixel_is_empty_and_not_0() -> None:
    edges = [("a", "h", 0.5), ("c", "h", 0.0), ("b", "g", 1.0), ("h", "y", 1.0), ("g", "y", 1.0)]
    net = lernpy.from_edges(edges, ["a", "b", "c", "d"], ["y"], seed=0)
    first = plot.pixels(net)[0].images[0].get_array()
    assert np.isnan(np.ma.filled(first, np.nan)).ravel().tolist() == [False, True, False, True]


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
    net.learn([0, 1], [1])
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
        figure = plot.film.saving.figure_of(draw())
        figure.canvas.draw()
        drawn, (wide, high) = figure.get_tightbbox(), figure.get_size_inches()
        assert drawn.x0 > -0.02 and drawn.y0 > -0.02, name
        assert drawn.x1 < wide + 0.02 and drawn.y1 < high + 0.02, name
        plt.close("all")


def test_the_bars_of_a_sweep_say_which_setting_they_stand_for() -> None:
    rows = [{"learning_rate": "0.1", "success": 0.5}, {"learning_rate": "1", "success": 1.0}]
    assert plot.sweep(rows).get_ylabel() == "learning rate"
    assert plot.sweep({"adam": 0.5}).get_ylabel() == ""


def test_a_number_at_the_lowest_point_stands_under_it() -> None:
    """Above it the lines of both sides come down."""
    net = lernpy.layered([2, 3, 3, 1], "tanh", seed=0)
    for link in net.links.values():  # hidden blame small: weak links to the output
        link.weight.value *= 0.01 if link.output_neuron.name == "y1" else 100.0
    ax = plot.vanishing(net, ([[0.1, 0.2], [0.3, 0.1]], [[0.0], [1.0]]))
    sizes = ax.lines[0].get_ydata()
    assert sizes[1] < min(sizes[0], sizes[2])
    sides = [text.get_verticalalignment() for text in ax.texts[:3]]
    assert sides == ["bottom", "top", "bottom"]


def test_where_no_blame_comes_there_stands_0() -> None:
    """h leads nowhere: its blame is 0, and the others are still seen beside it."""
    edges = [("x", "y", 1.0), ("y", "h", 1.0)]
    net = lernpy.from_edges(edges, ["x"], ["y"], output_activation="identity", seed=0)
    ax = plot.vanishing(net, ([[1.0]], [[3.0]]))
    assert [text.get_text() for text in ax.texts] == ["2", "0"]
    assert ax.lines[0].get_ydata() == pytest.approx([2.0, 0.2])
