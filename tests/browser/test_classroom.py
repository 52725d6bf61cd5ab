"""The class takes part, in the lab and in a recorded lesson: be the link (B), votes by hands (V).

By keyboard alone; both outlive a reload.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measured
import pytest
from learning_page import HD, LearningPage, opened, xor

import lernpy
from lernpy import player
from lernpy.build import two_two_two

GAME = "document.querySelector('.lp-root').player.classroom.game"
NAMED = """all => all.filter((one) => one.offsetParent).map((one) =>
    one.ariaLabel || one.labels?.[0]?.innerText || one.title || "")"""


class Classroom:
    """A page with a lesson that stands still."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.locator(".lp-root").wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, name: str) -> str:
        return str(self.page.locator(f".lp-{name}").first.evaluate("e => e.innerText"))

    def shown(self, name: str) -> bool:
        return bool(self.page.locator(f".lp-{name}").first.is_visible())

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(f"() => {{ const game = {GAME}; return {expression}; }}")

    def become(self, role: str) -> None:
        self.page.locator(".lp-playing select").select_option(role)

    def say(self, part: str, value: float | str) -> str:
        """From the field of the part on, by keyboard."""
        field = self.page.locator(".lp-playing [name=part]")
        field.focus()
        self.press("Control+a")
        self.page.keyboard.insert_text(part)
        self.press("Tab", "Control+a")
        self.page.keyboard.insert_text(f"{value:.6g}" if isinstance(value, float) else value)
        self.press("Enter")
        return str(self.page.locator(".lp-playing output").inner_text())

    def before_a_choice(self) -> Any:
        """Go on to a link that hands back what several mistakes know otherwise."""
        self.press("b")
        self.become("all")
        self.press("Escape")
        turn = "game.turns[game.first]"
        while self.ask(f"{turn}.wrong.length < 2 || {turn}.word !== 'hands back'"):
            self.press("PageDown")
        found = self.ask(turn)
        self.press("Escape")
        return found


@pytest.fixture
def lesson(new_page: Callable[..., Any], tmp_path: Path) -> Classroom:
    """Two-two-two, recorded: the lesson with cards."""
    trace = lernpy.Trace.record(lernpy.slow_motion(*two_two_two_example()))
    file = tmp_path / "lesson.html"
    player.write(trace, file, level="link")
    page = new_page(viewport=HD, reduced_motion="reduce")
    page.goto(file.as_uri())
    return Classroom(page)


def two_two_two_example() -> tuple[Any, list[float], list[float]]:
    return two_two_two(), [0.05, 0.10], [0.01, 0.99]


@pytest.fixture
def lab(new_page: Callable[..., Any], tmp_path: Path) -> Classroom:
    """XOR in the lab, stopped at the worst sample."""
    page: LearningPage = opened(new_page, tmp_path, xor())
    page.press("ArrowRight", "w", "Home")
    return Classroom(page.page)


@pytest.fixture(params=["lesson", "lab"])
def room(request: pytest.FixtureRequest) -> Classroom:
    return request.getfixturevalue(request.param)


def test_the_whole_net_is_played_by_keyboard(room: Classroom) -> None:
    """Each turn wrong in a way that is known, where there is one, then right; the stage follows."""
    room.press("b")
    room.become("all")
    steps = []
    while not room.ask("game.over"):
        turn = room.ask("game.turns[game.first]")
        for value, belief in turn["wrong"][:1]:
            assert f"({belief}: " in room.say(turn["part"], float(value)), turn
        assert room.say(turn["part"], float(turn["value"])).startswith("Yes."), turn
        steps.append(room.text("where"))
    assert len(set(steps)) == len(steps) > 20
    assert "All have acted: now all weights move at once." in room.text("be")
    assert f"{len(steps)} × right" in room.text("tally") and "M3 updated weights" in room.text(
        "tally"
    )
    room.press("Escape", "Escape")
    assert not room.shown("be")


def test_no_number_is_seen_before_it_is_said(room: Classroom) -> None:
    """The stage stands before the first turn that is left; checks, paths and losses are closed."""
    room.press("b")
    room.become("all")
    turn = room.ask("game.turns[game.first]")
    at = room.ask("document.querySelector('.lp-root').player.at")
    assert at < turn["at"] and room.ask("document.querySelector('.lp-root').player.isAsking")
    room.press("Escape", "g", "w")
    assert room.text("check") == "" and not room.shown("ways") and not room.shown("losses")


