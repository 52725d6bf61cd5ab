"""A teacher's hour with the page that learns, photographed: ``python scripts/teacher.py FOLDER``.

Three stories, each a row of pictures in the order of the class: a point of the spiral that is taken for the
other class, and turns; six layers of sigmoid in which blame dies, until they are ReLU; a net drawn by hand,
whose file Python loads with the same bits. Default seeds, nothing tuned. Needs playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import lernpy
from lernpy import files, player

CHROMIUM = ("chromium-headless-shell", "chromium", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"]
STATE = "({{ lab }}, given) => {}"
BITS = "Array.from(new Uint8Array(lab.engine.values.slice().buffer))"
SPOT = """(() => {
    const { width, height } = lab.scene.get("picture").getBoundingClientRect();
    for (let x = 0; x < width; x++)
        for (let y = 0; y < height; y++) if (lab.scene.picture.sampleAt(x, y) === given) return [x, y];
})()"""
VALUES = """(() => {
    const { width, height } = lab.scene.get("picture").getBoundingClientRect();
    const inside = [];
    for (let x = 0; x < width; x++) if (lab.scene.picture.valuesAt(x, height / 2)) inside.push(x);
    return [inside[0], inside.at(-1) - inside[0], height];
})()"""
CLOUD = [(0.0, 0.0), (0.1, 0.05), (0.05, 0.1), (-0.1, 0.05), (-0.05, -0.08)]


class Session:
    """A page that learns, open in a browser; its pictures are numbered."""

    def __init__(self, browser: Any, text: str, folder: Path, story: str, **looks: Any) -> None:
        self.folder, self.story, self.count = folder, story, 0
        self.page = browser.new_context(reduced_motion="reduce", **looks).new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        path = folder / f"{story}.html"
        path.write_text(text, encoding="utf-8")
        self.page.goto(path.resolve().as_uri())
        self.root = self.page.locator(".lp-root")
        self.root.wait_for()  # until the page is unpacked

    def ask(self, expression: str, given: Any = None) -> Any:
        """The value of an expression in which `lab` is the page's state."""
        return self.root.evaluate(STATE.format(expression), given)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shot(self, title: str) -> None:
        """Photograph what stands there, and say so."""
        self.count += 1
        name = f"{self.story}-{self.count:02} {title}.png"
        self.page.screenshot(path=self.folder / name)
        print(f"{name}: {self.page.locator('.lp-where').inner_text()}")

    def run_to(self, epoch: int) -> None:
        """Space, and Space again when so many epochs are learned: the next samples stand still."""
        self.press("Space")
        self.page.wait_for_function(
            "epoch => document.querySelector('.lp-root').lab.session.epoch >= epoch", arg=epoch
        )

    def click_point(self, x: float, y: float) -> None:
        box = self.page.locator(".lp-picture").bounding_box()
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def drag(self, source: str, target: str) -> None:
        """Draw a link from neuron to neuron."""
        box = self.page.locator(".lp-board").bounding_box()
        for name, move in ((source, "down"), (target, "up")):
            x, y = self.ask(
                "(({ x, y }, v) => [x[v], y[v]])(lab.scene.board.geometry, lab.net.names.indexOf(given))",
                name,
            )
            self.page.mouse.move(box["x"] + x, box["y"] + y)
            getattr(self.page.mouse, move)()

    @property
    def network(self) -> lernpy.Network:
        """The net as it is now, in Python."""
        return files.from_json(json.loads(self.ask("lab.text")))

    def says(self) -> tuple[np.ndarray, np.ndarray]:
        """What the net says to each sample, and what is wanted."""
        inputs, targets = self.ask(
            "[lab.session.samples.inputs, lab.session.samples.targets].map((x) => [...x])"
        )
        return self.network.predict(np.reshape(inputs, (len(targets), -1)))[:, 0], np.array(targets)


