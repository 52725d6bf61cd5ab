"""What to note of a step: the numbers that it moves, before and after, and those it moves them by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import fsum
from typing import Any, NamedTuple

from lernpy import labels, subclasses
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import name_of
from lernpy.text import number, step_of
from lernpy.watch.narration import backward, forward, own
from lernpy.watch.narration.forms import most, tell
from lernpy.watch.narration.forward import Facts
from lernpy.watch.narration.step import Step, View
from lernpy.watch.replay import Replay
from lernpy.weight import Weight
from lernpy.wiring import members

TINY = 1e-300
VERBS = {"forward": "propagate", "backward": "backpropagate", "cost": "expect"}  # of phases


class Quantity(NamedTuple):
    """A number that a step moves, and whether it was known before."""

    name: str
    read: Callable[[], float | None]
    known: bool = False


class StepKind(NamedTuple):
    """What a step of one phase does at one kind of part, and what there is to note of it."""

    name: str  # of the event in templates.json
    moving: Callable[[Replay, Any], list[Quantity]]
    around: Callable[[Replay, Any], Facts]  # other numbers, once the step is done
    tell: Callable[[Step], Facts]  # what the templates ask for
    ahead: Callable[[Replay, Any], Facts] = lambda run, part: {}  # numbers from before


def watch(run: Replay, source: Any = None) -> Step:
    """Do the next step of a run and say what happened."""
    position = run.timeline.locate(run.at)
    acting = run.part
    part: Any = run.network if acting is None else acting
    kind = KINDS[position.phase, subclasses.ours(part)]
    quantities = kind.moving(run, part)
    before = {name: read() if known else None for name, read, known in quantities}
    ahead = kind.ahead(run, part)
    run.advance(run.at + 1)
    return Step(
        index=run.at,
        total=len(run.timeline),
        sample=position.sample,
        samples=len(run.timeline.samples),
        phase=position.phase,
        part=part,
        name=name_of(part),
        before=before,
        after={name: read() for name, read, _ in quantities},
        facts={**ahead, **kind.around(run, part)},
        tell=partial(views_of, *_telling(run, part, position.phase, kind)),
        source=source,
    )


def _telling(
    run: Replay, part: Any, phase: str, kind: StepKind
) -> tuple[str, Callable[[Step], Facts]]:
    """Event and facts: those of our formulas, unless a class of the user's own has another rule."""
    whose = own.actor(part, VERBS.get(phase, phase))
    if whose is not None:
        return "own rule", partial(own.rule, whose=whose)
    if isinstance(part, (Neuron, Group)) and not _adds_up(run, part, phase):
        return "own sums", own.sums
    return kind.name, kind.tell


def _adds_up(run: Replay, unit: Neuron | Group, phase: str) -> bool:
    """Whether its neurons received what their links carried; ours always do."""
    for neuron in members(unit):
        links = run.structure.incoming if phase == "forward" else run.structure.outgoing
        if {Neuron, Link}.issuperset(map(type, (neuron, *links[neuron]))):
            continue
        total, terms = neuron.total_input, [link.signal for link in links[neuron]]
        if phase == "backward":
            asked = _collected(run, neuron)["asked"] or 0.0
            total, terms = neuron.sensitivity, [asked, *(link.blame for link in links[neuron])]
        if neuron not in run.structure.inputs and abs(total - fsum(terms)) > 1e-9 * abs(total):
            return False
    return True


def views_of(event: str, facts: Callable[[Step], Facts], step: Step) -> tuple[View, ...]:
    """The views of a step; of an update one for the whole, for each weight, and for what is remembered."""
    views = tell(event, facts(step))
    if event == "update":
        views += tuple(view for move in backward.moves(step) for view in tell("move", move))
        views += tuple(view for kept in backward.keeps(step) for view in tell("remember", kept))
    return views


# ---- what moves -------------------------------------------------------------------------------------


def _of(neuron: Neuron, quantity: str, known: bool = False) -> Quantity:
    return Quantity(f"{neuron.name}.{quantity}", partial(getattr, neuron, quantity), known)


def _fed(run: Replay, network: Network) -> list[Quantity]:
    return [_of(neuron, "total_input") for neuron in network.inputs]


def _carried(run: Replay, link: Link) -> list[Quantity]:
    target = link.output_neuron
    first = run.structure.incoming[target][0] is link
    signal = Quantity("signal", partial(getattr, link, "signal"))
    return [signal, _of(target, "total_input", not first)]


def _put_out(run: Replay, unit: Neuron | Group | Product) -> list[Quantity]:
    return [_of(member, "output") for member in members(unit)]


