"""A real JupyterLab: a trace plays in a saved cell, `live` and Python see what the other does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lab import Kernel, Lab

SET_UP = """
import lernpy
net = lernpy.layered([2, 3, 1], activation="tanh", seed=0, learning_rate=0.5)
xor = ([[0, 1], [1, 1], [1, 0], [0, 0]], [[1], [0], [1], [0]])
"""
TRACE = """
twin = net.copy()
lernpy.Trace.record(lernpy.slow_motion(twin, *xor), title="In a cell")
"""
LIVE = """
live = lernpy.live(net, xor, batch_size=4)
live
"""
OUTPUT = ".jp-Notebook .jp-Cell:nth-child({}) .jp-OutputArea-output"


@pytest.fixture(scope="module")
def running(lab: Lab) -> Iterator[Lab]:
    """One kernel for all tests here; each runs the whole notebook anew, from a file without outputs."""
    yield lab
    lab.shut_down("lesson.ipynb")


@pytest.fixture
def notebook(page: Any, running: Lab) -> Iterator[Any]:
    running.write("lesson.ipynb", SET_UP, TRACE, LIVE, "net")
    page.set_viewport_size({"width": 1500, "height": 1800})
    running.open(page, "lesson.ipynb")
    running.run_all(page)
    yield page
    running.save(page)


@pytest.fixture
def kernel(notebook: Any, running: Lab) -> Iterator[Kernel]:
    with running.kernel("lesson.ipynb") as found:
        yield found


def test_a_trace_plays_in_its_cell_and_its_keys_stay_there(notebook: Any) -> None:
    frame = notebook.frame_locator("iframe.lernpy-player")
    assert frame.locator("h1").inner_text() == "In a cell"
    assert "lp-good" in frame.locator(".lp-badge").get_attribute("class")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "n", "b", "x", "d", "d"):
        frame.locator("body").press(key)
    assert "forward" in frame.locator(".lp-where").inner_text()
    assert frame.locator(".lp-notes").is_visible()
    assert notebook.locator(".jp-Notebook .jp-CodeCell").count() == 4
    picture = notebook.locator("img[alt^='storyboard']")
    assert picture.evaluate("e => e.naturalWidth") > 400
    assert notebook.locator("img[alt^='<network']").count() == 1


def test_live_steps_and_an_edited_weight_arrives_in_python(notebook: Any, kernel: Kernel) -> None:
    root = notebook.locator(".lp-root")
    root.wait_for()
    assert "lp-good" in root.locator(".lp-badge").get_attribute("class")
    for key in ("ArrowRight", "ArrowRight", "b", "x", "ArrowLeft", "ArrowRight", "ArrowDown"):
        root.press(key)
    assert "step 3 of" in root.locator(".lp-where").inner_text()
    assert notebook.locator(".jp-Notebook .jp-CodeCell").count() == 4  # b and x did nothing there

    root.locator(".lp-link[data-id=l0]").dispatch_event("click")
    field = root.locator(".lp-weight-in")
    field.fill("-1.25")
    field.press("Enter")
    kernel.wait("net.links['x1', 'h1'].weight.value", -1.25)
    root.locator(".lp-card dd", has_text="−1.25").wait_for()

    root.locator(".lp-freeze").check()
    kernel.wait("net.links['x1', 'h1'].weight.frozen", True)
    root.locator(".lp-card dd", has_text="frozen").wait_for()
    root.locator(".lp-freeze").uncheck()
    kernel.wait("net.links['x1', 'h1'].weight.frozen", False)


def test_every_press_arrives(notebook: Any, kernel: Kernel) -> None:
    """Six presses in a row are six lessons, none merged with another."""
    learn = notebook.locator("[data-act=learn]")
    learn.wait_for()
    kernel.run(
        "seen, real = [], type(net).learn\n"
        "type(net).learn = lambda *lesson: (seen.append(live.lessons.sample), real(*lesson))[1]"
    )
    for _ in range(6):
        learn.click()
    kernel.wait("seen", [0, 1, 2, 3, 0, 1])
    notebook.locator(".lp-news", has_text="learned sample 2 of 4").wait_for()


def test_train_and_reset(notebook: Any, kernel: Kernel) -> None:
    start = kernel.value("[w.value for w in net.weights]")
    notebook.locator(".lp-epochs").fill("7")
    notebook.locator("[data-act=train]").click()
    notebook.locator(".lp-news", has_text="7 epochs on the ").wait_for()
    assert kernel.value("[w.value for w in net.weights]") != start
    notebook.locator("[data-act=reset]").click()
    notebook.locator(".lp-news", has_text="weights of the start, as seed 0 draws them").wait_for()
    assert kernel.value("[w.value for w in net.weights]") == start


def test_a_change_in_python_shows_at_once(notebook: Any) -> None:
    root = notebook.locator(".lp-root")
    root.locator(".lp-link[data-id=l0]").dispatch_event("click")
    cell = notebook.locator(".jp-Notebook .jp-CodeCell").nth(3)
    cell.locator(".cm-content").click()
    notebook.keyboard.press("End")
    notebook.keyboard.insert_text("; net.links['x1', 'h1'].weight.value = 0.625")
    notebook.keyboard.press("Shift+Enter")
    root.locator(".lp-card dd", has_text="0.625").wait_for()


def test_the_player_follows_the_theme_of_jupyterlab(notebook: Any) -> None:
    element = "document.querySelector('.jp-OutputArea .lp-root')"
    theme = f"() => getComputedStyle({element}).colorScheme"
    notebook.locator(".lp-root").wait_for()
    assert notebook.evaluate(theme) == "light"
    notebook.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; }")
    notebook.wait_for_function(f"{theme[6:]} === 'dark'")
    notebook.evaluate("() => { document.body.dataset.jpThemeLight = 'true'; }")
