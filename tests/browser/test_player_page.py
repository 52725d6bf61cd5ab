"""The player in a real browser with no network: every key, the self-check, gates, paper, memory.

The fixture `page` fails a test whose page asks for anything outside or reports an error.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import measured
import moments
import numpy as np
import played
import pytest
from recorded import some_network, some_samples

import lernpy
from lernpy import player
from lernpy.errors import LernpyError
from lernpy.player.bundle import script
from lernpy.watch import LEVELS, Trace, slow_motion

Show = Callable[..., Any]
CALM = {"reduced_motion": "reduce"}


@pytest.fixture
def show(new_page: Callable[..., Any], tmp_path: Path) -> Show:
    """Opens the page of a trace from disk; nothing moves on it unless a test wants that."""

    def open_it(trace: Any, hash_: str = "", change: Any = None, **options: Any) -> Any:
        text = player.page(trace)
        file = tmp_path / "lesson.html"
        file.write_text(change(text) if change else text, encoding="utf-8")
        page = new_page(**{**CALM, **options})
        page.goto(file.as_uri() + hash_)
        page.locator(".lp-root").wait_for()
        return page

    return open_it


def text(page: Any, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("e => e.innerText ?? e.textContent"))


def badge(page: Any) -> str:
    """What the mark of the self-check says when it is asked."""
    return str(page.locator(".lp-badge").text_content())


def where(page: Any) -> tuple[int, int, str]:
    """Sample, step and phase, as the page says them."""
    told = text(page, ".lp-where")
    sample = re.search(r"sample (\d+)", told)
    step = re.search(r"(\w+), step (\d+) of", told)
    assert step is not None, told
    return int(sample[1]) if sample else 1, int(step[2]), step[1]


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def largest_difference(page: Any) -> float:
    found = re.search(r"largest difference (\S+)", badge(page))
    assert found is not None
    return float(found[1].replace("−", "-"))


# ---- the page as a whole ------------------------------------------------------------------------


@pytest.mark.parametrize("name", played.PAGES)
def test_a_page_plays_from_start_to_end_and_checks_itself(show: Show, name: str) -> None:
    trace = played.PAGES[name]()
    page = show(trace)
    assert text(page, "h1") == trace["title"]
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class")
    assert largest_difference(page) <= (1e-9 if trace["dtype"] == "float64" else 2e-5)
    assert where(page)[:2] == (1, 1)
    press(page, "End")
    assert where(page)[0] == trace["samples"]["count"]
    assert where(page)[2] == "update"
    press(page, "ArrowRight")
    assert where(page)[2] == "update"
    press(page, "Home", "ArrowLeft")
    assert where(page)[:2] == (1, 1)


def test_the_golden_numbers_stand_on_the_page(show: Show) -> None:
    """0.298371109 is the loss, 0.149780716 the first weight after the update."""
    page = show(played.two_two_two(), "#step=15")
    press(page, "Home")
    for _ in range(5):
        press(page, "Shift+ArrowRight")
    assert text(page, "h2") == "The loss: 0.2984"
    press(page, "End")
    page.locator(".lp-link[data-id=l0]").dispatch_event("click")
    assert "0.1498" in text(page, ".lp-card")


@pytest.mark.parametrize("optimizer", ["adam", "rprop"])
def test_other_optimisers_show_their_recorded_steps(show: Show, optimizer: str) -> None:
    trace = played.xor(3, optimizer)
    page = show(trace)
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class")
    press(page, "End")
    moved = text(page, ".lp-formula b")
    page.locator(".lp-link").last.dispatch_event("click")
    assert f"weight\n{moved}" in text(page, ".lp-card")
    press(page, "Home")
    page.locator(".lp-until").fill("phase=update")
    page.locator(".lp-until").press("Enter")
    assert f"{optimizer}(w, gradient, memory)" in text(page, ".lp-formula")


def test_shared_frozen_and_edited_weights_pass_the_check(show: Show) -> None:
    network = lernpy.layered([2, 3, 2], seed=5, learning_rate=0.7)
    network.tie(("x1", "h1"), ("x2", "h2"))
    network.links["h1", "y1"].weight.freeze()
    trace = Trace(network)
    lesson = slow_motion(network, [[1, 0.5], [0.2, -1]], [[1, 0], [0, 1]], batch_size=2)
    trace.begin(lesson)
    for at in range(60):
        trace.forward()
        if at in (9, 40):
            network.links["h2", "y2"].weight.value = 0.25 + at
    trace.forward("epoch")
    page = show(trace)
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class"), badge(page)
    press(page, "End")
    page.locator(".lp-link").nth(list(network.links).index(("x1", "h1"))).dispatch_event("click")
    assert "shared by 2 links" in text(page, ".lp-card")
    page.locator(".lp-link").nth(list(network.links).index(("h1", "y1"))).dispatch_event("click")
    assert "frozen" in text(page, ".lp-card")
    press(page, "g")
    assert "they agree" in text(page, ".lp-check")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_a_sample_counts_is_part_of_the_check(show: Show, dtype: str) -> None:
    network = lernpy.layered([2, 3, 2], output_activation="softmax", loss="cross_entropy", seed=1)
    lesson = slow_motion(network, [[1, 0], [0, 1]], [[1, 0], [0, 1]], sample_weight=[1, 2.5])
    trace = Trace.record(lesson).to_json(dtype=dtype)
    assert (trace["samples"]["output"] is None) == (dtype == "float32")
    page = show(trace, "#step=65")
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class"), badge(page)
    page.locator(".lp-until").fill("phase=cost")
    page.locator(".lp-until").press("Enter")
    assert where(page)[0] == 2
    assert "This sample counts 2.5 times." in text(page, ".lp-say")
    press(page, "End")
    page.locator(".lp-link").first.dispatch_event("click")
    page.locator("[data-act=check]").click()
    assert "they agree" in text(page, ".lp-check")
    trace["samples"]["importance"] = None
    assert "lp-bad" in show(trace).locator(".lp-badge").get_attribute("class")


@pytest.fixture
def own() -> Iterator[None]:
    """Two activations of the user's own: one that can be printed, one that asks for its number."""

    @lernpy.activations.activation("test_square")
    def square(m: Any) -> Any:
        return lambda z: z * z, lambda z, y: 2 * z

    @lernpy.activations.activation("test_bent")
    def bent(m: Any) -> Any:
        return lambda z: z if z > 0 else 0.25 * z, lambda z, y: 1.0 if z > 0 else 0.25

    yield
    lernpy.activations.ACTIVATIONS.remove("test_square")
    lernpy.activations.ACTIVATIONS.remove("test_bent")


def own_lesson(activation: str) -> dict[str, Any]:
    network = lernpy.layered([2, 2, 1], activation, seed=3, learning_rate=0.1)
    return Trace.record(slow_motion(network, [[1, 2], [-1, 0.5]], [[1], [0]])).to_json()


def test_an_activation_of_the_users_own_plays_in_the_page(show: Show, own: None) -> None:
    page = show(own_lesson("test_square"))
    assert "recomputed = recorded" in badge(page)
    assert "not recomputed" not in badge(page)
    page.locator(".lp-link").first.dispatch_event("click")
    press(page, "End", "g")
    assert "they agree" in text(page, ".lp-check")
    red = show(altered(own_lesson("test_square"), ("samples", "output")))
    assert "recomputed ≠ recorded" in badge(red)


def test_what_cannot_be_printed_is_recorded_not_recomputed(show: Show, own: None) -> None:
    """Its numbers are played and believed; all the others are recomputed as ever."""
    trace = own_lesson("test_bent")
    page = show(trace)
    assert "recorded, not recomputed: test_bent" in badge(page)
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class")
    press(page, "End", "g")
    assert "does not know a function" in text(page, ".lp-check")
    page.locator(".lp-neuron[aria-label='neuron h1']").dispatch_event("click")
    assert "not yet" not in text(page, ".lp-card") and "test_bent" in text(page, ".lp-card")
    for number in ("total_input", "sensitivity"):
        red = show(altered(trace, ("samples", number)))
        assert "recomputed ≠ recorded" in badge(red)


