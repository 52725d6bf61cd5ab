"""A lesson: what it is for, its networks, what to say where, and what to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lernpy.errors import LernpyError
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation
from lernpy.watch import Trace, slow_motion


class Stop(NamedTuple):
    """Where a teacher stops, and the note for it.

    situation : the name of a situation of the lesson
    at : "start", "cost", "update" or "end"; or the name of a part: just before its verb backward
    """

    situation: str
    at: str
    say: str


class Timing(NamedTuple):
    """One line each: what to do with so many minutes."""

    in_20: str
    in_45: str
    in_90: str


@dataclass(frozen=True)
class LessonPlan:
    """45 minutes: 10 predict, 20 step, 10 wrong on purpose, 5 exit question."""

    number: int
    title: str
    goal: str
    situations: Mapping[str, Situation]
    stops: tuple[Stop, ...]
    questions: tuple[Question, ...]
    exit: str
    exit_answer: str
    timing: Timing
    mistakes: tuple[str, ...] = ()  # shown wrong on purpose
    look: tuple[str, ...] = ()  # commands that show it
    table: Callable[[], list[str]] | None = None  # figures counted by the lesson, as lines
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for stop in self.stops:
            if stop.situation not in self.situations:
                raise LernpyError(f"lesson {self.number} has no situation {stop.situation!r}")

    def question(self, letter: str) -> Question:
        """The question with this letter."""
        for question in self.questions:
            if question.name == f"{self.number}{letter}":
                return question
        known = ", ".join(question.name for question in self.questions)
        raise LernpyError(f"there is no question {self.number}{letter}. Known: {known}")

    def trace(self, situation: str) -> Trace:
        """The situation, recorded, with the notes of its stops and the questions about its numbers."""
        network, inputs, targets = self.situations[situation].make()
        trace = Trace.record(slow_motion(network, inputs, targets), f"{self.title}: {situation}")
        for stop in self.stops:
            if stop.situation == situation:
                trace.say(stop.say, at=position_of(trace, stop.at))
        for question in self.questions:
            if question.about and question.situation is self.situations[situation]:
                put(trace, question)
        return trace


def position_of(trace: Trace, at: str) -> int:
    """The position before a phase begins, or before a part hands back its blame.

    >>> import lernpy
    >>> trace = Trace.record(slow_motion(lernpy.build.by_hand(), [1], [1]))
    >>> [position_of(trace, at) for at in ("start", "cost", "h -> y", "update", "end")]
    [0, 9, 11, 17, 18]
    """
    if at == "start":
        return 0
    if at == "end":
        return len(trace)
    for index, step in enumerate(trace.steps()):
        if step.phase == at or (step.phase == "backward" and step.name == at):
            return index
    raise LernpyError(f"no step of this lesson is {at!r}; name a phase or a part")


def put(trace: Trace, question: Question) -> None:
    """Ask the question in the recorded lesson, before the step that brings the answer."""
    assert question.about is not None
    part, quantity = question.about
    name = "value" if quantity == "new weight" else quantity
    near = question.near(float(question.answer)) / max(abs(float(question.answer)), 1e-12)
    wrong = [
        (float(value), f"{belief.reply} ({belief})") for value, belief in question.wrong_answers
    ]
    how = {"question": question.text, "tolerance": min(near, 0.05), "wrong": wrong}
    trace.ask(part, name, "number", **how)
