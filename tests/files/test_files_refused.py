"""What is wrong in a network file is named with its place."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved import every_feature

import lernpy
from lernpy import build, files
from lernpy.data import Card, Dataset
from lernpy.errors import FileFormatError, LernpyError


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
            "net.json is no lernpy-network file: it lacks 'format': 'lernpy-network'",
        ),
        (("format",), ..., "is no lernpy-network file"),
        (("version",), 3, "net.json is of version 3, but this lernpy reads version 1 and 2"),
        (("version",), True, "net.json is of version True"),
        (("version",), ..., "net.json is of version None"),
        (("nodes",), ..., "net.json has no 'nodes'; is it cut off?"),
        (("l2",), ..., "net.json has no 'l2'"),
        (("multigraph",), True, "a network is directed, with one link a pair"),
        (("lnks",), [], "net.json has 'lnks', which is unknown. Did you mean 'links'?"),
        (("links",), {}, "links is an empty object; a list belongs here"),
        (("links", 3), 7, "links[3] is 7; an object belongs here"),
        (("links", 3, "weight"), "abc", "links[3].weight is 'abc'; a finite number belongs here"),
        (("links", 3, "weight"), None, "links[3].weight is None"),
        (("links", 3, "weight"), True, "links[3].weight is True"),
        (("links", 3, "weight"), [], "links[3].weight is an empty list"),
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
        (("links", 3, "frozen"), 1, "links[3].frozen is 1; true or false belongs here"),
        (("links", 3, "low"), "x", "links[3].low is 'x'; a finite number belongs here"),
        (
            ("links", 1, "low"),
            9e9,
            "links[1].low is 9000000000.0; a number up to its high, 2, belongs",
        ),
        (("links", 3, "shared"), "a", "links[3].shared is 'a'; a whole number belongs here"),
        (("links", 2, "weight"), 0.125, "links[2] shares weight 0"),
        (("links", 3, "memory"), 5, "links[3].memory is 5; a list of finite numbers belongs here"),
        (("links", 3, "memory"), [1, 2], "links[3].memory is a list of 2; one of 4, as adam keeps"),
        (("links", 3, "memory"), [0, 0, 1, "x"], "links[3].memory is a list of 4"),
        (
            ("links", 3, "memory"),
            [0, 0, 1, 1 / 0.999],
            "; one from where adam can go on belongs here",
        ),
        (("links", 3, "memory"), [0, -1, 1, 1], "; one from where adam can go on belongs here"),
        (("links", 8), LOOP, "the links form a loop (h -> z -> h); remove one of them"),
        (("links", 8), {"source": "h", "target": "x1", "weight": 1.0}, "leads into the input 'x1'"),
        (
            ("links", 8),
            {"source": "h", "target": "b", "weight": 1.0},
            "the link h -> b is there twice",
        ),
        (("nodes", 1), "x2", "nodes[1] is 'x2'; an object belongs here"),
        (("nodes", 1, "id"), 5, "nodes[1].id is 5, which is not text"),
        (("nodes", 1, "id"), "", "nodes[1].id has 0 characters"),
        (("nodes", 1, "id"), "x" * 2_000, "nodes[1].id has 2,000 characters, not 1 to 1,000"),
        (
            ("nodes", 1, "id"),
            "\x1b[2J",
            "nodes[1].id is '\\x1b[2J', with a character that cannot be seen",
        ),
        (("nodes", 1, "id"), "x1", "nodes[1].id is 'x1'; another name than those of the neurons"),
        (
            ("nodes", 3, "activation"),
            "tan",
            "nodes[3].activation: no activation is called 'tan'. Did you",
        ),
        (
            ("nodes", 3, "activation"),
            {},
            "nodes[3].activation is an empty object; a text belongs here",
        ),
        (("nodes", 3, "activation"), "softmax", "the softmax neuron"),
        (("nodes", 7), {"id": "q", "activation": "relu"}, "the neuron 'q' cannot be reached"),
        (("groups",), [], "groups has none with the softmax neuron 'a'"),
        (("groups", 0), [], "groups[0].members is an empty list; a list of names belongs here"),
        (("groups", 0, 0), "h", "groups[0]: 'h' is in a group already, or is no softmax neuron"),
        (("groups", 0, 0), 7, "groups[0].members[0] is 7, but no neuron is called that"),
        (("groups", 1), ["a"], "groups[1]: 'a' is in a group already"),
        (("inputs",), [], "inputs is an empty list; a list of names belongs here"),
        (("inputs", 0), "x1 ", "inputs[0] is 'x1 ', but no neuron is called that. Did you mean"),
        (("inputs", 0), "x2", "input 'x2' is declared twice"),
        (("inputs", 1), ..., "'x2' cannot be reached"),
        (
            ("outputs", 0),
            "bias ",
            "outputs[0] is 'bias ', but no neuron is called that. Did you mean",
        ),
        (("outputs",), "y", "outputs is 'y'; a list belongs here"),
        (("loss",), "squared", "loss: no loss is called 'squared'. Did you mean 'squared_error'?"),
        (("loss",), 5, "loss is 5; a text belongs here"),
        (("optimizer",), "adam", "optimizer is 'adam'; an object belongs here"),
        (
            ("optimizer", "name"),
            "adan",
            "optimizer.name: no optimizer is called 'adan'. Did you mean",
        ),
        (("optimizer", "name"), ..., "optimizer has no 'name'"),
        (
            ("optimizer", "options"),
            [],
            "optimizer.options is an empty list; an object belongs here",
        ),
        (
            ("optimizer", "options", "beta1"),
            "x",
            "optimizer.options.beta1 is 'x'; a finite number belongs here",
        ),
        (
            ("optimizer", "options", "beta1"),
            1.0,
            "optimizer.options: adam takes no step to a finite number",
        ),
        (("optimizer", "options", "self"), 1.0, "optimizer.options: adam has no option 'self'"),
        (("learning_rate",), "fast", "learning_rate is 'fast'; a finite number belongs here"),
        (("learning_rate",), -1, "the learning rate is -1; it must be 0 or more"),
        (("l1",), None, "l1 is None; a finite number belongs here"),
        (("l2",), -0.5, "the l2 is -0.5; it must be 0 or more"),
        (("seed",), -1, "seed is -1; a whole number from 0 to"),
        (("seed",), 1.5, "seed is 1.5"),
        (("seed",), 1 << 200, "seed is 1606938"),
        (("card",), 5, "card is 5; an object belongs here"),
        (("card", "task"), "guessing", "card.task is 'guessing'; one of"),
        (("card", "scaling", "scale"), 0, "card.scaling.scale is 0 in column 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path: tuple, value: Any, sentence: str):
    with pytest.raises(LernpyError) as error:
        files.from_json(damaged(path, value), "net.json")

    assert str(error.value).startswith("net.json")
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
    with pytest.raises(FileFormatError, match=r"is no lernpy-network file|an object belongs here"):
        files.from_json(value)


def test_a_number_beyond_the_floats(tmp_path: Path):
    """1e999 is JSON, and Python reads it as infinity."""
    text = files.to_text(files.to_json(build.by_hand())).replace("0.25", "1e999")
    (tmp_path / "net.json").write_text(text)

    with pytest.raises(FileFormatError, match=r"net\.json: links\[1\]\.weight is inf; a finite"):
        lernpy.load(tmp_path / "net.json")


def test_too_many_links_are_not_even_looked_at(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lernpy.files.reading.MOST", 5)

    with pytest.raises(
        FileFormatError, match="nodes is a list of 7; a list of at most 5 belongs here"
    ):
        files.from_json(files.to_json(every_feature()))


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(LernpyError, match="could not be read: no such file"):
        lernpy.load(tmp_path / "net.json")
    with pytest.raises(LernpyError, match="is a folder"):
        lernpy.load(tmp_path)
