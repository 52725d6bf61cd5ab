"""The page that learns in a browser: opening it, asking it, pressing its keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import lernpy
from lernpy import player

HD = {"width": 1280, "height": 720}
BITS = """Array.from(new Uint8Array(lab.engine.values.buffer.slice(0)), (byte) =>
    byte.toString(16).padStart(2, "0")).join("")"""
DATA = re.compile(r'(<script type="application/json" id="lp-data">)(.*?)(</script>)', re.S)


@cache
def xor() -> str:
    """XOR, 2-3-1 tanh, plain descent, sample by sample: small enough to be worked out."""
    net = lernpy.layered([2, 3, 1], activation="tanh", learning_rate=0.5, seed=1)
    return player.lab(net, lernpy.data.load("xor"), batch_size=1)


@cache
def spiral() -> str:
    return player.lab()


class LearningPage:
    """A page that is open in a browser."""

    def __init__(self, page: Any, frame: Any = None) -> None:
        self.page = page
        self.frame = frame or page
        self.frame.locator(".lp-root").wait_for()

    def ask(self, expression: str, given: Any = None) -> Any:
        """The value of an expression in which `lab` is the page's state and `given` what is given."""
        body = f"(given) => {{ const {{ lab }} = document.querySelector('.lp-root'); return {expression}; }}"
        return self.frame.evaluate(body, given)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def bits(self) -> str:
        return str(self.ask(BITS))

    @property
    def weights(self) -> list[float]:
        return [float(value) for value in np.frombuffer(bytes.fromhex(self.bits))]

    @property
    def epoch(self) -> int:
        return int(self.ask("lab.session.epoch"))

    @property
    def file(self) -> dict[str, Any]:
        return dict(json.loads(self.ask("lab.text")))

    @property
    def says(self) -> str:
        return str(self.frame.locator(".lp-saying").inner_text())

    def text(self, name: str) -> str:
        return str(
            self.frame.locator(f".lp-{name}").first.evaluate("e => e.innerText ?? e.textContent")
        )

    def is_shown(self, name: str) -> bool:
        return bool(self.frame.locator(f".lp-{name}").first.is_visible())

    def wait(self, condition: str) -> None:
        self.frame.wait_for_function(
            f"() => {{ const {{ lab }} = document.querySelector('.lp-root'); return {condition}; }}"
        )

    def spot(self, name: str) -> tuple[float, float]:
        """Where a neuron is seen, in pixels of the window."""
        x, y = self.ask(
            """(() => {
                const v = lab.net.names.indexOf(given), box = lab.scene.get("board").getBoundingClientRect();
                const { x, y } = lab.scene.board.geometry;
                return [box.left + x[v], box.top + y[v]];
            })()""",
            name,
        )
        return x, y

    def click_neuron(self, name: str) -> None:
        self.page.mouse.click(*self.spot(name))

    def click_link(self, source: str, target: str) -> None:
        """In its midst."""
        (x, y), (u, v) = self.spot(source), self.spot(target)
        self.page.mouse.click((x + u) / 2, (y + v) / 2)

    def drag(self, source: str, target: str) -> None:
        self.page.mouse.move(*self.spot(source))
        self.page.mouse.down()
        self.page.mouse.move(*self.spot(target))
        self.page.mouse.up()


def altered(text: str, change: Callable[[Any], None]) -> str:
    """The page with other data, as nobody's tool has checked them."""
    found = DATA.search(text)
    assert found is not None
    values = json.loads(found[2])
    change(values)
    return (
        text[: found.start(2)] + json.dumps(values).replace("<", "\\u003c") + text[found.end(2) :]
    )


def opened(
    new_page: Callable[..., Any], folder: Path, text: str, hash_: str = "", **options: Any
) -> LearningPage:
    """A page of 1280 x 720 from disk."""
    file = folder / "lab.html"
    file.write_text(text, encoding="utf-8")
    page = new_page(viewport=options.pop("viewport", HD), reduced_motion="reduce", **options)
    page.goto(file.as_uri() + hash_)
    return LearningPage(page)
