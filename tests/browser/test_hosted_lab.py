"""The page that learns in somebody else's document: Python hears stop, step, edit and save, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learning_page import LearningPage

import lernpy
from lernpy import files
from lernpy.notebook.learning import Learning
from lernpy.player.bundle import script
from lernpy.player.looks import style

HOST = """async ([code, looks, traits]) => {
    document.head.append(Object.assign(document.createElement("style"), { textContent: looks }));
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const { default: { render } } = await import(address);
    const heard = {};
    window.sent = [];
    const model = { get: (name) => traits[name], set() {}, save_changes() {},
        on: (name, hear) => { heard[name] = hear; }, off: (name) => delete heard[name],
        send: (message) => window.sent.push(JSON.parse(JSON.stringify(message))) };
    window.tell = (message) => heard["msg:custom"](message);
    window.take = render({ model, el: document.getElementById("here") });
}"""


@pytest.fixture
def hosted(new_page: Callable[..., Any]) -> tuple[LearningPage, Learning]:
    net = lernpy.layered([2, 3, 1], activation="tanh", learning_rate=0.5, seed=1)
    learning = Learning(net, lernpy.data.load("xor"), batch_size=1)
    page = new_page(viewport={"width": 1100, "height": 900}, reduced_motion="reduce")
    page.goto("data:text/html,<title>host</title><input id=other><div id=here></div>")
    traits = {**learning.traits, "hosted": True}
    page.evaluate(HOST, [script(entry="lab/page"), style("lab"), traits])
    return LearningPage(page), learning


def heard(page: LearningPage, learning: Learning) -> list[str]:
    """Python hears what the page has sent since; the kinds of it."""
    messages = page.page.evaluate("() => window.sent.splice(0)")
    for message in messages:
        learning.hear(message)
    return [message["kind"] for message in messages]


def bits(net: lernpy.Network) -> str:
    return np.array([weight.value for weight in net.weights]).tobytes().hex()


def test_python_hears_what_happens_and_has_the_same_bits(
    hosted: tuple[LearningPage, Learning],
) -> None:
    page, learning = hosted
    page.frame.locator(".lp-root").focus()
    page.press("Space")
    page.wait("lab.session.epoch >= 3")
    page.press("Space")
    assert heard(page, learning) == ["run", "stop"]
    assert bits(learning.network) == page.bits
    assert learning.events[-1].epoch == page.epoch and "step 1 of" in learning.events[-1].where
    page.press("ArrowRight", "ArrowRight")
    assert heard(page, learning) == ["step", "step"] and "step 3 of" in learning.events[-1].where
    page.press("Escape")
    page.frame.locator("[data-lab=wider]").click()
    assert heard(page, learning)[-1] == "edit" and len(learning.network.links) == 17
    with page.page.expect_download() as download:
        page.frame.locator("[data-lab=save]").click()
    assert heard(page, learning) == ["save"]
    assert bits(lernpy.load(Path(download.value.path()))) == bits(learning.network) == page.bits


def test_python_lets_the_page_go_on_with_another_net(hosted: tuple[LearningPage, Learning]) -> None:
    page, learning = hosted
    other = lernpy.layered([2, 5, 1], activation="relu", seed=4)
    page.page.evaluate("(file) => window.tell({ file })", files.to_text(files.to_json(other)))
    assert page.says == "opened: 21 links" and page.bits == bits(other)
    heard(page, learning)
    assert bits(learning.network) == bits(other)
    page.page.evaluate("() => window.tell({ news: 'Python refused that: no' })")
    assert page.says == "Python refused that: no"


def test_its_keys_and_its_address_are_not_the_hosts(hosted: tuple[LearningPage, Learning]) -> None:
    """Keys outside of it do nothing in it; the address stays; no link to copy; it can be taken away."""
    page, _ = hosted
    address = page.page.url
    page.page.locator("#other").focus()
    page.press("Space", "ArrowRight", "r")
    page.page.evaluate("() => document.activeElement.blur()")
    page.press("ArrowRight", "Space")
    assert page.epoch == 0 and not page.ask("lab.isRunning")
    page.frame.locator(".lp-root").focus()
    page.press("ArrowRight", "w", "ArrowRight")
    assert page.page.url == address and page.frame.locator("[data-lab=link]").count() == 0
    page.page.evaluate("() => window.take()")
    assert page.page.locator(".lp-root").count() == 0
