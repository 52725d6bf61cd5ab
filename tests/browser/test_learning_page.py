"""The page that learns in a real browser with no network: keys, files, drawing, back in time, bad input.

The fixture `new_page` fails a test whose page asks for anything outside or reports an error.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learning_page import LearningPage, altered, opened, spiral, xor

import lernpy
from lernpy import files

Open = Callable[..., LearningPage]


@pytest.fixture
def show(new_page: Callable[..., Any], tmp_path: Path) -> Open:
    def open_it(text: str | None = None, hash_: str = "", **options: Any) -> LearningPage:
        return opened(new_page, tmp_path, text or xor(), hash_, **options)

    return open_it


# ---- the page as a whole ------------------------------------------------------------------------


def test_it_opens_trains_and_is_proven(show: Open) -> None:
    lab = show(spiral())
    assert "proven" in lab.text("badge") and lab.ask("lab.proof.good")
    assert "20 updates" in lab.text("proof") and "straight lines" in lab.text("proof")
    before = lab.ask("lab.session.evaluation.train.loss")
    lab.press("Space")
    lab.wait("lab.session.epoch >= 5")
    lab.press("Space")
    assert lab.ask("lab.session.evaluation.train.loss") < before
    assert not lab.ask("lab.isRunning") and lab.ask("lab.isStopped")


def test_an_address_that_ends_in_run_runs(show: Open) -> None:
    show(hash_="#run").wait("lab.session.epoch >= 2")


def test_it_learns_in_a_sandboxed_frame(new_page: Callable[..., Any]) -> None:
    """As in a notebook: its origin is none, it has no storage and no address of its own."""
    page = new_page()
    frame = f'<iframe sandbox="allow-scripts" width=1100 height=800 srcdoc="{html.escape(xor(), quote=True)}">'
    page.set_content(frame)
    page.frame_locator("iframe").locator(".lp-root").wait_for()
    lab = LearningPage(page, page.frames[1])
    lab.frame.locator(".lp-go").click()
    lab.wait("lab.session.epoch >= 3")
    lab.press("Space")
    lab.wait("lab.isStopped")
    lab.press("ArrowRight", "ArrowRight")
    assert "step 3" in lab.text("where")
    assert lab.ask("lab.proof.good") and lab.ask("Boolean(lab.engine.program)")


def test_where_code_may_not_be_made_loops_do_the_same(show: Open) -> None:
    """Without 'unsafe-eval' in the policy: the badge stays green, and the weights have the same bits."""
    free, strict = show(), show(xor().replace(" 'unsafe-eval'", ""))
    for lab in (free, strict):
        lab.press("Shift+ArrowRight")
        assert lab.ask("lab.proof.good")
    assert free.ask("Boolean(lab.engine.program)") and not strict.ask("Boolean(lab.engine.program)")
    assert "loops" in strict.text("proof")
    assert free.bits == strict.bits
    assert all("unsafe-eval" in problem for problem in strict.page.gate.problems)
    strict.page.gate.forget()


def test_altered_data_turn_the_badge_red(show: Open) -> None:
    def change(values: Any) -> None:
        link = values["lab"]["proof"]["file"]["links"][0]
        link["weight"] += 1e-6

    lab = show(altered(xor(), change))
    assert "not proven" in lab.text("badge") and not lab.ask("lab.proof.good")
    assert "lp-bad" in lab.frame.locator(".lp-badge").get_attribute("class")
    assert "does not train as lernpy does" in lab.text("proof")


def test_python_learns_the_same_as_the_page(show: Open) -> None:
    """Three epochs in the page's order; the weights agree to the last bits."""
    lab = show()
    net = files.from_json(lab.file)
    data = lernpy.data.load("xor")
    for epoch in range(3):
        for row in lab.ask("[...lab.session.orderOf(given)]", epoch):
            net.learn(data.inputs[row], data.targets[row])
    lab.press("ArrowRight", "ArrowRight", "ArrowRight")
    assert np.allclose(lab.weights, [weight.value for weight in net.weights], rtol=0, atol=1e-12)


# ---- keys ---------------------------------------------------------------------------------------


