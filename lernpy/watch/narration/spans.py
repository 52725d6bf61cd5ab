"""Many steps in one sentence: what a move of a coarser level has done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lernpy.link import Link
from lernpy.text import counted
from lernpy.watch.narration.forms import formula, most, sentence, templates
from lernpy.watch.narration.forward import Facts
from lernpy.watch.narration.step import Step, View
from lernpy.watch.narration.terms import Piece


def as_one(steps: Sequence[Step]) -> Step:
    """Several steps of one phase as a step that says what they did together; others as the last of them.

    >>> import lernpy
    >>> lesson = lernpy.slow_motion(lernpy.build.two_two_two(), [0.05, 0.1], [0.01, 0.99])
    >>> steps = list(lesson)
    >>> print(as_one([step for step in steps if step.phase == "backward"][2:8]))
    30/42 backward · 6 parts: Blame went from y1 and y2 to h1 and h2 along 4 links, most of it, \
0.04137, to h2.
    """
    last = steps[-1]
    if len(steps) == 1 or {step.phase for step in steps} not in ({"forward"}, {"backward"}):
        return last
    before: dict[str, float | None] = {}
    after: dict[str, float | None] = {}
    for step in steps:
        before = {**_of_neurons(step.before), **before}
        after.update(_of_neurons(step.after))
    summary = view(steps)
    name = counted(len(steps), "part")
    return replace(last, name=name, before=before, after=after, tell=lambda step: (summary,))


def _of_neurons(numbers: Mapping[str, float | None]) -> dict[str, float | None]:
    """Without those of a single link, which have no owner's name."""
    return {name: value for name, value in numbers.items() if "." in name}


def view(steps: Sequence[Step]) -> View:
    """Where signals or blame went in several steps of one phase, and where most of it."""
    back = steps[0].phase == "backward"
    steps = steps[::-1] if back else steps  # names in the network's order
    links = [step for step in steps if isinstance(step.part, Link)]
    facts = {**units(steps), **(flow(links, back) if links else {})}
    form = templates()["spans"][steps[0].phase]
    quiet = back and bool(links) and not facts.get("useful")
    numbers = Piece("") if links else formula(form["rows"], facts)
    title, words = sentence(form["title"], facts), sentence(form["sentence"], facts)
    return View(title, Piece(""), numbers, words, quiet)


def flow(links: Sequence[Step], back: bool) -> Facts:
    """From whom to whom; of signals the largest, of blame the neuron that got the most."""
    ends = ("target", "source") if back else ("source", "target")
    begins, stops = (list(dict.fromkeys(step.facts[end] for step in links)) for end in ends)
    facts: Facts = {
        "links": len(links),
        "from": [name for name in begins if name not in stops] or begins,
        "to": [name for name in stops if name not in begins] or stops,
    }
    if not back:
        largest = max(links, key=lambda step: abs(step.after["signal"] or 0.0))
        return {**facts, **largest.facts, "links": len(links), "most": largest.after["signal"]}
    blames = {step.facts["source"]: 0.0 for step in links if step.facts["kind"] == "neuron"}
    if not blames:
        return facts
    for step in links:
        if step.facts["kind"] == "neuron":
            blames[step.facts["source"]] += step.facts["blame"]
    target = max(blames, key=lambda name: abs(blames[name]))
    used = [name for name in facts["to"] if name in blames] or list(blames)
    return {**facts, "to": used, "useful": True, "target": target, "most": blames[target]}


def units(steps: Sequence[Step]) -> Facts:
    """The neurons among the parts, members of groups too, with their numbers."""
    rows: list[Facts] = []
    for step in steps:
        if not isinstance(step.part, Link):
            rows += step.facts.get("members") or [dict(step.facts)]
    return {
        "names": [row["name"] for row in rows],
        "units": rows[: most("outputs")],
        "more": len(rows) > most("outputs"),
    }