def test_what_is_put_into_a_page_does_not_run(show: Show) -> None:
    def change(text: str) -> str:
        return text.replace("<noscript>", "<script>document.title = 'mine'</script><noscript>")

    page = show(played.two_two_two(), change=change)
    assert page.title() == "Two, two, two"
    assert any("Content Security Policy" in problem for problem in page.gate.problems)
    page.gate.forget()


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_in_random_lessons_check_out(show: Show, seed: int) -> None:
    """Any wiring, loss, optimiser, rule and batch; weights changed in the middle; every way to go."""
    chance = Random(seed)
    network = some_network(seed)
    inputs, targets = some_samples(network, seed, count=chance.randint(1, 5))
    trace = Trace(network)
    trace.begin(slow_motion(network, inputs, targets, batch_size=chance.choice([None, 2])))
    while trace.forward(chance.choice(["link", "neuron", "generation"])) is not None:
        if chance.random() < 0.05:
            chance.choice(network.weights).value += chance.uniform(-0.5, 0.5)
        if chance.random() < 0.02:
            chance.choice(network.weights).freeze()
    dtype = chance.choice(["float32", "float64"])
    page = show(trace.to_json(detail=chance.choice([12, 1]), dtype=dtype))
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class"), badge(page)
    press(page, *["ArrowRight"] * 5, "ArrowUp", *["ArrowRight"] * 9, "ArrowUp", "ArrowRight")
    press(page, "g", "p", "End", "ArrowLeft", "ArrowDown", "ArrowLeft", "Home")
    assert where(page)[:2] == (1, 1)


# ---- the self-check bites -----------------------------------------------------------------------


def blocks(trace: dict[str, Any]) -> list[tuple[str, ...]]:
    """The path of every block of numbers in a trace."""
    paths = []
    for part in ("network", "samples", "detail"):
        paths += [
            (part, key)
            for key, found in trace[part].items()
            if isinstance(found, dict) and "data" in found
        ]
    return paths


