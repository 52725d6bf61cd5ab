"""GIFT: numerical questions, the right answer at 100 %, each known wrong one at 0 % with its feedback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lernpy.lessons.quiz.problems import Paper, Problem, near

RIGHT = "Right."


def bank(papers: Sequence[Paper]) -> str:
    """All questions, a category for each student."""
    return "\n".join(line for paper in papers for line in _lines(paper))


def _lines(paper: Paper) -> Iterator[str]:
    yield f"$CATEGORY: lernpy/student {paper.seed}\n"
    for problem in paper.problems:
        yield from _question(paper, problem)


def _question(paper: Paper, problem: Problem) -> Iterator[str]:
    text = "<br>".join([*paper.setup, f"<b>{problem.text}</b>"])
    yield f"::{protected(f'student {paper.seed}, question {problem.number}')}::[html]{protected(text)}{{#"
    yield f"={rounded(problem.answer)}:{rounded(problem.near)}#{RIGHT}"
    for wrong in problem.wrong:
        yield f"=%0%{rounded(wrong.value)}:{rounded(near(wrong.value))}#{protected(wrong.feedback)}"
    yield "}\n"


def protected(text: str) -> str:
    r"""Signs that mean something in GIFT get a backslash.

    >>> protected("a = {b}")
    'a \\= \\{b\\}'
    """
    return "".join(f"\\{sign}" if sign in "~=#{}:\\" else sign for sign in text)


def rounded(value: float) -> str:
    """Five digits after the point, more than anybody is asked for.

    >>> rounded(0.123456), rounded(-2.0)
    ('0.12346', '-2')
    """
    return f"{value:.5f}".rstrip("0").rstrip(".")
