"""Reading a network: a file from a stranger is data; what is wrong in it is named with its place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import inf, isfinite
from typing import Any

from lernpy import storage
from lernpy.checks import LARGEST_WHOLE, Fields, is_finite, is_whole, wrong_name
from lernpy.errors import FileFormatError
from lernpy.files.writing import (
    FORMAT,
    MOST,
    VERSION,
    WITH_PRODUCTS,
    check_card,
    memory_size,
)
from lernpy.functions import losses, optimizers
from lernpy.functions.optimizers import Optimizer
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.text import near_miss, shown
from lernpy.weight import FREE, Rule, Weight
from lernpy.wiring import many_objects

_TOP = (
    *("format", "version", "directed", "multigraph", "loss", "optimizer", "learning_rate"),
    *("l1", "l2", "seed", "inputs", "outputs", "groups", "nodes", "links", "card"),
)
_LINK = ("source", "target", "weight", "shared", "frozen", "rate", "low", "high", "memory")
_RULE = frozenset(Rule._fields)


def load(path: str | os.PathLike[str]) -> Network:
    """The network that `save` wrote to this file, with the same numbers bit for bit.

    Raises
    ------
    LernpyError
        If there is no such file, or it is cut off, of another version or malformed; says where.
    """
    content = storage.read_json(path)
    return from_json(content, os.fspath(path))


def from_json(values: object, where: str = "network") -> Network:
    """The network of which `to_json` made these values; `where` names them in errors.

    >>> from lernpy import build, files
    >>> values = files.to_json(build.by_hand())
    >>> values["links"][2]["weight"] = "abc"
    >>> from_json(values, "net.json")
    Traceback (most recent call last):
    lernpy.errors.FileFormatError: net.json: links[2].weight is 'abc'; a finite number belongs here
    """
    file = Fields(values, f"{where}: ")
    file.check_format(FORMAT, VERSION, WITH_PRODUCTS)
    products = ("products",) if file["version"] == WITH_PRODUCTS else ()
    file.known((*_TOP, *products, "maths"))
    if file["directed"] is not True or file["multigraph"] is not False:
        raise FileFormatError(f"{where}: a network is directed, with one link a pair; this is not")
    with many_objects():
        return _network(file)


def _network(file: Fields) -> Network:
    optimizer = _optimizer(file.fields("optimizer"))
    neurons = _neurons(file)
    links = _links(file, neurons, optimizer)
    inputs, outputs = _named(file, "inputs", neurons), _named(file, "outputs", neurons)
    with file.naming("loss"):
        loss = losses.get(file.text("loss"))
    rate = None if file["learning_rate"] is None else file.number("learning_rate")
    l1, l2 = file.number("l1"), file.number("l2")
    if file["seed"] is not None:
        file.whole("seed", 0, LARGEST_WHOLE)
    with file.naming():
        network = Network(
            neurons.values(),
            links,
            inputs,
            outputs,
            loss=loss,
            optimizer=optimizer,
            learning_rate=rate,
            l1=l1,
            l2=l2,
            seed=file["seed"],
            maths=file.get("maths", "fast"),
        )
    if file["card"] is not None:
        network.card = _card(file, network)
    return network


def _optimizer(fields: Fields) -> Optimizer:
    fields.known(("name", "options"))
    options = fields.fields("options")
    numbers = {key: options.number(key) for key in options.data}
    with fields.naming("name"):
        entry = optimizers.get(fields.text("name"))
    with fields.naming("options"):
        return entry.with_options(**numbers)


def _card(file: Fields, network: Network) -> Any:
    from lernpy.data import Card  # with all the readers: only where there is one

    with file.naming():
        card = Card.from_json(file["card"], "card")
        check_card(card, network)
    return card


# ---- neurons and groups -------------------------------------------------------------------------


def _neurons(file: Fields) -> dict[str, Neuron]:
    """Neurons by name, in the file's order; members of a group get their activation from it."""
    neurons: dict[str, Neuron] = {}
    waiting, products = set(), set()  # neurons whose group, or product, is still to come
    for node in file.each("nodes", MOST):
        node.known(("id", "activation"))
        name, kind = node["id"], node.text("activation")
        if wrong := wrong_name(name):
            raise FileFormatError(f"{node.at('id')} {wrong}")
        if name in neurons:
            raise node.wrong("id", "another name than those of the neurons before it")
        if kind == "softmax":
            neurons[name] = Neuron(name)
            waiting.add(name)
        elif kind == "product" and "products" in file:
            neurons[name] = Neuron(name)
            products.add(name)
        else:
            neurons[name] = _neuron(node, name, kind)
    _groups(file, neurons, waiting)
    if file["version"] == WITH_PRODUCTS:
        _products(file.fields("products"), neurons, products)
    return neurons


def _neuron(node: Fields, name: str, kind: str) -> Neuron:
    with node.naming("activation"):
        return Neuron(name, kind)


