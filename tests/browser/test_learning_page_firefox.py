"""The page that learns in Firefox: it opens, trains, stops, steps, and is what it is in Chromium."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from firefox import Firefox, firefox, path
from learning_page import BITS, opened, spiral, xor

WHERE = "document.querySelector('.lp-where').textContent"


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    program = path()
    if program is None:
        pytest.skip("no Firefox here (apt install firefox-esr)")
    with firefox(program, tmp_path_factory.mktemp("firefox")) as started:
        yield started


def show(fox: Firefox, folder: Path, text: str, hash_: str = "") -> None:
    file = folder / "lab.html"
    file.write_text(text, encoding="utf-8")
    fox.goto(file.as_uri() + hash_)
    fox.wait("Boolean(lab)")


def test_it_trains_and_is_proven(fox: Firefox, tmp_path: Path) -> None:
    show(fox, tmp_path, spiral(), "#run")
    before = fox.ask("lab.session.curve[0].train")
    fox.wait("lab.session.epoch >= 5")
    assert fox.ask("lab.proof.good") and fox.ask("lab.session.curve.at(-1).train") < before
    assert fox.ask("Boolean(lab.engine.program)")
    assert fox.ask("performance.getEntriesByType('resource').length") == 0
    width, height = struct.unpack(">II", fox.picture()[16:24])
    assert width > 1000 and height > 500


def test_keys_stop_step_and_go_back(fox: Firefox, tmp_path: Path) -> None:
    show(fox, tmp_path, xor())
    start = fox.ask(BITS)
    fox.press("ArrowRight", "ArrowRight")
    assert fox.ask("lab.session.epoch") == 2 and fox.ask(BITS) != start
    fox.press("Space")
    fox.wait("lab.session.epoch > 4")
    fox.press("Space")
    assert fox.ask("lab.isStopped") and "step 1 of" in fox.ask(
        "document.querySelector('.lp-where').textContent"
    )
    fox.press("ArrowRight", "ArrowRight")
    assert "step 3 of" in fox.ask("document.querySelector('.lp-where').textContent")
    fox.press("r")
    assert fox.ask(BITS) == start


def test_both_browsers_learn_the_same(fox: Firefox, new_page, tmp_path: Path) -> None:
    """Ten epochs of XOR, to the last bits of tanh."""
    show(fox, tmp_path, xor())
    lab = opened(new_page, tmp_path, xor())
    for _ in range(10):
        fox.press("ArrowRight")
        lab.press("ArrowRight")
    weights = fox.ask("[...lab.engine.values]")
    assert weights == pytest.approx(lab.weights, rel=0, abs=1e-12)
