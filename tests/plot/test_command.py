"""Every kind by its name, as the command line asks for it; and pictures that follow a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import data, plot
from lernpy.errors import LernpyError
from lernpy.plot.charts import live
from lernpy.plot.charts.summary import after_training
from lernpy.plot.kinds import draw as draw_kind
from lernpy.plot.material import Material
from lernpy.training.rerun import rerun

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def draw(kind: str, theme: str = "light", font_scale: float = 1.0, **given: Any) -> Any:
    """As `plot.render`, but for a film as well, without saving it."""
    known = {name: given.pop(name) for name in Material.__dataclass_fields__ if name in given}
    return draw_kind(
        kind, Material(kind, **known, options=given), theme=theme, font_scale=font_scale
    )


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    net = lernpy.layered([2, 3, 1], activation="tanh", seed=0)
    history = lernpy.train(net, XOR, epochs=20, learning_rate=0.5, seed=0)
    return {"network": net, "data": XOR, "sample": 1, "history": history, "other": net.copy()}


@pytest.mark.parametrize("kind", [k for k in plot.KINDS if k not in ("under_over", "sweep", "fit")])
def test_each_kind_draws_from_what_there_is(kind: str, given: dict[str, Any]) -> None:
    extra = {"image": (1, 2)} if kind == "pixels" else {}
    drawn = draw(kind, theme="dark", font_scale=1.2, **given, **extra)
    assert hasattr(drawn, "savefig") or hasattr(drawn, "frame_count")
    assert plot.KINDS[kind].about


def test_a_fit_and_a_sweep(given: dict[str, Any]) -> None:
    net = lernpy.layered([1, 2, 1], "tanh", "identity", seed=0)
    assert draw("fit", network=net, data=([[0.0], [1.0]], [[0.5], [2.0]])).axes
    assert draw("sweep", data={"adam": 0.9, "sgd": 0.2}).axes


def test_under_over_trains_three_sizes_if_it_must() -> None:
    figure = draw("under_over", data=data.load("sine"), sizes=(1, 3))
    assert len(figure.axes) == 4


def test_the_sample_is_the_one_asked_for(given: dict[str, Any]) -> None:
    net = given["network"]
    film = draw("flow", network=net, data=XOR, sample=3)
    film.frame(film.frame_count - 1)
    said = [t.get_text() for t in film._fig.axes[0].texts if t.get_gid() == "neuron-number"]
    assert said[:2] == ["1", "0"]  # x1 and x2 of sample 3
    figure = draw("blame", network=net, sample=(XOR[0][2], XOR[1][2]))
    again = [t.get_text() for t in figure.axes[0].texts if t.get_gid() == "neuron-number"]
    assert again[:2] == ["1", "0"]


def test_unless_one_is_named_the_sample_with_the_largest_loss_is_drawn() -> None:
    """So there is blame to be seen; and paths lead to the weight with the largest gradient."""
    net = lernpy.layered([2, 3, 1], activation="tanh", seed=0)
    lernpy.train(net, XOR, epochs=300, learning_rate=0.5, batch_size=1, seed=0)
    losses = [net.copy().collect(x, t) for x, t in zip(*XOR, strict=True)]
    index = int(np.argmax(losses))
    for kind in ("blame", "signal", "paths", "update", "flow"):
        assert Material(kind, net, XOR).pair()[0].tolist() == XOR[0][index], kind
    twin = net.copy()
    twin.collect(XOR[0][index], XOR[1][index])
    hidden = [link for link in twin.links.values() if link.output_neuron.name != "y1"]
    largest = max(hidden, key=lambda link: abs(link.weight.sensitivity))
    title = draw("paths", network=net, data=XOR).axes[0].texts
    assert any(f"the end of {largest.name}:" in text.get_text() for text in title)


def test_samples_are_scaled_as_the_network_learned_them() -> None:
    iris = data.load("iris")
    net = lernpy.layered([4, 3, 3], output_activation="softmax", loss="cross_entropy", seed=0)
    lernpy.train(net, iris, epochs=2, scale="standard", seed=0)
    figure = draw("blame", network=net, data=iris, sample=8)
    said = [t.get_text() for t in figure.axes[0].texts if t.get_gid() == "neuron-number"]
    assert said == []  # too many links for numbers, so look at the frame itself
    inputs, targets = Material("blame", net, iris, 8).pair()
    assert inputs == pytest.approx(net.card.scaling.apply(iris.inputs[[7]])[0])
    assert targets.tolist() == [1.0, 0.0, 0.0]


def test_drawing_leaves_the_network_as_it_is(given: dict[str, Any]) -> None:
    net = given["network"]
    before = [w.value for w in net.weights], [n.output for n in net.neurons.values()]
    for kind in ("blame", "flow", "update", "paths", "vanishing", "landscape", "pixels"):
        extra = {"image": (1, 2)} if kind == "pixels" else {}
        draw(kind, **given, **extra)
    assert before == ([w.value for w in net.weights], [n.output for n in net.neurons.values()])


def test_a_film_of_the_boundary_trains_a_twin_afresh(given: dict[str, Any]) -> None:
    film = draw("boundary", moving=True, epochs=6, **given)
    assert film.frame_count == 7
    film.frame(6)
    assert film._fig.axes[0].get_title(loc="left") == "epoch 6"


def test_a_history_is_trained_afresh_if_none_is_given(given: dict[str, Any]) -> None:
    figure = draw("history", network=given["network"], data=XOR, epochs=5)
    assert len(figure.axes[0].lines[0].get_xdata()) == 5


def test_training_again_gives_the_same_weights() -> None:
    net = lernpy.layered([2, 3, 1], seed=4)
    lernpy.train(net, XOR, epochs=9, optimizer="adam", learning_rate=0.1, batch_size=2, seed=7)
    again = rerun(net, XOR)
    assert len(again.finish()) == 9
    assert [w.value for w in again.network.weights] == [w.value for w in net.weights]


@pytest.mark.parametrize(
    ("kind", "given_", "message"),
    [
        ("blame", {}, "a plot of blame needs a network file"),
        ("blame", {"network": 1}, "a plot of blame needs a sample: data .--data. and its number"),
        ("confusion", {"network": 1}, "a plot of confusion needs data"),
        ("compare", {"network": 1}, "a plot of compare needs a second network"),
        ("history", {}, "a plot of history needs a history: a checkpoint folder, or data"),
        (
            "blame",
            {"network": 1, "data": XOR, "sample": 9},
            "the number of a sample of data is 9; it must be at most 4",
        ),
        ("blam", {}, "no kind of plot is called 'blam'. Did you mean 'blame'"),
        ("network", {"network": 1, "moving": True}, "network is one picture, no animation"),
        ("network", {"network": 1, "theme": "drak"}, "no theme is called 'drak'"),
        ("network", {"network": 1, "columns": (0, 1)}, "a plot of network takes no columns; it"),
    ],
)
def test_what_is_missing_is_said(kind: str, given_: dict[str, Any], message: str) -> None:
    values = {**given_}
    if "network" in values:
        values["network"] = lernpy.layered([2, 3, 1], seed=0)
    with pytest.raises(LernpyError, match=message):
        draw(kind, **values)


def test_render_saves(tmp_path: Path, given: dict[str, Any]) -> None:
    assert plot.render("network", tmp_path / "a.svg", network=given["network"]).exists()
    assert plot.render("flow", tmp_path / "a.html", **given).exists()
    with pytest.raises(LernpyError, match="no animation"):
        plot.render("network", tmp_path / "a.gif", network=given["network"])


@pytest.mark.parametrize("name", ["xor", "iris", "sine"])
def test_after_training_there_is_one_picture(tmp_path: Path, name: str) -> None:
    samples = data.load(name)
    sizes = [samples.inputs.shape[1], 3, samples.targets.shape[1]]
    net = lernpy.layered(sizes, "tanh", "identity" if name == "sine" else "sigmoid", seed=0)
    run = lernpy.epochs(net, samples, epochs=4, seed=0)
    run.finish()
    path = after_training(run, None, tmp_path / "run.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_live_picture_follows_the_run() -> None:
    run = lernpy.epochs(lernpy.layered([2, 3, 1], seed=0), XOR, epochs=4, scale="minmax", seed=0)
    picture = live.LivePicture(run)
    assert not picture.update()  # nothing has happened yet
    for _ in run:
        picture.update(force=True)
    assert picture.loss.get_title(loc="left").startswith("epoch 4, loss ")
    assert len(picture.loss.lines[0].get_xdata()) == 4
    assert picture.plane.get_xlim()[0] < 0 and picture.plane.get_xlim()[1] > 1  # its own units
    assert not picture.update()  # too soon after the last


def test_following_without_a_display_is_refused() -> None:
    run = lernpy.epochs(lernpy.layered([2, 1], seed=0), XOR, epochs=1, seed=0)
    with pytest.raises(
        LernpyError, match=r"^there is no display to follow the training on; use --plot"
    ):
        live.Following(run, None)


def test_following_hands_every_epoch_on() -> None:
    run = lernpy.epochs(lernpy.layered([2, 3, 1], seed=0), XOR, epochs=3, seed=0)
    watched = live._Watched(run, live.LivePicture(run))
    assert [epoch.number for epoch in watched] == [1, 2, 3]
    assert watched.history is run.history


def test_no_display_means_agg_and_importing_lernpy_imports_no_matplotlib() -> None:
    code = (
        "import sys, lernpy\n"
        "assert 'matplotlib' not in sys.modules\n"
        "lernpy.plot.network(lernpy.layered([2, 1], seed=0))\n"
        "import matplotlib, json\n"
        "print(json.dumps(matplotlib.get_backend().lower()))"
    )
    import os

    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == "agg"


def test_a_large_net_is_filmed_by_generation(given: dict[str, Any]) -> None:
    net = lernpy.layered([6, 9, 2], seed=0)
    one = (np.zeros(6), np.ones(2))
    assert draw("flow", network=net, sample=one, moving=True).frame_count < 40
