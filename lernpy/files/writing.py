"""Writing a network: to plain values, to text with one neuron or link a line, to a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from lernpy import storage
from lernpy.errors import LernpyError
from lernpy.functions import activations, losses, optimizers
from lernpy.group import Group
from lernpy.link import Link
from lernpy.samples import check_network
from lernpy.weight import FREE, Weight

if TYPE_CHECKING:
    from lernpy.network import Network

FORMAT = "lernpy-network"
MOST = 5_000_000  # links, or neurons, that a file may hold
VERSION = 1
LONGEST_NAME = 1_000


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network to a JSON file, whole or not at all; compressed if the name ends in ``.gz``.

    The file has all that `load` needs to go on exactly where this network is: wiring, weights,
    rules, the optimiser's memory, settings and card. Functions are written by their names.

    Raises
    ------
    LernpyError
        If the file cannot be written, or a weight is not finite: then nothing is written.

    >>> import lernpy
    >>> lernpy.save(lernpy.build.by_hand(), "net.json")
    >>> lernpy.load("net.json").predict([[1]]).round(4)
    array([[0.3364]])
    """
    check_network(network)
    storage.write_text(path, to_text(to_json(network)))


def to_json(network: Network) -> dict[str, Any]:
    """A network as plain values (see `save`), in the node-link form that networkx reads, too.

    >>> import lernpy
    >>> values = lernpy.files.to_json(lernpy.build.by_hand())
    >>> values["links"][0]
    {'source': 'x', 'target': 'h', 'weight': 0.5}
    >>> import networkx as nx
    >>> nx.node_link_graph(values, edges="links").edges["x", "h"]
    {'weight': 0.5}
    """
    _check_names(network)
    rate = network._learning_rate  # None: not given, so the optimiser's own
    return {
        "format": FORMAT,
        "version": VERSION,
        "directed": True,
        "multigraph": False,
        "loss": network.loss.name,
        "optimizer": {"name": network.optimizer.name, "options": dict(network.optimizer.options)},
        "learning_rate": rate,
        "l1": _finite(network.l1, "l1 of the network"),
        "l2": _finite(network.l2, "l2 of the network"),
        "seed": None if network.seed is None else int(network.seed),
        "inputs": [neuron.name for neuron in network.inputs],
        "outputs": [neuron.name for neuron in network.outputs],
        "groups": [[member.name for member in group.members] for group in network.groups],
        "nodes": [
            {"id": name, "activation": neuron.activation.name}
            for name, neuron in network.neurons.items()
        ],
        "links": _links(network.links.values()),
        "card": None if network.card is None else network.card.to_json(),
    }


def _check_names(network: Network) -> None:
    """A file names neurons and functions, so they must have names that `load` can take."""
    if len(network.links) > MOST:
        raise LernpyError(
            f"the network has {len(network.links):,} links; a file holds at most {MOST:,}"
        )
    for name, neuron in network.neurons.items():
        if wrong := what_is_wrong_with(name):
            raise LernpyError(f"the name of a neuron {wrong}; a file cannot hold it")
        if not isinstance(neuron.activation, Group):
            _check_entry(neuron.activation, activations.ACTIVATIONS, "activation")
    _check_entry(network.loss, losses.LOSSES, "loss")
    _check_entry(network.optimizer, optimizers.OPTIMIZERS, "optimizer")


def what_is_wrong_with(name: object) -> str:
    """Why this cannot be the name of a neuron in a file, or an empty string."""
    if not isinstance(name, str):
        return f"is {name!r:.60}, which is not text"
    if not name or len(name) > LONGEST_NAME:
        return f"has {len(name)} characters, not 1 to {LONGEST_NAME:,}"
    if not name.isprintable() and re.search("[\x00-\x1f\x7f-\x9f]", name):
        return f"is {name!r:.60}, with a control character"
    return ""


def _check_entry(entry: Any, table: Mapping[str, Any], kind: str) -> None:
    if entry.name not in table:
        raise LernpyError(
            f"the {kind} {entry.name!r} is in no table, so that a file cannot name it; "
            f"enter it there with @{kind}({entry.name!r})"
        )


# ---- links --------------------------------------------------------------------------------------


def _links(links: Sequence[Link]) -> list[dict[str, Any]]:
    """One object for each link; those that share a weight have the same number under "shared"."""
    holders: dict[Weight, int] = {}
    for link in links:
        holders[link.weight] = holders.get(link.weight, 0) + 1
    numbers = {
        weight: number for number, weight in enumerate(w for w, n in holders.items() if n > 1)
    }
    return [_link(link, numbers) for link in links]


def _link(link: Link, numbers: Mapping[Weight, int]) -> dict[str, Any]:
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
        item["memory"] = [_of_link(number, link, "memory") for number in weight.memory]
    return item


def _rule(link: Link) -> Iterator[tuple[str, Any]]:
    """What differs from the rule of a free weight; an infinite bound is no bound."""
    for key, value in link.weight.rule._asdict().items():
        if value != getattr(FREE, key):
            yield key, True if key == "frozen" else _of_link(value, link, key)


def _of_link(number: Any, link: Link, what: str) -> float:
    """The number if it is finite; the words of the error only where they are needed."""
    value = float(number)
    if isfinite(value):
        return value
    return _finite(value, f"{what} of {link.input_neuron.name} -> {link.output_neuron.name}")


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