def test_a_part_alone_acts_and_all_others_by_themselves(lesson: Classroom) -> None:
    """Blame of h1 with one path forgotten, and who speaks too early."""
    lesson.press("b")
    lesson.become("h1 -> y1")
    assert lesson.say("y1", "1").startswith("✗ ") or "Not yet" in lesson.text("be")
    assert lesson.say("nobody", "1") == "There is no such part."
    assert lesson.say("h1 → y1", "") == "A number, please."
    carried = lesson.ask("game.turns[game.first].value")
    assert lesson.say("h1->y1", f"{carried:.4f}".replace(".", ",")).startswith(
        "Yes. h1 -> y1 carries"
    )
    back = lesson.ask("game.turns[game.first]")
    assert (back["part"], back["phase"]) == ("h1 -> y1", "backward")
    assert "(M3: " in lesson.say("h1 -> y1", float(dict(map(reversed, back["wrong"]))["M3"]))
    assert lesson.say("h1 -> y1", float(back["value"])).startswith("Yes.")
    assert lesson.ask("game.over")


def test_game_and_tally_outlive_a_reload(room: Classroom) -> None:
    room.press("b")
    room.become("links")
    first = room.ask("game.turns[game.first]")
    room.say(first["part"], float(first["value"]))
    room.say(room.ask("game.turns[game.first].part"), "77")
    where, done = room.text("where"), room.ask("game.state")
    room.page.reload()
    room.page.locator(".lp-root").wait_for()
    assert room.text("where") == where
    room.press("b")
    assert room.ask("game.state") == done and room.text("tally") == "1 × right · 1 × other"
    assert room.page.locator(".lp-playing select").input_value() == "links"


def test_with_the_clicker_the_next_one_acts_by_itself(room: Classroom) -> None:
    room.press("b")
    room.become("all")
    room.press("Escape")  # out of the fields
    first = room.ask("game.first")
    room.press("PageDown", "PageDown")
    assert room.ask("game.first") == first + 2 and room.shown("be")
    room.press("PageUp")
    assert not room.shown("be")
    room.press("b")
    assert room.ask("game.first") == first + 2


def test_hands_are_counted_before_and_after_and_kept(room: Classroom) -> None:
    """Answers to a number are those of the mistakes; the right one is marked once it is answered."""
    turn = room.before_a_choice()
    room.press("v")
    assert not room.shown("be") and "hand back to" in room.text("question")
    rows = room.page.locator(".lp-votes th[scope=row]").all_inner_texts()
    assert len(rows) == 1 + len(turn["wrong"])
    for hands in ("12", "7"):
        room.page.keyboard.insert_text(hands)
        room.press("Enter")
    fields = room.page.locator(".lp-votes input")
    assert [fields.nth(index).input_value() for index in (0, 2)] == ["12", "7"]
    room.press("Escape", "v")
    assert not room.shown("votes")
    room.page.reload()
    room.page.locator(".lp-root").wait_for()
    room.press("v")
    assert [fields.nth(index).input_value() for index in (0, 2)] == ["12", "7"]
    guess = room.page.locator(".lp-guess")
    guess.fill(f"{turn['value']:.6g}")
    guess.press("Enter")
    assert "Right" in room.text("question")
    marked = [
        row for row in room.page.locator(".lp-votes th[scope=row]").all_inner_texts() if "✓" in row
    ]
    assert len(marked) == 1 and room.shown("votes")


def test_a_link_whose_blame_nobody_uses_is_asked_for_its_gradient(lesson: Classroom) -> None:
    """The answers are those of the same number: one of them is right."""
    lesson.press("b")
    lesson.become("bias -> h2")
    turn = lesson.ask("game.turns.findLast(({ part }) => part === 'bias -> h2')")
    lesson.press("Escape", "PageDown", "Escape", "v")
    assert "Which gradient will bias → h2 keep?" in lesson.text("question")
    rows = lesson.page.locator(".lp-votes th[scope=row]").all_inner_texts()
    assert (
        sum(abs(float(row.replace("−", "-")) - turn["value"]) < turn["near"] for row in rows) == 1
    )


