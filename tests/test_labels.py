"""Columns and classes by their own names, raw values beside scaled ones: the card knows, one room tells."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lernpy
from lernpy.cli import main
from lernpy.cli import plot as plot_command
from lernpy.labels import NONE, Label, labels_of, neuron_called
from lernpy.notebook.buttons import Buttons
from lernpy.plot.charts.regions import Plane, two_columns
from lernpy.structure import part_named


def trained(scale: str = "standard") -> lernpy.Network:
    network = lernpy.layered([4, 3, 3], output_activation="softmax", seed=0)
    lernpy.train(network, lernpy.data.load("iris"), 1, scale=scale, loss="cross_entropy", seed=0)
    return network


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Rent by area and rooms, as people have it: names with blanks and umlauts, units of their own."""
    rng = np.random.default_rng(0)
    rows = [(round(rng.uniform(20, 120), 1), int(rng.integers(1, 5))) for _ in range(40)]
    lines = [f"{area},{rooms},{9 * area + 50 * rooms + 100}" for area, rooms in rows]
    path = tmp_path / "flats.csv"
    path.write_text("\n".join(["Fläche,number of rooms,Miete", *lines]), encoding="utf-8")
    return path


@pytest.fixture
def rents(table: Path) -> lernpy.Network:
    network = lernpy.layered([2, 3, 1], "tanh", "identity", seed=0)
    lernpy.train(network, lernpy.data.load(table), 3, scale="standard", seed=0)
    return network


@given(st.sampled_from(["standard", "minmax", "none"]), st.integers(0, 149))
@settings(max_examples=10, deadline=None)
def test_raw_values_are_those_of_the_data(scale: str, sample: int):
    network, data = trained(scale), lernpy.data.load("iris")
    scaled, _ = network.card.prepare(data.subset([sample]))
    for neuron, value, known in zip(
        network.inputs, scaled[0], data.inputs[sample].tolist(), strict=True
    ):
        assert labels_of(network)[neuron].raw(value) == pytest.approx(known)


def test_names_are_those_of_the_card():
    network, data = trained(), lernpy.data.load("iris")
    labels = labels_of(network)
    assert tuple(labels[n].called for n in network.inputs) == data.input_names
    assert tuple(labels[n].called for n in network.outputs) == data.classes
    assert labels.get(network.neurons["h1"], NONE) == NONE
    assert labels[network.inputs[0]].beside("x1") == "x1 (sepal_length)"
    assert labels_of(lernpy.build.by_hand()) == {}
    for neuron, (name, *_) in labels.items():
        assert neuron_called(network, name) is neuron
        assert neuron_called(network, name.upper().replace("_", " ")) is neuron
        assert part_named(network, name) is neuron
    assert part_named(network, "petal length -> h1") is network.links["x3", "h1"]


def test_a_name_that_is_two_or_none():
    network = trained()
    assert neuron_called(network, "petal") is None
    with pytest.raises(lernpy.LernpyError, match="no neuron is called 'petal'"):
        part_named(network, "petal")


def test_a_neurons_own_name_comes_first():
    network = lernpy.layered([2, 1], seed=0)
    data = lernpy.Dataset("odd", np.eye(2), [[0.1], [0.7]], input_names=("x2", "x1"))
    lernpy.train(network, data, 1)
    assert part_named(network, "x1") is network.neurons["x1"]


def test_the_lesson_tells_raw_values_and_names(rents: lernpy.Network, table: Path):
    network, data = rents, lernpy.data.load(table)
    inputs, targets = network.card.prepare(data.subset([0]))
    steps = list(lernpy.slow_motion(network, inputs[0], targets[0]))
    area, rooms = data.inputs[0].tolist()
    assert f"In the data: Fläche {area:.4g}, number of rooms {rooms:.4g}." in steps[1].sentence or (
        f"In the data: Fläche {area:.4g} and number of rooms {rooms:.4g}." in steps[1].sentence
    )
    cost = next(step for step in steps if step.phase == "cost")
    assert "y1 (Miete) says " in cost.sentence
    assert f"In the data: Fläche {area:.4g}" in str(steps[1])  # as it is printed, too
    assert "y1 (Miete) says " in str(cost)
    assert (
        "In the data"
        not in next(
            step
            for step in lernpy.slow_motion(lernpy.build.by_hand(), [1], [1])
            if step.phase == "feed"
        ).sentence
    )


def test_explain_and_show_have_the_names(rents: lernpy.Network, tmp_path: Path, capsys):
    assert "Names in the data: x1 (Fläche), x2 (number of rooms)" in str(lernpy.explain(rents))
    lernpy.save(rents, tmp_path / "net.json")
    assert main(["show", str(tmp_path / "net.json")]) == 0
    assert "x1 (Fläche), x2 (number of rooms)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["paths", "--part", "Fläche"],
        ["paths", "--part", "fläche,h1"],
        ["boundary", "--columns", "Fläche,number of rooms"],
        ["boundary", "--columns", "x2,x1"],
        ["boundary", "--columns", "2,1"],
    ],
)
def test_options_take_the_names_of_the_data(
    arguments: list[str], rents: lernpy.Network, table: Path, tmp_path: Path, capsys
):
    lernpy.save(rents, tmp_path / "net.json")
    files = [str(tmp_path / "net.json"), "--data", str(table)]
    done = main(["plot", arguments[0], *files, *arguments[1:], "-o", str(tmp_path / "a.png")])
    assert done == 0, capsys.readouterr().err
    assert (tmp_path / "a.png").stat().st_size > 5000


