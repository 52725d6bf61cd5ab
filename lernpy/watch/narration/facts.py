"""What to note of a step: the numbers that it moves, before and after, and those it moves them by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import fsum
from typing import Any

from lernpy import labels, subclasses
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import name_of
from lernpy.text import number, shared_name, step_of
from lernpy.watch.narration import backward, forward, own, products
from lernpy.watch.narration.collecting import collected, kind_of
from lernpy.watch.narration.forms import most, tell
from lernpy.watch.narration.step import Step, View
from lernpy.watch.replay import Replay
from lernpy.watch.timeline import Position
from lernpy.weight import Weight
from lernpy.wiring import members

Outcome = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]  # before, after, facts
TINY = 1e-300
VERBS = {"forward": "propagate", "backward": "backpropagate", "cost": "expect"}  # of phases
ENDS = ("input_neuron", "output_neuron")
Later = Callable[[], Outcome]  # called when the step is done
Telling = tuple[str, Callable[[Step], dict[str, Any]]]  # the event, and the facts of a step


def watch(run: Replay, source: Any = None) -> Step:
    """Do the next step of a run and say what happened."""
    position = run.timeline.locate(run.at)
    part: Any = run.network
    if position.phase == "forward":
        part = run.structure.order[position.nth]
    elif position.phase == "backward":
        part = run.structure.back[position.nth]
    kind = ""
    if position.phase in ("forward", "backward"):
        kind = next(
            kind.__name__ for kind in (Link, Group, Product, Neuron) if isinstance(part, kind)
        )
    later = CAPTURE[position.phase, kind](run, part, position)
    run.advance(run.at + 1)
    before, after, facts = later()
    return Step(
        index=run.at,
        total=len(run.timeline),
        sample=position.sample,
        samples=len(run.timeline.samples),
        phase=position.phase,
        part=part,
        name=name_of(part),
        before=before,
        after=after,
        facts=facts,
        tell=partial(views_of, *_telling(run, part, position.phase, kind)),
        source=source,
    )


def _telling(run: Replay, part: Any, phase: str, kind: str) -> Telling:
    """Event and facts: those of our formulas, unless a class of the user's own has another rule."""
    if VERBS.get(phase, phase) in subclasses.overridden(part):
        return "own rule", own.rule
    if kind in ("Neuron", "Group") and not _adds_up(run, part, phase):
        return "own sums", own.sums
    return TELL[phase, kind]


def _adds_up(run: Replay, unit: Neuron | Group, phase: str) -> bool:
    """Whether its neurons received what their links carried; ours always do."""
    for neuron in members(unit):
        links = run.structure.incoming if phase == "forward" else run.structure.outgoing
        if {Neuron, Link}.issuperset(map(type, (neuron, *links[neuron]))):
            continue
        total, terms = neuron.total_input, [link.signal for link in links[neuron]]
        if phase == "backward":
            asked = collected(run, neuron)["asked"] or 0.0
            total, terms = neuron.sensitivity, [asked, *(link.blame for link in links[neuron])]
        if neuron not in run.structure.inputs and abs(total - fsum(terms)) > 1e-9 * abs(total):
            return False
    return True


def _reset(run: Replay, part: Any, position: Position) -> Later:
    clears = run.network.samples == 0 or run.timeline.samples[position.sample].fresh
    return lambda: ({}, {}, {"clears": clears, "collected": run.network.samples})


def _feed(run: Replay, part: Any, position: Position) -> Later:
    def later() -> Outcome:
        fed = {f"{neuron.name}.total_input": neuron.total_input for neuron in run.network.inputs}
        inputs, known = run.network.inputs, labels.labels_of(run.network)
        few = [(n, known.get(n, labels.NONE)) for n in inputs[: most("inputs")]]
        told = [f"{label.called or n.name} {label.told(n.total_input)}" for n, label in few]
        if told == [f"{n.name} {number(n.total_input)}" for n, _ in few]:
            told = []
        return dict.fromkeys(fed), fed, {"names": [n.name for n in inputs], "raw": told}

    return later


def _carry(run: Replay, link: Link, position: Position) -> Later:
    first = run.structure.incoming[link.output_neuron][0] is link
    target = f"{link.output_neuron.name}.total_input"
    so_far = None if first else link.output_neuron.total_input

    def later() -> Outcome:
        before = {"signal": None, target: so_far}
        after = {"signal": link.signal, target: link.output_neuron.total_input}
        return before, after, _ends(run, link)

    return later


def _ends(run: Replay, link: Link) -> dict[str, Any]:
    source, target = link.input_neuron, link.output_neuron
    return {
        "source": source.name,
        "target": target.name,
        "weight": link.weight.value,
        "output": source.output,
        "delta": target.delta,
        "kind": kind_of(run, source),
        "frozen": link.weight.frozen,
        "shared": [name_of(other) for other in run.structure.holders[link.weight]],
    }