def altered(trace: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A copy of a trace in which one number of a block is another."""
    changed = deepcopy(trace)
    block = changed[path[0]][path[1]]
    numbers = np.frombuffer(b64decode(block["data"]), block["dtype"]).copy()
    numbers[len(numbers) // 2] += 1 if block["dtype"] == "uint8" else 0.125
    block["data"] = b64encode(numbers.tobytes()).decode()
    return changed


@pytest.mark.parametrize("path", blocks(played.skips()), ids=".".join)
def test_one_altered_number_turns_the_badge_red(show: Show, path: tuple[str, ...]) -> None:
    """Any number: inputs, targets, weights, what was recorded; found by recomputing alone."""
    page = show(altered(played.skips(), path))
    assert "lp-bad" in page.locator(".lp-badge").get_attribute("class")
    assert "recomputed ≠ recorded" in badge(page)
    assert largest_difference(page) > 1e-4


def test_a_recorded_step_that_is_not_the_rules_turns_it_red(show: Show) -> None:
    trace = deepcopy(played.two_two_two())
    if trace["detail"]["steps"] is None:
        count = trace["network"]["n_weights"]
        data = b64encode(np.full(count, 0.01).tobytes()).decode()
        trace["detail"]["steps"] = {"dtype": "float64", "shape": [1, count], "data": data}
    else:
        trace = altered(trace, ("detail", "steps"))
    assert "the step of weight" in badge(show(trace))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"learning_rate":0.2', '"learning_rate":0.3'),
        ('"seed":3', '"seed":4'),
        ('"l2":0.01', '"l2":0.02'),
    ],
)
def test_a_number_altered_in_the_page_turns_it_red(show: Show, old: str, new: str) -> None:
    """Also one that no sum depends on: the page knows what it was written with."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    page = show(played.skips(), change=change)
    assert "altered" in badge(page) or "≠" in badge(page)
    assert "lp-bad" in page.locator(".lp-badge").get_attribute("class")


def test_a_base64_digit_altered_in_the_page_turns_it_red(show: Show) -> None:
    data = played.xor()["samples"]["delta"]["data"]
    wrong = data[:40] + ("A" if data[40] != "A" else "B") + data[41:]
    page = show(played.xor(), change=lambda text: text.replace(data, wrong))
    assert "lp-bad" in page.locator(".lp-badge").get_attribute("class")


# ---- keys ---------------------------------------------------------------------------------------


def test_arrows_go_step_by_step_and_over_the_edge_of_a_sample(show: Show) -> None:
    page = show(played.xor())
    press(page, "ArrowRight")
    assert where(page) == (1, 2, "feed")
    press(page, "ArrowRight", "ArrowRight", "ArrowLeft")
    assert where(page) == (1, 3, "forward")
    press(page, *["ArrowLeft"] * 9)
    assert where(page)[:2] == (1, 1)
    steps = int(text(page, ".lp-where").split()[-1])
    assert steps == 44  # as the trace counts: all weights move in one step
    press(page, *["ArrowRight"] * (steps + 12))  # here its 13 weights come one after the other
    assert where(page)[:2] == (2, 1)
    press(page, "ArrowLeft")
    assert where(page)[:2] == (1, steps)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", sorted(played.PAGES))
def test_steps_are_counted_as_the_trace_counts_them(show: Show, name: str, level: str) -> None:
    trace = played.PAGES[name]()
    network = trace["network"]
    parts = sum(map(len, network["generations"])) + network["n_links"]
    page = show(trace, f"#by={level}")
    assert int(text(page, ".lp-where").split()[-1]) == 2 * parts + 4
    press(page, "End")
    assert where(page)[1:] == (2 * parts + 4, "update")


def test_shift_goes_by_generations_and_up_and_down_set_the_level(show: Show) -> None:
    page = show(played.two_two_two())
    level = page.locator(".lp-level")
    titles = []
    for _ in range(9):
        press(page, "Shift+ArrowRight")
        titles.append(where(page)[2])
    assert titles == ["feed", *["forward"] * 3, "cost", *["backward"] * 3, "update"]
    press(page, "Home")
    found = []
    for _ in range(6):
        found.append(level.evaluate("s => s.options[s.selectedIndex].text"))
        press(page, "ArrowUp")
    assert found == ["link", "neuron", "generation", "phase", "sample", "epoch"]
    press(page, "ArrowDown", "ArrowDown", "ArrowRight")
    assert level.input_value() == "phase"
    assert where(page)[2] == "feed"
    press(page, "ArrowRight")
    assert where(page)[2] == "forward"


def test_one_level_after_the_other_visits_fewer_steps(show: Show) -> None:
    """Links: every event. Neurons: each with its links, but one quiet step for the blame of inputs
    and biases, which nobody uses. A sample: one press."""
    page = show(played.two_two_two())
    counts = []
    for _ in range(6):
        press(page, "Home")
        presses = 0
        while page.locator(".lp-time input").evaluate("slider => +slider.value < +slider.max"):
            press(page, "ArrowRight")
            presses += 1
        counts.append(presses)
        press(page, "ArrowUp")
    assert counts == [52, 15, 9, 5, 1, 1]


def test_a_coarse_move_says_where_blame_went(show: Show) -> None:
    """One sentence for all that happened since the stop before, not for its last part alone."""
    page = show(played.two_two_two(), "#by=generation")
    said = []
    for _ in range(8):
        press(page, "ArrowRight")
        said.append(text(page, ".lp-say"))
    assert said[1].startswith(
        "Signals went from x1, x2 and bias to h1, h2, y1 and y2 along 8 links"
    )
    assert said[4].startswith("y1 says 0.7514, wanted is 0.01;")
    assert said[6] == (
        "Blame went from y1 and y2 to h1 and h2 along 4 links, most of it, 0.04137, to h2."
    )
    assert said[7] == ("Blame arrives at x1, x2 and bias along 8 links, and nobody there uses it.")
    assert text(page, "h2") == "Blame arrives at x1, x2 and bias"
    press(page, "ArrowRight")
    assert "8 of 12 weights move at once; 4 are frozen" in text(page, ".lp-say")


def test_space_plays_and_stops(show: Show) -> None:
    page = show(played.two_two_two(), "#speed=4")
    press(page, " ")
    assert text(page, ".lp-play") == "Stop"
    page.wait_for_function("() => +document.querySelector('.lp-time input').value > 3")
    press(page, " ")
    assert text(page, ".lp-play") == "Play"
    stopped = where(page)
    page.wait_for_timeout(600)
    assert where(page) == stopped
    page.locator(".lp-speed").select_option("0.25")
    assert "speed=0.25" in page.url


def test_playing_ends_at_the_end(show: Show) -> None:
    page = show(played.two_two_two(), "#speed=4")
    press(page, "End", *["ArrowLeft"] * 2, " ")
    page.wait_for_function("() => document.querySelector('.lp-play').textContent === 'Play'")
    assert where(page)[1] == 42


@pytest.mark.parametrize("click", ["[data-act=next]", "[data-act=notes]", "[data-act=theme]"])
def test_after_a_click_the_keys_are_the_stages(show: Show, click: str) -> None:
    """Arrows step and Space plays, as before; PageUp and PageDown are a clicker's keys."""
    page = show(played.two_two_two(), "#step=5&speed=4")
    page.locator(click).click()
    at = where(page)[1]
    press(page, "ArrowRight", "PageDown", "PageUp", "PageDown")
    assert where(page)[1] == at + 2
    press(page, " ")
    assert text(page, ".lp-play") == "Stop"


@pytest.mark.parametrize(("select", "option"), [(".lp-level", "link"), (".lp-speed", "4")])
def test_after_a_choice_the_keys_are_the_stages(show: Show, select: str, option: str) -> None:
    page = show(played.two_two_two(), "#step=5&by=phase")
    page.locator(select).focus()
    page.locator(select).select_option(option)
    page.locator(".lp-level").select_option("link")
    press(page, "ArrowRight", "ArrowRight")
    assert where(page)[1] == 7
    assert page.locator(select).input_value() == option


def test_g_nudges_the_chosen_link(show: Show) -> None:
    page = show(played.two_two_two())
    press(page, "End")
    page.locator(".lp-link[data-id=l0]").dispatch_event("click")
    press(page, "g")
    told = text(page, ".lp-check")
    assert "they agree" in told
    assert told.count("0.000438568") == 2  # dLoss/dw of x1 -> h1


@pytest.mark.parametrize("name", played.PAGES)
def test_the_gradient_check_agrees_on_every_page(show: Show, name: str) -> None:
    page = show(played.PAGES[name]())
    press(page, "End")
    for link in range(0, 40, 3):
        found = page.locator(f".lp-link[data-id=l{link}]")
        if found.count():
            found.dispatch_event("click")
            press(page, "g")
            assert "they agree" in text(page, ".lp-check")


def test_the_gradient_check_turns_red_on_wrong_blame(show: Show) -> None:
    """As when already updated weights carry the blame back."""
    trace = altered(played.two_two_two(), ("samples", "delta"))
    page = show(trace)
    press(page, "End")
    reds = 0
    for link in range(12):
        page.locator(f".lp-link[data-id=l{link}]").dispatch_event("click")
        press(page, "g")
        reds += "they differ by" in text(page, ".lp-check")
    assert 0 < reds < 12


def test_plus_and_minus_set_the_size_of_letters(show: Show) -> None:
    page = show(played.xor())
    size = "() => parseFloat(getComputedStyle(document.querySelector('.lp-root')).fontSize)"
    before = page.evaluate(size)
    press(page, "+", "+")
    assert page.evaluate(size) == pytest.approx(1.5 * before)
    page.reload()
    assert page.evaluate(size) == pytest.approx(1.5 * before)
    press(page, *["-"] * 9)
    assert page.evaluate(size) == before
    press(page, *["+"] * 20)
    assert page.evaluate(size) == 3 * before


def test_where_no_window_can_be_opened_the_notes_stand_on_the_page(page: Any) -> None:
    page.set_content(f"<title>t</title>{player.iframe(played.xor())}")
    frame = page.frame_locator("iframe.lernpy-player")
    frame.locator("body").press("n")
    assert "which way will y1 go" in frame.locator(".lp-notes").inner_text()
    assert "no other window" in frame.locator(".lp-found").inner_text().lower()


def test_the_question_mark_lists_the_keys(show: Show) -> None:
    page = show(played.two_two_two())
    press(page, "?")
    assert "gradient check" in text(page, ".lp-help")
    press(page, "Escape")
    assert not page.locator(".lp-help").is_visible()


def test_keys_typed_into_a_field_stay_there(show: Show) -> None:
    page = show(played.two_two_two())
    page.locator(".lp-until").press_sequentially("h2 ng+")
    assert page.locator(".lp-until").input_value() == "h2 ng+"
    assert where(page)[1] == 1
    assert not page.locator(".lp-notes").is_visible()


def test_a_part_is_chosen_with_the_keyboard(show: Show) -> None:
    page = show(played.two_two_two())
    page.locator(".lp-neuron[data-id=v2]").focus()
    press(page, "Enter")
    outline = page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "none"  # its rim says so; a box around it would frame half the drawing
    assert text(page, ".lp-card h3") == "neuron h1"
    press(page, "Escape")
    assert "focus" not in page.url


# ---- what is drawn ------------------------------------------------------------------------------


def test_a_number_that_is_not_computed_is_not_shown_as_0(show: Show) -> None:
    page = show(played.two_two_two())
    press(page, *["ArrowRight"] * 3)
    page.locator(".lp-neuron[data-id=v2]").dispatch_event("click")
    told = text(page, ".lp-card")
    assert told.count("not yet") == 5 and "\n0\n" not in told
    assert page.locator(".lp-table .lp-not").count() > 0
    first = page.locator(".lp-link[data-id=l0]")
    assert first.locator(".lp-empty").count() == 1  # the signal is there, the blame is not
    assert first.locator(".lp-lane").count() == 1
    assert page.locator(".lp-link[data-id=l5] .lp-empty").count() == 2


def test_lanes_have_width_sign_and_direction(show: Show) -> None:
    """width = 1 + 9 sqrt(|v| / largest); minus is dashed, and marked."""
    page = show(played.two_two_two())
    press(page, "End")
    widths = []
    for link in range(12):
        lanes = page.locator(f".lp-link[data-id=l{link}] .lp-lane")
        assert lanes.count() == 2
        widths.append([float(lane.get_attribute("stroke-width")) for lane in lanes.all()])
    assert max(width[0] for width in widths) == max(width[1] for width in widths) == 10
    press(page, *["ArrowLeft"] * 12)
    dashed = "e => getComputedStyle(e).strokeDasharray"
    minus = page.locator(".lp-lane.lp-neg").first
    assert minus.evaluate(dashed) == "7px, 4px"
    assert page.locator(".lp-lane.lp-pos").first.evaluate(dashed) == "none"
    signs = "marks => [...new Set(marks.map(mark => /V/.test(mark.getAttribute('d'))))]"
    assert page.locator(".lp-head.lp-neg").evaluate_all(signs) == [False]  # a minus, no upright
    assert page.locator(".lp-head.lp-pos").evaluate_all(signs) == [True]
    assert page.locator(".lp-chevron").count() == 48


def test_blame_arrives_in_bars_and_the_pies_are_no_pies(show: Show) -> None:
    page = show(played.two_two_two())
    press(page, "End")
    flows = page.locator(".lp-flow").all_text_contents()
    assert {"0.52 in", "0.14 out", "not a pie"} <= set(flows)
    page.locator(".lp-neuron[data-id=v2]").dispatch_event("click")
    press(page, *["ArrowLeft"] * 8)
    assert page.locator(".lp-neuron[data-id=v2] .lp-bar").count() == 3  # two arrived, one sum
    assert page.locator(".lp-neuron[data-id=v2] .lp-gate").count() == 1


def test_the_update_shows_the_old_width_as_a_ghost_and_the_step_beside_it(show: Show) -> None:
    """On one scale. In the last sample both inputs say 0: their six weights stay as they are."""
    page = show(played.xor())
    assert page.locator(".lp-ghost").count() == 0
    press(page, "End")
    assert page.locator(".lp-ghost").count() == page.locator(".lp-step").count() == 7
    assert page.locator(".lp-number", has_text="stays").count() == 6
    largest, moved = 0.0, {}
    for link in range(13):
        page.locator(f".lp-link[data-id=l{link}]").dispatch_event("click")
        rows = page.locator(".lp-card dd").all_inner_texts()
        weight, step = (float(rows[i].split(",")[0].replace("−", "-")) for i in (0, 4))
        moved[link] = weight, step
        largest = max(largest, abs(weight), abs(weight - step))
    widths = {}
    for link, (weight, step) in moved.items():
        part = page.locator(f".lp-link[data-id=l{link}]")
        core = float(part.locator(".lp-core").get_attribute("stroke-width"))
        widths[link] = (core - 1) / abs(weight) ** 0.5
        if step:
            width = float(part.locator(".lp-step").get_attribute("stroke-width"))
            assert (width - 1) / abs(step) ** 0.5 == pytest.approx(widths[link], rel=0.05)
    assert max(widths.values()) == pytest.approx(min(widths.values()), rel=0.01)


def test_a_weight_that_stays_says_why(show: Show) -> None:
    """The first sample is (0, 1): x1 said 0, so none of its weights moves, nor swells."""
    page = show(played.xor())
    page.locator(".lp-until").fill("phase=update")
    page.locator(".lp-until").press("Enter")
    assert text(page, "h2") == "The weight of x1 -> h1 stays"
    assert "x1 -> h1: gradient 0, no move: x1 said 0." in text(page, ".lp-say")
    width = page.locator(".lp-link[data-id=l0] .lp-core").get_attribute("stroke-width")
    press(page, "ArrowRight")
    assert page.locator(".lp-link[data-id=l0] .lp-core").get_attribute("stroke-width") == width


def test_a_neuron_that_is_off_says_so(show: Show) -> None:
    network = lernpy.from_edges(
        [("x", "h", -1.0), ("h", "y", 1.0)], ["x"], ["y"], activations={"h": "relu"}, seed=0
    )
    page = show(Trace.record(slow_motion(network, [1], [1])))
    press(page, "End")
    assert page.locator(".lp-warn[data-of=v1]").text_content() == "off"
    assert page.locator(".lp-shut").count() >= 1
    press(page, "Home")
    assert page.locator(".lp-warn").count() == 0


def test_a_softmax_group_mixes_and_has_no_gate(show: Show) -> None:
    page = show(played.skips())
    assert page.locator(".lp-group").count() == 1
    press(page, "End")
    assert page.locator(".lp-neuron[aria-label='neuron y1'] .lp-gate").count() == 0
    press(page, "Home")
    page.locator(".lp-until").fill("phase=backward")
    page.locator("[data-act=run]").click()
    assert text(page, "h2") == "The softmax group mixes blame"


def test_an_image_is_drawn_with_the_blame_of_each_pixel(show: Show) -> None:
    page = show(played.digits())
    assert (
        page.locator(".lp-pixel:not([d=''])").count() > 3
    )  # the sample is its picture from the start
    assert "blame: not yet" in text(page, ".lp-blocks")
    press(page, "End")
    assert page.locator(".lp-pixel:not([d=''])").count() > 3
    pixels = (
        "s => s.map(e => (e.getAttribute('d').match(/M/g) || []).length).reduce((a, b) => a + b)"
    )
    assert page.locator(".lp-solid, .lp-hollow").evaluate_all(pixels) > 50
    assert page.locator(".lp-link").count() == 80  # of 1,210: those that matter now


def test_of_very_many_links_the_80_that_matter_now_are_drawn(show: Show) -> None:
    """Those with the largest signals, blame, steps; all of the neuron in focus; ribbons for the rest."""
    page = show(played.many_links(), "#by=phase")
    drawn = "links => links.map(link => link.dataset.id).join()"
    forward = page.locator(".lp-link").evaluate_all(drawn)
    assert page.locator(".lp-link").count() == 80
    assert page.locator(".lp-ribbon").count() == 2  # no pixel is linked to an output
    assert "80 of 11,935 links" in text(page, ".lp-few")
    press(page, *["ArrowRight"] * 4)
    assert where(page)[2] == "backward"
    assert page.locator(".lp-link").count() == 80
    assert page.locator(".lp-link").evaluate_all(drawn) != forward
    page.locator(".lp-neuron[aria-label='neuron y3']").dispatch_event("click")
    assert page.locator(".lp-link[aria-label$='to y3']").count() == 16
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class")
    press(page, "End")
    assert where(page)[2] == "update"


def test_colour_spreads_and_a_second_press_completes_it(show: Show) -> None:
    page = show(played.two_two_two(), "#step=3", reduced_motion="no-preference")
    press(page, "ArrowRight")
    length = "e => e.getTotalLength()"
    lane = page.locator(".lp-link[data-id=l0] .lp-lane")
    begun = lane.evaluate(length)
    press(page, "ArrowRight")
    whole = lane.evaluate(length)
    assert begun < 0.9 * whole
    assert where(page)[1] == 5


def test_reduced_motion_shows_the_end_at_once(show: Show) -> None:
    page = show(played.two_two_two(), "#step=3")
    press(page, "ArrowRight")
    lane = page.locator(".lp-link[data-id=l0] .lp-lane")
    whole = lane.evaluate("e => e.getTotalLength()")
    page.wait_for_timeout(500)
    assert lane.evaluate("e => e.getTotalLength()") == whole


# ---- for everyone -------------------------------------------------------------------------------


def test_a_screen_reader_hears_one_sentence_and_finds_a_table(show: Show) -> None:
    page = show(played.two_two_two())
    press(page, *["ArrowRight"] * 3)
    said = page.locator("[aria-live=polite]")
    told = "x1 says 0.05, times the weight 0.15. h1 has got 0.0075 now, its first."
    assert said.inner_text() == told
    assert text(page, ".lp-table caption") == "Generation 0 now"
    heads = page.locator(".lp-table thead th").all_inner_texts()
    assert heads == ["neuron", "activation", "total input", "output", "blame", "slope", "delta"]
    assert page.locator(".lp-table tbody th").all_inner_texts() == ["x1", "x2", "bias"]
    assert page.locator("svg[role=group]").get_attribute("aria-label") == "the network"


def test_light_dark_and_the_button_that_turns_it_over(show: Show) -> None:
    theme = "() => getComputedStyle(document.querySelector('.lp-root')).colorScheme"
    ground = "() => getComputedStyle(document.querySelector('.lp-root')).backgroundColor"
    dark = show(played.two_two_two(), color_scheme="dark")
    assert dark.evaluate(theme) == "dark"
    assert dark.evaluate(ground) == "rgb(17, 20, 24)"
    dark.locator("[data-act=theme]").click()
    assert dark.evaluate(theme) == "light"
    assert dark.evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_right_and_wrong_are_read_on_any_ground(show: Show, scheme: str) -> None:
    """Letters need a contrast of 4.5 to 1 with what is behind them."""
    page = show(played.two_two_two(), "#step=30&focus=h1->y1", color_scheme=scheme)
    press(page, "g")
    for mark in ("good", "bad"):
        colours = page.evaluate(
            """mark => {
                const p = document.querySelector(".lp-check p"), section = p.closest("section");
                p.className = "lp-" + mark;
                return [p, section].map((e, i) => getComputedStyle(e)[i ? "backgroundColor" : "color"]);
            }""",
            mark,
        )
        light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (v / 12.92 if v <= 0.04 else ((v + 0.055) / 1.055) ** 2.4 for v in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", [*played.PAGES, "many"])
@pytest.mark.parametrize("viewport", [(390, 844), (844, 390), (1280, 720)])
def test_nothing_is_wider_or_higher_than_the_screen(
    show: Show, name: str, viewport: tuple[int, int]
) -> None:
    """However large the letters are. The keys are in sight; on a phone a thumb can hit them."""
    trace = played.many_links() if name == "many" else played.PAGES[name]()
    width, height = viewport
    page = show(trace, viewport={"width": width, "height": height})
    for letters in range(2):
        size = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert page.evaluate(size) == [width, height]
        for control in ("play", "next", "back", "first", "last"):
            box = page.locator(f"[data-act={control}]").bounding_box()
            assert 0 <= box["y"] <= height - box["height"], (control, box)
            assert letters or width > 1000 or min(box["width"], box["height"]) >= 44
        press(page, "+")


def test_on_a_phone_the_stage_has_its_share_and_a_swipe_is_a_step(show: Show) -> None:
    page = show(played.xor(), viewport={"width": 390, "height": 844}, has_touch=True)
    boxes = [page.locator(f".lp-{one}").bounding_box() for one in ("stage", "event", "controls")]
    assert 0.5 < boxes[0]["height"] / 844 < 0.6
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    swipe = """([from, to]) => ["touchstart", "touchend"].forEach((name, i) => {
        const stage = document.querySelector(".lp-stage");
        const touch = new Touch({ identifier: 1, target: stage, clientX: [from, to][i], clientY: 300 });
        stage.dispatchEvent(new TouchEvent(name, { changedTouches: [touch], bubbles: true }));
    })"""
    page.evaluate(swipe, [300, 100])
    assert where(page)[1] == 2
    page.evaluate(swipe, [100, 290])
    assert where(page)[1] == 1
    page.evaluate(swipe, [100, 110])  # a click
    assert where(page)[1] == 1
    assert not page.locator(".lp-until").is_visible()
    page.locator("[data-act=more]").click()
    assert page.locator(".lp-until").is_visible() and page.locator("[data-act=theme]").is_visible()


@pytest.mark.profile
@pytest.mark.parametrize("name", sorted(played.MEASURED))
def test_every_stop_in_every_size_and_theme_is_in_order(
    browser: Any, tmp_path: Path, name: str
) -> None:
    """Five sizes, light, dark and grey; every generation; a neuron and a link in focus; questions."""
    file = tmp_path / "lesson.html"
    file.write_text(player.page(played.MEASURED[name]()), encoding="utf-8")
    wrong = []
    for where, page in measured.contexts(browser):
        page.goto(file.as_uri() + "#by=generation")
        for stop in range(16):
            wrong += [f"{where}, stop {stop}: {fault}" for fault in measured.measure(page).faults]
            press(page, "ArrowRight")
        for part in (".lp-neuron", ".lp-link"):
            page.locator(part).last.dispatch_event("click")
            wrong += [f"{where}, {part}: {fault}" for fault in measured.measure(page).faults]
        for moment in moments.questions(page, 6):
            wrong += [f"{where}, {moment}: {fault}" for fault in measured.measure(page).faults]
    assert wrong == []


@pytest.mark.parametrize("viewport", [(1024, 768), (844, 390)], ids=["4 to 3", "lying phone"])
def test_a_question_is_in_sight_with_its_answers(show: Show, viewport: tuple[int, int]) -> None:
    """Asked, by hands, answered wrong; and a part that is played. All steps and sizes: -m profile."""
    page = show(played.xor(), viewport=dict(zip(("width", "height"), viewport, strict=True)))
    for moment in moments.questions(page, 3):
        assert measured.measure(page).faults == [], moment


def test_what_has_no_room_is_scrolled_to_by_keys_and_says_so(show: Show) -> None:
    """Hands for five answers, and a long reply, on a lying phone."""
    page = show(played.skips(), viewport={"width": 844, "height": 390})
    long = (moment for moment in moments.questions(page) if measured.measure(page).below)
    assert "answered by hands" in next(long)
    side = page.locator(".lp-side")
    assert side.evaluate("e => getComputedStyle(e, '::after').content") == '"▾ more below"'
    before = where(page)
    side.focus()
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    page.wait_for_function("() => !document.querySelector('.lp-side.lp-onward')")
    assert where(page) == before and measured.measure(page).below == []
    side.evaluate("e => e.scrollTo(0, 0)")
    page.wait_for_function("() => document.querySelector('.lp-side.lp-onward')")


@pytest.mark.parametrize("name", sorted(played.PAGES))
@pytest.mark.parametrize("viewport", [(1280, 720), (390, 844)], ids=["projector", "phone"])
def test_all_letters_are_in_sight_on_nothing_else_and_large_enough(
    show: Show, name: str, viewport: tuple[int, int]
) -> None:
    """From phase to phase. What has no room is counted, in words; all sizes: -m profile."""
    width, height = viewport
    page = show(played.PAGES[name](), "#by=phase", viewport={"width": width, "height": height})
    for _ in range(5):
        assert measured.measure(page).faults == []
        press(page, "ArrowRight")
    page.locator(".lp-link").first.dispatch_event("click")
    assert measured.measure(page).faults == []


def test_the_measuring_bites(page: Any) -> None:
    """Letters that lie on each other, are cut off, covered, too small or too pale are found."""
    page.set_content(
        "<body style='margin:0;font:20px sans-serif'><p style='position:absolute;left:9px'>one</p>"
        "<p style='position:absolute;left:12px'>two</p><p style='position:absolute;left:99%'>three</p>"
        "<p style='position:absolute;top:200px;font-size:9px'>four</p>"
        "<p style='position:absolute;top:300px;color:#ccc'>five</p><svg data-left=3></svg>"
        "<p style='position:absolute;top:400px'>six</p>"
        "<div style='position:absolute;top:390px;width:90px;height:60px;background:#fff'></div>"
    )
    found = measured.measure(page)
    assert found.overlapping == ["two | one"]
    assert found.hidden == ["three", "six under DIV"]
    assert (found.dropped, found.smallest, found.pale) == (3, 9.0, ["five"])
    assert len(found.faults) == 5


def test_a_question_may_not_be_scrolled_on_a_projector(page: Any) -> None:
    """What is cut off is below where its box says so; a question is hidden there."""
    box = (
        "<div class='{}' style='height:40px;overflow:auto;font:20px sans-serif'><p>one</p>{}</div>"
    )
    rest = "<p>two</p><p class='lp-ask'>three</p>"
    page.set_content(box.format("lp-onward", rest))
    assert measured.measure(page)[:1] == (["three"],) and measured.measure(page).below == ["two"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert measured.measure(page).below == ["two", "three"]
    page.set_content(box.format("", rest))
    assert measured.measure(page).hidden == ["two", "three"]


def test_a_group_encloses_its_members(show: Show) -> None:
    page = show(played.digits())
    group = page.locator(".lp-group").bounding_box()
    for index in range(1, 11):
        rim = page.locator(f".lp-neuron[aria-label='neuron y{index}'] .lp-rim").bounding_box()
        assert group["x"] < rim["x"]
        assert rim["x"] + rim["width"] < group["x"] + group["width"]


def test_l_makes_letters_as_large_as_fit(show: Show) -> None:
    size = "() => parseFloat(getComputedStyle(document.querySelector('.lp-root')).fontSize)"
    page = show(played.two_two_two(), viewport={"width": 1280, "height": 720})
    assert page.evaluate(size) == 20
    press(page, "l")
    assert 20 <= page.evaluate(size) <= 60
    assert measured.measure(page).faults == []
    large = show(played.two_two_two(), viewport={"width": 1920, "height": 1080})
    assert large.evaluate(size) == 30  # fitting, not by a fixed factor


@pytest.mark.parametrize(
    ("host", "system", "ground"),
    [
        ('data-jp-theme-light="false"', "light", "rgb(17, 20, 24)"),
        ('data-jp-theme-light="true"', "dark", "rgb(255, 255, 255)"),
        ('class="vscode-dark"', "light", "rgb(17, 20, 24)"),
        ('class="vscode-light"', "dark", "rgb(255, 255, 255)"),
    ],
)
def test_the_theme_of_a_notebook_around_it_counts(
    show: Show, host: str, system: str, ground: str
) -> None:
    """The host before the system; the button before the host; on paper it is always light."""
    page = show(
        played.two_two_two(),
        change=lambda text: text.replace('<body class="lp-body"', f"<body {host}"),
        color_scheme=system,
    )
    background = "() => getComputedStyle(document.querySelector('.lp-root')).backgroundColor"
    assert page.evaluate(background) == ground
    page.locator("[data-act=theme]").click()
    assert page.evaluate(background) != ground
    page.emulate_media(media="print")
    assert page.evaluate(background) == "rgb(255, 255, 255)"


def test_names_cannot_break_out_of_the_page(show: Show) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    network = lernpy.from_edges([(evil, "y & <b>")], [evil], ["y & <b>"], seed=0)
    page = show(Trace.record(slow_motion(network, [1], [1]), title=evil))
    press(page, "End", "ArrowLeft", "ArrowLeft", "g")
    assert page.locator("img").count() == 0
    assert text(page, "h1") == evil
    assert "y & <b>" in text(page, ".lp-card")


# ---- predict first ------------------------------------------------------------------------------


def gated(**gate: Any) -> dict[str, Any]:
    trace = deepcopy(played.two_two_two())
    trace["gates"] = [{"at": 21, "question": "What now?", **gate}]
    return trace


@pytest.mark.parametrize(
    ("gate", "answer", "right"),
    [
        ({"kind": "sign", "of": {"neuron": 5, "quantity": "sensitivity"}}, "+", True),
        ({"kind": "sign", "of": {"neuron": 5, "quantity": "sensitivity"}}, "−", False),
        ({"kind": "number", "of": {"quantity": "loss"}, "tolerance": 0.01}, "0.298", True),
        ({"kind": "number", "of": {"quantity": "loss"}, "tolerance": 0.01}, "0,31", False),
        (
            {
                "kind": "compare",
                "of": {"neuron": 5, "quantity": "delta"},
                "than": {"neuron": 6, "quantity": "delta"},
            },
            "larger",
            True,
        ),
    ],
)
def test_a_gate_asks_before_it_shows(
    show: Show, gate: dict[str, Any], answer: str, right: bool
) -> None:
    trace = gated(**gate)
    names = trace["network"]["names"]
    for key in ("of", "than"):
        if "neuron" in trace["gates"][0].get(key, {}):
            wanted = {5: "y1", 6: "y2"}[trace["gates"][0][key]["neuron"]]
            trace["gates"][0][key] |= {"neuron": names.index(wanted)}
    page = show(trace)
    page.locator(".lp-level").select_option("phase")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.locator(".lp-ask").is_visible()
    assert "What now?" in text(page, ".lp-ask")
    at = where(page)[1]
    if gate["kind"] == "number":
        page.locator(".lp-guess").fill(answer)
        page.locator(".lp-guess").press("Enter")
    else:
        page.locator(".lp-ask button", has_text=answer).click()
    assert where(page)[1] == at + 1
    assert ("Right" if right else "Not so") in text(page, ".lp-ask")
    assert f"{int(right)} of 1 predicted" in text(page, ".lp-ask")


def test_a_gate_that_is_passed_does_not_ask_again(show: Show) -> None:
    page = show(gated(kind="sign", of={"quantity": "loss"}))
    press(page, "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowRight")
    assert page.locator(".lp-ask").is_visible()
    press(page, "ArrowRight")
    assert not page.locator(".lp-ask").is_visible()
    press(page, "Home", "ArrowRight")
    assert where(page)[2] == "update"


def test_an_empty_guess_reveals_nothing(show: Show) -> None:
    page = show(played.two_two_two(), "#step=2")
    press(page, "p")
    for nonsense in ("", "much"):
        page.locator(".lp-guess").fill(nonsense)
        page.locator(".lp-guess").press("Enter")
        assert page.locator(".lp-guess").is_visible()
        assert where(page)[1] == 2
    page.locator(".lp-guess").fill("0.05")
    page.locator(".lp-guess").press("Enter")
    assert "1 of 1 predicted" in text(page, ".lp-ask")


def test_plus_and_minus_belong_to_the_question(show: Show) -> None:
    """They answer which sign it is; else they change the letters."""
    size = "() => getComputedStyle(document.querySelector('.lp-root')).fontSize"
    page = show(gated(kind="sign", of={"quantity": "loss"}), "#step=21")
    before = page.evaluate(size)
    press(page, "ArrowRight", "+")
    assert "Right" in text(page, ".lp-ask") and "1 of 1 predicted" in text(page, ".lp-ask")
    assert page.evaluate(size) == before
    press(page, "+")
    assert page.evaluate(size) != before


def test_the_tally_outlives_a_reload(show: Show) -> None:
    page = show(gated(kind="sign", of={"quantity": "loss"}), "#step=21")
    press(page, "ArrowRight", "-")
    page.reload()
    press(page, "Home", *["Shift+ArrowRight"] * 4)
    assert not page.locator(".lp-ask").is_visible()  # it was asked
    press(page, "Home", "ArrowRight", "p")
    page.locator(".lp-guess").fill("7")
    page.locator(".lp-guess").press("Enter")
    assert "0 of 2 predicted" in text(page, ".lp-ask")


def test_the_gradient_check_waits_for_the_gradient(show: Show) -> None:
    page = show(played.two_two_two(), "#step=1&focus=h1->y1")
    press(page, "g")
    assert "Not yet" in text(page, ".lp-check") and "0.0" not in text(page, ".lp-check")
    page.locator(".lp-until").fill("phase=update")
    page.locator(".lp-until").press("Enter")
    page.locator("[data-act=check]").click()
    assert "they agree" in text(page, ".lp-check")


@pytest.mark.parametrize(
    ("name", "quantity", "than"),
    [("y1", "sensitivity", None), ("h1", "delta", "h2"), ("y2", "sensitivity", "h1")],
)
def test_a_question_comes_before_its_answer_is_on_the_screen(
    show: Show, name: str, quantity: str, than: str | None
) -> None:
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
    trace.ask(name, quantity, "compare" if than else "sign", than=than)
    page = show(trace)
    while not page.locator(".lp-ask").is_visible():
        assert where(page)[1] < 42
        press(page, "Shift+ArrowRight")
    row = {"sensitivity": "blame"}.get(quantity, quantity)
    for one in filter(None, (name, than)):
        page.locator(f".lp-neuron[aria-label='neuron {one}']").dispatch_event("click")
        told = dict(
            zip(
                page.locator(".lp-card dt").all_inner_texts(),
                page.locator(".lp-card dd").all_inner_texts(),
                strict=True,
            )
        )
        assert told[row] == "not yet"


def test_a_question_is_answered_with_the_keyboard_alone(show: Show) -> None:
    """Digits and Enter; 1, 2, 3 for what is compared; − 0 + for a sign. What it asks stands nowhere."""
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
    trace.ask("", "loss", "number", tolerance=0.01)
    trace.ask("y1", "delta", "compare", than="y2")
    trace.ask("h1", "sensitivity")
    page = show(trace, "#by=phase")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    assert "What will the loss be?" in text(page, ".lp-question")
    press(page, "0", ".", "2", "9", "8", "Enter")
    assert "✓ Right: 0.2984" in text(page, ".lp-question")
    press(page, "ArrowRight")
    assert "Compare in size" in text(page, ".lp-question")
    press(page, "g", "w")
    assert text(page, ".lp-check") == "" and not page.locator(".lp-ways").is_visible()
    press(page, "3")
    assert "✓ Right: larger" in text(page, ".lp-question")
    press(page, "ArrowRight")
    size = "() => getComputedStyle(document.querySelector('.lp-root')).fontSize"
    before = page.evaluate(size)
    press(page, "-")
    assert "✗ Not so: + (0.03635)" in text(page, ".lp-question")
    assert page.evaluate(size) == before
    assert "2 of 3 predicted" in text(page, ".lp-options")
    page.reload()
    press(page, "Home", "ArrowRight", "ArrowRight", "p")
    assert page.evaluate("() => sessionStorage.length") >= 2
    answers = "() => Object.keys(sessionStorage).find(key => key.endsWith('answers'))"
    tally = json.loads(page.evaluate(f"() => sessionStorage.getItem(({answers})())"))
    assert (tally["right"], tally["count"]) == (2, 3)


def test_the_loss_curve_is_closed_while_a_loss_is_asked(show: Show) -> None:
    trace = deepcopy(played.xor())
    trace["gates"] = [
        {"at": 22, "kind": "number", "of": {"quantity": "loss"}, "question": "How much?"}
    ]
    page = show(trace, "#by=phase")
    assert page.locator(".lp-losses").is_visible()
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.locator(".lp-ask").is_visible() and not page.locator(".lp-losses").is_visible()
    page.locator(".lp-guess").fill("1")
    page.locator(".lp-guess").press("Enter")
    assert page.locator(".lp-losses").is_visible()


def test_w_marks_the_next_heaviest_path_of_blame(show: Show) -> None:
    """As `lernpy.paths` has them; not before blame is there."""
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
    page = show(trace)
    press(page, "w")
    assert "Not yet" in text(page, ".lp-ways")
    press(page, "End")
    page.locator(".lp-neuron[aria-label='neuron h1']").dispatch_event("click")
    trace.goto(40)
    for path in lernpy.paths(network, "h1"):
        press(page, "w")
        told = text(page, ".lp-ways p").replace("−", "-").replace("←", "<-")
        assert told == str(path)
        marked = page.locator(".lp-neuron.lp-way").evaluate_all("all => all.map(e => e.ariaLabel)")
        assert {f"neuron {name}" for name in path.names} == set(marked)
    press(page, "Escape", "w", "w", "w")
    assert "Path 3 of 4" in text(page, ".lp-ways h3")


@pytest.mark.parametrize("name", sorted(played.PAGES))
def test_the_paths_of_the_page_are_those_of_python(show: Show, name: str) -> None:
    trace = Trace.from_json(played.PAGES[name]())
    trace.goto(trace.stops("sample")[1] - 1)
    network = trace.recording().network
    trace_of_first = trace.recording()
    trace_of_first.seek(trace.cursor)
    network = trace_of_first.network
    hidden = network.generations[1][0]
    page = show(played.PAGES[name](), f"#by=sample&focus={hidden.name}")
    press(page, "ArrowRight", "w")
    best = lernpy.paths(network, hidden.name, k=1)[0]
    told = text(page, ".lp-ways p").replace("−", "-")
    assert told.split(" = ")[-1] == f"{best.share:.4g}"


def test_terms_and_their_links_light_up_together(show: Show) -> None:
    page = show(played.two_two_two())
    page.locator(".lp-until").fill("h1")
    page.locator(".lp-until").press("Enter")
    term = page.locator(".lp-term[data-tie=l0]").first
    assert "x1" in text(page, ".lp-formula")
    term.hover()
    tied = page.locator(".lp-tied")
    assert page.locator(".lp-link.lp-tied").get_attribute("aria-label") == "link x1 to h1"
    assert tied.count() >= 3  # the link, its term in letters and in numbers
    page.locator("h1").hover()
    assert tied.count() == 0
    page.locator(".lp-link[data-id=l4] .lp-hit").dispatch_event("pointerover")
    term.click()
    assert text(page, ".lp-card h3") == "link x1 → h1"


def test_what_found_no_room_shows_when_it_is_pointed_at(show: Show) -> None:
    page = show(played.digits(), "#by=phase", viewport={"width": 1280, "height": 720})
    press(page, *["ArrowRight"] * 4)
    assert "more: point at a part" in text(page, ".lp-few")
    neuron = page.locator(".lp-neuron[aria-label='neuron h7']")
    of = neuron.get_attribute("data-id")
    numbers = page.locator(f".lp-numbers text[data-of={of}]")
    assert numbers.count() == 0
    neuron.hover(force=True)
    assert numbers.count() == 2


def test_formulas_of_loss_and_slope_have_their_numbers(show: Show) -> None:
    page = show(played.two_two_two())
    page.locator(".lp-until").fill("phase=cost")
    page.locator(".lp-until").press("Enter")
    assert "½ (0.7514 − 0.01)² + ½ (0.7729 − 0.99)² = 0.2984" in text(page, ".lp-formula")
    press(page, "ArrowRight")
    assert "× (0.7729 × (1 − 0.7729))" in text(page, ".lp-formula")
    page = show(played.xor())
    for condition in ("phase=backward", "h1"):
        page.locator(".lp-until").fill(condition)
        page.locator(".lp-until").press("Enter")
    assert re.search(r"× \(1 − \(?−?0\.\d+\)?²\)", text(page, ".lp-formula"))


def test_the_stage_shows_inputs_targets_and_the_names_of_the_data(show: Show) -> None:
    data = lernpy.data.load("iris")
    network = lernpy.layered([4, 3, 3], output_activation="softmax", loss="cross_entropy", seed=0)
    lernpy.train(network, data, 1, scale="minmax")
    inputs, targets = network.card.prepare(data)
    trace = Trace.record(slow_motion(network, inputs[:1], targets[:1]))
    page = show(trace, viewport={"width": 1280, "height": 720})
    names = page.locator(".lp-names text").all_text_contents()
    told = " ".join(names)
    for name in ("sepal_length", "petal_width", "setosa", "virginica"):
        assert name in told
    assert "▸ 1" in told and f"{inputs[0][0]:.2g}" in told
    page.locator(".lp-neuron[aria-label='neuron x3']").dispatch_event("click")
    assert text(page, ".lp-card h3") == "neuron x3 (petal_length)"
    assert measured.measure(page).faults == []


def test_biases_are_stubs_at_their_neurons_if_wished(show: Show) -> None:
    page = show(played.two_two_two())
    bias = page.locator(".lp-neuron[aria-label='neuron bias']")
    long = "e => e.getTotalLength()"
    link = page.locator(".lp-link[aria-label='link bias to h1'] .lp-core")
    before = link.evaluate(long)
    press(page, "o")
    assert bias.count() == 0
    assert link.evaluate(long) < 0.5 * before
    assert measured.measure(page).faults == []
    press(page, "o")
    assert bias.count() == 1


def test_f11_is_the_whole_screen(show: Show) -> None:
    page = show(played.two_two_two())
    press(page, "F11")
    page.wait_for_function("() => document.fullscreenElement !== null")
    press(page, "F11")
    page.wait_for_function("() => document.fullscreenElement === null")


def test_n_opens_the_presenters_window(show: Show) -> None:
    """Notes, the next step and a clock, off the projector; its keys step as well."""
    page = show(played.xor())
    with page.context.expect_page() as opened:
        press(page, "n")
    notes = opened.value
    notes.wait_for_selector(".lp-note")
    assert "which way will y1 go" in notes.locator(".lp-note").inner_text()
    assert notes.locator(".lp-next").inner_text() == "Next: The sample is put in"
    assert re.fullmatch(r"\d\d:\d\d · 0:\d\d", notes.locator(".lp-clock").inner_text())
    assert not page.locator(".lp-notes").is_visible()
    notes.locator(".lp-presenter").press("PageDown")
    page.locator(".lp-where", has_text="step 2 of").wait_for()
    press(page, *["Shift+ArrowRight"] * 3)
    notes.locator(".lp-note", has_text="Now blame turns up").wait_for()
    press(page, "n")
    page.wait_for_timeout(200)
    assert notes.is_closed()


def test_p_asks_about_the_next_step_and_tallies(show: Show) -> None:
    page = show(played.two_two_two())
    asked = 0
    for _ in range(60):
        before = where(page)[1]
        press(page, "p")
        if (
            page.locator(".lp-ask").is_visible()
            and page.locator(".lp-ask [data-act=answer]").count()
        ):
            asked += 1
            if page.locator(".lp-guess").is_visible():
                page.locator(".lp-guess").fill("0.5")
            page.locator(".lp-ask [data-act=answer]").first.click()
            assert where(page)[1] in (before, before + 1)  # the weights move in one step
            assert f"of {asked} predicted" in text(page, ".lp-ask")
        else:
            press(page, "ArrowRight")
    assert asked > 40


# ---- memory and ways to get somewhere -----------------------------------------------------------


def test_step_reload_same_step(show: Show) -> None:
    page = show(played.xor())
    press(page, *["Shift+ArrowRight"] * 7, *["ArrowRight"] * 2)
    page.locator(".lp-link[data-id=l3]").dispatch_event("click")
    page.locator(".lp-speed").select_option("2")
    before, card = where(page), text(page, ".lp-card")
    page.reload()
    assert where(page) == before
    assert text(page, ".lp-card") == card
    assert page.locator(".lp-speed").input_value() == "2"


def test_the_session_remembers_without_the_address(show: Show) -> None:
    page = show(played.xor())
    press(page, *["ArrowRight"] * 5)
    page.evaluate("() => history.replaceState(null, '', location.pathname)")
    page.reload()
    assert where(page)[1] == 6


def test_an_address_can_be_shared(show: Show) -> None:
    page = show(played.xor(), "#step=60&speed=0.5&by=neuron&focus=h1->y1")
    assert where(page)[0] == 2
    assert page.locator(".lp-speed").input_value() == "0.5"
    assert page.locator(".lp-level").input_value() == "neuron"
    assert text(page, ".lp-card h3") == "link h1 → y1"
    page.evaluate("() => { location.hash = 'step=3&focus=h2'; }")
    page.wait_for_function(
        "() => document.querySelector('.lp-card h3').textContent === 'neuron h2'"
    )
    assert where(page)[:2] == (1, 3)


@pytest.mark.parametrize("nonsense", ["#step=-5&speed=7", "#step=99999", "#focus=nobody", "#%%%"])
def test_a_nonsense_address_does_no_harm(show: Show, nonsense: str) -> None:
    page = show(played.xor(), nonsense)
    press(page, "ArrowLeft", "Home", "ArrowRight")
    assert where(page)[:2] == (1, 2)


@pytest.mark.parametrize(
    ("condition", "title"),
    [
        ("h1", "h1 sums and activates"),
        ("h1->y1", "h1 → y1 carries"),
        ("phase=backward", "y2 collects and turns blame"),
        ("phase=update", "The weight of x1 -> h1 moves"),
        ("delta<0.05", "y2 collects and turns blame"),
        ("slope<0.18", "y2 collects and turns blame"),
    ],
)
def test_run_until(show: Show, condition: str, title: str) -> None:
    page = show(played.two_two_two())
    page.locator(".lp-until").fill(condition)
    page.locator(".lp-until").press("Enter")
    assert text(page, "h2") == title


def test_run_until_agrees_with_the_trace_in_python(show: Show) -> None:
    """sign-flip and loss-rose stop where `Trace.until` stops."""
    network = lernpy.layered([2, 3, 1], activation="tanh", seed=1, learning_rate=0.5)
    trace = Trace.record(slow_motion(network, *played.XOR, epochs=3))
    page = show(trace)
    trace.goto(0)
    for condition in ("sign-flip", "loss-rose"):
        step = trace.until(condition)
        page.locator(".lp-until").fill(condition)
        page.locator("[data-act=run]").click()
        if step is None:
            assert "does not happen" in text(page, ".lp-found")
        else:
            assert f"step={step.index}&" in page.url


@pytest.mark.parametrize(
    "typo",
    ["sign-flop", "h9", "delta<x", "slope<-1", "phase=backwards", "x1->h7", "zzzzzzzz", "delta<"],
)
def test_a_typo_is_told_as_the_terminal_tells_it(show: Show, typo: str) -> None:
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
    with pytest.raises(LernpyError) as error:
        trace.until(typo)
    page = show(trace)
    page.locator(".lp-until").fill(typo)
    page.locator(".lp-until").press("Enter")
    wanted, told = (
        re.sub(r" Did you mean .*?\?|reset, ", "", words)
        for words in (str(error.value), text(page, ".lp-found"))
    )
    assert told == wanted
    assert where(page)[1] == 1


def test_keys_for_theme_and_until(show: Show) -> None:
    theme = "() => getComputedStyle(document.querySelector('.lp-root')).colorScheme"
    page = show(played.two_two_two())
    assert page.evaluate(theme) == "light"
    press(page, "t")
    assert page.evaluate(theme) == "dark"
    press(page, "/", "h", "1", "Enter")
    assert text(page, "h2") == "h1 sums and activates"
    press(page, "ArrowRight")
    assert text(page, "h2") == "h1 → y1 carries"


def test_running_to_what_never_happens_says_so(show: Show) -> None:
    page = show(played.two_two_two())
    page.locator(".lp-until").fill("nan")
    page.locator("[data-act=run]").click()
    assert "does not happen" in text(page, ".lp-found")
    assert where(page)[1] == 1


def test_the_slider_has_bands_and_moves(show: Show) -> None:
    page = show(played.two_two_two())
    assert page.locator(".lp-bands span").count() == 5
    slider = page.locator(".lp-time input")
    slider.fill("30")
    assert where(page)[1] == 31
    slider.press("ArrowRight")
    assert where(page)[1] == 32


def test_by_epoch_it_stops_where_the_trace_does_and_says_so(show: Show) -> None:
    network = lernpy.layered([2, 3, 1], activation="tanh", seed=1, learning_rate=0.5)
    trace = Trace.record(slow_motion(network, *played.XOR, epochs=3))
    page = show(trace, "#by=epoch")
    stops = [int(float(page.url.split("step=")[1].split("&")[0]))]
    for epoch in (1, 2, 3):
        press(page, "ArrowRight")
        stops.append(int(float(page.url.split("step=")[1].split("&")[0])))
        assert where(page) == (4 * epoch, 44, "update")
        assert f"sample {4 * epoch} of 12, epoch {epoch} of 3, update" in text(page, ".lp-where")
        mean = sum(trace.losses[4 * epoch - 4 : 4 * epoch]) / 4
        assert f"Epoch {epoch} of 3 is over: mean loss {mean:.4g}." in text(page, ".lp-say")
    assert stops[1:] == trace.stops("epoch")[1:]
    press(page, "ArrowRight")
    assert where(page)[:2] == (12, 44)
    found = []
    for _ in range(6):
        press(page, "ArrowLeft")
        found.append(where(page)[:2])
    assert found == [(9, 1), (8, 44), (5, 1), (4, 44), (1, 1), (1, 1)]
    press(page, "ArrowRight", "ArrowDown", "ArrowRight")
    assert where(page)[:2] == (5, 44)  # by sample now


def test_by_sample_and_by_epoch_the_slider_marks_the_epochs(show: Show) -> None:
    page = show(played.xor(), "#by=epoch")
    slider, bands = page.locator(".lp-time input"), page.locator(".lp-bands span")
    assert bands.all_inner_texts() == ["epoch 1", "epoch 2", "epoch 3"]
    slider.fill("5")
    assert where(page)[:2] == (8, 44)  # to the end of the epoch
    assert slider.input_value() == "7"
    press(page, "ArrowDown")
    slider.fill("5")
    assert where(page)[:2] == (6, 44)
    press(page, "ArrowDown")
    assert [told for told in bands.all_inner_texts() if told][:2] == ["forward", "backward"]
    assert slider.input_value() == "55"
    alone = show(played.two_two_two(), "#by=epoch")  # nowhere else to go
    assert alone.locator(".lp-bands span").count() == 5


@pytest.mark.parametrize(("name", "level"), [("xor", "link"), ("digits", "generation")])
def test_a_page_begins_with_moves_that_fit_its_length(show: Show, name: str, level: str) -> None:
    page = show(played.PAGES[name]())
    assert page.locator(".lp-level").input_value() == level
    assert "by=" + level in page.url
    assert show(played.PAGES[name](), "#by=phase").locator(".lp-level").input_value() == "phase"


def test_dragging_on_the_loss_curve_jumps_to_a_sample(show: Show) -> None:
    page = show(played.xor())
    curve = page.locator(".lp-curve")
    box = curve.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30, steps=4)
    middle = where(page)[0]
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 30, steps=4)
    page.mouse.up()
    assert 4 < middle < 9
    assert where(page)[0] == 12
    assert not show(played.two_two_two()).locator(".lp-curve").is_visible()


# ---- other hosts --------------------------------------------------------------------------------


def test_in_a_sandboxed_frame_it_plays_without_any_storage(page: Any, show: Show) -> None:
    page.set_content(f"<title>t</title>{player.iframe(played.two_two_two())}")
    assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    frame = page.frame_locator("iframe.lernpy-player")
    frame.locator("body").press("ArrowRight")
    frame.locator("body").press("ArrowRight")
    assert "step 3 of 42" in frame.locator(".lp-where").inner_text()
    assert "lp-good" in frame.locator(".lp-badge").get_attribute("class")
    assert frame.locator("[data-act=print]").count() == 0  # such a frame cannot print
    assert show(played.two_two_two()).locator("[data-act=print]").is_visible()


def test_a_host_that_joins_all_lines_into_one_does_no_harm(show: Show) -> None:
    def flatten(text: str) -> str:
        head, script = text.split('<script type="module">')
        return head + '<script type="module">' + script.replace("\n", " ")

    page = show(played.two_two_two(), change=flatten)
    press(page, "ArrowRight")
    assert where(page)[1] == 2


def test_only_what_has_the_focus_hears_the_keys(page: Any) -> None:
    """Two players of another host in one document: a key moves the one that has the focus."""
    module = script()
    traits = json.dumps({**player.traits(played.two_two_two()), "live": False})
    page.set_content("<title>another host</title>")
    page.evaluate(
        """async ([module, traits]) => {
            const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
            const { default: { render } } = await import(url);
            const data = JSON.parse(traits), none = () => {};
            const model = { get: k => data[k], set: none, on: none, off: none, save_changes: none, send: none };
            document.body.innerHTML = "<button id=other></button><div id=a></div><div id=b></div>";
            window.ends = [..."ab"].map(id => render({ model, el: document.getElementById(id) }));
        }""",
        [module, traits],
    )
    page.locator("#other").press("ArrowRight")
    page.locator("#b .lp-root").press("ArrowRight")
    assert "step 1 of" in text(page, "#a .lp-where")
    assert "step 2 of" in text(page, "#b .lp-where")
    page.evaluate("() => window.ends.forEach(end => end())")
    assert page.locator(".lp-root").count() == 0


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("name", played.PAGES)
def test_on_paper_it_is_a_worksheet_with_blanks_and_its_answer_key(show: Show, name: str) -> None:
    """Each on one page; nothing else is printed."""
    page = show(played.PAGES[name]())
    press(page, "End")
    assert not page.locator(".lp-sheet").is_visible()
    page.emulate_media(media="print")
    sheets = page.locator(".lp-sheet section")
    assert sheets.count() == 2
    assert not page.locator(".lp-root").is_visible()
    assert pages_of(page.pdf(format="A4")) == 2
    if name == "two-two-two":
        assert "0.7514" not in sheets.nth(0).inner_text()
        for answer in ("0.2984", "0.5933", "0.1385", "0.5614"):
            assert answer in sheets.nth(1).inner_text()


@pytest.mark.parametrize("name", played.PAGES)
def test_a_worksheet_and_its_key_print_on_one_page_each(
    page: Any, tmp_path: Path, name: str
) -> None:
    player.write_sheet(played.PAGES[name](), tmp_path / "sheet.html", tmp_path / "key.html")
    for file in ("sheet.html", "key.html"):
        page.goto((tmp_path / file).as_uri())
        assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
        assert pages_of(page.pdf(format="Letter")) == 1


def test_what_is_no_trace_of_this_version_is_refused_in_the_page(
    new_page: Show, tmp_path: Path
) -> None:
    file = tmp_path / "other.html"
    file.write_text(
        player.page(played.two_two_two()).replace("lernpy-trace/1", "lernpy-trace/2", 1)
    )
    page = new_page()
    with page.expect_event("pageerror"):
        page.goto(file.as_uri())
    assert any("lernpy-trace/2" in problem for problem in page.gate.problems)
    page.gate.forget()


def test_playing_stops_at_a_breakpoint_of_the_trace(show: Show) -> None:
    trace = deepcopy(played.two_two_two())
    trace["breakpoints"] = ["x2->h1"]
    page = show(trace, "#speed=4")
    press(page, " ")
    page.wait_for_function("() => document.querySelector('.lp-play').textContent === 'Play'")
    assert text(page, "h2") == "x2 → h1 carries"
    offered = "e => [...e.options].map(o => o.value)"
    assert page.locator("#lp-conditions").evaluate(offered)[0] == "x2->h1"


@pytest.mark.parametrize("condition", ["delta<0.02", "slope<0.9", "sign-flip", "h3", "x2->h1"])
def test_every_stop_is_a_stop_in_python(show: Show, condition: str) -> None:
    network = lernpy.layered([2, 3, 1], activation="tanh", seed=1, learning_rate=0.5)
    trace = Trace.record(slow_motion(network, *played.XOR))
    page = show(trace)
    trace.goto(0)
    wanted, found = [], []
    while (step := trace.until(condition)) is not None:
        wanted.append(step.index)
        page.locator(".lp-until").fill(condition)
        page.locator("[data-act=run]").click()
        found.append(int(float(page.url.split("step=")[1].split("&")[0])))
    assert found == wanted
    assert len(wanted) >= 2


def test_a_lesson_that_blows_up_is_drawn_and_the_place_is_found(show: Show) -> None:
    """A rate of 1e200: the second lesson overflows. The page stays quiet and says where."""
    network = lernpy.layered(
        [2, 3, 2], activation="relu", output_activation="identity", seed=1, learning_rate=1e200
    )
    trace = Trace.record(slow_motion(network, [[1, 1]] * 3, [[1, 0]] * 3))
    page = show(trace)
    assert "lp-good" in page.locator(".lp-badge").get_attribute("class")
    trace.goto(0)
    step = trace.until("nan")
    page.locator(".lp-until").fill("nan")
    page.locator("[data-act=run]").click()
    assert step is not None and f"step={step.index}&" in page.url
    press(page, *["Shift+ArrowRight"] * 9, *["ArrowRight"] * 9, "g", "End")
    assert "nan" in text(page, ".lp-say")