def _asked(run: Replay, network: Network) -> list[Quantity]:
    """The loss, and what it alone asks of each output."""

    def asked(index: int) -> float:
        return run.notes.asked[index]

    names = (f"{neuron.name}.sensitivity" for neuron in network.outputs)
    of_outputs = (Quantity(name, partial(asked, index)) for index, name in enumerate(names))
    return [Quantity("loss", lambda: run.notes.loss), *of_outputs]


def _turned(run: Replay, neuron: Neuron) -> list[Quantity]:
    """The blame that arrived (not known if nobody could send any), and what it is for the sum."""
    structure = run.structure
    anyone = structure.outgoing[neuron] or neuron in structure.outputs | structure.multiplied
    return [_of(neuron, "sensitivity", bool(anyone)), _of(neuron, "delta")]


def _mixed(run: Replay, group: Group) -> list[Quantity]:
    return [_of(member, "delta") for member in group.members]


def _handed_on(run: Replay, product: Product) -> list[Quantity]:
    """What its own neuron has, and what each factor has got; the first product may be the first to blame."""
    multiplied, outputs = run.structure.multiplied, run.structure.outputs
    return [
        _of(product.neuron, "delta"),
        *(
            _of(factor, "sensitivity", multiplied[factor][-1] is not product or factor in outputs)
            for factor in product.factors
        ),
    ]


def _handed_back(run: Replay, link: Link) -> list[Quantity]:
    source, weight = link.input_neuron, link.weight
    earlier = run.structure.outputs | run.structure.multiplied  # blame that came before any link's
    first = run.structure.outgoing[source][-1] is link and source not in earlier
    return [
        Quantity("blame", partial(getattr, link, "blame")),
        _of(source, "sensitivity", not first),
        Quantity("gradient", partial(getattr, weight, "sensitivity"), _has_gradient(run, link)),
    ]


def _has_gradient(run: Replay, link: Link) -> bool:
    """Whether its weight has collected any blame: in this sample (shared), or earlier in the batch."""
    last, position = run.structure.holders[link.weight][-1], run.structure.position
    return position[last] > position[link] or run.network.samples > 1


def _weights(run: Replay, network: Network) -> list[Quantity]:
    return [
        Quantity(name, partial(getattr, weight, "value"), True)
        for name, weight in zip(run.structure.weight_names, network.weights, strict=True)
    ]


# ---- what is around it ------------------------------------------------------------------------------


def _cleared(run: Replay, network: Network) -> Facts:
    return {"clears": not network.samples, "collected": network.samples}


def _in_the_data(run: Replay, network: Network) -> Facts:
    """The first inputs as the data call and measure them, where that is anything else."""
    known = labels.labels_of(network)
    few = [(n, known.get(n, labels.NONE)) for n in network.inputs[: most("inputs")]]
    raw = [f"{label.called or n.name} {label.told(n.total_input)}" for n, label in few]
    same = raw == [f"{n.name} {number(n.total_input)}" for n, _ in few]
    return {"names": [n.name for n in network.inputs], "raw": [] if same else raw}


def _ends(run: Replay, link: Link) -> Facts:
    source, target = link.input_neuron, link.output_neuron
    return {
        "source": source.name,
        "target": target.name,
        "weight": link.weight.value,
        "output": source.output,
        "delta": target.delta,
        "kind": _kind(run, source),
        "frozen": link.weight.frozen,
        "shared": [name_of(other) for other in run.structure.holders[link.weight]],
    }


def _kind(run: Replay, neuron: Neuron) -> str:
    """Whether it is a bias, an input, or a neuron that sums."""
    if neuron.activation.name == "one":
        return "bias"
    return "input" if neuron in run.structure.inputs else "neuron"


def _summed(run: Replay, neuron: Neuron) -> Facts:
    links = run.structure.incoming[neuron]
    return {
        "name": neuron.name,
        "kind": _kind(run, neuron),
        "activation": neuron.activation.name,
        "total_input": neuron.total_input,
        "output": neuron.output,
        "signals": [(link.input_neuron.name, link.weight.value, link.signal) for link in links],
    }


def _whole(run: Replay, group: Group) -> Facts:
    return {"members": [_summed(run, member) for member in group.members], "log_sum": group.log_sum}


def _multiplied(run: Replay, product: Product) -> Facts:
    factors = [{"factor": factor.name, "value": factor.output} for factor in product.factors]
    return {"name": product.neuron.name, "output": product.neuron.output, "factors": factors}


def _expected(run: Replay, network: Network) -> Facts:
    index, known = run.timeline.sample_at(run.at - 1), labels.labels_of(network)
    sample, outputs, loss = run.timeline.samples[index], network.outputs, network.loss
    share = loss.share(len(outputs))
    columns = zip(outputs, sample.targets, run.notes.asked, strict=True)
    return {
        "expected": [
            {
                "name": neuron.name,
                "called": known.get(neuron, labels.NONE).more(neuron.name),
                "output": neuron.output,
                "target": target,
                "asked": asked,
                "term": share * loss.value(neuron.output, target),
            }
            for neuron, target, asked in columns
        ],
        "loss_name": loss.name,
        "loss_words": loss.words[0],
        "sample_weight": sample.sample_weight,
        "penalty": network.penalty(),
        "earlier": run.seen_before(index),
    }


