"""Writing a network: to plain values, to text with one neuron or link a line, to a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from lernpy import storage, subclasses
from lernpy.checks import not_negative, whole, wrong_name
from lernpy.errors import FileFormatError, LernpyError
from lernpy.functions import activations, losses, optimizers
from lernpy.functions.optimizers import Optimizer
from lernpy.functions.probe import is_the_same
from lernpy.group import Group
from lernpy.link import Link
from lernpy.product import Product
from lernpy.samples import check_network
from lernpy.structure import structure_of
from lernpy.text import counted
from lernpy.weight import FREE, Weight

if TYPE_CHECKING:
    from lernpy.data import Card
    from lernpy.network import Network

FORMAT = "lernpy-network"
MOST = 5_000_000  # links, or neurons, that a file may hold
VERSION = 1
WITH_PRODUCTS = 2  # what an older lernpy must not read as if there were none


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network to a JSON file, whole or not at all; compressed if the name ends in ``.gz``.

    The file has all that `load` needs to go on exactly where this network is: wiring, weights,
    rules, the optimiser's memory, settings and card. Functions are written by their names.

    Raises
    ------
    LernpyError
        If the file cannot be written, or `load` could not read it again (a weight is not finite,
        the network is too large, ...): then nothing is written.

    >>> import lernpy
    >>> lernpy.save(lernpy.build.by_hand(), "net.json")
    >>> lernpy.load("net.json").predict([[1]]).round(4)
    array([[0.3364]])
    """
    storage.write_json(path, to_text(to_json(network)))


def to_json(network: Network) -> dict[str, Any]:
    """A network as plain values (see `save`), in the node-link form that networkx reads, too.

    >>> from lernpy import build, files
    >>> values = files.to_json(build.by_hand())
    >>> values["links"][0]
    {'source': 'x', 'target': 'h', 'weight': 0.5}
    >>> import networkx as nx
    >>> nx.node_link_graph(values, edges="links").edges["x", "h"]
    {'weight': 0.5}
    """
    check_network(network)
    _check_names(network)
    maths = {} if network.maths == "fast" else {"maths": network.maths}
    return {
        "format": FORMAT,
        "version": WITH_PRODUCTS if network.products else VERSION,
        "directed": True,
        "multigraph": False,
        "loss": network.loss.name,
        "optimizer": _optimizer(network.optimizer),
        "learning_rate": network.own_rate,
        "l1": not_negative("l1 of the network", network.l1),
        "l2": not_negative("l2 of the network", network.l2),
        "seed": None if network.seed is None else whole("seed", network.seed),
        **maths,
        "inputs": [neuron.name for neuron in network.inputs],
        "outputs": [neuron.name for neuron in network.outputs],
        "groups": [[member.name for member in group.members] for group in network.groups],
        **_products(network),
        "nodes": [
            {"id": name, "activation": neuron.activation.name}
            for name, neuron in network.neurons.items()
        ],
        "links": _links(network),
        "card": _card(network),
    }


def _products(network: Network) -> dict[str, Any]:
    """The factors of each product by its name; nothing where there is none."""
    factors = {
        product.neuron.name: [factor.name for factor in product.factors]
        for product in network.products
    }
    return {"products": factors} if factors else {}


def _check_names(network: Network) -> None:
    """A file names neurons and functions, so they must have names that `load` can take."""
    subclasses.refuse(
        network, "a file holds only lernpy's own classes; keep the program that builds the network"
    )
    if len(network.links) > MOST:
        raise LernpyError(
            f"the network has {len(network.links):,} links; a file holds at most {MOST:,}"
        )
    for name in network.neurons:
        if wrong := wrong_name(name):
            raise LernpyError(f"the name of a neuron {wrong}; a file cannot hold it")
    check_entries(network)


def check_entries(network: Network) -> None:
    """Refuse functions of a network that are not in their tables: no name stands for them."""
    for neuron in network.neurons.values():
        if not isinstance(neuron.activation, (Group, Product)):
            _check_entry(neuron.activation, activations.ACTIVATIONS, "activation")
    _check_entry(network.loss, losses.LOSSES, "loss")
    _check_entry(network.optimizer, optimizers.OPTIMIZERS, "optimizer")


def _check_entry(entry: Any, table: Mapping[str, Any], kind: str) -> None:
    if entry.name not in table:
        raise LernpyError(
            f"the {kind} {entry.name!r} is in no table, so that a file cannot name it; "
            f"enter it there with @{kind}({entry.name!r})"
        )
    if not is_the_same(entry, table[entry.name]):
        raise LernpyError(
            f"the {kind} {entry.name!r} is not what its table has under that name, so that a file cannot "
            f'name it; enter it there with @{kind}("...") under a name of its own'
        )


