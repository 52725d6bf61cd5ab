"""The network of a trace: as it stands in the file, and built again from there."""

from __future__ import annotations

from math import inf, isfinite, prod
from typing import Any

from lernpy.checks import Fields, is_finite, is_whole
from lernpy.errors import LernpyError
from lernpy.functions import activations, losses, optimizers
from lernpy.functions.optimizers import Optimizer
from lernpy.functions.portable import MATHS
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import structure_of
from lernpy.watch.file.blocks import Block, link_ends, link_runs, pack, unpack
from lernpy.watch.snapshot import Snapshot
from lernpy.weight import FREE, Rule, Weight
from lernpy.wiring import many_objects

MOST_LINKS = 5_000_000


# ---- written --------------------------------------------------------------------------------------


def network_as_json(network: Network, start: Snapshot, dtype: str) -> dict[str, Any]:
    """A network with the numbers of its start; `dtype` is that of the weights."""
    wires, settings = structure_of(network).wires, start.settings
    neurons = list(network.neurons.values())
    steepest = {n.activation.name: getattr(n.activation, "steepest", None) for n in neurons}
    kinds = list(steepest)
    weight_of = wires.link_weight.tolist()
    return {
        "names": list(wires.names),
        "activations": [{"name": kind, "steepest": steepest[kind]} for kind in kinds],
        "activation": [kinds.index(neuron.activation.name) for neuron in neurons],
        "inputs": list(wires.inputs),
        "outputs": list(wires.outputs),
        "biases": list(wires.biases),
        "groups": [list(members) for members in wires.groups],
        **({"products": [list(product) for product in wires.products]} if wires.products else {}),
        "generations": _generations(network),
        "links": link_runs(wires.links.tolist()),
        "weight_of": None if weight_of == list(range(len(weight_of))) else weight_of,
        "n_links": len(weight_of),
        "n_weights": len(network.weights),
        "weights": pack(start.weights, dtype),
        "frozen": [index for index, rule in enumerate(start.rules) if rule.frozen],
        "rules": [
            [index, rule.rate, bound_as_json(rule.low), bound_as_json(rule.high)]
            for index, rule in enumerate(start.rules)
            if rule._replace(frozen=False) != FREE
        ],
        "memory": _memory_as_json(start.memories),
        "gradients": pack(start.column("weight", "sensitivity")) if settings["samples"] else None,
        "unfinished": settings["samples"],
        "loss": settings["loss"].name,
        "share": settings["loss"].share(len(network.outputs)),
        "optimizer": optimizer_as_json(settings["optimizer"]),
        "learning_rate": start.rate,
        "l1": settings["l1"],
        "l2": settings["l2"],
        "seed": network.seed,
        **({} if network.maths == "fast" else {"maths": network.maths}),
    }


def _generations(network: Network) -> list[list[int]]:
    """The units in order: a neuron by its index, a group by -1 - its index."""
    index: dict[Any, int] = {group: -1 - number for number, group in enumerate(network.groups)}
    index.update(structure_of(network).index)
    index.update((product, index[product.neuron]) for product in network.products)
    return [[index[unit] for unit in units] for units in network.generations]


def bound_as_json(value: float) -> float | None:
    return value if isfinite(value) else None


def optimizer_as_json(optimizer: Optimizer) -> dict[str, Any]:
    return {"name": optimizer.name, "options": dict(optimizer.options)}


def _memory_as_json(memories: list[tuple[Any, ...]]) -> dict[str, list[int] | Block] | None:
    """What the optimiser remembered; all weights that remember anything remember alike."""
    full = [index for index, memory in enumerate(memories) if memory]
    if not full:
        return None
    if len({len(memories[index]) for index in full}) > 1:
        raise LernpyError("this optimiser's memory differs from weight to weight; "
                          "a trace of it cannot be written")  # fmt: skip
    return {"weights": full, "values": pack([memories[index] for index in full])}


# ---- read -----------------------------------------------------------------------------------------


def network_of(fields: Fields) -> Network:
    """The network at position 0."""
    with many_objects():
        neurons = _neurons(fields)
        weights = _weights(fields)
        network = Network(
            neurons,
            _links(fields, neurons, weights),
            [neurons[index] for index in fields.indices("inputs", len(neurons))],
            [neurons[index] for index in fields.indices("outputs", len(neurons))],
            loss=losses.get(fields.text("loss")),
            optimizer=optimizer_of(fields.fields("optimizer")),
            learning_rate=fields.number("learning_rate", 0.0),
            l1=fields.number("l1", 0.0),
            l2=fields.number("l2", 0.0),
            maths=fields.choice("maths", MATHS) if "maths" in fields else "fast",
            seed=None if fields["seed"] is None else fields.whole("seed", 0, 1 << 128),
        )
    _same_order(fields, network, weights)
    _memory(fields, weights)
    network.samples = fields.whole("unfinished", 0, 1 << 40)
    if fields["gradients"] is not None:
        gradients = unpack(fields, "gradients", len(weights)).tolist()
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.sensitivity = gradient
    return network


