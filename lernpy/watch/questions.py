"""Questions before the answer is shown, and speaker notes: what a teacher adds to a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lernpy.checks import Fields, whole
from lernpy.errors import LernpyError
from lernpy.frame import FORWARD, NEURON
from lernpy.link import Link
from lernpy.structure import Structure, part_named
from lernpy.watch.conditions import parse_condition
from lernpy.watch.replay import Replay

KINDS = ("sign", "number", "compare")
QUANTITIES = {
    "neuron": NEURON,
    "link": ("signal", "blame", "gradient"),
    "weight": ("value", "step"),
}
QUESTIONS = {
    "sign": "Which sign will the {what} have?",
    "number": "What will the {what} be?",
    "compare": "Compare in size the {what} with the {other}. The first is …",
}
CALLED = {"total_input": "total input", "step": "step of the weight", "value": "weight"}


def question(
    replay: Replay,
    name: str,
    quantity: str,
    kind: str = "sign",
    *,
    than: str | None = None,
    question: str | None = None,
    sample: int = 1,
    tolerance: float = 0.05,
    wrong: Sequence[tuple[float, str]] = (),
) -> dict[str, Any]:
    """A question that stands before the step which brings the answer.

    `wrong` : numbers that people answer, each with what to say of it
    """
    if kind not in KINDS:
        raise LernpyError(f"a question is one of {', '.join(KINDS)}, not {kind!r}")
    if (than is None) == (kind == "compare"):
        raise LernpyError("to compare, name the other part with than=...; else leave it out")
    sample = whole("number of a sample", sample, 1, len(replay.timeline.samples)) - 1
    asked = _quantity(replay, name, quantity)
    others = [_quantity(replay, than, quantity)] if than is not None else []
    known = [{"value": float(value), "says": says} for value, says in wrong]
    names = {"what": _called(name, quantity), "other": _called(than or "", quantity)}
    return {
        "at": min(_before(replay, quantity, sample) for quantity in [asked, *others]),
        "kind": kind,
        "question": question or QUESTIONS[kind].format(**names),
        "of": asked,
        **({"than": others[0]} if others else {}),
        **({"tolerance": tolerance} if kind == "number" else {}),
        **({"wrong": known} if known else {}),
    }


def _called(name: str, quantity: str) -> str:
    word = CALLED.get(quantity, quantity)
    return f"{word} of {name}" if name else word


def _quantity(replay: Replay, name: str, quantity: str) -> dict[str, Any]:
    """A quantity by indices, as it stands in the file."""
    if quantity == "loss":
        return {"quantity": "loss"}
    part = part_named(replay.network, name)
    kind = "link" if isinstance(part, Link) else "neuron"
    if isinstance(part, Link) and quantity in QUANTITIES["weight"]:
        return {"weight": replay.network.weights.index(part.weight), "quantity": quantity}
    if quantity not in QUANTITIES[kind]:
        raise LernpyError(
            f"a {kind} has no {quantity!r}. It has: {', '.join(QUANTITIES[kind])}"
            + (f", {', '.join(QUANTITIES['weight'])}" if kind == "link" else "")
        )
    return {kind: _things(replay.structure, kind).index(part), "quantity": quantity}


def _things(structure: Structure, kind: str) -> list[Any]:
    if kind == "neuron":
        return structure.neurons
    return structure.links if kind == "link" else structure.weights


def _before(replay: Replay, asked: Mapping[str, Any], sample: int) -> int:
    """The position before the step that computes a quantity."""
    timeline, quantity = replay.timeline, asked["quantity"]
    start, begins = timeline.starts[sample], timeline.begins
    if quantity == "loss":
        return start + begins["cost"]
    if "weight" in asked:
        return start + begins["update"]
    kind = "neuron" if "neuron" in asked else "link"
    structure = replay.structure
    part = _things(structure, kind)[asked[kind]]
    if quantity == "sensitivity" and part in structure.outputs and not structure.outgoing[part]:
        return start + begins["cost"]  # such an output's blame is all there with the loss
    position = structure.position[part]
    forward = quantity in FORWARD
    return start + (begins["forward"] + position if forward else begins["update"] - 1 - position)


# ---- checking, when written and when read -------------------------------------------------------


def check_script(header: Fields, structure: Structure, steps: int) -> None:
    """Notes, questions and breakpoints must be of a shape that the page can show."""
    for note in header.each("script"):
        note.whole("at", 0, steps)
        note.text("say")
    for asked in header.each("gates"):
        _check_gate(asked, structure, steps)
    for text in header.texts("breakpoints"):
        parse_condition(text, structure)


def _check_gate(asked: Fields, structure: Structure, steps: int) -> None:
    asked.whole("at", 0, steps)
    asked.text("question")
    kind = asked.choice("kind", KINDS)
    _check_quantity(asked.fields("of"), structure)
    if kind == "compare":
        _check_quantity(asked.fields("than"), structure)
    if kind == "number" and "tolerance" in asked:
        asked.number("tolerance", 0.0)
    for known in asked.each("wrong") if "wrong" in asked else ():
        known.number("value")
        known.text("says")


def _check_quantity(asked: Fields, structure: Structure) -> None:
    kind = next((kind for kind in QUANTITIES if kind in asked), None)
    if kind:
        asked.whole(kind, 0, len(_things(structure, kind)) - 1)
    asked.choice("quantity", QUANTITIES[kind] if kind else ("loss",))
