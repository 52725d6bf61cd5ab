"""Forward steps in words: reset, feed, carries, sums, activates, normalises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lernpy.text import counted
from lernpy.watch.narration.formula import (
    DOT,
    EQUALS,
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
from lernpy.watch.narration.step import Step, View

NOTHING = Piece("")


def listed(names: Sequence[str], most: int = 6) -> str:
    """'x1 and x2'; many names are cut short."""
    shown = (
        list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    )
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def reset(step: Step) -> tuple[View, ...]:
    facts = step.facts
    weights = (
        "the weights forget the blame they have collected"
        if facts["clears"]
        else f"the weights keep the blame of {counted(facts['collected'], 'earlier sample')}"
    )
    sentence = f"Neurons and links forget the last sample; {weights}. Nothing is known yet."
    return (View("reset", NOTHING, NOTHING, sentence),)


def feed(step: Step) -> tuple[View, ...]:
    names = step.facts["names"]
    values = list(step.after.values())
    shown = list(zip(names, values, strict=True))[:6]
    symbols = joined([symbol("total_input", name) for name, _ in shown], Piece(", "))
    numbers = joined(
        [symbol("total_input", name) + EQUALS + number(value) for name, value in shown], Piece(", ")
    )
    if len(names) > len(shown):
        numbers = numbers + word(f", … ({len(names) - len(shown)} more)")
    sentence = (
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} given the values of the sample."
    )
    return (View("feed", symbols, numbers, sentence),)


def carry(step: Step) -> tuple[View, ...]:
    """A link carries: weight times output arrives at the next neuron."""
    facts = step.facts
    source, target = facts["source"], facts["target"]
    signal = step.after["signal"]
    symbols = word("signal") + EQUALS + symbol("weight") + TIMES + symbol("output", source)
    numbers = (
        word("signal")
        + EQUALS
        + number(facts["weight"])
        + TIMES
        + number(facts["output"], guard=True)
        + EQUALS
        + number(signal)
    )
    arrived = arrives(target, step.before[f"{target}.total_input"], signal)
    if facts["kind"] == "bias":
        sentence = f"A bias always says 1, so the weight itself arrives. {arrived}"
    else:
        sentence = f"{source} says {show(facts['output'])}, times the weight {show(facts['weight'])}. {arrived}"
    return (View("carries", symbols, numbers, sentence + _shared(facts)),)


def arrives(target: str, so_far: float | None, signal: float | None) -> str:
    if so_far is None:
        return f"{target} has got {show(signal)} now, its first."
    return f"{show(signal)} is added to the {show(so_far)} that {target} already has."


def _shared(facts: Mapping[str, Any]) -> str:
    shared = facts["shared"]
    return f" The weight is shared by {counted(len(shared), 'link')}." if len(shared) > 1 else ""


def activate(step: Step) -> tuple[View, ...]:
    """A neuron sums, then activates."""
    facts = step.facts
    name, kind, output = facts["name"], facts["activation"], facts["output"]
    if facts["kind"] == "bias":
        symbols, numbers = symbol("output", name), symbol("output", name) + EQUALS + number(1.0)
        return (View("activates", symbols, numbers, f"{name} is a bias: it always says 1."),)
    inner = symbol("total_input", name)
    symbols = symbol("output", name) + EQUALS + call(kind, inner)
    numbers = (
        symbol("output", name)
        + EQUALS
        + call(kind, number(facts["total_input"]))
        + EQUALS
        + number(output)
    )
    sentence = f"{kind} makes {show(output)} of {show(facts['total_input'])}: that is what {name} puts out."
    if kind == "identity":
        symbols = symbol("output", name) + EQUALS + inner
        numbers = symbol("output", name) + EQUALS + number(output)
        sentence = f"{name} puts out its sum as it is: {show(output)}."
    sums = sum_view(facts)
    if facts["kind"] == "input":
        return (
            View("activates", symbols, numbers, sentence.replace("its sum", "what it was given")),
        )
    return (sums, View("activates", symbols, numbers, sentence))


def sum_view(facts: Mapping[str, Any]) -> View:
    """The total input with all its terms."""
    name, signals = facts["name"], facts["signals"]
    sizes = [signal for _, _, signal in signals]
    terms = [symbol("weight") + DOT + symbol("output", source) for source, _, _ in signals]
    symbols = symbol("total_input", name) + EQUALS + series(terms, sizes)
    total = facts["total_input"]
    numbers = symbol("total_input", name) + EQUALS + added(sizes)
    if len(signals) > 1:
        numbers = numbers + EQUALS + number(total)
    sentence = f"{name} adds up what {counted(len(signals), 'link')} brought: {show(total)}."
    return View("sums", symbols, numbers, sentence)


def normalise(step: Step) -> tuple[View, ...]:
    """A softmax group: each member sums, then all share one whole."""
    members = step.facts["members"]
    sums = tuple(sum_view(member) for member in members) if len(members) <= 4 else ()
    names = [member["name"] for member in members]
    one = "i" if len(members) > 1 else names[0]
    symbols = symbol("output", one) + EQUALS + _power(symbol("total_input", one)) + word(" / ")
    symbols = symbols + Piece("Σ ", "Σ ", r"\sum ") + _power(symbol("total_input"))
    numbers = joined(
        [
            symbol("output", member["name"]) + EQUALS + number(member["output"])
            for member in members[:10]
        ],
        Piece(", "),
    )
    first = max(members, key=lambda member: member["output"])
    sentence = (
        f"The outputs of {listed(names)} are shares of one whole; "
        f"the largest share has {first['name']}: {show(first['output'])}."
    )
    return (*sums, View("normalises", symbols, numbers, sentence))


def _power(exponent: Piece) -> Piece:
    return Piece(f"e^{exponent.text}", f"e<sup>{exponent.html}</sup>", f"e^{{{exponent.latex}}}")
