"""Network files: exact, readable, and safe to open whoever wrote them."""

from __future__ import annotations

import copy
import gzip
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import OPTIMIZERS, cases, networks

import lernpy
from lernpy import build, files
from lernpy.data import Card, Dataset, load
from lernpy.errors import FileFormatError, LernpyError
from lernpy.functions import activations, losses, optimizers
from lernpy.network import Network
from lernpy.weight import Rule


def state(network: Network) -> object:
    """All that a file keeps, in the order in which it matters; floats by their bits."""
    places = {weight: place for place, weight in enumerate(network.weights)}
    return (
        [str(part) for part in network.order],
        [(name, n.activation.name) for name, n in network.neurons.items()],
        [places[link.weight] for link in network.links.values()],
        [(float(w.value).hex(), w.rule, w.memory) for w in network.weights],
        [[member.name for member in group.members] for group in network.groups],
        [[n.name for n in ends] for ends in (network.inputs, network.outputs)],
        (
            network.loss,
            network.optimizer,
            network._learning_rate,
            network.l1,
            network.l2,
            network.seed,
        ),
    )


def every_feature() -> Network:
    """Shared, frozen, slowed and bounded weights, a softmax group, options, memory, a card."""
    network = lernpy.from_edges(
        [
            ("x1", "h"),
            ("x2", "h"),
            ("bias", "h"),
            ("h", "a"),
            ("h", "b"),
            ("x1", "a"),
            ("a", "z"),
            ("h", "z"),
        ],
        ["x1", "x2"],
        ["b", "a", "z"],
        softmax=[["b", "a"]],
        activations={"h": "tanh"},
        optimizer=("adam", {"beta1": 0.8}),
        l1=0.001,
        l2=0.01,
        seed=4,
    )
    network.tie(("x1", "h"), ("x2", "h"))
    network.links["bias", "h"].weight.freeze()
    network.links["h", "b"].weight.rule = Rule(rate=0.5, low=-1.0)
    network.links["x1", "a"].weight.rule = Rule(high=2.0)
    network.learn([0.3, -1.0], [0.0, 1.0, 0.5])
    data = Dataset.of((np.array([[0.1, 2.0], [0.3, 5.0]]), np.array([[0, 1, 0.5], [1, 0, 0.5]])))
    network.card = Card.of(data, scaling="standard", training={"epochs": 20, "note": "é"})
    return network


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
        [("größe", "猫"), ("a, b", "猫"), ('"', "猫"), ("\ud83d", "猫")],
        ["größe", "a, b", '"', "\ud83d"],
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


def test_a_hundred_thousand_links_take_about_a_second(tmp_path: Path):
    network = lernpy.layered([900, 110, 10], seed=0)
    start = time.perf_counter()

    lernpy.save(network, tmp_path / "net.json")
    lernpy.load(tmp_path / "net.json")

    assert len(network.links) > 100_000
    assert time.perf_counter() - start < 6.0  # 1.1 s on a quiet machine


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
        (lambda n: setattr(n, "l2", math.inf), "the l2 of the network is inf"),
    ],
)
def test_numbers_that_no_file_holds(
    spoil: Callable[[Network], None], sentence: str, tmp_path: Path
):
    network = lernpy.layered([2, 3, 1], seed=0)
    path = tmp_path / "net.json"
    lernpy.save(network, path)
    before = path.read_bytes()
    spoil(network)

    with pytest.raises(LernpyError) as error:
        lernpy.save(network, path)

    assert sentence in str(error.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "x" * 1_001])
def test_names_that_no_file_holds(name: str, tmp_path: Path):
    with pytest.raises(LernpyError, match="a file cannot hold it"):
        lernpy.save(lernpy.from_edges([(name, "y")], [name], ["y"]), tmp_path / "net.json")

    assert not list(tmp_path.iterdir())


def test_an_entry_without_a_place_in_the_table():
    network = build.by_hand()
    network.neurons["h"].activation = activations.Activation(
        "odd", lambda m: (abs, lambda z, y: 1.0)
    )

    with pytest.raises(LernpyError, match=r"'odd' is in no table.*enter it there with @activation"):
        files.to_json(network)


# ---- what is not read ---------------------------------------------------------------------------


