"""Moodle XML: numerical questions with a tolerance and feedback for each known answer."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as XML

from lernpy.lessons.quiz.gift import RIGHT, rounded
from lernpy.lessons.quiz.problems import Paper, Problem, near


def bank(papers: Sequence[Paper]) -> str:
    """The whole bank, a category for each student."""
    quiz = XML.Element("quiz")
    for paper in papers:
        category = XML.SubElement(XML.SubElement(quiz, "question", type="category"), "category")
        XML.SubElement(category, "text").text = f"$course$/lernpy/student {paper.seed}"
        for problem in paper.problems:
            _question(quiz, paper, problem)
    XML.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + XML.tostring(quiz, encoding="unicode")


def _question(quiz: XML.Element, paper: Paper, problem: Problem) -> None:
    question = XML.SubElement(quiz, "question", type="numerical")
    _text(question, "name", f"student {paper.seed}, question {problem.number}")
    lines = [*paper.setup, f"<b>{problem.text.replace('->', '→')}</b>"]
    _text(question, "questiontext", "<br>".join(line.replace("->", "→") for line in lines), "html")
    XML.SubElement(question, "defaultgrade").text = "1"
    XML.SubElement(question, "penalty").text = "0.3333333"
    _answer(question, 100, problem.answer, RIGHT)
    for wrong in problem.wrong:
        _answer(question, 0, wrong.value, wrong.feedback)


def _answer(question: XML.Element, fraction: int, value: float, feedback: str) -> None:
    answer = XML.SubElement(question, "answer", fraction=f"{fraction}", format="moodle_auto_format")
    XML.SubElement(answer, "text").text = rounded(value)
    XML.SubElement(answer, "tolerance").text = rounded(near(value))
    _text(answer, "feedback", feedback, "html")


def _text(parent: XML.Element, name: str, text: str, form: str = "") -> None:
    one = XML.SubElement(parent, name)
    if form:
        one.set("format", form)
    XML.SubElement(one, "text").text = text