def _neurons(fields: Fields) -> list[Neuron]:
    names = fields.texts("names")
    kinds = [kind.text("name") for kind in fields.each("activations")]
    which = fields.indices("activation", len(kinds))
    if len(which) != len(names):
        raise fields.wrong("activation", f"an activation for each of {len(names)} neurons")
    apart = ("softmax", "product")
    entries = [activations.get("identity" if kind in apart else kind) for kind in kinds]
    neurons = [Neuron(name, entries[kind]) for name, kind in zip(names, which, strict=True)]
    groups = fields.rows(
        "groups",
        lambda row: bool(row) and all(is_whole(item, 0, len(neurons) - 1) for item in row),
        "lists of neurons",
    )
    softmax = [index for index, kind in enumerate(which) if kinds[kind] == "softmax"]
    if sorted(index for group in groups for index in group) != softmax:
        raise fields.wrong("groups", "every softmax neuron in one group")
    for group in groups:
        Group([neurons[index] for index in group])
    _products(fields, neurons, [i for i, kind in enumerate(which) if kinds[kind] == "product"])
    return neurons


def _products(fields: Fields, neurons: list[Neuron], wanted: list[int]) -> None:
    """Each product: its neuron, then its factors."""
    if "products" not in fields and not wanted:
        return
    rows = fields.rows(
        "products",
        lambda row: len(row) > 1 and all(is_whole(item, 0, len(neurons) - 1) for item in row),
        "lists of a neuron and its factors",
    )
    if sorted(row[0] for row in rows) != wanted:
        raise fields.wrong("products", "every product neuron once")
    for index, *factors in rows:
        Product(neurons[index], [neurons[factor] for factor in factors])


def _weights(fields: Fields) -> list[Weight]:
    count = fields.whole("n_weights", 0, MOST_LINKS)
    weights = [Weight(value) for value in unpack(fields, "weights", count).tolist()]
    rows = fields.rows("rules", lambda row: _is_rule(row, count), "[weight, rate, low, high]")
    for index, rate, low, high in rows:
        bounds = -inf if low is None else float(low), inf if high is None else float(high)
        weights[index].rule = Rule(False, float(rate), *bounds)
    for index in fields.indices("frozen", count):
        weights[index].freeze()
    return weights


def _is_rule(row: list[Any], count: int) -> bool:
    return (
        len(row) == 4
        and is_whole(row[0], 0, count - 1)
        and is_finite(row[1])
        and all(bound is None or is_finite(bound) for bound in row[2:])
    )


def _links(fields: Fields, neurons: list[Neuron], weights: list[Weight]) -> list[Link]:
    count = fields.whole("n_links", 0, MOST_LINKS)
    runs = fields.rows("links", lambda row: _is_run(row, len(neurons)), "runs [u, nu, v, nv]")
    if sum(prod(run[1::2]) for run in runs) != count:
        raise fields.wrong("links", f"runs that make {count} links")
    shared = fields["weight_of"] is not None
    which = fields.indices("weight_of", len(weights)) if shared else range(count)
    if len(which) != count or (count and max(which) >= len(weights)):
        raise fields.wrong("weight_of", f"a weight for each of {count} links")
    return [
        Link(neurons[a], neurons[b], weights[index])
        for (a, b), index in zip(link_ends(runs), which, strict=True)
    ]


def _is_run(row: list[Any], neurons: int) -> bool:
    return (
        len(row) == 4
        and all(is_whole(number, 0, neurons) for number in row)
        and row[0] + row[1] <= neurons
        and row[2] + row[3] <= neurons
    )


def _same_order(fields: Fields, network: Network, weights: list[Weight]) -> None:
    """The order in the file must be the order that the wiring has."""
    if fields["generations"] != _generations(network):
        raise fields.wrong("generations", "the order of the units, as the links have it,")
    if network.weights != weights:
        raise fields.wrong("links", "links and weights in the order of the network")
    if fields["biases"] != list(structure_of(network).wires.biases):
        raise fields.wrong("biases", "the list of the neurons that always say 1")


def optimizer_of(fields: Fields) -> Optimizer:
    options = fields.fields("options")
    return optimizers.get(fields.text("name")).with_options(
        **{name: options.number(name) for name in options.data}
    )


def _memory(fields: Fields, weights: list[Weight]) -> None:
    if fields["memory"] is None:
        return
    memory = fields.fields("memory")
    which = memory.indices("weights", len(weights), once=True)
    optimizer = optimizer_of(fields.fields("optimizer"))
    values = unpack(memory, "values", len(which), len(optimizer.memory(0.1)))
    for index, row in zip(which, values.tolist(), strict=True):
        weights[index].memory = tuple(row)
