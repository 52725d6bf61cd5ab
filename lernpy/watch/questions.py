"""Questions before the answer is shown, and speaker notes: what a teacher adds to a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lernpy.errors import LernpyError
from lernpy.link import Link
from lernpy.watch.conditions import parse_condition
from lernpy.watch.file.fields import Fields
from lernpy.watch.replay import Run
from lernpy.watch.structure import Structure

KINDS = ("sign", "number", "compare")
QUANTITIES = {
    "neuron": ("total_input", "output", "sensitivity", "delta"),
    "link": ("signal", "blame", "gradient"),
    "weight": ("value", "step"),
}
FORWARD = ("total_input", "output", "signal")
QUESTIONS = {
    "sign": "Which sign will the {what} have?",
    "number": "What will the {what} be?",
    "compare": "Compare in size the {what} with the {other}. The first is …",
}
CALLED = {"total_input": "total input", "step": "step of the weight", "value": "weight"}


def gate(
    run: Run,
    name: str,
    quantity: str,
    kind: str = "sign",
    *,
    than: str | None = None,
    question: str | None = None,
    sample: int = 0,
    tolerance: float = 0.05,
) -> dict[str, Any]:
    """A question that stands before the step which brings the answer."""
    if kind not in KINDS:
        raise LernpyError(f"a question is one of {', '.join(KINDS)}, not {kind!r}")
    if (than is None) == (kind == "compare"):
        raise LernpyError("to compare, name the other part with than=...; else leave it out")
    asked = _quantity(run, name, quantity)
    others = [_quantity(run, than, quantity)] if than is not None else []
    names = {"what": _called(name, quantity), "other": _called(than or "", quantity)}
    found: dict[str, Any] = {
        "at": min(_before(run, thing, sample) for thing in [asked, *others]),
        "kind": kind,
        "question": question or QUESTIONS[kind].format(**names),
        "of": asked,
    }
    if others:
        found["than"] = others[0]
    if kind == "number":
        found["tolerance"] = tolerance
    return found


def _called(name: str, quantity: str) -> str:
    word = CALLED.get(quantity, quantity)
    return f"{word} of {name}" if name else word


def _quantity(run: Run, name: str, quantity: str) -> dict[str, Any]:
    """A quantity by indices, as it stands in the file."""
    if quantity == "loss":
        return {"quantity": "loss"}
    part = _part(run, name)
    kind = "link" if isinstance(part, Link) else "neuron"
    if isinstance(part, Link) and quantity in QUANTITIES["weight"]:
        return {"weight": run.network.weights.index(part.weight), "quantity": quantity}
    if quantity not in QUANTITIES[kind]:
        raise LernpyError(
            f"a {kind} has no {quantity!r}. It has: {', '.join(QUANTITIES[kind])}"
            + (f", {', '.join(QUANTITIES['weight'])}" if kind == "link" else "")
        )
    things: list[Any] = (
        run.network.links.values() if kind == "link" else list(run.network.neurons.values())
    )
    return {kind: things.index(part), "quantity": quantity}


def _part(run: Run, name: str) -> Any:
    start, arrow, end = (part.strip() for part in name.partition("->"))
    return run.network.link((start, end)) if arrow else run.network.neurons[start]


def _before(run: Run, asked: Mapping[str, Any], sample: int) -> int:
    """The position before the step that computes a quantity."""
    program, quantity = run.program, asked["quantity"]
    if not 0 <= sample < len(program.samples):
        raise LernpyError(f"the trace has {len(program.samples)} samples; there is no {sample}")
    start, parts = program.starts[sample], program.parts
    if quantity == "loss":
        return start + 2 + parts
    if "weight" in asked:
        return start + 3 + 2 * parts
    kind = "neuron" if "neuron" in asked else "link"
    things: list[Any] = (
        list(run.network.neurons.values()) if kind == "neuron" else run.network.links.values()
    )
    part = things[asked[kind]]
    if quantity == "sensitivity" and not run.structure.outgoing[part]:
        return start + 2 + parts  # an output's blame is all there with the loss
    place = run.structure.at[part]
    return start + (2 + place if quantity in FORWARD else 2 + 2 * parts - place)


# ---- checking, when written and when read -------------------------------------------------------


def check(header: Fields, structure: Structure, weights: int, steps: int) -> None:
    """Notes, questions and breakpoints must be of a shape that the page can show."""
    for note in header.each("script"):
        note.whole("at", 0, steps)
        note.text("say")
    links = sum(len(links) for links in structure.incoming.values())
    counts = {"neuron": len(structure.incoming), "link": links, "weight": weights}
    for asked in header.each("gates"):
        _check_gate(asked, counts, steps)
    for text in header.texts("breakpoints"):
        parse_condition(text, structure)


def _check_gate(asked: Fields, counts: Mapping[str, int], steps: int) -> None:
    asked.whole("at", 0, steps)
    asked.text("question")
    kind = asked.choice("kind", KINDS)
    _check_quantity(asked.fields("of"), counts)
    if kind == "compare":
        _check_quantity(asked.fields("than"), counts)
    if kind == "number" and "tolerance" in asked.data:
        asked.number("tolerance", 0.0)


def _check_quantity(asked: Fields, counts: Mapping[str, int]) -> None:
    kinds = [kind for kind in QUANTITIES if kind in asked.data]
    if not kinds:
        asked.choice("quantity", ("loss",))
    for kind in kinds[:1]:
        asked.whole(kind, 0, counts[kind] - 1)
        asked.choice("quantity", QUANTITIES[kind])
