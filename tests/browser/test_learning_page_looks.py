"""What is seen of the page that learns: all letters in sight, on nothing else, large enough."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import measured
import moments
import pytest
from learning_page import opened

import lernpy
from lernpy import player

FEW = 5  # stops of the lesson that stands still, in the ordinary run
FEWER = 2  # questions before its steps


def faults(
    browser: Any, folder: Path, name: str, stops: int | None, asked: int | None, *grid: Any
) -> list[str]:
    """What is hidden, overlaps, was dropped or is too small, at each moment of a page."""
    file = folder / "lab.html"
    file.write_text(moments.PAGES[name](), encoding="utf-8")
    wrong = []
    for where, page in measured.contexts(browser, *grid):
        page.goto(file.as_uri())
        for moment in chain(moments.moments(page, stops), moments.questions(page, asked)):
            wrong += [f"{where}, {moment}: {fault}" for fault in measured.measure(page).faults]
    return wrong


@pytest.mark.parametrize(
    ("name", "size", "theme"),
    [
        *((name, (1280, 720), "light") for name in ("xor", "iris")),
        *((name, (390, 844), "dark") for name in ("xor", "iris")),
        *(("xor", size, "grey") for size in ((1024, 768), (844, 390))),
    ],
    ids=str,
)
def test_all_is_in_sight(
    browser: Any, tmp_path: Path, name: str, size: tuple[int, int], theme: str
) -> None:
    """While it learns and at some stops; all sizes, themes and stops: -m profile."""
    assert faults(browser, tmp_path, name, FEW, FEWER, [size], [theme]) == []


@pytest.mark.profile
@pytest.mark.parametrize("name", sorted(moments.PAGES))
def test_every_moment_in_every_size_and_theme_is_in_order(
    browser: Any, tmp_path: Path, name: str
) -> None:
    """Five sizes, light, dark and grey; of each phase the first, the middle and the last stop."""
    assert faults(browser, tmp_path, name, None, 3 * FEWER) == []


def test_the_measuring_sees_what_canvases_show(browser: Any) -> None:
    """Texts of a canvas that lie on each other, are cut off or too small are found; cleared ones are gone."""
    pages = measured.contexts(browser, [(1280, 720)], ["light"])
    _, page = next(pages)
    page.goto("data:text/html,<body><canvas width=300 height=200></canvas>")
    page.evaluate("""() => {
        const pen = document.querySelector("canvas").getContext("2d");
        const write = (font, ...rest) => { pen.font = `${font}px sans-serif`; pen.fillText(...rest); };
        write(20, "gone", 10, 40);
        pen.clearRect(0, 0, 300, 200);
        write(20, "one", 10, 40), write(20, "two", 12, 42), write(20, "three", 280, 90);
        write(9, "four", 10, 150);
    }""")
    found = measured.measure(page)
    assert (found.overlapping, found.hidden, found.smallest) == (["two | one"], ["three"], 9.0)
    assert next(pages, None) is None


CORNERS = """() => {
    const canvas = document.querySelector(".lp-picture"), { width, height } = canvas;
    const size = Math.min(width, height), pen = canvas.getContext("2d");
    return [-1, 1].map((side) => [
        ...pen.getImageData(width / 2 + 0.4 * side * size, height / 2 + 0.4 * side * size, 1, 1).data,
    ]);
}"""


def test_the_surest_no_is_orange_and_the_surest_yes_is_blue(new_page: Any, tmp_path: Path) -> None:
    """x1 -> y, weight 60: 0 on the left, 1 on the right, to the last bit."""
    edges = [("x1", "y"), ("x2", "y")]
    net = lernpy.from_edges(edges, ["x1", "x2"], ["y"], output_activation="sigmoid", seed=0)
    net.links["x1", "y"].weight.value, net.links["x2", "y"].weight.value = 60.0, 0.0
    samples = ([[-2.0, -2.0], [2.0, 2.0]], [[0.0], [1.0]])
    lab = opened(new_page, tmp_path, player.lab(net, samples))
    assert lab.page.evaluate(CORNERS) == [[243, 166, 92, 255], [0, 88, 150, 255]]
