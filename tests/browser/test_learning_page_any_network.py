"""The page that learns with any network: portable maths, products, names and units of the data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from learning_page import LearningPage, opened

import lernpy
from lernpy import files, player

GATE = [("x1", "a"), ("x2", "b"), ("bias", "a"), ("bias", "b"), ("p", "y"), ("bias", "y")]
EXACT = "this page trains as lernpy does: 20 updates, every bit of the weights the same"
BACK = """(() => {
    const { steps } = lab.player.details, v = lab.net.names.indexOf("p");
    lab.player.go([0, steps.findIndex(({ back, link, members }) => back && link < 0 && members[0] === v)]);
})()"""
Open = Callable[[str], LearningPage]


@pytest.fixture
def show(new_page: Callable[..., Any], tmp_path: Path) -> Open:
    return lambda text: opened(new_page, tmp_path, text)


def gate(maths: str = "portable") -> lernpy.Network:
    """A product of two neurons decides."""
    settings = {"activation": "tanh", "output_activation": "sigmoid", "learning_rate": 0.3}
    ends = (["x1", "x2"], ["y"])
    return lernpy.from_edges(
        GATE, *ends, products={"p": ["a", "b"]}, maths=maths, seed=2, **settings
    )


def test_with_portable_maths_it_is_proven_to_the_bit(show: Open) -> None:
    for network in (gate(), lernpy.layered([2, 4, 1], optimizer="adam", maths="portable", seed=0)):
        lab = show(player.lab(network, lernpy.data.load("exclusive_or")))
        lab.press("ArrowRight")
        assert str(lab.ask("lab.proofText")).startswith(EXACT)
        assert lab.file["maths"] == "portable" and 'maths="portable"' in lab.ask("lab.python")
        lab.frame.locator(".lp-set").select_option("circle")
        assert lab.file["maths"] == "portable"


def test_a_product_is_a_lesson_and_stays_one(show: Open) -> None:
    lab = show(player.lab(gate("fast"), lernpy.data.load("exclusive_or")))
    lab.press("ArrowRight", "Space", "Space")
    lab.ask(BACK)
    assert lab.text("event").startswith("p blames its factors")
    assert "proven" in lab.text("badge") and "not recomputed" not in lab.text("proof")
    lab.ask("lab.watch()")
    lab.click_neuron("a")
    lab.press("Delete")
    assert lab.says == "a is a factor of p; it stays"
    lab.drag("x1", "p")
    assert lab.says == "p hears no links: it is a product"
    names: dict[str, Any] = {}
    exec(lab.ask("lab.python"), names)
    assert files.to_json(names["net"])["products"] == {"p": ["a", "b"]}


def test_the_feed_and_the_cost_tell_the_numbers_of_the_data(show: Open) -> None:
    lab = show(player.lab(data="sine"))
    lab.press("Space", "Space")
    lab.ask("lab.player.go([0, 1])")
    assert "In the data: x1 " in lab.text("say")
    lab.ask("lab.player.go([0, lab.player.details.ends[3][2]])")
    assert "In the data: y1 " in lab.text("say") and ", wanted is " in lab.text("say")
    iris = show(player.lab(data="iris"))
    iris.press("Space", "Space")
    iris.ask("lab.player.go([0, 1])")
    assert "In the data: sepal_length " in iris.text("say")
