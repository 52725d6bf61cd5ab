"""Conditions on steps: where to stop. As objects, and as text for the command line and the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from lernpy.errors import LernpyError, UnknownNameError
from lernpy.structure import Structure, name_of
from lernpy.text import near_miss, shown
from lernpy.watch.narration.step import Step
from lernpy.watch.timeline import PHASES


@dataclass(frozen=True)
class Condition:
    """Something that holds at some steps; called with a step it says whether."""

    text: str
    holds: Callable[[Step], bool]

    def __call__(self, step: Step) -> bool:
        return self.holds(step)

    def __str__(self) -> str:
        return self.text


def at(name: str) -> Condition:
    """At every step of this part: "h1", "x1->h1", a member of a softmax group."""
    wanted = _plain(name)

    def holds(step: Step) -> bool:
        members = [member["name"] for member in step.facts.get("members", ())]
        return wanted in map(_plain, (step.name, *members))

    return Condition(name, holds)


def _plain(name: str) -> str:
    """A name without the blanks around its arrow."""
    return "->".join(end.strip() for end in name.replace("→", "->").split("->"))


def in_phase(phase: str) -> Condition:
    """In this phase: reset, feed, forward, cost, backward, update."""
    if phase not in PHASES:
        raise UnknownNameError(
            f"no phase is called {phase!r}.{near_miss(phase, PHASES)} Known: {', '.join(PHASES)}"
        )
    return Condition(f"phase={phase}", lambda step: step.phase == phase)


def delta_below(limit: float) -> Condition:
    """Where a neuron's delta is smaller than that: blame is dying."""

    def holds(step: Step) -> bool:
        deltas = [value for name, value in step.after.items() if name.endswith(".delta")]
        return _uses_blame(step) and any(d is not None and abs(d) < limit for d in deltas)

    return Condition(f"delta<{limit:g}", holds)


def slope_below(limit: float) -> Condition:
    """Where a neuron's slope is smaller than that: it is saturated, or off."""
    return Condition(
        f"slope<{limit:g}",
        lambda step: _uses_blame(step) and bool(abs(step.facts.get("slope", limit)) < limit),
    )


def _uses_blame(step: Step) -> bool:
    """Inputs and biases have no use for blame: that it ends there is no news."""
    return bool(step.facts.get("kind", "neuron") == "neuron")


def _sign_flips(step: Step) -> bool:
    """Where blame changes its sign on the way: through a negative weight or slope."""
    if step.phase != "backward":
        return False
    facts = step.facts
    if "blame" in facts:
        return bool(facts["blame"] * facts["delta"] < 0)
    return any(unit["sensitivity"] * unit["delta"] < 0 for unit in facts.get("members", [facts]))


def _loss_rose(step: Step) -> bool:
    """Where the loss is higher than when this same sample was seen the last time."""
    earlier = step.facts.get("earlier")
    return earlier is not None and bool((step.after["loss"] or 0.0) > earlier)


def _is_odd(step: Step) -> bool:
    """Where a number becomes NaN or infinite."""
    return any(value is not None and not isfinite(value) for value in step.after.values())


EVENTS = {"sign-flip": _sign_flips, "loss-rose": _loss_rose, "nan": _is_odd}
LIMITS = {"delta": delta_below, "slope": slope_below}


def parse_condition(text: str, structure: Structure | None = None) -> Condition:
    """A condition from its text: "h1", "x1->h1", "phase=backward", "sign-flip", "delta<1e-3",
    "slope<0.01", "loss-rose", "nan".

    >>> parse_condition("delta < 1e-3").text
    'delta<0.001'
    >>> parse_condition("phase=backwards")
    Traceback (most recent call last):
    lernpy.errors.UnknownNameError: no phase is called 'backwards'. Did you mean 'backward'? \
Known: reset, feed, forward, cost, backward, update
    """
    text = text.strip()
    if structure is not None and _plain(text) in _names(structure):
        return at(text)
    if text in EVENTS:
        return Condition(text, EVENTS[text])
    if structure is not None:
        named = "->".join(map(structure.neuron_name, _plain(text).split("->")))
        if named in _names(structure):
            return at(named)
    name, equals, value = (part.strip() for part in text.partition("="))
    if equals and name == "phase":
        return in_phase(value)
    name, less, value = (part.strip() for part in text.partition("<"))
    if less and name in LIMITS:
        return LIMITS[name](_limit(text, value))
    if structure is None and text and not equals and not less:
        return at(text)
    raise _unknown(text, structure)


def _names(structure: Structure) -> set[str]:
    return {_plain(name_of(part)) for part in (*structure.order, *structure.neurons)}


def _limit(text: str, value: str) -> float:
    try:
        limit = float(value)
    except ValueError:
        raise LernpyError(f"in the condition {text!r}, {value!r} is not a number") from None
    if not limit > 0 or not isfinite(limit):
        raise LernpyError(f"in the condition {text!r} the limit must be greater than 0")
    return limit


def _unknown(text: str, structure: Structure | None) -> LernpyError:
    words = [*EVENTS, "phase=backward", "delta<1e-3", "slope<0.01"]
    names = sorted(_names(structure)) if structure else []
    return UnknownNameError(
        f"no part of the network and no condition is called {text!r}."
        f"{near_miss(text, [*names, *words])} Conditions: a neuron or link (x1->h1), {', '.join(words)}"
    )


def as_condition(condition: Any, structure: Structure | None = None) -> Callable[[Step], bool]:
    """Text, a condition, any function of a step, or several of these, as a function of a step."""
    if isinstance(condition, (list, tuple)):
        several = [as_condition(one, structure) for one in condition]
        return lambda step: any(holds(step) for holds in several)
    if isinstance(condition, str):
        return parse_condition(condition, structure)
    if isinstance(condition, type) or not callable(condition):
        raise LernpyError(f"a condition is a text or a function of a step, not {shown(condition)}")
    return condition  # type: ignore[no-any-return]