def _activate(run: Replay, neuron: Neuron, position: Position) -> Later:
    def later() -> Outcome:
        return (
            {f"{neuron.name}.output": None},
            {f"{neuron.name}.output": neuron.output},
            {**_sum_of(run, neuron), "activation": neuron.activation.name, "output": neuron.output},
        )

    return later


def _sum_of(run: Replay, neuron: Neuron) -> dict[str, Any]:
    links = run.structure.incoming[neuron]
    return {
        "name": neuron.name,
        "kind": kind_of(run, neuron),
        "total_input": neuron.total_input,
        "signals": [(link.input_neuron.name, link.weight.value, link.signal) for link in links],
    }


def _normalise(run: Replay, group: Group, position: Position) -> Later:
    def later() -> Outcome:
        after = {f"{member.name}.output": member.output for member in group.members}
        facts = {
            "members": [{**_sum_of(run, m), "output": m.output} for m in group.members],
            "log_sum": group.log_sum,
        }
        return dict.fromkeys(after), after, facts

    return later


def _cost(run: Replay, part: Any, position: Position) -> Later:
    earlier = run.seen_before(position.sample)

    def later() -> Outcome:
        network, notes = run.network, run.notes
        known = labels.labels_of(network)
        asked = {
            f"{neuron.name}.sensitivity": slope
            for neuron, slope in zip(network.outputs, notes.asked, strict=True)
        }
        facts = {
            "names": [neuron.name for neuron in network.outputs],
            "called": [known.get(n, labels.NONE).more(n.name) for n in network.outputs],
            "outputs": [neuron.output for neuron in network.outputs],
            "targets": list(run.timeline.samples[position.sample].targets),
            "slopes": list(notes.asked),
            "loss_name": network.loss.name,
            "loss_words": network.loss.words[0],
            "loss_terms": [
                network.loss.share(len(network.outputs)) * network.loss.value(neuron.output, target)
                for neuron, target in zip(
                    network.outputs, run.timeline.samples[position.sample].targets, strict=True
                )
            ],
            "sample_weight": run.timeline.samples[position.sample].sample_weight,
            "penalty": network.penalty(),
            "earlier": earlier,
        }
        after = {"loss": notes.loss, **asked}
        return dict.fromkeys(after), after, facts

    return later


def _turn(run: Replay, neuron: Neuron, position: Position) -> Later:
    def later() -> Outcome:
        slope = neuron.activation.slope(neuron.total_input, neuron.output)
        facts = {
            **collected(run, neuron),
            "activation": neuron.activation.name,
            "steepest": neuron.activation.steepest,
            "total_input": neuron.total_input,
            "output": neuron.output,
            "slope": slope,
            "slope_words": getattr(neuron.activation, "slope_words", ""),
            "delta": neuron.delta,
        }
        before = {f"{neuron.name}.sensitivity": _so_far(run, neuron), f"{neuron.name}.delta": None}
        after = {
            f"{neuron.name}.sensitivity": neuron.sensitivity,
            f"{neuron.name}.delta": neuron.delta,
        }
        return before, after, facts

    return later


def _so_far(run: Replay, neuron: Neuron) -> float | None:
    """The blame that arrived; None if nobody could send any."""
    structure = run.structure
    anyone = structure.outgoing[neuron] or neuron in structure.outputs | structure.multiplied
    return neuron.sensitivity if anyone else None


def _mix(run: Replay, group: Group, position: Position) -> Later:
    def later() -> Outcome:
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for member in group.members:
            before[f"{member.name}.delta"] = None
            after[f"{member.name}.delta"] = member.delta
        members = [
            {**collected(run, m), "output": m.output, "delta": m.delta} for m in group.members
        ]
        return before, after, {"members": members}

    return later


def _hand_back(run: Replay, link: Link, position: Position) -> Later:
    source, outgoing = link.input_neuron, run.structure.outgoing[link.input_neuron]
    earlier = run.structure.outputs | run.structure.multiplied  # blame that came before any link's
    first = outgoing[-1] is link and source not in earlier
    so_far = None if first else source.sensitivity
    kept = _collected_yet(run, link.weight, position)
    old = link.weight.sensitivity if kept else None

    def later() -> Outcome:
        target = f"{source.name}.sensitivity"
        before = {"blame": None, target: so_far, "gradient": old}
        after = {
            "blame": link.blame,
            target: source.sensitivity,
            "gradient": link.weight.sensitivity,
        }
        own = link.weight.sensitivity - (old or 0.0)
        return before, after, {**_ends(run, link), "own": own, "blame": link.blame}

    return later


def _collected_yet(run: Replay, weight: Weight, position: Position) -> bool:
    """Whether a weight has collected any blame: in this sample (shared), or earlier in the batch."""
    last = run.structure.holders[weight][-1]
    done = len(run.structure.order) - 1 - run.structure.position[last] < position.nth
    return done or run.network.samples > 1


