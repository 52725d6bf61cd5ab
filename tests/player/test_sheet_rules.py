"""Law: what a worksheet prints, worked out with the sheet's own numbers, gives its key."""

from __future__ import annotations

import html
import re
from typing import Any, NamedTuple

import pytest
from worked import worked

import lernpy
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.network import Network
from lernpy.player.sheet import sheet
from lernpy.text import MINUS
from lernpy.watch import Trace, slow_motion
from lernpy.weight import Rule

PENALTIES: list[dict[str, float]] = [{}, {"l1": 0.2}, {"l2": 0.5}, {"l1": 0.2, "l2": 0.5}]


class Key(NamedTuple):
    rules: list[str]  # the sentences above the tables
    rows: list[dict[str, str]]  # the links, by the heads of the columns
    loss: float


def key_of(network: Network, *lesson: Any, **how: Any) -> Key:
    key = sheet(Trace.record(slow_motion(network, *lesson, **how)).to_json()).split("<section>")[2]
    rules = [html.unescape(span)[:-1] for span in re.findall(r"<span>(.*?)</span>", key)]
    rows = re.findall(r"<tr>(.*?)</tr>", key.split("<table>")[2])
    heads, *cells = ([html.unescape(c) for c in re.findall(r"<t[hd]>(.*?)</t", r)] for r in rows)
    loss = re.findall(r"Loss of this sample: (\S+)\. ", key)[0]
    return Key(rules, [dict(zip(heads, row, strict=True)) for row in cells], number(loss))


def number(text: str) -> float:
    return float(text.replace(MINUS, "-"))


def new_weight(rules: list[str], row: dict[str, str]) -> float:
    """From nothing but what is printed."""
    known = {"w": number(row["weight w"]), "gradient": number(row["gradient<br>y · δ"])}
    known |= {head.replace(" ", "_"): number(row[head]) for head in row if head[:4] == "old "}
    own = [rule.removeprefix(row["link"]) for rule in rules if rule.startswith(row["link"])]
    if " is frozen: new weight = w" in own:
        return known["w"]
    for rule in own:
        if " shares its weight: all gradients of that are " in rule:
            known["gradient"] = number(rule.split(" are ")[1])
    first = next(at for at, rule in enumerate(rules) if rule.startswith(("g = ", "New weight")))
    for letter, formula in (rule.split(" = ", 1) for rule in rules[first:] if " = " in rule):
        free, _, of_bias = formula.partition("; of a bias g = ")
        is_bias = of_bias and row["link"].startswith("bias")
        known[letter] = worked(of_bias if is_bias else free, known)
        if letter == "New weight":
            break
    moved = known["New weight"]
    for part, high, low in re.findall(
        r"(\S+) of that step|no higher than (\S+)|no lower than (\S+)",
        " ".join(own).replace(",", ""),
    ):
        moved = known["w"] + number(part) * (moved - known["w"]) if part else moved
        moved = min(moved, number(high)) if high else max(moved, number(low)) if low else moved
    return moved


@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("lessons", [0, 2])
def test_every_new_weight_follows_from_the_printed_rule(
    optimizer: str, penalty: dict[str, float], lessons: int
) -> None:
    """One weight is frozen, one is slowed, one has bounds; the optimiser remembers, or not yet."""
    network = lernpy.layered(
        [2, 2, 1], "tanh", seed=1, optimizer=optimizer, learning_rate=0.3, **penalty
    )
    network.weights[0].freeze()
    network.weights[1].rule = Rule(rate=0.25)
    network.weights[2].rule = Rule(low=-0.84, high=0.9)
    for target in range(lessons):
        network.learn([0.5, 1], [target])
    key = key_of(network, [0.5, 1], [1])
    assert len(key.rows) == len(network.links)
    for row in key.rows:
        moved = network.links[tuple(row["link"].split(" → "))].weight.value
        assert number(row["new weight"]) == pytest.approx(moved, rel=1e-3)
        assert new_weight(key.rules, row) == pytest.approx(moved, rel=5e-3, abs=2e-3), row


def test_of_a_shared_weight_all_its_gradients_count() -> None:
    network = lernpy.layered([2, 2, 1], seed=1, learning_rate=2.0)
    network.tie(("x1", "h1"), ("x2", "h2"))
    key = key_of(network, [0.5, 1], [1])
    for row in key.rows:
        assert new_weight(key.rules, row) == pytest.approx(number(row["new weight"]), abs=2e-4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_where_the_new_weight_does_not_follow_it_is_not_asked(optimizer: str) -> None:
    """In a batch the weights move by what other samples say, too."""
    network = lernpy.layered([2, 2, 1], seed=1, optimizer=optimizer)
    key = key_of(network, [[0, 1], [1, 1]], [[1], [0]], batch_size=2)
    assert key.rules[-1] == (
        "New weight = not asked here: the weights move after a batch of 2 samples"
    )
    assert {row["new weight"] for row in key.rows} == {""}


@pytest.mark.parametrize("counts", [1.0, 3.0])
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
@pytest.mark.parametrize("loss", [name for name in LOSSES if name != "huber"])
def test_the_loss_follows_from_the_printed_formula(
    loss: str, penalty: dict[str, float], counts: float
) -> None:
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    network = lernpy.layered([2, 2, 2], "tanh", last, seed=1, loss=loss, **penalty)
    outputs = network.predict([[0.5, 1]])[0].tolist()
    key = key_of(network, [[0.5, 1]], [[1, 0]], sample_weight=[counts])
    times = "3 × " if counts == 3 else ""
    words = LOSSES[loss].words[0].replace("/ n", "/ 2")
    assert key.rules[0] == f"Loss: {loss} {times}Σ {words}" + (" + penalty" if penalty else "")
    values = (LOSSES[loss].value(y, t) for y, t in zip(outputs, [1, 0], strict=True))
    total = counts * LOSSES[loss].share(2) * sum(values)
    if penalty:
        total += number(key.rules[1].split(" = ")[1].split(",")[0])
    assert total == pytest.approx(key.loss, rel=2e-3)