def _turn(run: Replay, neuron: Neuron) -> Facts:
    return {
        **_collected(run, neuron),
        "activation": neuron.activation.name,
        "steepest": neuron.activation.steepest,
        "slope": neuron.activation.slope(neuron.total_input, neuron.output),
        "slope_words": getattr(neuron.activation, "slope_words", ""),
        "total_input": neuron.total_input,
    }


def _collected(run: Replay, neuron: Neuron) -> Facts:
    """What a neuron has collected on the way back, and from whom: the loss, links, products."""
    asked = None
    if neuron in run.structure.outputs and run.notes.asked:
        asked = run.notes.asked[run.network.outputs.index(neuron)]
    blames = [(link.output_neuron.name, link.blame) for link in run.structure.outgoing[neuron]]
    for product in run.structure.multiplied.get(neuron, ()):
        handed = zip(product.factors, product.blames, strict=True)
        blames += [(product.neuron.name, blame) for factor, blame in handed if factor is neuron]
    return {
        "name": neuron.name,
        "kind": _kind(run, neuron),
        "output": neuron.output,
        "sensitivity": neuron.sensitivity,
        "delta": neuron.delta,
        "blames": blames,
        "asked": asked,
    }


def _handed(run: Replay, product: Product) -> Facts:
    return {
        **_collected(run, product.neuron),
        **_multiplied(run, product),
        "handed": product.blames,
    }


def _mix(run: Replay, group: Group) -> Facts:
    return {"members": [_collected(run, member) for member in group.members]}


def _blame(run: Replay, link: Link) -> Facts:
    return {**_ends(run, link), "blame": link.blame}


def _before_update(run: Replay, network: Network) -> Facts:
    weights, count = network.weights, network.samples
    return {
        "names": run.structure.weight_names,
        "shares": [_shares(run, weight) for weight in weights],
        "old": [weight.value for weight in weights],
        "collected": [weight.sensitivity for weight in weights],
        "memories": [weight.memory for weight in weights],
        "pulls": [network.pull(w) for w in weights] if network.l1 or network.l2 else None,
        "rules": [weight.rule for weight in weights],
        "own": next((w for w in weights if "update" in subclasses.overridden(w)), None),
        "optimizer": network.optimizer,
        "rate": network.learning_rate,
        "count": count,
        **_reasons(run, weights if count == 1 else []),
    }


def _after_update(run: Replay, network: Network) -> Facts:
    weights = network.weights
    return {"new": [w.value for w in weights], "remembered": [w.memory for w in weights]}


def _shares(run: Replay, weight: Weight) -> list[Facts]:
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
    return link.name if step is None else f"step {step}"


def _reasons(run: Replay, weights: list[Weight]) -> dict[str, list[list[str]]]:
    """By weight, who said 0 where all its links carried nothing, and where else nobody was to blame."""
    silent: list[list[str]] = []
    blameless: list[list[str]] = []
    for weight in weights:
        links = run.structure.holders[weight]
        sources = [link.input_neuron for link in links]
        targets = [link.output_neuron for link in links]
        nothing = not any(source.output for source in sources)
        unmoved = not nothing and not any(target.delta for target in targets)
        silent.append([source.name for source in sources] if nothing else [])
        blameless.append([target.name for target in targets] if unmoved else [])
    return {"silent": silent, "blameless": blameless}


KINDS: dict[tuple[str, type], StepKind] = {
    ("reset", Network): StepKind("reset", lambda run, network: [], _cleared, forward.reset),
    ("feed", Network): StepKind("feed", _fed, _in_the_data, forward.feed),
    ("forward", Link): StepKind("carry", _carried, _ends, forward.carry),
    ("forward", Neuron): StepKind("activate", _put_out, _summed, forward.activate),
    ("forward", Group): StepKind("normalise", _put_out, _whole, forward.normalise),
    ("forward", Product): StepKind("multiply", _put_out, _multiplied, forward.multiply),
    ("cost", Network): StepKind("cost", _asked, _expected, backward.cost),
    ("backward", Neuron): StepKind("turn", _turned, _turn, backward.turn),
    ("backward", Group): StepKind("mix", _mixed, _mix, backward.mix),
    ("backward", Product): StepKind("blame_factors", _handed_on, _handed, backward.blame_factors),
    ("backward", Link): StepKind("hand_back", _handed_back, _blame, backward.hand_back),
    ("update", Network): StepKind(
        "update", _weights, _after_update, backward.update, _before_update
    ),
}
