"""Columns and classes by their own names, raw values beside scaled ones: the card knows, one room tells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lernpy
from lernpy.cli import main
from lernpy.labels import called, known_names, labelled, neuron_called, raw
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
        assert raw(network, neuron, value) == pytest.approx(known)


def test_names_are_those_of_the_card():
    network, data = trained(), lernpy.data.load("iris")
    assert tuple(called(network, n) for n in network.inputs) == data.input_names
    assert tuple(called(network, n) for n in network.outputs) == data.classes
    assert called(network, network.neurons["h1"]) == ""
    assert labelled(network, network.inputs[0]) == "x1 (sepal_length)"
    assert known_names(lernpy.build.by_hand()) == {}
    for neuron, name in known_names(network).items():
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
        ["boundary", "--columns", "1,0"],
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
