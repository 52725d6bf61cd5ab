"""The facts of parts with a rule of the user's own: what moved, and no formula of ours."""

from __future__ import annotations

from lernpy import subclasses
from lernpy.watch.narration.forward import Facts
from lernpy.watch.narration.step import Step


def rule(step: Step) -> Facts:
    """The numbers before and after, and whose rule it was."""
    moved = [
        {"name": name, "before": before, "after": step.after[name]}
        for name, before in step.before.items()
    ]
    name = "the network" if step.name == "network" else step.name
    return {"name": name, "rule": subclasses.rule_of(step.part), "moved": moved}


def sums(step: Step) -> Facts:
    """A part of ours, whose sum is not what its links say that they brought or handed back."""
    moved = [{"name": name, "after": value} for name, value in step.after.items()]
    return {"name": step.name, "moved": moved}
