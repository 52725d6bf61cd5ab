"""A lesson as one offline page: questions, the recorded lessons to step through, be the link, votes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import Any

from lernpy import theme
from lernpy.lessons.be import as_data
from lernpy.lessons.beliefs import BELIEFS
from lernpy.lessons.lesson_plan import LessonPlan
from lernpy.lessons.question import Question, shown_answer
from lernpy.player import page
from lernpy.player.bundle import page_script
from lernpy.player.page import POLICY, escaped, hashed

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
<script type="application/json" id="lesson-data">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""
HASH = re.compile(r"'sha256-[A-Za-z0-9+/=]+'")
KEYS = "P questions, B be the link, V votes by hands, N notes"


def lesson_page(plan: LessonPlan) -> str:
    """The page as a text; it asks for nothing from anywhere.

    >>> from lernpy.lessons import LESSONS
    >>> "<title>4. All paths add</title>" in lesson_page(LESSONS["4"])
    True
    """
    frames = {name: page(plan.trace(name), level="link") for name in plan.situations}
    script, style = page_script({"activations": [], "loss": ""}, "lesson", ""), _style()
    inner = sorted({one for frame in frames.values() for one in HASH.findall(_policy_of(frame))})
    hashes = {
        "script": " ".join([hashed(script), *inner]),
        "style": " ".join([hashed(style), *inner]),
    }
    return PAGE.format(
        policy=POLICY.format(**hashes),
        title=escape(f"{plan.number}. {plan.title}"),
        style=style,
        body="\n".join(_body(plan, frames)),
        data=escaped(json.dumps(page_data(plan), ensure_ascii=False)),
        script=script,
    )


def _policy_of(frame: str) -> str:
    return frame.partition('Content-Security-Policy" content="')[2].partition('"')[0]


def page_data(plan: LessonPlan) -> dict[str, Any]:
    """What the script of the page is given: answers with their beliefs, and the turns of the parts."""
    played = next(
        (one for one in plan.situations.values() if len(one.make().network.links) < 30), None
    )
    return {
        "number": plan.number,
        "questions": [_question(question) for question in plan.questions],
        "beliefs": {name: {"belief": b.belief, "reply": b.reply} for name, b in BELIEFS.items()},
        "turns": as_data(played) if played else [],
    }


def _question(question: Question) -> dict[str, Any]:
    def near(value: Any) -> float:
        return 0.0 if isinstance(value, str) else question.near(value)

    return {
        "name": question.name,
        "answer": question.answer,
        "near": near(question.answer),
        "why": question.why,
        "options": [shown_answer(option, 6) for option in question.options],
        "wrong": [
            {"value": value, "belief": belief.name, "near": near(value)}
            for value, belief in question.wrong_answers
        ],
    }


def _body(plan: LessonPlan, frames: dict[str, str]) -> Iterator[str]:
    yield f"<h1>{plan.number}. {escape(plan.title)}</h1><p>{escape(plan.goal)}</p>"
    yield f'<p class="quiet">Keys: {KEYS}. <span id="tally"></span> <button id="reset">start anew</button></p>'
    yield '<div class="note"><ul>'
    for minutes, line in zip((20, 45, 90), plan.timing, strict=True):
        yield f"<li>{minutes} minutes: {escape(line)}</li>"
    yield "</ul></div><main><h2>Predict</h2>"
    yield from map(_form, plan.questions)
    yield "<h2>Step</h2>"
    for name, frame in frames.items():
        notes = "".join(f"<li>{escape(s.say)}</li>" for s in plan.stops if s.situation == name)
        yield f'<h3>{escape(name)}</h3><ol class="note">{notes}</ol>'
        yield (
            f'<iframe sandbox="allow-scripts" loading="lazy" title="{escape(name)}, step by step" '
            f'srcdoc="{escape(frame)}"></iframe>'
        )
    yield _be(plan)
    yield f"<h2>Exit</h2><p>{escape(plan.exit)}</p>"
    yield f"<details><summary>one answer</summary><p>{escape(plan.exit_answer)}</p></details></main>"


def _form(question: Question) -> str:
    """One question; its answers by hands are counted before and after the class has talked."""
    if question.is_number:
        field = (
            '<label>your answer <input name="answer" inputmode="text" autocomplete="off"></label>'
        )
    else:
        field = "".join(
            f'<label><input type="radio" name="answer" value="{escape(str(one))}"> {escape(str(one))}</label>'
            for one in question.options
        )
    return (
        f'<form id="q-{question.name}"><p><b>{question.name}</b> {escape(question.text)}</p>{field}'
        f'<button>answer</button><output aria-live="polite"></output><div class="vote"></div></form>'
    )


def _be(plan: LessonPlan) -> str:
    if not page_data(plan)["turns"]:
        return ""
    return (
        "<h2>Be the link</h2><p>Who acts next, and what does it pass on? Begin with one part, go on "
        'with all links, end as the whole net.</p><div id="be"></div><ol id="be-done"></ol>'
    )


def _style() -> str:
    rules = [
        _colours("light", ":root"),
        f"@media (prefers-color-scheme: dark) {{ {_colours('dark', ':root')} }}",
    ]
    own = files("lernpy.lessons.pages").joinpath("lesson.css").read_text(encoding="utf-8")
    return "\n".join([*rules, own])


def _colours(name: str, selector: str) -> str:
    colours = theme.get(name)
    names = ("text", "background", "muted", "faint", "accent")
    lines = " ".join(f"--{key}: {getattr(colours, key)};" for key in names)
    return f"{selector} {{ color-scheme: {name}; {lines} }}"