def test_space_runs_and_stops_into_a_lesson_and_runs_on(show: Open) -> None:
    lab = show()
    lab.press("Space")
    assert lab.ask("lab.isRunning")
    lab.wait("lab.session.epoch > 3")
    lab.press("Space")
    assert lab.ask("lab.isStopped") and not lab.ask("lab.isRunning")
    assert "step 1 of" in lab.text("where")
    before = lab.epoch
    lab.press("Space")
    lab.wait(f"lab.session.epoch > {before + 3}")
    assert not lab.ask("lab.isStopped")


def test_arrows_and_the_clicker_go_epochs_on_and_back(show: Open) -> None:
    lab = show()
    start = lab.bits
    for key, epoch in [
        *(("ArrowRight", 1), ("PageDown", 2), ("Shift+ArrowRight", 12), ("ArrowLeft", 11)),
        *(("PageUp", 10), ("Shift+ArrowLeft", 0), ("ArrowLeft", 0)),
    ]:
        lab.press(key)
        assert lab.epoch == epoch, key
    assert lab.bits == start


def test_arrows_step_where_it_stopped_and_the_past_lies_before(show: Open) -> None:
    """Back over the beginning of the lesson is the end of the lesson before it, an epoch earlier."""
    lab = show()
    lab.press("ArrowRight")
    bits = lab.bits
    lab.ask("lab.stop()")
    lab.press("ArrowRight", "PageDown")
    assert "step 3 of" in lab.text("where")
    lab.press("PageUp", "ArrowLeft")
    assert "step 1 of" in lab.text("where")
    lab.press("ArrowLeft")
    assert (lab.epoch, lab.ask("lab.session.at")) == (0, 3) and "update" in lab.text("where")
    lab.press("ArrowRight")
    assert (lab.epoch, lab.ask("lab.session.at")) == (1, 0)
    assert lab.bits == bits
    step = lab.ask("lab.player.at")
    lab.press("Shift+ArrowRight")
    assert lab.ask("lab.player.at") > step


def test_w_stops_at_the_worst_sample_and_then_walks_the_paths_of_blame(show: Open) -> None:
    lab = show()
    lab.press("ArrowRight", "w")
    losses = lab.ask(
        """[...lab.session.parts.train].map((index) => {
            const { total_input: _, loss } = lab.trace.samples; return [index, lab.session.worst];
        })"""
    )
    assert losses[0][1] == lab.ask("lab.lesson.order[0]")
    assert "cost" in lab.text("where")
    before = lab.ask("lab.player.chosen")
    lab.press("w")
    first = lab.ask("lab.player.chosen")
    lab.press("w")
    assert first != before or lab.ask("lab.player.chosen") != first


def test_a_click_on_a_point_is_its_lesson(show: Open) -> None:
    """And the extra lesson of that sample, played to its end, is learned; then it runs on."""
    lab = show(spiral())
    box = lab.frame.locator(".lp-picture").bounding_box()
    sought = lab.ask(
        """(() => {
            const { width, height } = lab.scene.get("picture").getBoundingClientRect();
            for (let y = 0; y < height; y += 2) for (let x = 0; x < width; x += 2) {
                const index = lab.scene.picture.sampleAt(x, y);
                if (index !== undefined) return [x, y, index];
            }
        })()"""
    )
    lab.page.mouse.click(box["x"] + sought[0], box["y"] + sought[1])
    assert lab.ask("lab.lesson?.kind") == "one" and lab.ask("lab.lesson.order[0]") == sought[2]
    before = lab.bits
    lab.press("End", "Space")
    assert lab.bits != before
    lab.wait("lab.session.epoch >= 1")


def test_a_click_on_a_neuron_or_link_shows_its_card(show: Open) -> None:
    lab = show()
    lab.click_neuron("h1")
    assert "h1 (tanh)" in lab.text("chosen") and "tanh(" in lab.text("numbers-now")
    lab.click_link("h3", "y1")
    assert "h3 → y1" in lab.text("chosen") and "carries" in lab.text("numbers-now")
    lab.press("Escape")
    assert not lab.is_shown("chosen")