def _update(run: Replay, part: Any, position: Position) -> Later:
    network = run.network
    old = [weight.value for weight in network.weights]
    count = network.samples
    collected = [weight.sensitivity for weight in network.weights]
    pulls = [network.pull(weight) for weight in network.weights]
    memories = [weight.memory for weight in network.weights]
    shares = [_shares(run, weight) for weight in network.weights]

    def later() -> Outcome:
        new = [weight.value for weight in network.weights]
        names = [shared_name(_ends_of(run, weight)) for weight in network.weights]
        facts = {
            "names": names,
            "shares": shares,
            "old": old,
            "new": new,
            "collected": collected,
            "memories": memories,
            "remembered": [weight.memory for weight in network.weights],
            "pulls": pulls if network.l1 or network.l2 else None,
            "rules": [weight.rule for weight in network.weights],
            "own": next((w for w in network.weights if "update" in subclasses.overridden(w)), None),
            "optimizer": network.optimizer,
            "rate": network.learning_rate,
            "count": count,
            **_reasons(run, network.weights if count == 1 else []),
        }
        before, after = (dict(zip(names, values, strict=True)) for values in (old, new))
        return before, after, facts

    return later


def _ends_of(run: Replay, weight: Weight) -> list[tuple[str, str]]:
    links = run.structure.holders[weight]
    return [(link.input_neuron.name, link.output_neuron.name) for link in links]


def _shares(run: Replay, weight: Weight) -> list[dict[str, Any]]:
    """Of a weight of several links what each has brought to its gradient, and when; nothing of others."""
    links = run.structure.holders[weight]
    if len(links) < 2 or weight.frozen:
        return []
    brought = [link.input_neuron.output * link.output_neuron.delta for link in links]
    shares = [{"when": _when(k), "value": v} for k, v in zip(links, brought, strict=True)]
    earlier = weight.sensitivity - fsum(brought)
    if run.network.samples > 1:
        shares.append({"when": "earlier samples", "value": earlier})
    elif (
        abs(earlier) > 1e-9 * abs(weight.sensitivity) + TINY
    ):  # a link of a class of the user's own
        return []
    return shares


def _when(link: Link) -> str:
    """The step of time that a link belongs to, else its name."""
    step = step_of(link.output_neuron.name)[1]
    return name_of(link) if step is None else f"step {step}"


def _reasons(run: Replay, weights: list[Weight]) -> dict[str, list[list[str]]]:
    """By weight, who said 0 where all its links carried nothing, and where else nobody was to blame."""
    silent: list[list[str]] = []
    blameless: list[list[str]] = []
    for weight in weights:
        links = run.structure.holders[weight]
        sources, targets = ([getattr(link, end) for link in links] for end in ENDS)
        nothing = not any(source.output for source in sources)
        unmoved = not nothing and not any(target.delta for target in targets)
        silent.append([source.name for source in sources] if nothing else [])
        blameless.append([target.name for target in targets] if unmoved else [])
    return {"silent": silent, "blameless": blameless}


CAPTURE: dict[tuple[str, str], Callable[[Replay, Any, Position], Later]] = {
    ("reset", ""): _reset,
    ("feed", ""): _feed,
    ("forward", "Link"): _carry,
    ("forward", "Neuron"): _activate,
    ("forward", "Group"): _normalise,
    ("forward", "Product"): products.multiply,
    ("cost", ""): _cost,
    ("backward", "Neuron"): _turn,
    ("backward", "Group"): _mix,
    ("backward", "Product"): products.blame_factors,
    ("backward", "Link"): _hand_back,
    ("update", ""): _update,
}
TELL: dict[tuple[str, str], Telling] = {
    ("reset", ""): ("reset", forward.reset),
    ("feed", ""): ("feed", forward.feed),
    ("forward", "Link"): ("carry", forward.carry),
    ("forward", "Neuron"): ("activate", forward.activate),
    ("forward", "Group"): ("normalise", forward.normalise),
    ("forward", "Product"): ("multiply", forward.multiply),
    ("cost", ""): ("cost", backward.cost),
    ("backward", "Neuron"): ("turn", backward.turn),
    ("backward", "Group"): ("mix", backward.mix),
    ("backward", "Product"): ("blame_factors", backward.blame_factors),
    ("backward", "Link"): ("hand_back", backward.hand_back),
    ("update", ""): ("update", backward.update),
}


def views_of(event: str, facts: Callable[[Step], dict[str, Any]], step: Step) -> tuple[View, ...]:
    """The views of a step; of an update one for the whole, for each weight, and for what is remembered."""
    views = tell(event, facts(step))
    if event == "update":
        views += tuple(view for move in backward.moves(step) for view in tell("move", move))
        views += tuple(view for kept in backward.keeps(step) for view in tell("remember", kept))
    return views
