"""The facts of the cost, of backward steps and of the update, by the holes in ``templates.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lernpy import subclasses, theme
from lernpy.functions import activations
from lernpy.functions.optimizers import Optimizer
from lernpy.watch.narration.forms import most, sentence, with_holes
from lernpy.watch.narration.forward import Facts, few, link, summed
from lernpy.watch.narration.step import Step
from lernpy.watch.narration.terms import piece_of, show

MOST_WEIGHTS = 200  # so many moves are told one by one
NOTHING = 1e-30  # less blame than that is none
HUGE = 1e15  # beyond that a difference of two numbers says nothing about either


def cost(step: Step) -> Facts:
    """The loss, and what each output is asked."""
    facts, outputs = step.facts, step.facts["expected"]
    return {
        **facts,
        **_worked(facts["loss_words"], outputs),
        "loss": step.after["loss"],
        "formula": facts["loss_words"] or f"{facts['loss_name']}(y, t)",
        "counts": facts["sample_weight"] != 1,
        "many": len(outputs) > 1,
        "penalised": bool(facts["penalty"]),
        "few_outputs": outputs[: most("said")],
        "first_outputs": outputs[: most("outputs")],
        "more": len(outputs) > most("said"),
        "asks": bool(outputs),
        "up": [output["name"] for output in outputs if output["asked"] > 0],
        "down": [output["name"] for output in outputs if output["asked"] < 0],
    }


def _worked(words: str, outputs: list[Facts]) -> Facts:
    """The loss with its numbers: the terms that are not 0, the largest of many."""
    terms = {i: output["term"] for i, output in enumerate(outputs) if output["term"]}
    if not words or "," in words:  # a formula with words to it is no sum to be worked out
        terms = {}
    kept = sorted(sorted(terms, key=lambda i: -abs(terms[i]))[: most("terms")])
    form = with_holes(words, y="output", t="target").replace("/ n", f"/ {len(outputs)}")
    return {
        "loss_terms": [{"worked": sentence(form, outputs[i])} for i in kept],
        "more_terms": len(terms) - len(kept),
        "other_terms": sum(terms[i] for i in terms if i not in kept),
    }


def turn(step: Step) -> Facts:
    """A neuron collects the blame, then turns it by its slope."""
    facts = step.facts
    shut = abs(facts["slope"]) < theme.SHUT * facts["steepest"]
    words = facts["slope_words"] if facts["kind"] == "neuron" else ""
    return {
        **facts,
        **collects(facts),
        "slope_words": words,
        "slope_worked": sentence(with_holes(words, y="output", z="total_input"), facts),
        "shut": activations.why_shut(facts["activation"]) if shut else "",
        "nothing": abs(facts["delta"]) < NOTHING,
        "loud": bool(shut) and abs(facts["delta"]) > theme.SHUT,
    }


def collects(facts: Mapping[str, Any]) -> Facts:
    """The sum of what arrived: all paths add."""
    asked, total = facts["asked"], facts["sensitivity"]
    terms = [] if asked is None else [{"loss": True, "value": asked}]
    terms += [{"loss": False, "target": name, "value": blame} for name, blame in facts["blames"]]
    return {
        **summed(terms),
        **directions(total),
        "passive": facts["kind"] != "neuron",
        "bias": facts["kind"] == "bias",
    }


def directions(blame: float) -> Facts:
    """What raising it would do to the loss."""
    return {"raises": blame > 0, "lowers": bool(blame) and not blame > 0}


def mix(step: Step) -> Facts:
    """A softmax group: raising one sum takes from all the other shares."""
    members = step.facts["members"]
    mean = sum(member["output"] * member["sensitivity"] for member in members)
    return {
        "few_members": few([{**member, **collects(member)} for member in members]),
        "first_members": members[: most("members")],
        "mean": mean,
        "huge": abs(mean) > HUGE,
    }


def blame_factors(step: Step) -> Facts:
    """A product hands each factor its blame times all the others."""
    facts, factors = step.facts, step.facts["factors"]
    handed = [
        {
            "factor": factor["factor"],
            "value": blame,
            "others": [other for at, other in enumerate(factors) if at != index],
        }
        for index, (factor, blame) in enumerate(zip(factors, facts["handed"], strict=True))
    ]
    return {**facts, **collects(facts), "handed": handed}


def hand_back(step: Step) -> Facts:
    """A link hands back, and keeps what its own weight is to blame for."""
    facts = step.facts
    so_far, kept = step.before[f"{facts['source']}.sensitivity"], step.before["gradient"]
    gradient = step.after["gradient"] or 0.0
    own = gradient - (kept or 0.0)
    return {
        **link(facts),
        **directions(own),
        "own": own,
        "so_far": so_far,
        "first": so_far is None,
        "flips": facts["blame"] * facts["delta"] < 0,
        "kept": kept,
        "adds": kept is not None,
        "gradient": gradient,
    }


def update(step: Step) -> Facts:
    """All weights move at once."""
    facts = step.facts
    moved = [new - old for old, new in zip(facts["old"], facts["new"], strict=True)]
    moving = sum(bool(move) for move in moved)
    frozen = sum(rule.frozen for rule in facts["rules"])
    largest = max(range(len(moved)), key=lambda i: abs(moved[i]), default=None)
    rule = facts["optimizer"]
    return {
        "rule": rule.name,
        "sgd": rule.name == "sgd",
        "rate": facts["rate"],
        "options": [{"name": name, "value": value} for name, value in rule.options.items()],
        "moving": moving,
        "single": moving == 1,
        "count": len(moved),
        "samples": show(facts["count"]),
        "batch": facts["count"] > 1,
        "frozen": frozen,
        "stuck": bool(frozen),
        "one_frozen": frozen == 1,
        "own": subclasses.rule_of(facts["own"]) if facts["own"] else "",
        **({} if largest is None else {"largest": facts["names"][largest], "step": moved[largest]}),
    }


def moves(step: Step) -> list[Facts]:
    """One weight after the other."""
    facts = step.facts
    return [_move(facts, i) for i in range(min(len(facts["names"]), MOST_WEIGHTS))]


def keeps(step: Step) -> list[Facts]:
    """What the optimiser remembers of each weight that moved: its step with names, and with numbers."""
    facts, rule = step.facts, step.facts["optimizer"]
    if facts["own"] or not any(facts["remembered"]):
        return []
    numbers = range(min(len(facts["names"]), MOST_WEIGHTS))
    kept = (_kept(facts, rule, i) for i in numbers if not facts["rules"][i].frozen)
    return [one for one in kept if one["symbols"]]


def _kept(facts: Mapping[str, Any], rule: Optimizer, i: int) -> Facts:
    """One weight; its own rate and its bounds, which come after the step, are told of its move."""
    before = facts["memories"][i] or rule.memory(facts["rate"])
    after, gradient = facts["remembered"][i], facts["collected"][i] / facts["count"]
    gradient += facts["pulls"][i] if facts["pulls"] else 0.0
    letters = rule.remembers or tuple(f"memory {at}" for at in range(len(before)))
    names = {"value": "w", "gradient": "g"} | {f"memory{at}": n for at, n in enumerate(letters)}
    values = {"value": facts["old"][i], "gradient": gradient, "rate": facts["rate"]}
    values |= {f"memory{at}": value for at, value in enumerate(before)}
    moved = rule.step(facts["old"][i], gradient, facts["rate"], before)[0]
    counted = rule.told(
        {name: piece_of(v, True).text for name, v in values.items()},
        ["", *(piece_of(v, True).text for v in after)],
    )
    symbols = rule.told(names, ["w", *letters])
    results = dict(zip((*letters, "w"), map(show, (*after, moved)), strict=True))
    lines = zip((line.partition(" = ")[0] for line in symbols), counted, strict=True)
    return {
        "name": facts["names"][i],
        "rule": rule.name,
        "symbols": "; ".join(symbols),
        "numbers": "; ".join(
            f"{n} = {line.partition(' = ')[2]} = {results[n]}" for n, line in lines
        ),
        "memory": ", ".join(f"{n} = {results[n]}" for n in letters),
    }


def _move(facts: Mapping[str, Any], i: int) -> Facts:
    old, new, rule = facts["old"][i], facts["new"][i], facts["rules"][i]
    pull = facts["pulls"][i] if facts["pulls"] else 0.0
    shares = facts["shares"][i]
    return {
        **summed(shares),
        "adds_up": bool(shares),
        "collected": facts["collected"][i],
        "name": facts["names"][i],
        "whose": facts["names"][i].replace(" -> ", "→"),
        "old": old,
        "new": new,
        "size": abs(new - old),
        "down": new < old,
        "still": new == old,
        "gradient": facts["collected"][i] / facts["count"],
        "pull": pull,
        "pulled": bool(pull),
        "frozen": rule.frozen,
        "free": not rule.frozen,
        "factor": rule.rate,
        "own_rate": rule.rate != 1,
        "held": new in (rule.low, rule.high),
        **{key: facts[key][i] for key in ("silent", "blameless") if facts[key]},
    }