def test_a_link_is_weighed_frozen_cut_and_that_undone(show: Open) -> None:
    lab = show()
    index = lab.ask(
        "lab.net.links.findIndex(({ from, to }) => lab.net.names[from] + lab.net.names[to] === 'h3y1')"
    )
    lab.click_link("h3", "y1")
    lab.frame.locator(".lp-value").fill("-1.25")
    lab.press("Enter")
    assert lab.weights[index] == -1.25
    lab.frame.locator(".lp-drag").evaluate(
        "e => { e.value = 2; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    assert lab.weights[index] == 2
    lab.click_link("h3", "y1")
    lab.press("f")
    assert lab.file["links"][-1] if False else any(link.get("frozen") for link in lab.file["links"])
    lab.press("Shift+ArrowRight")
    assert lab.weights[index] == 2
    lab.press("f")
    assert not any(link.get("frozen") for link in lab.file["links"])
    before = lab.file
    lab.press("Delete")
    pairs = [(link["source"], link["target"]) for link in lab.file["links"]]
    assert ("h3", "y1") not in pairs and len(pairs) == len(before["links"]) - 1
    lab.press("u")
    assert lab.file == before and lab.says == "undone"
    lab.press("Control+z", "Control+z")
    assert any(link.get("frozen") for link in lab.file["links"]) or lab.file != before


def test_a_neuron_is_removed_by_delete(show: Open) -> None:
    lab = show()
    lab.click_neuron("h2")
    lab.press("Delete")
    assert [node["id"] for node in lab.file["nodes"]] == ["x1", "x2", "bias", "h1", "h3", "y1"]
    lab.click_neuron("y1")
    lab.press("Delete")
    assert lab.says == "y1 is an input or an output; it stays"


def test_layers_grow_and_shrink_and_the_weights_that_stay_go_on(show: Open) -> None:
    lab = show()
    lab.press("ArrowRight")
    before = {(link["source"], link["target"]): link["weight"] for link in lab.file["links"]}
    lab.frame.locator("[data-lab=wider]").click()
    after = {(link["source"], link["target"]): link["weight"] for link in lab.file["links"]}
    assert len(after) == len(before) + 4 and {pair: after[pair] for pair in before} == before
    lab.frame.locator("[data-lab=narrower]").click()
    assert len(lab.file["links"]) == len(before)
    lab.frame.locator("[data-lab=deeper]").click()
    assert lab.text("board") is not None and len(lab.file["nodes"]) == 7 + 3
    lab.frame.locator("[data-lab=less]").click()
    assert len(lab.file["nodes"]) == 7 and lab.epoch == 1


def test_a_link_is_drawn_from_neuron_to_neuron_and_a_loop_refused(show: Open) -> None:
    lab = show()
    lab.drag("x1", "y1")
    assert ("x1", "y1") in [(link["source"], link["target"]) for link in lab.file["links"]]
    lab.drag("y1", "h1")
    assert lab.says.startswith("the links form a loop (") and "y1" in lab.says and "h1" in lab.says
    lab.drag("x1", "y1")
    assert lab.says == "x1 -> y1 is there already"


def test_r_is_the_beginning_again_bit_for_bit(show: Open) -> None:
    lab = show()
    start = lab.bits
    lab.press("Shift+ArrowRight")
    ten = lab.bits
    lab.press("r")
    assert (lab.epoch, lab.bits) == (0, start)
    lab.press("Shift+ArrowRight")
    assert lab.bits == ten
    lab.press("Shift+R")
    assert lab.epoch == 0 and lab.bits != start and lab.ask("lab.settings.seed") == 1
    lab.press("u")
    assert lab.bits == ten


def test_questions_checks_and_the_rest_of_the_stopped_keys(show: Open) -> None:
    """P asks, G checks a link's gradient once its number is known, L has letters that fit, N notes."""
    lab = show()
    lab.press("w")
    lab.press("Home", "p")
    assert lab.is_shown("ask")
    lab.press("Escape")
    assert not lab.ask("Boolean(lab.player.asked)")
    lab.press("End")
    lab.frame.locator(".lp-link").last.dispatch_event("click")
    lab.press("g")
    assert "agree" in lab.text("check")
