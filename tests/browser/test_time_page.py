"""The page of a network in time: folded by default, unfolded by click and key, nothing hidden or dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain
from typing import Any

import measured
import numpy as np
import pytest

import lernpy
from lernpy import Trace, player, slow_motion
from lernpy.folding import fold
from lernpy.player.bundle import script

SIZE = {"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce"}
FOLD = """([code, traits, steps]) => {
    const names = "{ recordingOf, detailsAt, viewAt, foldOf }";
    const player = new Function(code.replace("export default{render};", `return ${names};`))();
    const recording = player.recordingOf(JSON.parse(traits.trace));
    const last = player.detailsAt(recording, 0).steps.length - 1;
    const folding = player.foldOf(recording, traits.spots, new Set(steps));
    const view = folding.viewOf(player.viewAt(recording, 0, last));
    const net = folding.recording.net;
    const lines = net.links.map((link, l) => [link.from, link.to, view.signal(l), view.blame(l)]);
    return [lines.slice(recording.net.links.length), net.neurons.map(view.sensitivity)];
}"""


def in_order(rows: np.ndarray) -> np.ndarray:
    return rows[np.lexsort(np.round(rows.T, 9))]


def lesson(network: lernpy.Network) -> Trace:
    steps = len(network.inputs)
    inputs, targets = [1, 0, 1, 1, 0][:steps], [1, 0, 1, 1, 1][: len(network.outputs)]
    return Trace.record(slow_motion(network, inputs, targets))


@pytest.fixture
def show(new_page: Callable[..., Any], tmp_path: Any) -> Callable[..., Any]:
    def open_it(network: lernpy.Network, **options: Any) -> Any:
        player.write(lesson(network), tmp_path / "time.html", **options)
        page = new_page(**SIZE)
        page.goto((tmp_path / "time.html").as_uri())
        return page

    return open_it


def lstm(steps: int = 5, read: str = "every") -> lernpy.Network:
    return lernpy.unroll(lernpy.build.lstm([1, 2, 1], seed=0), steps, read=read)


def boxes(page: Any) -> list[str]:
    found = page.locator("g.lp-neuron[data-step]")
    return [found.nth(i).get_attribute("data-step") for i in range(found.count())]


def neurons(page: Any) -> int:
    return int(page.locator(".lp-names text.lp-name").count())


@pytest.mark.parametrize("read", ["every", "last"])
def test_an_lstm_over_five_steps_hides_and_drops_nothing(
    browser: Any, tmp_path: Any, read: str
) -> None:
    """At 1280 x 720, light, dark and grey, and on a lying phone: at the start, the end and between."""
    player.write(lesson(lstm(read=read)), tmp_path / "time.html")
    wrong = []
    lying = measured.contexts(browser, ((844, 390),), ("light",))
    for where, page in chain(measured.contexts(browser, sizes=((1280, 720),)), lying):
        page.goto((tmp_path / "time.html").as_uri())
        for key in ("Home", "End", "Shift+ArrowLeft", "u", "w"):
            page.keyboard.press(key)
            wrong += [f"{where}, {key}: {fault}" for fault in measured.measure(page).faults]
    assert wrong == []


def test_cells_are_folded_until_they_are_unfolded(show: Any) -> None:
    page = show(lstm())
    assert boxes(page) == ["0", "1", "2", "3", "4", "5"]
    assert "the sum of outputs" in page.locator(".lp-few").text_content()
    page.locator('g.lp-neuron[data-step="3"]').click()
    assert boxes(page) == ["0", "1", "2", "4", "5"]
    assert page.get_by_label("neuron i1@3").count() == 1
    assert page.get_by_label("neuron i1@2").count() == 0
    page.locator("text=3 ▾").click()
    assert boxes(page) == ["0", "1", "2", "3", "4", "5"]


def test_a_key_unfolds_the_cell_of_the_step_in_question(show: Any) -> None:
    page = show(lstm())
    page.fill(".lp-until", "o1@2")
    page.keyboard.press("Enter")
    page.locator(".lp-root").first.focus()
    page.keyboard.press("u")
    assert "2" not in boxes(page)
    assert page.locator('g[aria-label="neuron o1@2"].lp-on').count() == 1
    page.keyboard.press("u")
    assert "2" in boxes(page)
    assert page.locator('g[data-step="2"].lp-on').count() == 1


def test_a_network_without_steps_has_no_boxes(show: Any) -> None:
    page = show(lernpy.layered([2, 3, 2], seed=0))
    assert boxes(page) == [] and "cells" not in page.locator(".lp-few").text_content()


@pytest.mark.parametrize("unfold", [[], [2], [1, 3]])
@pytest.mark.parametrize("make", [lernpy.build.lstm, lernpy.build.gru, lernpy.build.elman])
def test_the_page_sums_as_python_does(page: Any, make: Any, unfold: list[int]) -> None:
    """Every line of a box, and the blame of every box."""
    network = lernpy.unroll(make([1, 2, 1], seed=3), 3)
    trace = lesson(network)
    trace.goto(len(trace))
    folded = fold(trace.frame, unfold)
    traits = player.traits(trace.to_json(dtype="float64", detail=999))
    code = script(json.loads(traits["trace"])["network"])
    page.goto("about:blank")
    lines, blames = page.evaluate(FOLD, [code, traits, unfold])
    sums = np.isnan(folded.weights[folded.link_weight])
    wanted = np.stack([folded.signal[sums], folded.blame[sums]], axis=1)
    assert in_order(np.array(lines)[:, 2:]) == pytest.approx(in_order(wanted), abs=1e-12)
    got = [folded.sensitivity[cell] for cell in folded.cells]
    assert blames[len(network.neurons) :] == pytest.approx(got, abs=1e-12)


def test_weights_that_are_one_have_one_colour_and_one_letter(show: Any) -> None:
    network = lernpy.unroll(lernpy.build.elman([1, 2, 1], seed=0), 3)
    page = show(network)
    for step in (2, 3):
        page.locator(f'g.lp-neuron[data-step="{step}"]').click()
    core = "g[aria-label='link x1@{0} to h1@{0}'] .lp-core"
    colours = [
        page.locator(core.format(step)).evaluate("e => getComputedStyle(e).stroke")
        for step in (2, 3)
    ]
    other = page.locator("g[aria-label='link x1@3 to h2@3'] .lp-core")
    assert colours[0] == colours[1] != other.evaluate("e => getComputedStyle(e).stroke")
    page.locator("g[aria-label='link x1@3 to h1@3']").click(force=True)
    assert "shared by 3 links d" in page.locator(".lp-card").text_content()


def test_the_update_adds_over_time(show: Any) -> None:
    network = lernpy.unroll(lernpy.build.elman([1, 1, 1], seed=0), 3)
    page = show(network)
    page.keyboard.press("End")
    said = page.locator(".lp-formula").text_content()
    for words in ("(step 1) +", "(step 2) +", "(step 3) ="):
        assert words in said
    assert "in 3 steps moves" in page.locator(".lp-event h2").text_content()


def test_ghosts_are_drawn_and_explained(show: Any) -> None:
    """The three that are missed most; without them nothing is said of any."""
    network = lernpy.unroll(lernpy.build.elman([1, 2, 1], seed=0), 5)
    data = ([[1, 0, 1, 1, 0]], [[1, 0, 1, 0, 1]])
    page = show(network.copy(), missed=lernpy.missed(network, data, 3))
    assert page.locator(".lp-missed").count() == 3
    assert "missed most" in page.locator(".lp-few").text_content()
    assert measured.measure(page).faults == []


def test_no_ghosts_unless_asked(show: Any) -> None:
    page = show(lernpy.layered([2, 3, 1], seed=0))
    assert page.locator(".lp-missed").count() == 0
    assert "missed" not in page.locator(".lp-few").text_content()
