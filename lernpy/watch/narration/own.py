"""The facts of parts with a rule of the user's own: what moved, and no formula of ours."""

from __future__ import annotations

from typing import Any

from lernpy import subclasses
from lernpy.link import Link
from lernpy.watch.narration.forward import Facts
from lernpy.watch.narration.step import Step
from lernpy.weight import Weight

KEEPS = "submit_sensitivity"  # by which a weight collects its blame


def actor(part: Any, verb: str) -> Any:
    """Who has a rule of the user's own for what this part does: itself, or a link's weight; None: nobody."""
    if verb in subclasses.overridden(part):
        return part
    back = isinstance(part, Link) and verb == "backpropagate"
    return part.weight if back and KEEPS in subclasses.overridden(part.weight) else None


def rule(step: Step, whose: Any) -> Facts:
    """The numbers before and after, and whose rule it was."""
    moved = [
        {"name": name, "before": before, "after": step.after[name]}
        for name, before in step.before.items()
    ]
    name = "The network" if step.name == "network" else step.name
    name = f"The weight of {name}" if isinstance(whose, Weight) else name
    return {"name": name, "rule": subclasses.rule_of(whose), "moved": moved}


def sums(step: Step) -> Facts:
    """A part of ours, whose sum is not what its links say that they brought or handed back."""
    moved = [{"name": name, "after": value} for name, value in step.after.items()]
    return {"name": step.name, "moved": moved}
