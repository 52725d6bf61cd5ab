"""`lernpy lesson`: the list, a page, paper, a part played in the terminal, what is refused."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from lernpy.cli import main
from lernpy.lessons import LESSONS, mistakes
from lernpy.lessons.pages.lesson_page import page_data


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["lesson", *arguments]) == 0
    return capsys.readouterr().out


def test_the_list_names_all_ten(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "list")
    assert all(f"{name}  {plan.title}" in out for name, plan in LESSONS.items())


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_in_words_gives_no_answer_away(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = LESSONS[number]
    out = said(capsys, number)
    assert plan.title in out and plan.exit in out and plan.exit_answer not in out
    assert all(question.text in out for question in plan.questions)
    assert all(question.why not in out for question in plan.questions)


@pytest.mark.parametrize("number", LESSONS)
def test_the_page_asks_for_nothing_and_shows_no_answer(number: str, tmp_path: Path) -> None:
    path = tmp_path / "lesson.html"
    assert main(["lesson", number, "-o", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
    shown = text.partition("<body>")[2].partition('<script type="application/json"')[0]
    shown = re.sub(r'srcdoc="[^"]*"|<table.*?</table>', "", shown)
    assert all(question.why not in shown for question in LESSONS[number].questions)
    data = json.loads(text.partition('id="lesson-data">')[2].partition("</script>")[0])
    assert data == json.loads(json.dumps(page_data(LESSONS[number])))


def test_paper_has_its_key_apart(tmp_path: Path) -> None:
    paths = {name: str(tmp_path / f"{name}.html") for name in ("sheet", "key", "cards")}
    assert (
        main(["lesson", "4", *(w for name, path in paths.items() for w in (f"--{name}", path))])
        == 0
    )
    sheet, key, cards = (Path(path).read_text(encoding="utf-8") for path in paths.values())
    assert LESSONS["4"].exit_answer in key and LESSONS["4"].exit_answer not in sheet
    assert 'class="answer"' in key and 'class="answer"' not in sheet
    assert "h -&gt; y1" in cards or "h -> y1" in cards


def test_a_part_is_played_in_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("h 0,5\nh .679\nh\nhh 1\nh .0323\n"))
    out = said(capsys, "3", "--be", "h")
    assert "Yes. h puts out 0.6792." in out and "asks for a number" in out
    assert "no part is called 'hh'" in out
    assert "All have acted. Mistakes: 1 × another answer." in out


def test_mistakes_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = [mistakes.Count("right", 29, 30), mistakes.Count("pie", 20, 30)]
    monkeypatch.setattr(mistakes, "success", lambda seeds: counts)
    out = said(capsys, "mistakes", "--seeds", "30")
    assert "right: 29 of 30 solved (97%); a sketch before had 87%" in out


def test_the_check_of_lesson_6_is_red_for_each_mistake_that_xor_shows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = said(capsys, "6", "--table").splitlines()
    green = [line for line in lines if "agrees" in line]
    assert len(lines) == len(mistakes.MISTAKES) and len(green) == 1
    assert green[0].startswith("one path: agrees")  # on a net with one path there is no mistake


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["11"], 2, "there is no '11'"),
        (["list", "-o", "x.html"], 1, "--output is nothing for lernpy lesson list"),
        (["4", "--seeds", "3"], 1, "--seeds is nothing for lernpy lesson 4"),
        (["4", "-o", "x.pdf"], 2, "must end in .html"),
        (["4", "--be", "h9"], 1, "no part or kind is called 'h9'"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    arguments: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert main(["lesson", *arguments]) == status
    except SystemExit as stop:
        assert stop.code == status
    assert says in capsys.readouterr().err