def test_a_wrong_prediction_is_told_its_belief(room: Classroom) -> None:
    turn = room.before_a_choice()
    room.press("v")
    value, belief = turn["wrong"][0]
    guess = room.page.locator(".lp-guess")
    guess.fill(f"{value:.6g}")
    guess.press("Enter")
    assert "Not so" in room.text("question") and f"({belief}: " in room.text("question")


def test_a_screen_reader_finds_names_and_hears_replies(room: Classroom) -> None:
    room.press("b")
    for place in (".lp-be", ".lp-ask"):
        names = room.page.locator(f"{place} :is(input, select, button)").evaluate_all(NAMED)
        assert all(names), (place, names)
    assert room.page.locator(".lp-playing output").get_attribute("aria-live") == "polite"
    room.press("Escape", "Escape", "ArrowRight", "ArrowRight", "v")
    names = room.page.locator(".lp-votes input").evaluate_all(
        "all => all.map((one) => one.ariaLabel)"
    )
    assert len(names) == 6 and len(set(names)) == 6
    assert all(name.startswith("hands for ") for name in names)


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["projector", "phone"])
def test_all_of_it_is_in_sight(room: Classroom, size: tuple[int, int]) -> None:
    """The fields, a reply with its belief, the hands for four answers: nothing hidden, nothing on anything."""
    room.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    turn = room.before_a_choice()
    room.press("b")
    assert measured.measure(measured.drawn(room.page)).faults == []
    value, belief = turn["wrong"][0]
    assert f"({belief}: " in room.say(turn["part"], float(value))
    assert measured.measure(room.page).faults == []
    room.press("Escape", "Escape", "v")
    assert room.shown("votes") and measured.measure(measured.drawn(room.page)).faults == []


def test_by_a_wrong_rule_nobody_is_played(lab: Classroom) -> None:
    lab.page.evaluate("() => document.querySelector('.lp-root').lab.err('pie')")
    lab.press("b")
    assert not lab.shown("be") and "the rule is wrong on purpose" in lab.text("found")


def test_the_doctor_speaks_while_the_net_trains(
    new_page: Callable[..., Any], tmp_path: Path
) -> None:
    """One quiet line: what is the matter, and the lesson about it; gone when it is changed or mended."""
    page = opened(new_page, tmp_path, xor())
    doctor = page.frame.locator(".lp-doctor")
    assert doctor.get_attribute("role") == "status" and doctor.inner_text() == ""
    page.ask("lab.change({ rate: 0 })")
    page.press("Space")
    page.wait("lab.doctor.advice")
    page.ask("lab.pause()")
    assert (
        doctor.inner_text()
        == "Doctor: the learning rate is 0, so no weight moves (lernpy lesson 1)"
    )
    page.press("u")
    assert doctor.inner_text() == ""
    page.frame.locator("[data-lab=less]").click()
    for _ in range(8):
        page.press("Shift+ArrowRight")
    assert "straight borders only (lernpy lesson 0)" in doctor.inner_text()


def test_the_presenters_window_outlives_a_reload_of_either(room: Classroom) -> None:
    """Loaded anew, each finds the other within a second or so; its keys step, N closes it."""
    with room.page.expect_popup() as popup:
        room.press("n")
    notes = popup.value
    notes.locator(".lp-note").wait_for()
    began = notes.locator(".lp-clock").inner_text()
    assert notes.locator(".lp-where").inner_text() == room.text("where")
    for loaded in (notes, room.page):
        loaded.reload()
        loaded.locator(".lp-root").wait_for()
        room.press("ArrowRight")
        now = room.text("where")
        notes.locator(".lp-where", has_text=now).wait_for()
        notes.keyboard.press("PageDown")
        room.page.wait_for_function(
            "(before) => document.querySelector('.lp-where').innerText !== before", arg=now
        )
        notes.locator(".lp-where", has_text=room.text("where")).wait_for()
    assert re.fullmatch(r"\d\d:\d\d · \d+:\d\d", began)
    assert len(room.page.context.pages) == 2
    with notes.expect_event("close"):
        room.press("n")
