"""jupyterquiz: a list of numeric questions; an answer is a value or, for a tolerance, a range."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lernpy.lessons.quiz.gift import RIGHT
from lernpy.lessons.quiz.problems import Paper, Problem, near


def bank(papers: Sequence[Paper]) -> str:
    """All questions, one after the other; each names its student."""
    questions = [_question(paper, problem) for paper in papers for problem in paper.problems]
    return json.dumps(questions, ensure_ascii=False, indent=1)


def _question(paper: Paper, problem: Problem) -> dict[str, Any]:
    title = f"Student {paper.seed}, question {problem.number}."
    answers = [_range(problem.answer, True, RIGHT)]
    answers += [_range(wrong.value, False, wrong.feedback) for wrong in problem.wrong]
    return {
        "question": "\n".join([title, *paper.setup, problem.text]),
        "type": "numeric",
        "answers": [*answers, {"type": "default", "feedback": "None of the known answers."}],
    }


def _range(value: float, is_right: bool, feedback: str) -> dict[str, Any]:
    low, high = round(value - near(value), 6), round(value + near(value), 6)
    return {"type": "range", "range": [low, high], "correct": is_right, "feedback": feedback}
