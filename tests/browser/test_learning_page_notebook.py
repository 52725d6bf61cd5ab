"""The page that learns as the value of a cell in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lab import Lab
from learning_page import LearningPage

PAGE = """
import lernpy
net = lernpy.layered([2, 3, 1], activation="tanh", learning_rate=0.5, seed=1)
lernpy.player.lab(net, lernpy.data.load("xor"), batch_size=1)
"""


LIVE = """
live = lernpy.live(net, lernpy.data.load("xor"), lab=True, batch_size=1)
live
"""


@pytest.fixture
def notebook(page: Any, lab: Lab) -> Iterator[Any]:
    lab.write("learning.ipynb", PAGE, "1 + 1")
    page.set_viewport_size({"width": 1500, "height": 1800})
    lab.open(page, "learning.ipynb")
    lab.run_all(page)
    yield page
    lab.save(page)
    lab.shut_down("learning.ipynb")


def test_it_learns_in_a_cell_and_its_keys_stay_there(notebook: Any) -> None:
    element = notebook.locator("iframe.lernpy-player")
    assert element.get_attribute("sandbox") == "allow-scripts"
    frame = element.element_handle().content_frame()
    learning = LearningPage(notebook, frame)
    assert learning.ask("lab.proof.good") and learning.ask("Boolean(lab.engine)")
    learning.frame.locator(".lp-go").click()
    learning.wait("lab.session.epoch >= 3")
    learning.press("Space")
    learning.wait("lab.isStopped")
    learning.press("ArrowRight", "ArrowRight", "b", "x", "d", "d")
    assert "step 3 of" in learning.text("where")
    assert (
        notebook.locator(".jp-Notebook .jp-CodeCell").count() == 2
    )  # b, x and d did nothing there
    picture = notebook.locator("img[alt^='<network']")
    assert picture.evaluate("e => e.naturalWidth") > 100


def test_live_hosts_it_and_python_hears(page: Any, lab: Lab) -> None:
    """The net that was trained in the cell is Python's, bit for bit; Python sets one, the page goes on."""
    setup, _, _ = PAGE.rpartition("lernpy.player.lab")
    lab.write("hosted.ipynb", setup, LIVE, "1 + 1")
    page.set_viewport_size({"width": 1500, "height": 1800})
    lab.open(page, "hosted.ipynb")
    lab.run_all(page)
    learning = LearningPage(page)
    learning.frame.locator(".lp-go").click()
    learning.wait("lab.session.epoch >= 3")
    learning.press("Space")
    learning.wait("lab.isStopped")
    learning.press("ArrowRight", "ArrowRight", "b", "x", "d", "d", "Escape", "Escape")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3
    with lab.kernel("hosted.ipynb") as kernel:
        kernel.wait("[e.kind for e in live.events][:3]", ["run", "stop", "step"])
        code = "__import__('numpy').array([w.value for w in live.network.weights]).tobytes().hex()"
        kernel.wait(code, learning.bits)
        kernel.run("live.network = lernpy.layered([2, 5, 1], seed=4)")
        learning.wait("lab.net.links.length === 21")
        kernel.wait("len(live.network.links)", 21)
        kernel.wait(code, learning.bits)
    lab.save(page)
    lab.shut_down("hosted.ipynb")