def a_point_turns(session: Session) -> None:
    """Run, stop, click a point that is wrong, whose fault, back, one update; run on until it turns."""
    session.shot("spiral before anything is learned")
    session.run_to(100)
    session.shot("it learns")
    session.press("Space")
    session.shot("stopped into the lesson of the present")
    said, wanted = session.says()
    train = session.ask("[...lab.session.parts.train]")
    wrong = max((index for index in train if wanted[index] < 0.5), key=lambda index: said[index])
    assert said[wrong] > 0.5, "no point of the first class is taken for the second"
    print(f"sample {wrong}: wanted {wanted[wrong]:g}, the net says {said[wrong]:.3f}")
    session.click_point(*session.ask(SPOT, wrong))
    session.shot("a point in the other colour is clicked")
    session.ask("lab.player.setLevel(2)")
    while session.ask("lab.player.step.phase") < 2:
        session.press("ArrowRight")
    session.shot("its cost")
    while session.ask("lab.player.step.phase") < 4:
        session.press("ArrowRight")
        if session.ask("lab.player.step.phase") == 3:
            session.shot("blame comes back")
    session.press("ArrowLeft", "w")
    session.shot("whose fault - the heaviest path")
    session.press("End")
    session.shot("one update")
    session.press("Space")
    for _ in range(400):
        session.page.wait_for_timeout(50)
        said, _ = session.says()
        if said[wrong] < 0.5:
            break
    print(f"sample {wrong}: now the net says {said[wrong]:.3f}")
    session.press("Space")
    session.ask("lab.watch()")
    session.click_point(*session.ask(SPOT, wrong))
    session.press("End")
    session.shot("the point has turned")


def blame_dies(session: Session) -> None:
    """Six layers of sigmoid: each generation gets a fraction of the blame; ReLU lets it through."""
    session.run_to(40)
    session.shot("six layers of sigmoid - blame dies")
    session.page.locator(".lp-all-acts").select_option("relu")
    session.shot("ReLU while it runs")
    epoch = session.ask("lab.session.epoch")
    session.page.wait_for_function(
        "epoch => document.querySelector('.lp-root').lab.session.epoch >= epoch", arg=epoch + 60
    )
    session.shot("it learns now")
    session.press("Space")
    session.shot("stopped - blame arrives")


def by_hand(session: Session) -> None:
    """Points and a net drawn by hand; trained, saved, loaded in Python with the same bits."""
    session.page.locator(".lp-set").select_option("draw")
    left, side, high = session.ask(VALUES)
    for kind, corner in (("0", 0.25), ("1", 0.75)):
        session.page.locator(f".lp-kinds input[value='{kind}']").check()
        for x, y in CLOUD:
            top = (high - side) / 2
            session.click_point(left + side * (corner + x), top + side * (corner + y))
    session.shot("points drawn by hand")
    while session.ask("lab.lastLayer.length"):
        session.page.locator("[data-lab=less]").click()
    for _ in range(2):
        session.page.locator("[data-lab=lone]").click()
    session.shot("two neurons without links")
    for name in session.ask("lab.lastLayer"):
        for ends in (("x1", name), ("x2", name), (name, "y1")):
            session.drag(*ends)
    session.shot("links drawn from neuron to neuron")
    session.press(*["Shift+ArrowRight"] * 20)
    session.shot("trained")
    with session.page.expect_download() as download:
        session.page.locator("[data-lab=save]").click()
    path = session.folder / "by-hand.json"
    download.value.save_as(path)
    loaded = np.array([weight.value for weight in lernpy.load(path).weights])
    same = loaded.tobytes() == bytes(session.ask(BITS))
    print(f"{path.name}: {len(loaded)} weights, the same bits in Python: {same}")
    assert same


def pages() -> dict[str, tuple[Any, Any]]:
    """Each story with its page."""
    deep = lernpy.layered([2, *[8] * 6, 1], activation="sigmoid", seed=0)
    return {
        "1-spiral": (a_point_turns, player.lab()),
        "2-six-layers": (blame_dies, player.lab(deep, lernpy.data.load("spiral"))),
        "3-by-hand": (by_hand, player.lab()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the stories; 1 if a page had an error."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for the pictures")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--size", default="1280x720", help="of the window, WIDTHxHEIGHT")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    width, height = map(int, options.size.split("x"))
    looks = {
        "viewport": {"width": width, "height": height},
        "color_scheme": "dark" if options.dark else "light",
    }
    errors: list[str] = []
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, CHROMIUM)), None)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for story, (play, text) in pages().items():
            session = Session(browser, text, options.folder, story, **looks)
            play(session)
            errors += session.errors
        browser.close()
    print(*errors, sep="\n", end="")
    return int(bool(errors))


if __name__ == "__main__":
    sys.exit(main())
