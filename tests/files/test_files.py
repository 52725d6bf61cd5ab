"""Network files: exact, readable, and safe to open whoever wrote them."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from saved import every_feature, state
from strategies import OPTIMIZERS, cases

import lernpy
from lernpy import build, files, storage
from lernpy.data import Card, Column, load
from lernpy.errors import LernpyError
from lernpy.functions import activations, losses, optimizers
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.weight import Rule, Weight

# ---- the same numbers ---------------------------------------------------------------------------


@given(case=cases(optimizers=OPTIMIZERS), packed=st.booleans())
def test_what_is_loaded_learns_as_what_was_saved(
    case: Any, packed: bool, tmp_path_factory: pytest.TempPathFactory
):
    """Bit for bit, the optimiser's memory included, in order, weights and further lessons."""
    network, inputs, targets = case
    for weight in network.weights:  # a start far from round numbers
        weight.value *= math.pi
    network.learn_batch(inputs, targets)
    path = tmp_path_factory.mktemp("nets") / ("net.json.gz" if packed else "net.json")

    lernpy.save(network, path)
    again = lernpy.load(path)

    assert state(again) == state(network)
    assert again.learn_batch(inputs, targets) == network.learn_batch(inputs, targets)
    assert state(again) == state(network)


def test_every_feature_is_kept(tmp_path: Path):
    network = every_feature()

    lernpy.save(network, tmp_path / "net.json")
    again = lernpy.load(tmp_path / "net.json")

    assert state(again) == state(network)
    assert again.card is not None and network.card is not None
    assert again.card.to_json() == network.card.to_json()
    assert again.links["x1", "h"].weight is again.links["x2", "h"].weight


@pytest.mark.parametrize(
    "value", [5e-324, 1.7976931348623157e308, -0.0, 0.1, 1 / 3, 1e22, -123456789.0]
)
def test_every_float_comes_back_to_its_last_bit(value: float, tmp_path: Path):
    network = build.by_hand()
    network.weights[0].value = value

    lernpy.save(network, tmp_path / "net.json")

    assert lernpy.load(tmp_path / "net.json").weights[0].value.hex() == value.hex()


def test_numpys_numbers_are_written_as_numbers(tmp_path: Path):
    network = build.by_hand()
    network.weights[0].value = np.float64(0.1)
    network.weights[1].value = np.float32(0.5)
    network.weights[2].value = 3  # type: ignore[assignment]

    lernpy.save(network, tmp_path / "net.json")

    assert [w.value for w in lernpy.load(tmp_path / "net.json").weights] == [0.1, 0.5, 3.0]


def test_a_rate_that_was_not_given_is_not_given():
    network = lernpy.layered([2, 3, 1], seed=0)
    again = files.from_json(files.to_json(network))
    again.optimizer = "adam"
    assert again.learning_rate == 0.001

    network.learning_rate = 0.0
    assert files.from_json(files.to_json(network)).learning_rate == 0.0


def test_a_built_in_card_is_kept(tmp_path: Path):
    fruit = load("fruit")
    network = lernpy.layered([10, 4, 3], output_activation="softmax", seed=0)
    network.card = Card.of(fruit, scaling="standard")
    row = [[150, "red", "smooth", "medium"]]

    lernpy.save(network, tmp_path / "net.json")
    again = lernpy.load(tmp_path / "net.json")

    assert again.card is not None
    assert again.card.encode(row).tolist() == network.card.encode(row).tolist()
    assert again.card.data == fruit.source


def test_names_of_any_language(tmp_path: Path):
    network = lernpy.from_edges(
        [("größe", "猫"), ("a, b", "猫"), ('"', "猫"), ("👩‍👧", "猫")],
        ["größe", "a, b", '"', "👩‍👧"],
        ["猫"],
        seed=0,
    )

    lernpy.save(network, tmp_path / "net.json")

    assert "größe" in (tmp_path / "net.json").read_text(encoding="utf-8")
    assert state(lernpy.load(tmp_path / "net.json")) == state(network)


def test_entries_of_ones_own_are_found_by_name(tmp_path: Path):
    try:
        activations.activation("cube")(lambda m: (lambda z: z**3, lambda z, y: 3 * z * z))
        losses.loss("cubic")(
            lambda m: (lambda y, t: abs(y - t) ** 3, lambda y, t: 3 * (y - t) * abs(y - t))
        )
        optimizers.optimizer("mine", rate=0.2, boldness=1.0)(
            lambda m, boldness: (
                lambda value, gradient, rate, memory: (value - boldness * rate * gradient, memory)
            )
        )
        network = lernpy.layered(
            [2, 3, 1], "cube", loss="cubic", optimizer=("mine", {"boldness": 2.0})
        )
        lernpy.save(network, tmp_path / "net.json")
        assert state(lernpy.load(tmp_path / "net.json")) == state(network)
    finally:
        activations.ACTIVATIONS.remove("cube")
        losses.LOSSES.remove("cubic")
        optimizers.OPTIMIZERS.remove("mine")

    with pytest.raises(
        LernpyError, match=r"net\.json: optimizer\.name: no optimizer is called 'mine'"
    ):
        lernpy.load(tmp_path / "net.json")
    with pytest.raises(LernpyError, match="the activation 'cube' is in no table"):
        lernpy.save(network, tmp_path / "again.json")