# ---- settings -----------------------------------------------------------------------------------


def _optimizer(optimizer: Optimizer) -> dict[str, Any]:
    options = {
        key: _finite(value, f"option {key} of {optimizer.name}")
        for key, value in optimizer.options.items()
    }
    return {"name": optimizer.name, "options": options}


def _card(network: Network) -> dict[str, Any] | None:
    """The card, if it can be read again."""
    if network.card is None:
        return None
    values = network.card.to_json()
    try:
        check_card(type(network.card).from_json(values), network)
    except LernpyError as error:
        raise type(error)(f"no file can hold the card of the network: {error}") from None
    return values


def check_card(card: Card, network: Network) -> None:
    """Refuse a card with other inputs and outputs than the network has."""
    for kind, names, ends in (
        ("input", card.input_names, network.inputs),
        ("output", card.output_names, network.outputs),
    ):
        if len(names) != len(ends):
            raise FileFormatError(
                f"card.{kind}_names has {len(names)}, but the network has "
                f"{counted(len(ends), f'{kind} neuron')}"
            )


# ---- links --------------------------------------------------------------------------------------


def _links(network: Network) -> list[dict[str, Any]]:
    """One object for each link; those that share a weight have the same number under "shared"."""
    links, keeps = network.links.values(), memory_size(network.optimizer)
    shared = structure_of(network).shared
    return [_link(link, shared, keeps) for link in links]


def memory_size(optimizer: Optimizer) -> int:
    """How many numbers the optimiser keeps for a weight that it has moved."""
    return len(optimizer.memory(optimizer.rate))


def _link(link: Link, numbers: Mapping[Weight, int], keeps: int) -> dict[str, Any]:
    """Both ends and the value; the shared number, the rule and the memory where they apply."""
    weight = link.weight
    item: dict[str, Any] = {
        "source": link.input_neuron.name,
        "target": link.output_neuron.name,
        "weight": _of_link(weight.value, link, "weight"),
    }
    if weight in numbers:
        item["shared"] = numbers[weight]
    if weight.rule is not FREE:
        item.update(_rule(link))
    if weight.memory:
        item["memory"] = _memory(link, keeps)
    return item


def _memory(link: Link, keeps: int) -> list[float]:
    memory = [_of_link(number, link, "memory") for number in link.weight.memory]
    if len(memory) != keeps:
        raise LernpyError(
            f"the memory of {link.name} has {counted(len(memory), 'number')}, but the optimiser "
            f"keeps {keeps} for a weight; clear it: weight.memory = ()"
        )
    return memory


def _rule(link: Link) -> Iterator[tuple[str, Any]]:
    """What differs from the rule of a free weight; an infinite bound is no bound."""
    rule = link.weight.rule
    if rule.low > rule.high:
        raise LernpyError(f"the rule of {link.name} has low {rule.low:g} above high {rule.high:g}")
    for key, value in rule._asdict().items():
        if value != getattr(FREE, key):
            yield key, True if key == "frozen" else _of_link(value, link, key)


def _of_link(number: Any, link: Link, what: str) -> float:
    """The number if it is finite; the words of the error only where they are needed."""
    value = float(number)
    if isfinite(value):
        return value
    return _finite(value, f"{what} of {link.name}")


def _finite(number: Any, what: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise LernpyError(f"the {what} is {value}, and a file holds finite numbers only")
    return value


# ---- text ---------------------------------------------------------------------------------------

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def to_text(values: Mapping[str, Any]) -> str:
    """JSON in which each neuron, each link and each line of the card has a line of its own."""
    lines = (f" {_encode(key)}: {_lines(value)}" for key, value in values.items())
    return _escaped("{\n" + ",\n".join(lines) + "\n}\n")


def _lines(value: Any) -> str:
    """Lists of objects, and objects of some size, go over several lines."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(["  " + _encode(item) for item in value]) + "\n ]"
    if isinstance(value, dict) and len(value) > 2:
        lines = (f"  {_encode(key)}: {_encode(item)}" for key, item in value.items())
        return "{\n" + ",\n".join(lines) + "\n }"
    return _encode(value)


def _escaped(text: str) -> str:
    """Half of a surrogate pair fits into no UTF-8 file; JSON has an escape for it."""
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)
