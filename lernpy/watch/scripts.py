"""What a teacher writes for a lesson: files of notes and of questions, read into a trace.

Notes, each shown from its step on until the next::

    {"format": "lernpy-notes", "version": 1,
     "notes": [{"at": 0, "say": "Who goes first?"},
               {"at": "phase=backward", "say": "Now blame turns up."},
               {"at": "h1 -> y1", "sample": 2, "say": "Look at the sign."}]}

`at` : a position, or a condition as in `lernpy.watch.conditions.parse_condition`: the step at which it first
happens, of the lesson of `sample` (1, the first) or a later one.

Questions, each asked before the step that brings its answer::

    {"format": "lernpy-questions", "version": 1,
     "questions": [{"part": "y1", "quantity": "sensitivity", "kind": "sign"},
                   {"part": "h1", "quantity": "delta", "kind": "compare", "than": "h2"},
                   {"quantity": "loss", "kind": "number", "tolerance": 0.1, "question": "How wrong is it?"}]}

`part`, `quantity`, `kind` and the rest are those of `Trace.ask`; `wrong` lists known wrong numbers, each with
what to say of it: ``[{"value": 0.5, "says": "Blame is not a pie."}]``.
"""

from __future__ import annotations

from os import PathLike, fspath
from typing import Any

from lernpy import storage
from lernpy.checks import Fields
from lernpy.errors import LernpyError
from lernpy.watch.conditions import parse_condition
from lernpy.watch.trace import Trace

NOTE = ("at", "sample", "say")
TEXTS = ("part", "kind", "than", "question")  # of a question; each may be left out
QUESTION = ("part", "quantity", "kind", "than", "question", "sample", "tolerance", "wrong")


def add_notes(trace: Trace, path: str | PathLike[str]) -> None:
    """Put the notes of a file into a trace.

    Raises
    ------
    FileFormatError
        If the file is none of notes; it names the place.
    """
    file = _file(path, "notes")
    for note in file.each("notes"):
        note.known(NOTE)
        with note.naming():
            trace.say(note.text("say"), at=_position(trace, note))


def add_questions(trace: Trace, path: str | PathLike[str]) -> None:
    """Put the questions of a file into a trace; what can go wrong is as in `add_notes`."""
    file = _file(path, "questions")
    for asked in file.each("questions"):
        asked.known(QUESTION)
        how: dict[str, Any] = {key: asked.text(key) for key in TEXTS if key in asked}
        if "tolerance" in asked:
            how["tolerance"] = asked.number("tolerance", 0.0)
        if "wrong" in asked:
            how["wrong"] = [(one.number("value"), one.text("says")) for one in asked.each("wrong")]
        name = how.pop("part", "")
        with asked.naming():
            quantity = asked.text("quantity")
            trace.ask(name, quantity, sample=_sample(trace, asked), **how)


def _sample(trace: Trace, fields: Fields) -> int:
    """Which sample is meant; 1 is the first, here as everywhere."""
    return fields.whole("sample", 1, trace.samples) if "sample" in fields else 1


def _file(path: str | PathLike[str], what: str) -> Fields:
    file = Fields(storage.read_json(path), f"{fspath(path)}: ")
    file.check_format(f"lernpy-{what}", 1)
    file.known(("format", "version", what))
    return file


def _position(trace: Trace, note: Fields) -> int:
    """Where a note begins: at a position, or at the step for which a condition first holds."""
    if not isinstance(note["at"], str):
        return note.whole("at", 0, len(trace))
    condition = parse_condition(note.text("at"), trace.structure)
    sample = _sample(trace, note)
    start = trace.stops("sample")[sample - 1]
    for step in trace.steps(start):
        if condition(step):
            return step.index
    raise LernpyError(f"{condition.text} does not happen from sample {sample} on")
