"""The page of a lesson in Chromium: questions by keyboard, votes, be the link, reload; paper is one page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lernpy.lessons import LESSONS, pages
from lernpy.lessons.question import Question

SIZES = [(1280, 720), (1920, 1080), (390, 844)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("lessons")
    paths = {number: folder / f"{number}.html" for number in LESSONS}
    for number, path in paths.items():
        path.write_text(pages.lesson_page(LESSONS[number]), encoding="utf-8")
    return paths


def opened(new_page: Any, path: Path, **options: Any) -> Any:
    page = new_page(**options)
    page.goto(path.as_uri())
    return page


def answer(page: Any, question: Question, value: Any) -> str:
    """Answer by keyboard alone; what the page says."""
    form = page.locator(f"#q-{question.name}")
    if question.is_number:
        form.locator('input[name="answer"]').fill(f"{value}".replace(".", ",") if value else "0")
        form.locator('input[name="answer"]').press("Enter")
    else:
        form.locator(f'input[value="{value}"]').focus()
        page.keyboard.press("Space")
        form.locator("button").focus()
        page.keyboard.press("Enter")
    return str(form.locator("output").inner_text())


@pytest.mark.parametrize("number", LESSONS)
def test_every_question_right_wrong_and_empty(
    new_page: Any, written: dict[str, Path], number: str
) -> None:
    page = opened(new_page, written[number])
    for question in LESSONS[number].questions:
        form = page.locator(f"#q-{question.name}")
        form.locator("button").click()
        assert "An answer first" in form.locator("output").inner_text()
        for value, belief in question.wrong_answers:
            assert belief.name in answer(page, question, value)
        assert answer(page, question, question.answer).startswith("Yes")
    assert "3 × right" in page.locator("#tally").inner_text()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_its_frames_play(
    new_page: Any, written: dict[str, Path], size: tuple[int, int], scheme: Any
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = opened(new_page, written["4"], viewport=viewport, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame = page.locator("iframe").first
    frame.scroll_into_view_if_needed()
    root = page.frame_locator("iframe").first.locator(".lp-root")
    root.wait_for()
    assert "cancel" in root.inner_text()


def test_the_tally_votes_and_game_survive_a_reload(new_page: Any, written: dict[str, Path]) -> None:
    page = opened(new_page, written["4"])
    answer(page, LESSONS["4"].questions[0], 2.0)
    page.locator("h1").click()
    page.keyboard.press("v")
    votes = page.locator('#q-4b .vote input[name$="before"]')
    votes.first.fill("12")
    page.locator("h1").click()
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.name") == "part"
    page.keyboard.insert_text("x -> h")
    number = page.locator('#be input[name="number"]')
    number.fill("1")
    number.press("Enter")
    assert "Yes. x -> h carries 1" in page.locator("#be output").inner_text()

    page.reload()

    assert "1 × M1" in page.locator("#tally").inner_text()
    assert page.locator('#q-4b .vote input[name$="before"]').first.input_value() == "12"
    assert "forward: x -> h carries 1" in page.locator("#be-done").inner_text()
    page.locator("#reset").click()
    page.locator("#tally", has_text="nothing answered yet").wait_for()  # it loads itself anew


def test_being_the_link_to_the_end(new_page: Any, written: dict[str, Path]) -> None:
    from lernpy.lessons.be import BeTheLink, turns_of

    situation = LESSONS["3"].situations["by-hand"]
    page, game = opened(new_page, written["3"]), BeTheLink(turns_of(situation), "all")
    page.locator('#be select[name="role"]').select_option("all")
    part, number = (page.locator(f'#be input[name="{name}"]') for name in ("part", "number"))
    part.fill("h")
    number.fill("1")
    number.press("Enter")
    assert (
        "Not yet" in page.locator("#be output").inner_text()
        or "M7" in page.locator("#tally").inner_text()
    )
    while not game.over:
        turn = game.next_turns[0]
        part.fill(turn.part)
        number.fill(f"{turn.value:.5g}")
        number.press("Enter")
        assert page.locator("#be output").inner_text().startswith("Yes"), turn
        game.say(turn.part, turn.value)
    assert "All have acted" in page.locator("#be output").inner_text()


@pytest.mark.parametrize("number", LESSONS)
def test_each_paper_is_one_page(new_page: Any, tmp_path: Path, number: str) -> None:
    plan = LESSONS[number]
    page = new_page()
    for name, text in (
        ("sheet", pages.sheet(plan)),
        ("key", pages.sheet(plan, key=True)),
        ("cards", pages.cards(plan)),
    ):
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        page.goto(path.as_uri())
        paper = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1, name


GATES = [
    (number, name, question)
    for number, plan in LESSONS.items()
    for question in plan.questions
    for name, situation in plan.situations.items()
    if question.about and question.situation is situation
]


def until_asked(page: Any, text: str) -> None:
    """Step on by the keyboard alone, over other questions, until the page asks this."""
    root, ask = page.locator(".lp-root"), page.locator(".lp-ask")
    for _ in range(60):
        if ask.is_visible() and text in ask.inner_text():
            return
        root.press("ArrowRight")
    raise AssertionError("it never asked")


@pytest.mark.parametrize(("number", "name", "question"), GATES, ids=[g[2].name for g in GATES])
def test_each_gate_right_wrong_empty_back_and_again(
    new_page: Any, tmp_path: Path, number: str, name: str, question: Question
) -> None:
    """In the recorded lesson: nothing is shown before, a known wrong answer is told its belief."""
    from lernpy import player

    path = tmp_path / "gate.html"
    path.write_text(player.page(LESSONS[number].trace(name), level="link"), encoding="utf-8")
    answers = [
        (question.answer, "Right", ""),
        *((v, "Not so", b.reply) for v, b in question.wrong_answers),
    ]
    for value, verdict, reply in answers:
        page = opened(new_page, path, reduced_motion="reduce")
        until_asked(page, question.text)
        guess = page.locator(".lp-guess")
        guess.press("Enter")  # empty: nothing is revealed
        assert guess.is_visible()
        shown = page.locator(".lp-root").inner_text()
        assert not question.why or question.why not in shown
        guess.fill(f"{float(value):.6g}")
        guess.press("Enter")
        said = page.locator(".lp-ask").inner_text()
        assert verdict in said and reply.split(".")[0] in said
        page.locator(".lp-root").press("ArrowLeft")
        page.locator(".lp-root").press("ArrowRight")  # what was asked is not asked again
        assert not page.locator(".lp-guess").is_visible()
        page.context.close()


@pytest.mark.parametrize("name", ["3_the_chain", "5_be_the_link"])
def test_a_stored_notebook_converts_and_plays_offline(
    new_page: Any, tmp_path: Path, name: str
) -> None:
    import nbformat

    nbconvert = pytest.importorskip("nbconvert")
    book = nbformat.read(Path(__file__).parents[2] / "notebooks" / f"{name}.ipynb", as_version=4)
    urls = (
        "require_js_url",
        "mathjax_url",
        "jquery_url",
        "mermaid_js_url",
        "mermaid_layout_elk_js_url",
    )
    exporter = nbconvert.HTMLExporter(template_name="lab", **dict.fromkeys(urls, ""))
    html, _ = exporter.from_notebook_node(book)
    path = tmp_path / "book.html"
    path.write_text(html, encoding="utf-8")
    page = opened(new_page, path)
    frame = page.frame_locator("iframe.lernpy-player").first
    frame.locator(".lp-root").press("End")
    assert "update" in frame.locator(".lp-where").inner_text()
    assert "lp-good" in str(frame.locator(".lp-badge").get_attribute("class"))