def test_a_chain_of_5000_neurons(tmp_path: Path):
    names = [f"n{i}" for i in range(5_000)]
    edges = [(a, b, 1.0) for a, b in pairwise(names)]
    lernpy.save(
        lernpy.from_edges(edges, ["n0"], ["n4999"], activation="identity"), tmp_path / "n.json"
    )

    assert lernpy.load(tmp_path / "n.json").predict([[3.0]])[0, 0] == 3.0


def test_a_hundred_thousand_links_come_back(tmp_path: Path):
    network = lernpy.layered([900, 110, 10], seed=0)
    lernpy.save(network, tmp_path / "net.json")
    found = lernpy.load(tmp_path / "net.json")

    assert len(network.links) > 100_000
    assert [w.value for w in found.weights] == [w.value for w in network.weights]


# ---- readable -----------------------------------------------------------------------------------


def test_a_file_can_be_read_and_compared(tmp_path: Path):
    """One lesson changes one line for each weight that moved, and no other."""
    network = build.by_hand()
    before = files.to_text(files.to_json(network)).splitlines()

    network.links["x", "h"].weight.freeze()
    network.learn([1], [1])
    after = files.to_text(files.to_json(network)).splitlines()

    assert '  {"source": "x", "target": "h", "weight": 0.5},' in before
    assert '  {"id": "h", "activation": "sigmoid"},' in before
    assert '  {"source": "x", "target": "h", "weight": 0.5, "frozen": true},' in after
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 3
    assert max(map(len, before)) < 100


def test_equal_networks_give_equal_bytes(tmp_path: Path):
    for name in ("a.json", "b.json", "c.json.gz", "d.json.gz"):
        lernpy.save(every_feature(), tmp_path / name)

    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "c.json.gz").read_bytes() == (tmp_path / "d.json.gz").read_bytes()
    assert (
        gzip.decompress((tmp_path / "c.json.gz").read_bytes()) == (tmp_path / "a.json").read_bytes()
    )


def test_networkx_reads_it_too(tmp_path: Path):
    network = build.two_two_two()
    lernpy.save(network, tmp_path / "net.json")

    values = json.loads((tmp_path / "net.json").read_text())
    graph = nx.node_link_graph(values, edges="links")
    again = lernpy.from_networkx(graph, inputs=values["inputs"], outputs=values["outputs"])

    assert [w.value for w in again.weights] == [w.value for w in network.weights]
    assert [w.rule for w in again.weights] == [w.rule for w in network.weights]


# ---- what is not written ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda n: setattr(n.weights[1], "value", math.nan), "the weight of x1 -> h2 is nan"),
        (lambda n: setattr(n.weights[1], "value", -math.inf), "the weight of x1 -> h2 is -inf"),
        (lambda n: setattr(n.weights[2], "memory", (math.nan,)), "the memory of x1 -> h3 is nan"),
        (
            lambda n: setattr(n.weights[0], "rule", Rule(rate=math.nan)),
            "the rate of x1 -> h1 is nan",
        ),
        (lambda n: setattr(n, "_l2", math.inf), "the l2 of the network is inf"),
        (lambda n: setattr(n, "_l1", -1), "the l1 of the network is -1; it must be 0 or more"),
        (lambda n: setattr(n, "seed", -1), "the seed is -1; it must be a whole number"),
        (lambda n: setattr(n, "seed", 1 << 128), "; it must be at most 340,282,366,9"),
        (
            lambda n: setattr(n.weights[0], "rule", Rule(low=2, high=1)),
            "the rule of x1 -> h1 has low 2 above high 1",
        ),
        (
            lambda n: setattr(n.weights[0], "memory", (0.5,)),
            "the memory of x1 -> h1 has 1 number, but the optimiser keeps 0",
        ),
        (
            lambda n: setattr(n, "card", Card.of(load("iris"))),
            "no file can hold the card of the network: card.input_names has 4, but the network has 2",
        ),
        (
            lambda n: setattr(n, "card", _oddly_named()),
            "the card of the network: card.columns is a list of 2; a list of columns with names that all",
        ),
    ],
)
def test_numbers_that_no_file_holds(
    spoil: Callable[[Network], None], sentence: str, tmp_path: Path
):
    network = lernpy.layered([2, 3, 1], seed=0)
    path = tmp_path / "net.json"
    lernpy.save(network, path)
    before = path.read_bytes()

    with pytest.raises(LernpyError) as error:
        spoil(network)  # some are refused here already
        lernpy.save(network, path)

    assert sentence in str(error.value)
    assert path.read_bytes() == before


