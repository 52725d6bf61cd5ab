"""The network of a recorded trace, built again from its description."""

from __future__ import annotations

from math import inf, prod
from typing import Any

from lernpy.functions import activations, losses, optimizers
from lernpy.functions.optimizers import Optimizer
from lernpy.functions.portable import MATHS
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.watch.file.fields import Fields, is_number, is_whole
from lernpy.watch.snapshot import LINK, NEURON, Edit
from lernpy.weight import Rule, Weight
from lernpy.wiring import many_objects

MOST_LINKS = 5_000_000
ODD = {"nan": float("nan"), "inf": inf, "-inf": -inf}
NUMBERS = {
    "weight": ("value", "sensitivity"),
    "neuron": NEURON,
    "link": LINK,
    "group": ("log_sum",),
}


def network_of(fields: Fields) -> Network:
    """The network at position 0."""
    with many_objects():
        neurons = _neurons(fields)
        weights = _weights(fields)
        network = Network(
            neurons,
            _links(fields, neurons, weights),
            [neurons[place] for place in fields.places("inputs", len(neurons))],
            [neurons[place] for place in fields.places("outputs", len(neurons))],
            loss=losses.get(fields.text("loss")),
            optimizer=optimizer_of(fields.fields("optimizer")),
            learning_rate=fields.number("learning_rate", 0.0),
            l1=fields.number("l1", 0.0),
            l2=fields.number("l2", 0.0),
            seed=_seed(fields),
            maths=fields.choice("maths", MATHS) if "maths" in fields.data else "fast",
        )
    _same_order(fields, network, neurons, weights)
    _memory(fields, weights)
    network.samples = fields.whole("unfinished", 0, 1 << 40)
    if fields["gradients"] is not None:
        for weight, value in zip(
            weights, fields.block("gradients", len(weights)).tolist(), strict=True
        ):
            weight.sensitivity = value
    return network


def _neurons(fields: Fields) -> list[Neuron]:
    names = fields.texts("names")
    kinds = [kind.text("name") for kind in fields.each("activations")]
    which = fields.places("activation", len(kinds))
    if len(which) != len(names):
        raise fields.wrong("activation", f"an activation for each of {len(names)} neurons")
    entries = [activations.get("identity" if kind == "softmax" else kind) for kind in kinds]
    neurons = [Neuron(name, entries[kind]) for name, kind in zip(names, which, strict=True)]
    groups = fields.rows(
        "groups",
        lambda row: bool(row) and all(is_whole(item, 0, len(neurons) - 1) for item in row),
        "lists of neurons",
    )
    grouped = [place for group in groups for place in group]
    softmax = [place for place, kind in enumerate(which) if kinds[kind] == "softmax"]
    if sorted(grouped) != softmax:
        raise fields.wrong("groups", "every softmax neuron in one group")
    for group in groups:
        Group([neurons[place] for place in group])
    return neurons


def _weights(fields: Fields) -> list[Weight]:
    count = fields.whole("n_weights", 0, MOST_LINKS)
    weights = [Weight(value) for value in fields.block("weights", count).tolist()]
    rows = fields.rows("rules", lambda row: _is_rule(row, count), "[weight, rate, low, high]")
    for place, rate, low, high in rows:
        bounds = -inf if low is None else float(low), inf if high is None else float(high)
        weights[place].rule = Rule(False, float(rate), *bounds)
    for place in fields.places("frozen", count):
        weights[place].freeze()
    return weights


def _is_rule(row: list[Any], count: int) -> bool:
    return (
        len(row) == 4
        and is_whole(row[0], 0, count - 1)
        and is_number(row[1])
        and all(bound is None or is_number(bound) for bound in row[2:])
    )


def _links(fields: Fields, neurons: list[Neuron], weights: list[Weight]) -> list[Link]:
    count = fields.whole("n_links", 0, MOST_LINKS)
    runs = fields.rows("links", lambda row: _is_run(row, len(neurons)), "runs [u, nu, v, nv]")
    if sum(prod(run[1::2]) for run in runs) != count:
        raise fields.wrong("links", f"runs that make {count} links")
    which = (
        range(count) if fields["weight_of"] is None else fields.places("weight_of", len(weights))
    )
    if len(which) != count or (count and max(which) >= len(weights)):
        raise fields.wrong("weight_of", f"a weight for each of {count} links")
    ends = ((a, b) for u, nu, v, nv in runs for a in range(u, u + nu) for b in range(v, v + nv))
    return [
        Link(neurons[a], neurons[b], weights[weight])
        for (a, b), weight in zip(ends, which, strict=True)
    ]


