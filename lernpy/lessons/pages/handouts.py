"""Paper: the sheet of a lesson, its key, and the cards for being the link. One printed page each."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from io import StringIO
from typing import Any

from lernpy.lessons.be import turns_of
from lernpy.lessons.lesson_plan import LessonPlan
from lernpy.lessons.question import Question, shown_answer
from lernpy.lessons.situation import Situation
from lernpy.link import Link
from lernpy.player.sheet import paper

MOST_ROWS = 16  # of a table to fill in: more have no room beside the questions
STYLE = """@page {{ size: A4; margin: 14mm; }}
body {{ font: 11pt/1.35 "Liberation Sans", Arial, sans-serif; margin: 0 auto; max-width: 182mm;
  color: #000; background: #fff; }}
h1 {{ font-size: 15pt; margin: 0 0 2mm; }} p {{ margin: 1.5mm 0; }}
.head {{ display: flex; justify-content: space-between; gap: 6mm; }}
.blank {{ border-bottom: 1px solid #000; height: 9mm; }} .answer {{ font-weight: 700; }}
svg {{ width: 100%; height: 60mm; }}
table {{ border-collapse: collapse; width: 100%; font-size: 9.5pt; }}
td, th {{ border: 1px solid #666; padding: .6mm 2mm; text-align: left; height: 5mm; }}
.cards {{ display: grid; grid-template-columns: repeat(3, 1fr); }}
.card {{ border: 1px dashed #666; padding: 2mm; font-size: {size}pt; line-height: 1.2; overflow: hidden;
  height: {height}mm; box-sizing: border-box; }}"""


def sheet(plan: LessonPlan, key: bool = False) -> str:
    """The printed page of a lesson; with `key` the same with its answers.

    >>> from lernpy.lessons import LESSONS
    >>> "−0.16" in sheet(LESSONS["4"]), "−0.16" in sheet(LESSONS["4"], key=True)
    (False, True)
    """
    title = f"{plan.number}. {plan.title}{' (key)' if key else ''}"
    return paper(title, STYLE.format(size=9, height=30), "\n".join(_sheet(plan, title, key)))


def _sheet(plan: LessonPlan, title: str, key: bool) -> Iterator[str]:
    name = "" if key else "<span>name ______________________</span>"
    yield f'<div class="head"><h1>{escape(title)}</h1>{name}</div><p>{escape(plan.goal)}</p>'
    situation = next(iter(plan.situations.values()))
    yield drawing(situation)
    for question in plan.questions:
        yield f"<p><b>{question.name}</b> {escape(question.text)}{_choices(question)}</p>"
        yield _line(_key(question) if key else "")
    yield from _table(situation, key)
    yield f"<p><b>Exit</b> {escape(plan.exit)}</p>"
    yield _line(plan.exit_answer if key else "")
    if not key:
        yield _line("")


def _choices(question: Question) -> str:
    words = [] if question.is_number else [str(option) for option in question.options]
    return f" <i>({escape(' / '.join(words))})</i>" if words else ""


def _line(answer: str) -> str:
    return f'<p class="answer">{escape(answer)}</p>' if answer else '<div class="blank"></div>'


def _key(question: Question) -> str:
    wrong = "; ".join(
        f"{shown_answer(value, 6)}: {belief.name}" for value, belief in question.wrong_answers
    )
    answer = shown_answer(question.answer, 6).replace("-", "−")
    return f"{answer}. {question.why} Wrong: {wrong}"


def _table(situation: Situation, key: bool) -> Iterator[str]:
    """Who acts in which order, and what it passes on: to be filled in."""
    rows = turns_of(situation)
    if len(rows) > 2 * MOST_ROWS:
        return
    half = (len(rows) + 1) // 2
    head = "<th>part</th><th>passes on</th><th>number</th>"
    yield f"<table><tr>{head}{head}</tr>"
    for left, right in zip(rows[:half], [*rows[half:], None][:half], strict=True):
        cells = "".join(
            f"<td>{escape(turn.part)}</td><td>{turn.quantity}</td>"
            f"<td>{f'{turn.value:.4g}'.replace('-', '−') if key else ''}</td>"
            if turn
            else "<td></td>" * 3
            for turn in (left, right)
        )
        yield f"<tr>{cells}</tr>"
    yield "</table>"


def cards(plan: LessonPlan) -> str:
    """One card for each neuron and link of the lesson's first network, on one page to be cut up.

    >>> from lernpy.lessons import LESSONS
    >>> cards(LESSONS["5"]).count('class="card"')
    20
    """
    situation = next(iter(plan.situations.values()))
    network = situation.make().network
    silent = {*network.inputs, *network.biases}
    texts = [_neuron_card(neuron.name, neuron in silent) for neuron in network.neurons.values()]
    texts += [_link_card(link, link.input_neuron in silent) for link in network.links.values()]
    texts.append("<b>the loss</b><br>tells each output: output − target = ______")
    rows = -(-len(texts) // 3)
    body = "".join(f'<div class="card">{text}</div>' for text in texts)
    style = STYLE.format(size=9 if rows <= 9 else 7, height=min(40, 262 // rows))
    return paper(f"{plan.number}. {plan.title} (cards)", style, f'<div class="cards">{body}</div>')


def _neuron_card(name: str, is_silent: bool) -> str:
    """An input or a bias says its number; nothing that comes back is of use to it."""
    if is_silent:
        return f"<b>{escape(name)}</b><br>says ______<br>has no use for blame"
    return (
        f"<b>{escape(name)}</b><br>forward: all that arrives adds = ______, then f = ______<br>"
        "backward: all that comes back adds = ______, × slope = ______"
    )


def _link_card(link: Link, is_first: bool) -> str:
    back = "" if is_first else "<br>hands back weight × delta = ______"
    return (
        f"<b>{escape(link.name)}</b><br>weight {link.weight.value:.3g}<br>carries weight × output = "
        f"______{back}<br>keeps output × delta = ______"
    )


def drawing(situation: Situation) -> str:
    """The network as SVG, in shades of grey."""
    from lernpy import plot

    text = StringIO()
    axes = plot.network(situation.make().network, theme="greyscale", font_scale=1.8, title="")
    figure: Any = axes.figure
    figure.savefig(text, format="svg")
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