def damaged(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A valid file of every feature, with one value replaced (or taken out: ...)."""
    values = copy.deepcopy(files.to_json(every_feature()))
    at: Any = values
    for key in path[:-1]:
        at = at[key]
    if value is ...:
        del at[path[-1]]
    elif isinstance(at, list) and path[-1] == len(at):
        at.append(value)
    else:
        at[path[-1]] = value
    return values


LOOP = {"source": "z", "target": "h", "weight": 1.0}


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (
            ("format",),
            "lernmi",
            "this is no network of lernpy: it lacks 'format': 'lernpy-network'",
        ),
        (("format",), ..., "this is no network of lernpy"),
        (("version",), 2, "the file is of version 2, but this lernpy reads version 1"),
        (("version",), True, "the file is of version True"),
        (("version",), ..., "the file is of version None"),
        (("nodes",), ..., "there is no 'nodes'; the file is not whole"),
        (("l2",), ..., "there is no 'l2'"),
        (("multigraph",), True, "a network is directed, with one link a pair"),
        (("lnks",), [], " has 'lnks', which is unknown. Did you mean 'links'?"),
        (("links",), {}, "links is an object of 0, which is not a list"),
        (("links", 3), 7, "links[3] is 7, which is not an object"),
        (("links", 3, "weight"), "abc", "links[3].weight is 'abc', which is not a finite number"),
        (("links", 3, "weight"), None, "links[3].weight is None"),
        (("links", 3, "weight"), True, "links[3].weight is True"),
        (("links", 3, "weight"), [], "links[3].weight is a list of 0"),
        (("links", 3, "weight"), math.inf, "links[3].weight is inf"),
        (("links", 3, "weight"), math.nan, "links[3].weight is nan"),
        (("links", 3, "weight"), 10**400, "links[3].weight is 1000"),
        (("links", 3, "weight"), ..., "links[3] has no 'weight'"),
        (
            ("links", 3, "wieght"),
            1.0,
            "links[3] has 'wieght', which is unknown. Did you mean 'weight'?",
        ),
        (
            ("links", 3, "source"),
            "hh",
            "links[3].source is 'hh', but no neuron is called that. Did",
        ),
        (
            ("links", 3, "target"),
            ["h"],
            "links[3].target is a list of 1, but no neuron is called that",
        ),
        (("links", 3, "target"), ..., "links[3] has no 'target'"),
        (("links", 3, "frozen"), 1, "links[3].frozen is 1, which is neither true nor false"),
        (("links", 3, "low"), "x", "links[3].low is 'x', which is not a finite number"),
        (("links", 1, "low"), 9e9, "links[1].low is 9e+09, which is above its high, 2"),
        (("links", 3, "shared"), "a", "links[3].shared is 'a', which is not a whole number"),
        (("links", 2, "weight"), 0.125, "links[2] shares weight 0"),
        (("links", 3, "memory"), 5, "links[3].memory is 5, which is not a list of finite numbers"),
        (("links", 3, "memory"), [1, 2], "links[3].memory has 2 numbers, but adam keeps 4"),
        (("links", 3, "memory"), [0, 0, 1, "x"], "links[3].memory is a list of 4"),
        (("links", 3, "memory"), [0, 0, 1, 1 / 0.999], ", from where adam cannot go on"),
        (("links", 3, "memory"), [0, -1, 1, 1], ", from where adam cannot go on"),
        (("links", 8), LOOP, "the links form a loop (h -> z -> h); remove one of them"),
        (("links", 8), {"source": "h", "target": "x1", "weight": 1.0}, "leads into the input 'x1'"),
        (
            ("links", 8),
            {"source": "h", "target": "b", "weight": 1.0},
            "the link h -> b is there twice",
        ),
        (("nodes", 1), "x2", "nodes[1] is 'x2', which is not an object"),
        (("nodes", 1, "id"), 5, "nodes[1].id is 5, which is not text"),
        (("nodes", 1, "id"), "", "nodes[1].id has 0 characters"),
        (("nodes", 1, "id"), "x" * 2_000, "nodes[1].id has 2000 characters, not 1 to 1,000"),
        (("nodes", 1, "id"), "\x1b[2J", "nodes[1].id is '\\x1b[2J', with a control character"),
        (("nodes", 1, "id"), "x1", "nodes[1].id is 'x1', as is that of a neuron before it"),
        (
            ("nodes", 3, "activation"),
            "tan",
            "nodes[3].activation: no activation is called 'tan'. Did you",
        ),
        (
            ("nodes", 3, "activation"),
            {},
            "nodes[3].activation is an object of 0, which is not a name",
        ),
        (("nodes", 3, "activation"), "softmax", "the softmax neuron"),
        (("nodes", 7), {"id": "q", "activation": "relu"}, "the neuron 'q' cannot be reached"),
        (("groups",), [], "the softmax neuron 'a' is in none of the groups"),
        (("groups", 0), [], "groups[0] is a list of 0, which is no list of names"),
        (("groups", 0, 0), "h", "groups[0]: 'h' is in a group already, or is no softmax neuron"),
        (("groups", 0, 0), 7, "groups[0][0] is 7, but no neuron is called that"),
        (("groups", 1), ["a"], "groups[1]: 'a' is in a group already"),
        (("inputs",), [], "inputs is a list of 0, which is no list of names"),
        (("inputs", 0), "x1 ", "inputs[0] is 'x1 ', but no neuron is called that. Did you mean"),
        (("inputs", 0), "x2", "input 'x2' is declared twice"),
        (("inputs", 1), ..., "'x2' cannot be reached"),
        (
            ("outputs", 0),
            "bias ",
            "outputs[0] is 'bias ', but no neuron is called that. Did you mean",
        ),
        (("outputs",), "y", "outputs is 'y', which is no list of names"),
        (("loss",), "squared", "loss: no loss is called 'squared'. Did you mean 'squared_error'?"),
        (("loss",), 5, "loss is 5, which is not a name"),
        (("optimizer",), "adam", "optimizer is 'adam', which is not an object"),
        (
            ("optimizer", "name"),
            "adan",
            "optimizer.name: no optimizer is called 'adan'. Did you mean",
        ),
        (("optimizer", "name"), ..., "optimizer has no 'name'"),
        (("optimizer", "options"), [], "optimizer.options is a list of 0, which is not an object"),
        (
            ("optimizer", "options", "beta1"),
            "x",
            "optimizer.beta1 is 'x', which is not a finite number",
        ),
        (
            ("optimizer", "options", "beta1"),
            1.0,
            "optimizer: adam takes no step to a finite number",
        ),
        (("optimizer", "options", "self"), 1.0, "optimizer: adam has no option 'self'"),
        (("learning_rate",), "fast", "learning_rate is 'fast', which is not a finite number"),
        (("learning_rate",), -1, "the learning rate is -1; it must be 0 or more"),
        (("l1",), None, "l1 is None, which is not a finite number"),
        (("l2",), -0.5, "the l2 is -0.5; it must be 0 or more"),
        (("seed",), -1, "seed is -1, which is no whole number from 0 on"),
        (("seed",), 1.5, "seed is 1.5"),
        (("seed",), 1 << 200, "seed is 1606938"),
        (("card",), 5, "card must be an object, but it is 5"),
        (("card", "task"), "guessing", "card: 'task' must be one of"),
        (("card", "scaling", "scale"), 0, "card: 'scaling': 'scale' is 0 in column 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path: tuple, value: Any, sentence: str):
    with pytest.raises(LernpyError) as error:
        files.from_json(damaged(path, value), "net.json")

    assert str(error.value).startswith("net.json: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_a_card_of_another_network():
    values = files.to_json(every_feature())
    network = lernpy.layered([3, 1], seed=0)
    network.card = Card.of(Dataset.of((np.ones((2, 3)), np.ones((2, 1)))))
    values["card"] = files.to_json(network)["card"]

    with pytest.raises(
        FileFormatError, match=r"card\.input_names has 3, but the network has 2 input"
    ):
        files.from_json(values)


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [{}], True])
def test_what_is_no_network_at_all(value: object):
    with pytest.raises(FileFormatError, match="this is no network of lernpy"):
        files.from_json(value)


def test_a_number_beyond_the_floats(tmp_path: Path):
    """1e999 is JSON, and Python reads it as infinity."""
    text = files.to_text(files.to_json(build.by_hand())).replace("0.25", "1e999")
    (tmp_path / "net.json").write_text(text)

    with pytest.raises(
        FileFormatError, match=r"net\.json: links\[1\]\.weight is inf, which is not"
    ):
        lernpy.load(tmp_path / "net.json")


def test_too_many_links_are_not_even_looked_at(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lernpy.files.reading.MOST", 5)

    with pytest.raises(FileFormatError, match="nodes has 7 entries; at most 5 are read"):
        files.from_json(files.to_json(every_feature()))


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(LernpyError, match="could not be read: no such file"):
        lernpy.load(tmp_path / "net.json")
    with pytest.raises(LernpyError, match="is a folder"):
        lernpy.load(tmp_path)


# ---- mutants ------------------------------------------------------------------------------------

VALID = files.to_text(files.to_json(every_feature())).encode()
PACKED = gzip.compress(VALID, mtime=0)


def try_to_load(path: Path, content: bytes) -> bool:
    """Whether it loads; if not, it must say so in one sentence that names the file."""
    path.unlink(missing_ok=True)  # on some disks much faster than writing over it
    path.write_bytes(content)
    try:
        network = lernpy.load(path)
    except LernpyError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
        return False
    network.predict(
        [[0.1, 0.2]] if len(network.inputs) == 2 else np.zeros((1, len(network.inputs)))
    )
    again = files.from_json(files.to_json(network))
    assert state(again) == state(network)
    return True


def test_cut_off_anywhere(tmp_path: Path):
    for end in range(0, len(VALID) - 1, 3):  # without its last newline a file is still whole
        assert not try_to_load(tmp_path / "net.json", VALID[:end])
    for end in range(len(PACKED)):
        assert not try_to_load(tmp_path / "net.json.gz", PACKED[:end])


def test_flipped_bits(tmp_path: Path):
    """Two thousand files, each with a few bytes changed; the compressed ones hardly ever load."""
    rng = random.Random(0)
    loaded = 0
    for turn in range(2_000):
        valid = PACKED if turn % 4 == 0 else VALID
        mutant = bytearray(valid)
        for _ in range(rng.choice([1, 1, 2, 5])):
            place = rng.randrange(len(mutant))
            mutant[place] = rng.choice(
                [mutant[place] ^ (1 << rng.randrange(8)), rng.randrange(256)]
            )
        loaded += try_to_load(tmp_path / "net", bytes(mutant))
    assert 0 < loaded < 2_000  # a changed digit is still a number


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.sampled_from(["", "x1", "h", "softmax", "adam", "one", "1e5", "\ud800", "\x00"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a JSON tree but the whole."""
    if at:
        yield at
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        yield from places(inner, (*at, key))


TREE = json.loads(VALID)
PLACES = list(places(TREE))


def mutate(tree: Any, way: tuple[Any, ...], how: str, value: Any, other: tuple[Any, ...]) -> None:
    """Replace, delete, repeat or exchange what stands there; a way that is gone changes nothing."""
    try:
        at, there = tree, tree
        for key in way[:-1]:
            at = at[key]
        for key in other[:-1]:
            there = there[key]
        if how == "replace":
            at[way[-1]] = value
        elif how == "delete":
            del at[way[-1]]
        elif how == "exchange":
            at[way[-1]], there[other[-1]] = there[other[-1]], at[way[-1]]
        elif isinstance(at, list):
            at.append(copy.deepcopy(at[way[-1]]))
        else:
            at[str(value)] = copy.deepcopy(at[way[-1]])
    except (KeyError, IndexError, TypeError):
        pass


@settings(
    max_examples=1_500,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.sampled_from(["replace", "delete", "repeat", "exchange"]),
            json_values,
            st.sampled_from(PLACES),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_thousands_of_mutants(tmp_path: Path, changes: list):
    """Whatever is replaced, left out, repeated or exchanged: a network, or one sentence."""
    tree = copy.deepcopy(TREE)
    for change in changes:
        mutate(tree, *change)

    try_to_load(tmp_path / "net.json", json.dumps(tree).encode("utf-8", "surrogatepass"))


@settings(max_examples=300)
@given(json_values)
def test_any_json_at_all(value: Any):
    with pytest.raises(FileFormatError):
        files.from_json(value)


@given(networks())
def test_to_json_is_plain(network: Network):
    """It passes through JSON and back without a change, as a checkpoint needs it."""
    values = files.to_json(network)

    assert json.loads(json.dumps(values)) == values
    assert json.loads(files.to_text(values)) == values