def test_stepping_to_a_column():
    network = trained()
    stepper = lernpy.Stepper(network, [0.1, 0.2, 0.3, 0.4], [1, 0, 0])
    assert stepper.run_to("petal length").name == "x3"
    assert stepper.run_to("petal length -> h2").name == "x3 -> h2"
    assert stepper.run_to("h3→Setosa").name == "h3 -> y1"
    with pytest.raises(lernpy.LernpyError, match="is called 'petal -> h2'"):
        stepper.run_to("petal -> h2")
    stepper.next("sample")
    by_name = lernpy.paths(network, ("petal length", "h1"))
    assert by_name == lernpy.paths(network, "petal length -> h1")
    assert by_name == lernpy.paths(network, ("x3", "h1"))


def iris_lesson(network: lernpy.Network) -> lernpy.Trace:
    """Of the flower whose petals are 1.4 cm long."""
    inputs, targets = network.card.prepare(lernpy.data.load("iris").subset([0]))
    return lernpy.Trace.record(lernpy.slow_motion(network, inputs[0], targets[0]))


@pytest.mark.parametrize("kind", ["network", "blame", "signal", "update"])
def test_pictures_have_the_names_and_raw_values(kind: str):
    network = trained()
    trace = iris_lesson(network)
    after = trace.frame
    trace.back()
    moments = {"network": network, "update": after}
    ax = getattr(lernpy.plot, kind)(moments.get(kind, trace.frame), numbers=True)
    words = {text.get_text() for text in ax.texts}
    assert {"x3 (petal_length)", "y1 (setosa)"} <= words
    if kind in ("blame", "signal"):
        assert any(text.partition(" | ")[0].endswith(" = 1.4") for text in words)


def test_pages_and_worksheets_have_the_names_and_raw_values():
    page = lernpy.player.page(iris_lesson(trained()))
    sheet = page.partition('<div class="lp-sheet">')[2]
    assert "x3 (petal_length) = −1.34 (1.4)" in sheet and "y1 (setosa) = 1" in sheet
    labels = lernpy.player.traits(iris_lesson(trained()))["labels"]
    assert labels[2]["called"] == "petal_length" and labels[4] is None
    assert labels[2]["shift"] + labels[2]["scale"] * -1.34 == pytest.approx(1.4, abs=0.01)


def test_a_trace_keeps_the_names_and_not_where_the_data_lie(tmp_path: Path):
    network = trained()
    network.card.data["file"] = "/home/somebody/iris.csv"
    trace = iris_lesson(network)
    trace.save(tmp_path / "t.json")
    assert "somebody" not in (tmp_path / "t.json").read_text()
    again = lernpy.Trace.load(tmp_path / "t.json")
    assert "petal_length 1.4" in again.until("phase=feed").sentence
    assert "y1 (setosa) says" in again.until("phase=cost").sentence
    assert again.frame.name(2) == "x3 (petal_length)"
    assert lernpy.player.traits(again) == lernpy.player.traits(trace) | {
        "trace": lernpy.player.traits(again)["trace"]
    }


def test_without_a_card_nothing_is_added():
    trace = lernpy.Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
    assert lernpy.player.traits(trace)["labels"] == []
    assert "card" not in trace.to_json()
    assert "Put in: x = 1. Targets: y = 1." in lernpy.player.page(trace)


def test_a_live_lesson_has_the_names_of_the_data_it_is_given():
    """Whether the network has learned from them before or not."""
    for network in (trained(), lernpy.layered([4, 3, 3], output_activation="softmax", seed=0)):
        labels = Buttons(network, lernpy.data.load("iris")).traits()["labels"]
        assert [label and label["called"] for label in labels][:5] == [
            "sepal_length", "sepal_width", "petal_length", "petal_width", None
        ]  # fmt: skip
        assert labels[-1]["called"] == "virginica"


ODD = ("a, b", "1", "x1", "$cost", "y1 -> z", "Petal length")


@pytest.fixture(scope="module")
def oddly_named() -> lernpy.Network:
    rows = np.random.default_rng(0).uniform(-1, 1, (12, len(ODD)))
    dataset = lernpy.data.Dataset("odd", rows, rows[:, :1], input_names=ODD)
    network = lernpy.layered([len(ODD), 2, 1], seed=0)
    lernpy.train(network, dataset, 1)
    return network


def test_every_label_of_a_neuron_or_a_link_names_it(oddly_named: lernpy.Network):
    """By its own name, by the picture's label, by the column's; a link with either arrow or a comma."""
    known = labels_of(oddly_named)
    for neuron in oddly_named.neurons.values():
        label = known.get(neuron, NONE)
        for name in (neuron.name, label.beside(neuron.name)):
            assert part_named(oddly_named, name) is neuron
            assert plot_command._part(name, oddly_named) == name
        if label.called and label.called not in oddly_named.neurons:
            assert part_named(oddly_named, label.called) is neuron
    for link in oddly_named.links.values():
        ends = link.input_neuron, link.output_neuron
        words = [known.get(end, NONE).beside(end.name) for end in ends]
        for sign in (" -> ", " → ", "→"):
            assert part_named(oddly_named, sign.join(words)) is link
        assert plot_command._part(",".join(words), oddly_named) == tuple(e.name for e in ends)


@pytest.mark.parametrize("pair", [*permutations(ODD, 2)], ids=" | ".join)
def test_the_words_at_the_axes_name_the_columns(oddly_named: lernpy.Network, pair: tuple[str, str]):
    """A name wins over a number, and a comma in a name is no comma between two."""
    assert Plane(oddly_named, None, two_columns(oddly_named, ",".join(pair))).names == list(pair)
    inputs = [name.name for name in oddly_named.inputs]
    shown = [Label(one).beside(inputs[ODD.index(one)]) for one in pair]
    assert Plane(oddly_named, None, two_columns(oddly_named, ", ".join(shown))).names == list(pair)
