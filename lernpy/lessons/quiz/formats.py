"""The formats in one table: what a course's software reads, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lernpy.lessons.quiz import gift, graded, hypertext, json_bank, moodle, qti
from lernpy.lessons.quiz.problems import Paper
from lernpy.registry import Named


class QuizFormat(NamedTuple):
    """What is written, as bytes by the name of the file.

    `ending` : of a single file; None where each student gets a file in a folder
    """

    about: str
    ending: str | None
    write: Callable[[Sequence[Paper]], dict[str, bytes]]


def _one(text: Callable[[Sequence[Paper]], str]) -> Callable[[Sequence[Paper]], dict[str, bytes]]:
    return lambda papers: {"": text(papers).encode("utf-8")}


FORMATS: Named[QuizFormat] = Named(
    "format of a quiz",
    {
        "gift": QuizFormat("text for Moodle and others", ".txt", _one(gift.bank)),
        "moodle-xml": QuizFormat("Moodle's question bank", ".xml", _one(moodle.bank)),
        "qti21": QuizFormat(
            "a package of IMS QTI 2.1", ".zip", lambda papers: {"": qti.package(papers)}
        ),
        "jupyterquiz": QuizFormat("JSON for jupyterquiz", ".json", _one(json_bank.bank)),
        "nbgrader": QuizFormat("a notebook for each student", None, graded.nbgrader),
        "otter": QuizFormat("a notebook for each student", None, graded.otter),
        "html": QuizFormat(
            "paper: a sheet for each student, then the key", ".html", _one(hypertext.bank)
        ),
    },
)