def _is_run(row: list[Any], neurons: int) -> bool:
    return (
        len(row) == 4
        and all(is_whole(number, 0, neurons) for number in row)
        and row[0] + row[1] <= neurons
        and row[2] + row[3] <= neurons
    )


def _same_order(
    fields: Fields, network: Network, neurons: list[Neuron], weights: list[Weight]
) -> None:
    """The order in the file must be the order that the wiring has."""
    place: dict[Any, int] = {neuron: index for index, neuron in enumerate(neurons)}
    place.update({group: -1 - index for index, group in enumerate(network.groups)})
    found = [[place[unit] for unit in units] for units in network.generations]
    if fields["generations"] != found:
        raise fields.wrong("generations", "the order of the units, as the links have it,")
    if network.weights != weights:
        raise fields.wrong("links", "links and weights in the order of the network")
    if fields["biases"] != [place[neuron] for neuron in network.biases]:
        raise fields.wrong("biases", "the list of the neurons that always say 1")


def _seed(fields: Fields) -> int | None:
    return None if fields["seed"] is None else fields.whole("seed", 0, 1 << 128)


def optimizer_of(fields: Fields) -> Optimizer:
    options = fields.fields("options")
    return optimizers.get(fields.text("name")).with_options(
        **{name: options.number(name) for name in options.data}
    )


def _memory(fields: Fields, weights: list[Weight]) -> None:
    if fields["memory"] is None:
        return
    memory = fields.fields("memory")
    which = memory.places("weights", len(weights), once=True)
    optimizer = optimizer_of(fields.fields("optimizer"))
    values = memory.block("values", len(which), len(optimizer.memory(0.1)))
    for place, row in zip(which, values.tolist(), strict=True):
        weights[place].memory = tuple(row)


def edit_of(fields: Fields, network: Network) -> Edit:
    """What somebody changed by hand."""
    counts = {
        "weight": len(network.weights),
        "neuron": len(network.neurons),
        "link": len(network.links),
        "group": len(network.groups),
        "network": 1,
    }
    what = fields.choice("what", list(counts))
    which = fields.whole("index", 0, counts[what] - 1)
    name = fields.text("name")
    return Edit(fields.whole("at", 0, 1 << 40), what, which, name, _value(fields, what, name))


def _value(fields: Fields, what: str, name: str) -> Any:
    if name in NUMBERS.get(what, ()):
        value = fields["value"]
        return ODD[value] if isinstance(value, str) and value in ODD else fields.number("value")
    if what == "weight":
        return _rule_value(fields, name)
    if what == "network":
        return _setting(fields, name)
    raise fields.wrong("name", f"a quantity of a {what}")


def _rule_value(fields: Fields, name: str) -> Any:
    if name == "frozen":
        if type(fields["value"]) is not bool:
            raise fields.wrong("value", "true or false")
        return fields["value"]
    if name == "memory":
        value = fields.listing("value", 100)
        if not all(is_number(item) or item in list(ODD) for item in value):
            raise fields.wrong("value", "a list of numbers")
        return tuple(ODD[item] if isinstance(item, str) else float(item) for item in value)
    if name in ("low", "high") and fields["value"] is None:
        return -inf if name == "low" else inf
    if name in ("rate", "low", "high"):
        return fields.number("value")
    raise fields.wrong("name", "value, frozen, rate, low, high, sensitivity or memory")


def _setting(fields: Fields, name: str) -> Any:
    if name == "loss":
        return losses.get(fields.text("value"))
    if name == "optimizer":
        return optimizer_of(fields.fields("value"))
    if name == "samples":
        return fields.whole("value", 0, 1 << 40)
    if name in ("learning_rate", "l1", "l2"):
        return fields.number("value", 0.0)
    raise fields.wrong("name", "learning_rate, l1, l2, samples, loss or optimizer")
