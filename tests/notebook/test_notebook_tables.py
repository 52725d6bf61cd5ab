"""Reports, data and settings in a notebook: tables with every word escaped."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy.notebook import TABLES, _shower

EVIL = '<img src=x onerror="alert(1)">&'


def things(name: str) -> dict[str, Any]:
    """One of each class, with a name of a neuron, column, class and data set that is not tame."""
    data = lernpy.Dataset(
        name, np.arange(24.0).reshape(12, 2), [[i % 2] for i in range(12)],
        input_names=(name, "b"), classes=(name + "0", name + "1"), task="classification",
    )  # fmt: skip
    network = lernpy.from_edges(
        [(name, f"{name}h"), (f"{name}b", f"{name}h"), (f"{name}h", "y")],
        [name, f"{name}b"],
        ["y"],
        seed=0,
    )
    network.learn([0.1, 1], [1])
    run = lernpy.epochs(network.copy(), data, 2, seed=0, scale="standard")
    list(run)
    return {
        "Explanation": lernpy.explain(network),
        "Paths": lernpy.paths(network, f"{name}h"),
        "GradientReport": lernpy.check_gradients(network, [[0, 1]], [[1]]),
        "ParityReport": lernpy.check_parity(network, [[0, 1]], [[1]], updates=1),
        "Evaluation": lernpy.evaluate(network, data),
        "CrossValidation": lernpy.cross_validate(lambda seed: network.copy(), data, 3, epochs=1),
        "Run": run,
        "Sweep": lernpy.train_many(
            lambda seed: lernpy.layered([2, 1], seed=seed), data, range(2), epochs=1
        ),
        "Dataset": data,
        "Card": run.network.card,
    }


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    assert not tags.open
    return tags


@pytest.fixture(scope="module")
def evil() -> dict[str, Any]:
    return things(EVIL)


@pytest.mark.parametrize("name", TABLES)
def test_names_stay_words(name: str, evil: dict[str, Any]):
    tags = read(_shower("html", name.lower())(evil[name]))
    assert tags.seen <= {"div", "table", "tr", "th", "td", "ul", "li", "p"}
    if name not in ("CrossValidation", "Sweep"):
        assert EVIL in tags.words


@pytest.mark.parametrize("name", TABLES)
def test_each_class_is_where_it_is_said_to_be(name: str, evil: dict[str, Any]):
    thing = evil[name]
    assert (type(thing).__name__, type(thing).__module__) == (name, TABLES[name])


def test_figures_are_those_of_the_report(evil: dict[str, Any]):
    words = read(_shower("html", "evaluation")(evil["Evaluation"])).words
    for value in evil["Evaluation"].figures.values():
        if value is not None:
            assert f"{value:.6g}".replace("-", "−") in words
    assert "… and 7 more samples" in read(_shower("html", "dataset")(evil["Dataset"])).words


def test_ipython_shows_them(evil: dict[str, Any]):
    from IPython.core.interactiveshell import InteractiveShell

    from lernpy.notebook import register, unregister

    shell = InteractiveShell()
    register(shell)
    try:
        for name in TABLES:
            shown = shell.display_formatter.format(evil[name])[0]
            assert 'class="lernpy"' in shown["text/html"], name
    finally:
        unregister(shell)
