"""Steps of parts with a rule of the user's own: what moved, and no formula of ours."""

from __future__ import annotations

from lernpy import subclasses
from lernpy.watch.narration.formula import BECOMES, EQUALS, Piece, joined, number, word
from lernpy.watch.narration.step import Step, View


def rule(step: Step) -> tuple[View, ...]:
    """The numbers before and after, and whose rule it was."""
    moved = [
        word(name) + EQUALS + number(before) + BECOMES + number(step.after[name])
        for name, before in step.before.items()
    ]
    sentence = f"{step.name} {subclasses.rule_of(step.part)}."
    return (View("own rule", Piece(""), joined(moved, Piece("; ")), sentence),)


def sums(step: Step) -> tuple[View, ...]:
    """A part of ours, whose sum is not what its links say that they brought or handed back."""
    moved = [word(name) + EQUALS + number(value) for name, value in step.after.items()]
    sentence = (
        f"{step.name} received something else than its links carried: "
        "one of them has a rule of its own."
    )
    return (View("own rule", Piece(""), joined(moved, Piece("; ")), sentence),)