def _oddly_named() -> Card:
    """Two columns of one name."""
    card = Card.of(load("xor"))
    return replace(card, columns=(Column("x1"), Column("x1")))


UNSEEN = "with a character that cannot be seen"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a\nb", UNSEEN),
        ("\x1b[2J", UNSEEN),
        ("\x9b2J", UNSEEN),
        ("h\u202e1", UNSEEN),
        ("\ud83d", UNSEEN),
        ("h\u20281", UNSEEN),
        *((f"h{letter}1", UNSEEN) for letter in "\u200b\u200e\u2060\ufeff\u00ad\U000e0041"),
        ("x" * 1_001, "has 1,001 characters"),
        ("", "has 0 characters"),
    ],
)
def test_names_that_nobody_can_see_are_refused_wherever_they_enter(
    name: str, sentence: str, tmp_path: Path
):
    """By every builder, by a file, and by what writes one."""
    x, y = Neuron("x"), Neuron("y")
    network = Network([x, y], [Link(x, y, Weight(0.5))], [x], [y])
    values = files.to_json(network)
    values["nodes"][0]["id"] = name
    graph = nx.DiGraph([(name, "y")])
    x.name, network._neurons = name, {name: x, "y": y}
    for use in (
        lambda: lernpy.from_edges([(name, "y")], [name], ["y"]),
        lambda: lernpy.from_networkx(graph, [name], ["y"]),
        lambda: files.from_json(values),
        lambda: lernpy.save(network, tmp_path / "net.json"),
    ):
        with pytest.raises(LernpyError, match=sentence) as error:
            use()
        assert str(error.value).isprintable()
    assert not list(tmp_path.iterdir())


def test_an_entry_without_a_place_in_the_table():
    network = build.by_hand()
    network.neurons["h"].activation = activations.Activation(
        "odd", lambda m: (abs, lambda z, y: 1.0)
    )

    with pytest.raises(LernpyError, match=r"'odd' is in no table.*enter it there with @activation"):
        files.to_json(network)
    network = build.by_hand()
    network.loss = losses.Loss("odd", losses.get("huber").factory)
    with pytest.raises(LernpyError, match=r"'odd' is in no table.*enter it there with @loss"):
        files.to_json(network)


def test_what_could_not_be_read_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr("lernpy.files.writing.MOST", 12)
    with pytest.raises(LernpyError, match="the network has 13 links; a file holds at most 12"):
        lernpy.save(lernpy.layered([2, 3, 1], seed=0), tmp_path / "net.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [("LARGEST", "would have more than 2,000 bytes"), ("MOST_VALUES", "more than 2,000 values")],
)
def test_a_file_too_large_to_be_read_is_not_written(limit, sentence, tmp_path, monkeypatch):
    """Adam's memory makes the file some four times as large."""
    network = lernpy.layered([20, 20, 1], optimizer="adam", seed=0)
    lernpy.save(network, tmp_path / "net.json")
    before = (tmp_path / "net.json").read_bytes()
    network.learn([0.5] * 20, [1])
    monkeypatch.setattr(storage, limit, 2_000)
    with pytest.raises(LernpyError, match=sentence):
        lernpy.save(network, tmp_path / "net.json")
    with pytest.raises(LernpyError, match=sentence):
        lernpy.save(network, tmp_path / "b.gz")
    assert (tmp_path / "net.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


@pytest.mark.parametrize("wrong", [None, 3, b"net.json", ["net.json"]])
def test_what_names_no_file(wrong):
    for use in (lambda: lernpy.save(build.by_hand(), wrong), lambda: lernpy.load(wrong)):
        with pytest.raises(LernpyError, match="a file has a name or a path, not"):
            use()


def test_a_file_names_no_entry_that_only_bears_the_name_of_another(tmp_path):
    """An entry of the table, made anew from the same lines, is that entry."""
    tanh, adam = activations.get("tanh"), optimizers.get("adam")
    network = lernpy.layered([1, 1], seed=0, optimizer=("adam", {"beta1": 0.5}))
    for what, kind, wrong in (
        ("neuron", "activation", activations.Activation("relu", tanh.factory)),
        ("loss", "loss", losses.Loss("huber", losses.get("squared_error").factory)),
        (
            "optimizer",
            "optimizer",
            optimizers.Optimizer("rprop", adam.factory, 0.1, adam.memory, adam.options),
        ),
    ):
        twin = network.copy()
        setattr(*((twin.neurons["y1"], "activation") if what == "neuron" else (twin, what)), wrong)
        with pytest.raises(
            LernpyError, match=f"the {kind} '{wrong.name}' is not what its table has"
        ):
            lernpy.save(twin, tmp_path / "n.json")
    network.neurons["y1"].activation = activations.Activation("tanh", lambda m: tanh.factory(m))
    lernpy.save(network, tmp_path / "n.json")
    assert lernpy.load(tmp_path / "n.json").neurons["y1"].activation is tanh
