"""The facts of forward steps, by the names of the holes in ``templates.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lernpy.watch.narration.forms import most
from lernpy.watch.narration.step import Step

Facts = dict[str, Any]


def reset(step: Step) -> Facts:
    return dict(step.facts)


def feed(step: Step) -> Facts:
    names = step.facts["names"]
    values = step.after.values()
    rows = [{"name": name, "value": value} for name, value in zip(names, values, strict=True)]
    shown = rows[: most("inputs")]
    return {
        "names": names,
        "single": len(names) == 1,
        "first_inputs": shown,
        "raw": step.facts.get("raw", []),
        "more": len(rows) - len(shown),
    }


def carry(step: Step) -> Facts:
    """A link carries: weight times output arrives at the next neuron."""
    so_far = step.before[f"{step.facts['target']}.total_input"]
    return {
        **link(step.facts),
        "signal": step.after["signal"],
        "so_far": so_far,
        "first": so_far is None,
    }


def link(facts: Mapping[str, Any]) -> Facts:
    """What is known of a link forward and back."""
    return {
        **facts,
        "bias": facts["kind"] == "bias",
        "passive": facts["kind"] != "neuron",
        "holders": len(facts["shared"]),
        "shared": len(facts["shared"]) > 1,
    }


def activate(step: Step) -> Facts:
    """A neuron sums, then activates."""
    kind = step.facts["kind"]
    return {
        **step.facts,
        **sums(step.facts),
        "sums": kind == "neuron",
        "bias": kind == "bias",
        "input": kind == "input",
        "identity": step.facts["activation"] == "identity",
    }


def sums(facts: Mapping[str, Any]) -> Facts:
    """The total input with all its terms."""
    return summed([{"source": source, "value": value} for source, _, value in facts["signals"]])


def summed(terms: Sequence[Facts]) -> Facts:
    """Terms of a sum: all of up to six, else the largest and what the others come to."""
    kept = list(terms)
    if len(terms) > most("terms"):
        largest = sorted(range(len(terms)), key=lambda i: -abs(terms[i]["value"]))
        kept = [terms[i] for i in sorted(largest[: most("terms") - 1])]
    values, shown = (sum(term["value"] for term in some) for some in (terms, kept))
    return {
        "terms": kept,
        "more": len(terms) - len(kept),
        "others": values - shown,
        "count": len(terms),
        "none": not terms,
        "two": len(terms) == 2,
        "several": len(terms) > 1,
    }


def normalise(step: Step) -> Facts:
    """A softmax group: each member sums, then all share one whole."""
    members = step.facts["members"]
    names = [member["name"] for member in members]
    top = max(members, key=lambda member: member["output"])
    return {
        "few_members": few([{**member, **sums(member)} for member in members]),
        "first_members": members[: most("members")],
        "names": names,
        "one": "i" if len(members) > 1 else names[0],
        "top": top["name"],
        "largest": top["output"],
    }


def multiply(step: Step) -> Facts:
    """A product: the outputs of its factors, multiplied."""
    factors = step.facts["factors"]
    return {
        **step.facts,
        "names": [factor["factor"] for factor in factors],
        "silent": [factor["factor"] for factor in factors if not factor["value"]],
        "single": len(factors) == 1,
    }


def few(members: list[Facts]) -> list[Facts]:
    """The members of a group if they are few enough to be told one by one."""
    return members if len(members) <= most("sums") else []
