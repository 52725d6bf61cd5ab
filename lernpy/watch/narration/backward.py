"""Backward steps in words: cost, collects, turns, mixes, hands back, keeps, update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lernpy import subclasses, theme
from lernpy.functions import activations
from lernpy.text import counted
from lernpy.watch.narration.formula import (
    BECOMES,
    EQUALS,
    MINUS,
    TIMES,
    Piece,
    added,
    call,
    joined,
    number,
    series,
    show,
    symbol,
    word,
)
from lernpy.watch.narration.forward import NOTHING, listed
from lernpy.watch.narration.step import Step, View

LOSSES = {  # how one output's loss is written; another loss is written loss(y, t)
    "squared_error": Piece("½ (y − t)²", None, r"\tfrac12 (y - t)^2"),
    "mean_squared_error": Piece("(y − t)²", None, r"(y - t)^2"),
    "mean_absolute_error": Piece("|y − t|", None, r"\lvert y - t \rvert"),
    "binary_cross_entropy": Piece(
        "(−t ln y − (1 − t) ln(1 − y))", None, r"(-t \ln y - (1 - t) \ln(1 - y))"
    ),
    "cross_entropy": Piece("−t ln y", None, r"-t \ln y"),
}


def cost(step: Step) -> tuple[View, ...]:
    """The loss, and what each output is asked."""
    facts = step.facts
    return (_loss(step), *([_asked(facts)] if facts["names"] else []))


def _loss(step: Step) -> View:
    facts = step.facts
    name, share = facts["loss_name"], facts["share"]
    one = LOSSES.get(name) or call(name, Piece("y, t"))
    total = Piece("Σ ", None, r"\sum ") if len(facts["names"]) > 1 else NOTHING
    symbols = word("loss") + EQUALS
    for factor in (facts["sample_weight"], share):
        symbols = symbols + (number(factor) + TIMES if factor != 1 else NOTHING)
    symbols = symbols + total + one + (word(" + penalty") if facts["penalty"] else NOTHING)
    numbers = word("loss") + EQUALS + number(step.after["loss"])
    if facts["penalty"]:
        numbers = numbers + word(
            f" (of that the penalty for large weights {show(facts['penalty'])})"
        )
    rows = zip(facts["names"], facts["outputs"], facts["targets"], strict=True)
    said = [f"{name} says {show(y)}, wanted is {show(t)}" for name, y, t in list(rows)[:4]]
    more = "; …" if len(facts["names"]) > 4 else ""
    sentence = f"{'; '.join(said)}{more}. The loss is {show(step.after['loss'])}."
    if facts["sample_weight"] != 1:
        sentence += f" This sample counts {show(facts['sample_weight'])} times."
    return View("cost", symbols, numbers, sentence)


def _asked(facts: Mapping[str, Any]) -> View:
    shown = list(zip(facts["names"], facts["slopes"], strict=True))
    symbols = symbol("sensitivity", "y") + EQUALS + word("dLoss / dy")
    numbers = joined(
        [symbol("sensitivity", name) + EQUALS + number(slope) for name, slope in shown[:10]],
        Piece(", "),
    )
    up = [name for name, slope in shown if slope > 0]
    down = [name for name, slope in shown if slope < 0]
    said = [f"raising {listed(up)} would raise the loss"] if up else []
    said += [f"raising {listed(down)} would lower it"] if down and up else []
    said += [f"raising {listed(down)} would lower the loss"] if down and not up else []
    sentence = ", ".join(said) or "no output is to blame: nothing has to change"
    return View("asks", symbols, numbers, sentence[0].upper() + sentence[1:] + ".")


def turn(step: Step) -> tuple[View, ...]:
    """A neuron collects the blame, then turns it by its slope."""
    facts = step.facts
    collects = collect_view(facts)
    if facts["kind"] != "neuron":
        return (collects, _unused(facts))
    name, kind = facts["name"], facts["activation"]
    slope, delta = facts["slope"], facts["delta"]
    symbols = symbol("delta", name) + EQUALS + symbol("sensitivity", name) + TIMES
    symbols = symbols + call(kind, symbol("total_input", name), prime=True)
    numbers = (
        symbol("delta", name)
        + EQUALS
        + number(facts["sensitivity"])
        + TIMES
        + number(slope, guard=True)
        + EQUALS
        + number(delta)
    )
    return (collects, View("turns", symbols, numbers, _gate(facts)))


def _gate(facts: Mapping[str, Any]) -> str:
    name, slope = facts["name"], facts["slope"]
    if abs(slope) < theme.SHUT * facts["steepest"]:
        shut = activations.why_shut(facts["activation"])
        left = "no" if abs(facts["delta"]) < 1e-30 else "hardly any"
        return f"{name} is {shut} (slope {show(slope)}): {left} blame gets through."
    return (
        f"{name} answers a change of its sum with slope {show(slope)}: "
        f"blame {show(facts['sensitivity'])} for the output is {show(facts['delta'])} for the sum."
    )


def _unused(facts: Mapping[str, Any]) -> View:
    name, delta = facts["name"], facts["delta"]
    numbers = symbol("delta", name) + EQUALS + number(delta)
    kind = "a bias" if facts["kind"] == "bias" else "an input"
    return View("turns", NOTHING, numbers, f"{name} is {kind}: nobody uses its blame.", quiet=True)


def collect_view(facts: Mapping[str, Any]) -> View:
    """The sum of what arrived: all paths add."""
    name, blames, asked = facts["name"], facts["blames"], facts["asked"]
    terms = [word("blame") + _from(target) for target, _ in blames]
    sizes = [blame for _, blame in blames]
    if asked is not None:
        terms, sizes = [word("dLoss/dy"), *terms], [asked, *sizes]
    total = facts["sensitivity"]
    symbols = symbol("sensitivity", name) + EQUALS + series(terms, sizes)
    numbers = symbol("sensitivity", name) + EQUALS + added(sizes)
    if len(sizes) != 1:
        numbers = numbers + EQUALS + number(total) if sizes else symbols
    quiet = facts["kind"] != "neuron"
    return View("collects", symbols, numbers, _collecting(facts), quiet)


def _from(target: str) -> Piece:
    text = f"({target})"
    return Piece(text, None, symbol("x", target).latex[len(symbol("x").latex) :])


def _collecting(facts: Mapping[str, Any]) -> str:
    name, count, total = facts["name"], len(facts["blames"]), facts["sensitivity"]
    if not count and facts["asked"] is None:
        return f"No link leads on from {name}: nobody blames it."
    if facts["kind"] != "neuron":
        return f"Blame {show(total)} arrives at {name} and goes no further."
    effect = "raise" if total > 0 else "lower"
    meaning = (
        f"raising its output would {effect} the loss" if total else "its output changes nothing"
    )
    ways = count + (facts["asked"] is not None)
    every = "Both" if ways == 2 else f"All {ways}"
    adds = f"{every} paths add: blame" if ways > 1 else "Blame"
    return f"{adds} {show(total)} for {name}: {meaning}."


def mix(step: Step) -> tuple[View, ...]:
    """A softmax group: raising one sum takes from all the other shares."""
    members = step.facts["members"]
    collects = tuple(collect_view(member) for member in members) if len(members) <= 4 else ()
    shares = [member["output"] * member["sensitivity"] for member in members]
    mean = symbol("mean")
    symbols = symbol("delta", "i") + EQUALS + symbol("output", "i") + TIMES
    symbols = symbols + "(" + symbol("sensitivity", "i") + MINUS
    symbols = symbols + Piece("Σ ", None, r"\sum ") + symbol("output") + symbol("sensitivity") + ")"
    terms = [
        symbol("delta", member["name"])
        + EQUALS
        + number(member["output"])
        + TIMES
        + "("
        + number(member["sensitivity"])
        + MINUS
        + number(sum(shares), guard=True)
        + ")"
        + EQUALS
        + number(member["delta"])
        for member in members[:10]
    ]
    sentence = (
        f"Raising one sum takes from all the other shares, so each member's blame mixes all of theirs: "
        f"it counts what differs from the {mean.text} blame {show(sum(shares))}, weighted by the shares."
    )
    return (*collects, View("mixes", symbols, joined(terms, Piece("; ")), sentence))


def hand_back(step: Step) -> tuple[View, ...]:
    """A link hands back, and keeps what its own weight is to blame for."""
    return (_hands(step), _keeps(step))


def _hands(step: Step) -> View:
    facts = step.facts
    source, target = facts["source"], facts["target"]
    symbols = word("blame") + EQUALS + symbol("weight") + TIMES + symbol("delta", target)
    numbers = word("blame") + EQUALS + number(facts["weight"]) + TIMES
    numbers = numbers + number(facts["delta"], guard=True) + EQUALS + number(facts["blame"])
    if facts["kind"] != "neuron":
        kind = "a bias" if facts["kind"] == "bias" else "an input"
        sentence = f"{source} is {kind}: nobody uses the blame that arrives there."
        return View("hands back", symbols, numbers, sentence, quiet=True)
    so_far = step.before[f"{source}.sensitivity"]
    arrives = (
        f"{source} has got {show(facts['blame'])} now, its first."
        if so_far is None
        else f"{show(facts['blame'])} is added to the {show(so_far)} that {source} already has."
    )
    flips = facts["blame"] * facts["delta"] < 0
    turned = " The weight is negative: blame changes its sign." if flips else ""
    sentence = f"{target} hands its blame back to {source}, times the weight. {arrives}{turned}"
    return View("hands back", symbols, numbers, sentence)


def _keeps(step: Step) -> View:
    facts = step.facts
    symbols = word("gradient") + EQUALS + symbol("output", facts["source"]) + TIMES
    symbols = symbols + symbol("delta", facts["target"])
    numbers = word("gradient") + EQUALS + number(facts["output"]) + TIMES
    numbers = numbers + number(facts["delta"], guard=True) + EQUALS + number(facts["own"])
    return View("keeps", symbols, numbers, _keeping(step))


def _keeping(step: Step) -> str:
    facts, before = step.facts, step.before["gradient"]
    own, total = facts["own"], step.after["gradient"]
    said = f"The weight keeps {show(own)} of its own"
    if before is not None:
        said += f", added to {show(before)} it had ({show(total)} now)"
    if len(facts["shared"]) > 1:
        said += f"; it is shared by {counted(len(facts['shared']), 'link')}, which all add"
    if facts["frozen"]:
        return said + ". It is frozen: it collects, but will not move."
    effect = "raise" if own > 0 else "lower"
    return said + (f": raising it would {effect} the loss." if own else ": it changed nothing.")


def update(step: Step) -> tuple[View, ...]:
    """All weights move at once; one view for the whole, one for each weight (up to 200)."""
    facts = step.facts
    rule = facts["optimizer"]
    moved = [new - old for old, new in zip(facts["old"], facts["new"], strict=True)]
    count = sum(bool(move) for move in moved)
    frozen = sum(weight.frozen for weight in facts["rules"])
    largest = max(range(len(moved)), key=lambda i: abs(moved[i]), default=None)
    mean = f", by the mean of {facts['count']} samples" if facts["count"] > 1 else ""
    said = [
        f"All blame was collected with the old weights; now {count:,} of {counted(len(moved), 'weight')} "
        f"{'moves' if count == 1 else 'move'} at once{mean}"
    ]
    said += [f"{frozen} {'is' if frozen == 1 else 'are'} frozen"] if frozen else []
    if largest is not None and count:
        said += [f"the largest step is that of {facts['names'][largest]}: {moved[largest]:+.4g}"]
    if facts["own"]:
        said += [f"a weight {subclasses.rule_of(facts['own'])}"]
    symbols = NOTHING if facts["own"] else _rule(rule)
    whole = View("update", symbols, _rate(facts), "; ".join(said) + ".")
    return (whole, *(_moves(facts, i) for i in range(min(len(moved), 200))))


def _rule(rule: Any) -> Piece:
    if rule.name == "sgd":
        return (
            symbol("weight")
            + BECOMES
            + symbol("weight")
            + MINUS
            + word("rate")
            + TIMES
            + word("gradient")
        )
    return symbol("weight") + BECOMES + call(rule.name, Piece("w, ") + word("gradient, memory"))


def _rate(facts: Mapping[str, Any]) -> Piece:
    options = ", ".join(
        f"{name} {show(value)}" for name, value in facts["optimizer"].options.items()
    )
    return word(
        f"{facts['optimizer'].name}, rate {show(facts['rate'])}{options and ', ' + options}"
    )


def _moves(facts: Mapping[str, Any], i: int) -> View:
    old, new, rule = facts["old"][i], facts["new"][i], facts["rules"][i]
    gradient = facts["collected"][i] / facts["count"]
    pull = facts["pulls"][i] if facts["pulls"] else 0.0
    step = new - old
    weight = symbol("weight", facts["names"][i])
    symbols = symbol("weight") + EQUALS + word("old") + (MINUS if step < 0 else Piece(" + "))
    symbols = symbols + word("step")
    numbers = weight + EQUALS + number(old)
    numbers = numbers + (MINUS if step < 0 else Piece(" + ")) + number(abs(step)) + EQUALS
    numbers = numbers + number(new)
    said = f"{facts['names'][i]}: gradient {show(gradient)}"
    said += f", and {show(pull)} from the penalty" if pull else ""
    if rule.frozen:
        return View("stays", symbols, weight + EQUALS + number(new), said + "; frozen.", True)
    said += (
        f", so it goes {'down' if step < 0 else 'up'} by {show(abs(step))}" if step else ", no move"
    )
    said += f"; its own rate is × {show(rule.rate)}" if rule.rate != 1 else ""
    held = new in (rule.low, rule.high)
    said += f"; held by its bound {show(new)}" if held else ""
    return View("moves", symbols, numbers, said + ".")