def _groups(file: Fields, neurons: Mapping[str, Neuron], waiting: set[str]) -> None:
    """Softmax groups: whoever is to be in one must be in exactly one."""
    for index, names in enumerate(file.items("groups")):
        group = Fields({"members": names}, f"{file.at('groups')}[{index}]")
        members = _named(group, "members", neurons)
        for member in members:
            if member.name not in waiting:
                raise FileFormatError(
                    f"{group.where}: {member.name!r} is in a group already, or is no softmax neuron"
                )
            waiting.remove(member.name)
        Group(members)
    if waiting:
        raise FileFormatError(
            f"{file.at('groups')} has none with the softmax neuron {min(waiting)!r}"
        )


def _products(fields: Fields, neurons: Mapping[str, Neuron], waiting: set[str]) -> None:
    """The factors of each product; whoever is one has them, and nobody else."""
    for name in fields.data:
        if name not in waiting:
            raise FileFormatError(f"{fields.at(name)}: no neuron of that name is a product")
        with fields.naming(name):
            Product(neurons[name], _named(fields, name, neurons))
    if missing := waiting - set(fields.data):
        raise FileFormatError(f"{fields.where} lacks the factors of {min(missing)!r}")


def _named(fields: Fields, key: str, neurons: Mapping[str, Neuron]) -> list[Neuron]:
    """The neurons of a list of names."""
    names = fields.items(key)
    if not names:
        raise fields.wrong(key, "a list of names")
    return [_known(name, f"{fields.at(key)}[{i}]", neurons) for i, name in enumerate(names)]


def _known(name: object, where: str, neurons: Mapping[str, Neuron]) -> Neuron:
    if not isinstance(name, str) or name not in neurons:
        hint = near_miss(name, neurons) if isinstance(name, str) else ""
        raise FileFormatError(f"{where} is {shown(name)}, but no neuron is called that.{hint}")
    return neurons[name]


# ---- links --------------------------------------------------------------------------------------


def _links(file: Fields, neurons: Mapping[str, Neuron], optimizer: Optimizer) -> list[Link]:
    shared: dict[int, Weight] = {}
    at, links = file.at("links"), []
    for index, values in enumerate(file.items("links", MOST)):
        plain = _plain_link(values, neurons)
        links.append(plain or _link(Fields(values, f"{at}[{index}]"), neurons, shared, optimizer))
    return links


def _plain_link(values: Any, neurons: Mapping[str, Neuron]) -> Link | None:
    """One of the many links that are two ends and a number; None where there is more to look at."""
    try:
        source, target, weight = values["source"], values["target"], values["weight"]
        if len(values) > 3 or type(weight) is not float or not isfinite(weight):
            return None
        return Link(neurons[source], neurons[target], Weight(weight))
    except (KeyError, TypeError):
        return None


def _link(
    fields: Fields, neurons: Mapping[str, Neuron], shared: dict[int, Weight], optimizer: Optimizer
) -> Link:
    fields.known(_LINK)
    source, target = _end(fields, "source", neurons), _end(fields, "target", neurons)
    weight = Weight(fields.number("weight"), _rule(fields))
    if "memory" in fields:
        weight.memory = _memory(fields, optimizer)
    if "shared" in fields:
        weight = _same(fields, weight, shared)
    return Link(source, target, weight)


def _end(fields: Fields, key: str, neurons: Mapping[str, Neuron]) -> Neuron:
    return _known(fields[key], fields.at(key), neurons)


def _rule(fields: Fields) -> Rule:
    if _RULE.isdisjoint(fields.data):
        return FREE
    frozen = fields.yes("frozen") if "frozen" in fields else False
    rate, low, high = (
        fields.number(key) if key in fields else usual
        for key, usual in (("rate", 1.0), ("low", -inf), ("high", inf))
    )
    if low > high:
        raise fields.wrong("low", f"a number up to its high, {high:g},")
    return Rule(frozen, rate, low, high)


def _memory(fields: Fields, optimizer: Optimizer) -> tuple[float, ...]:
    values, size = fields["memory"], memory_size(optimizer)
    if not isinstance(values, list) or not all(map(is_finite, values)):
        raise fields.wrong("memory", "a list of finite numbers")
    if len(values) not in (0, size):
        raise fields.wrong("memory", f"one of {size}, as {optimizer.name} keeps them for a weight,")
    memory = tuple(map(float, values))
    if not _goes_on(optimizer, memory):
        raise fields.wrong("memory", f"one from where {optimizer.name} can go on")
    return memory


def _goes_on(optimizer: Optimizer, memory: tuple[float, ...]) -> bool:
    """Whether a step can be taken from there: some numbers would divide by zero."""
    try:
        return isfinite(optimizer.step(0.0, 0.0, 0.0, memory)[0])
    except ArithmeticError:
        return False


def _same(fields: Fields, weight: Weight, shared: dict[int, Weight]) -> Weight:
    """The weight that goes by this number; what each of its links says of it must agree."""
    number = fields["shared"]
    if not is_whole(number, -MOST, MOST):
        raise fields.wrong("shared", "a whole number")
    first = shared.setdefault(number, weight)
    if (weight.value, weight.rule, weight.memory) != (first.value, first.rule, first.memory):
        raise FileFormatError(
            f"{fields.where} shares weight {number} ({first.value!r}) with a link before it, but "
            f"differs from it ({weight.value!r}, or another rule or memory)"
        )
    return first
