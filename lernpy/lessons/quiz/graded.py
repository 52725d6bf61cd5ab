"""Notebooks that grade themselves, for nbgrader and for Otter: a cell for each answer, a test for each.

The tests are plain Python and need no lernpy: a list of the known answers with what to say of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lernpy.lessons.quiz.problems import Paper, Problem, near

Cell = dict[str, Any]
UNKNOWN = "Neither right nor one of the known wrong answers; step through the net and look."
BELOW = "Put your number in place of the dots."


def nbgrader(papers: Sequence[Paper]) -> dict[str, bytes]:
    """Notebooks as an instructor has them under source/: `nbgrader generate_assignment` hides the tests."""
    return _written(papers, _nbgrader)


def otter(papers: Sequence[Paper]) -> dict[str, bytes]:
    """Notebooks with Otter's tests in their metadata, and calls of ``grader.check``."""
    return _written(papers, _otter)


def _written(papers: Sequence[Paper], make: Callable[[Paper], Cell]) -> dict[str, bytes]:
    return {
        _file_of(paper): json.dumps(make(paper), ensure_ascii=False, indent=1).encode()
        for paper in papers
    }


def _file_of(paper: Paper) -> str:
    return f"student-{paper.seed}.ipynb"


def variable_of(problem: Problem) -> str:
    """The variable that holds an answer."""
    return f"answer_{problem.number}"


# ---- nbgrader ------------------------------------------------------------------------------------


def _nbgrader(paper: Paper) -> Cell:
    cells = [_words(paper)]
    for problem in paper.problems:
        name = variable_of(problem)
        dots = f"{name} = ...  # {problem.text}"
        solution = f"{dots}\n### BEGIN SOLUTION\n{name} = {problem.answer!r}\n### END SOLUTION"
        cells.append(
            _code(f"q{problem.number}", solution, _graded(f"q{problem.number}", solution=True))
        )
        test = "### BEGIN HIDDEN TESTS\n" + checking(problem) + "\n### END HIDDEN TESTS"
        cells.append(
            _code(f"test-q{problem.number}", test, _graded(f"test-q{problem.number}", points=1))
        )
    return _notebook(cells)


def _graded(name: str, solution: bool = False, points: int = 0) -> Cell:
    how = {"grade": not solution, "locked": not solution, "solution": solution, "task": False}
    worth = {} if solution else {"points": points}
    return {"nbgrader": {**how, **worth, "grade_id": name, "schema_version": 3}}


def checking(problem: Problem) -> str:
    """Python that passes for the right answer and else fails with what there is to say."""
    name = variable_of(problem)
    known = [(wrong.value, near(wrong.value), wrong.feedback) for wrong in problem.wrong]
    lines = [f"    ({value!r}, {close!r}, {says!r})," for value, close, says in known]
    return "\n".join(
        [
            "known = [",
            *lines,
            "]",
            f"says = [text for value, near, text in known if abs({name} - value) <= near]",
            f"assert abs({name} - {problem.answer!r}) <= {problem.near!r}, "
            f"says[0] if says else {UNKNOWN!r}",
        ]
    )


# ---- Otter ---------------------------------------------------------------------------------------


def _otter(paper: Paper) -> Cell:
    start = f'import otter\ngrader = otter.Notebook("{_file_of(paper)}")'  # it reads its tests from there
    cells = [_words(paper), _code("start", start)]
    tests = {}
    for problem in paper.problems:
        name = f"q{problem.number}"
        cells.append(_code(name, f"{variable_of(problem)} = ...  # {problem.text}"))
        cells.append(_code(f"check-{name}", f'grader.check("{name}")'))
        tests[name] = _test(name, problem)
    cells.append(_code("all", "grader.check_all()"))
    book = _notebook(cells)
    book["metadata"]["otter"] = {"OK_FORMAT": True, "tests": tests}
    return book


def _test(name: str, problem: Problem) -> Cell:
    """First: is it a known wrong answer? Each is a case with its own message; last: is it right?"""
    variable = variable_of(problem)
    cases = [
        _case(f"abs({variable} - {_veiled(wrong.value)}) > {near(wrong.value)!r}", wrong.feedback)
        for wrong in problem.wrong
    ]
    right = f"abs({variable} - {_veiled(problem.answer)}) <= {problem.near!r}"
    cases.append(_case(right, "Not right."))
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return {"name": name, "points": 1, "all_or_nothing": True, "suites": [suite]}


def _veiled(value: float) -> str:
    """The number so written that it is not read in passing: Otter shows a test that fails.

    >>> _veiled(0.5)
    "float.fromhex('0x1.0000000000000p-1')"
    """
    return f"float.fromhex({value.hex()!r})"


def _case(code: str, says: str) -> Cell:
    return {"code": f">>> {code}\nTrue", "hidden": False, "locked": False, "failure_message": says}


# ---- both ----------------------------------------------------------------------------------------


def _words(paper: Paper) -> Cell:
    lines = [f"# Student {paper.seed}", *paper.setup, BELOW]
    return {"cell_type": "markdown", "id": "net", "metadata": {}, "source": "\n\n".join(lines)}


def _code(name: str, source: str, metadata: Cell | None = None) -> Cell:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": metadata or {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _notebook(cells: list[Cell]) -> Cell:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def submitted(book: Cell, answers: Sequence[float]) -> Iterator[Cell]:
    """The cells of a notebook in which a student has put these answers in place of the dots.

    >>> from lernpy import data
    >>> from lernpy.lessons.quiz import from_data
    >>> (paper,) = from_data(data.load("xor"), [1])
    >>> book = json.loads(otter([paper])["student-1.ipynb"])
    >>> [cell["source"] for cell in submitted(book, [1, 2, 3, 4, 5, 6])][2][:12]
    'answer_1 = 1'
    """
    for cell in book["cells"]:
        number = str(cell["id"]).removeprefix("q")
        if number.isdigit():
            yield {**cell, "source": f"answer_{number} = {answers[int(number) - 1]!r}"}
        else:
            yield cell
