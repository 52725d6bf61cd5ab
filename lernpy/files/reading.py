"""Reading a network: a file from a stranger is data; what is wrong in it is named with its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from math import inf, isfinite
from typing import Any

from lernpy import storage
from lernpy.checks import is_finite
from lernpy.errors import FileFormatError, LernpyError
from lernpy.files.writing import (
    FORMAT,
    LARGEST_SEED,
    MOST,
    VERSION,
    check_card,
    memory_size,
    what_is_wrong_with,
)
from lernpy.functions import activations, losses, optimizers
from lernpy.functions.optimizers import Optimizer
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
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


def from_json(values: object, place: str = "network") -> Network:
    """The network of which `to_json` made these values; `place` names them in errors.

    >>> from lernpy import build, files
    >>> values = files.to_json(build.by_hand())
    >>> values["links"][2]["weight"] = "abc"
    >>> from_json(values, "net.json")
    Traceback (most recent call last):
    lernpy.errors.FileFormatError: net.json: links[2].weight is 'abc', which is not a finite number
    """
    try:
        with many_objects():
            return _network(_checked(values))
    except LernpyError as error:
        raise type(error)(f"{place}: {error}") from None


def _checked(values: object) -> dict[str, Any]:
    """The whole, if it is one of ours, of this version, with all that belongs to it."""
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise FileFormatError(f"this is no network of lernpy: it lacks 'format': '{FORMAT}'")
    version = values.get("version")
    if type(version) is not int or version != VERSION:
        raise FileFormatError(
            f"the file is of version {shown(version)}, but this lernpy reads version {VERSION}"
        )
    _check_keys(values, _TOP, "the file")
    for key in _TOP:
        if key not in values:
            raise FileFormatError(f"there is no {key!r}; the file is not whole")
    if values["directed"] is not True or values["multigraph"] is not False:
        raise FileFormatError(
            "a network is directed, with one link a pair; this one says otherwise"
        )
    return values


def _network(values: dict[str, Any]) -> Network:
    optimizer = _optimizer(values["optimizer"])
    neurons = _neurons(_list(values, "nodes"))
    _groups(_list(values, "groups"), neurons, values["nodes"])
    network = Network(
        neurons.values(),
        _links(_list(values, "links"), neurons, optimizer),
        _ends(values, "inputs", neurons),
        _ends(values, "outputs", neurons),
        loss=_entry(losses.get, values["loss"], "loss"),
        optimizer=optimizer,
        learning_rate=None if values["learning_rate"] is None else _top(values, "learning_rate"),
        l1=_top(values, "l1"),
        l2=_top(values, "l2"),
        seed=_seed(values["seed"]),
    )
    if values["card"] is not None:
        network.card = _card(values["card"], network)
    return network


# ---- neurons, groups, links ---------------------------------------------------------------------


def _neurons(items: list[Any]) -> dict[str, Neuron]:
    """Neurons by name, in the file's order; members of a group get their activation from it."""
    neurons: dict[str, Neuron] = {}
    for index, item in enumerate(items):
        try:
            neuron = _neuron(item)
            if neuron.name in neurons:
                raise FileFormatError(f".id is {neuron.name!r}, as is that of a neuron before it")
        except LernpyError as error:
            raise type(error)(f"nodes[{index}]{error}") from None
        neurons[neuron.name] = neuron
    return neurons


def _neuron(item: object) -> Neuron:
    node = _object(item, ("id", "activation"))
    name, kind = _value(node, "id"), _value(node, "activation")
    if wrong := what_is_wrong_with(name):
        raise FileFormatError(f".id {wrong}")
    if kind == "softmax":  # set by its group
        return Neuron(name)
    return Neuron(name, _entry(activations.get, kind, ".activation"))


def _groups(items: list[Any], neurons: Mapping[str, Neuron], nodes: list[Any]) -> None:
    """Softmax groups: who is said to be in one must be in exactly one."""
    waiting = {node["id"] for node in nodes if node["activation"] == "softmax"}
    for index, item in enumerate(items):
        place = f"groups[{index}]"
        members = _named(item, neurons, place)
        for member in members:
            if member.name not in waiting:
                raise FileFormatError(
                    f"{place}: {member.name!r} is in a group already, or is no softmax neuron"
                )
            waiting.remove(member.name)
        Group(members)
    if waiting:
        raise FileFormatError(f"the softmax neuron {min(waiting)!r} is in none of the groups")


def _links(items: list[Any], neurons: Mapping[str, Neuron], optimizer: Optimizer) -> list[Link]:
    links = []
    shared: dict[int, Weight] = {}
    for index, item in enumerate(items):
        try:
            links.append(_link(item, neurons, shared, optimizer))
        except LernpyError as error:
            raise type(error)(f"links[{index}]{error}") from None
    return links


def _link(
    item: object, neurons: Mapping[str, Neuron], shared: dict[int, Weight], optimizer: Optimizer
) -> Link:
    fields = _object(item, _LINK)
    ends = _end(fields, "source", neurons), _end(fields, "target", neurons)
    weight = Weight(_number(fields, "weight"), _rule(fields))
    if "memory" in fields:
        weight.memory = _memory(fields["memory"], optimizer)
    if "shared" in fields:
        weight = _same(fields["shared"], weight, shared)
    return Link(*ends, weight)


def _rule(fields: Mapping[str, Any]) -> Rule:
    if _RULE.isdisjoint(fields):
        return FREE
    frozen = fields.get("frozen", False)
    if not isinstance(frozen, bool):
        raise FileFormatError(f".frozen is {shown(frozen)}, which is neither true nor false")
    rate, low, high = (
        _number(fields, key) if key in fields else usual
        for key, usual in (("rate", 1.0), ("low", -inf), ("high", inf))
    )
    if low > high:
        raise FileFormatError(f".low is {low:g}, which is above its high, {high:g}")
    return Rule(frozen, rate, low, high)


def _memory(values: object, optimizer: Optimizer) -> tuple[float, ...]:
    if not isinstance(values, list) or not all(map(is_finite, values)):
        raise FileFormatError(f".memory is {shown(values)}, which is not a list of finite numbers")
    if len(values) not in (0, size := memory_size(optimizer)):
        raise FileFormatError(
            f".memory has {len(values)} numbers, but {optimizer.name} keeps {size} for a weight"
        )
    memory = tuple(map(float, values))
    if not _goes_on(optimizer, memory):
        raise FileFormatError(
            f".memory is {values!r:.80}, from where {optimizer.name} cannot go on"
        )
    return memory


def _goes_on(optimizer: Optimizer, memory: tuple[float, ...]) -> bool:
    """Whether a step can be taken from there: some numbers would divide by zero."""
    try:
        return isfinite(optimizer.step(0.0, 0.0, 0.0, memory)[0])
    except ArithmeticError:
        return False


def _same(number: object, weight: Weight, shared: dict[int, Weight]) -> Weight:
    """The weight that goes by this number; what each of its links says of it must agree."""
    if type(number) is not int:
        raise FileFormatError(f".shared is {shown(number)}, which is not a whole number")
    first = shared.setdefault(number, weight)
    if (weight.value, weight.rule, weight.memory) != (first.value, first.rule, first.memory):
        raise FileFormatError(
            f" shares weight {number} ({first.value!r}) with a link before it, "
            f"but says otherwise ({weight.value!r}, or another rule or memory)"
        )
    return first


# ---- settings -----------------------------------------------------------------------------------


def _optimizer(value: object) -> Optimizer:
    try:
        fields = _object(value, ("name", "options"))
        entry: Optimizer = _entry(optimizers.get, _value(fields, "name"), ".name")
        options = _value(fields, "options")
        if not isinstance(options, dict):
            raise FileFormatError(f".options is {shown(options)}, which is not an object")
        for key in options:
            _number(options, key)
        return entry.with_options(**options)
    except LernpyError as error:
        raise type(error)(f"optimizer{'' if str(error)[:1] in '. ' else ': '}{error}") from None


def _top(values: Mapping[str, Any], key: str) -> float:
    if not is_finite(values[key]):
        raise FileFormatError(f"{key} is {shown(values[key])}, which is not a finite number")
    return float(values[key])


def _seed(value: object) -> int | None:
    if value is None or (type(value) is int and 0 <= value < LARGEST_SEED):
        return value
    raise FileFormatError(f"seed is {shown(value)}, which is no whole number from 0 on")


def _ends(values: Mapping[str, Any], key: str, neurons: Mapping[str, Neuron]) -> list[Neuron]:
    return _named(values[key], neurons, key)


def _card(value: object, network: Network) -> Any:
    from lernpy.data import Card  # with all the readers: only where there is one

    card = Card.from_json(value, "card")
    check_card(card, network)
    return card


# ---- values of the right kind -------------------------------------------------------------------


def _object(item: object, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise FileFormatError(f" is {shown(item)}, which is not an object")
    _check_keys(item, known)
    return item


def _check_keys(fields: Iterable[str], known: tuple[str, ...], who: str = "") -> None:
    for key in fields:
        if key not in known:
            raise FileFormatError(
                f"{who} has {shown(key)}, which is unknown.{near_miss(key[:80], known)} "
                f"Known: {', '.join(known)}"
            )


def _value(fields: Mapping[str, Any], key: str) -> Any:
    if key not in fields:
        raise FileFormatError(f" has no {key!r}")
    return fields[key]


def _number(fields: Mapping[str, Any], key: str) -> float:
    value = _value(fields, key)
    if type(value) is float and -inf < value < inf:
        return value
    if not is_finite(value):
        raise FileFormatError(f".{key} is {shown(value)}, which is not a finite number")
    return float(value)


def _list(values: Mapping[str, Any], key: str) -> list[Any]:
    value = values[key]
    if not isinstance(value, list):
        raise FileFormatError(f"{key} is {shown(value)}, which is not a list")
    if len(value) > MOST:
        raise FileFormatError(f"{key} has {len(value):,} entries; at most {MOST:,} are read")
    return value


def _named(value: object, neurons: Mapping[str, Neuron], place: str) -> list[Neuron]:
    """The neurons of a list of names."""
    if not isinstance(value, list) or not value:
        raise FileFormatError(f"{place} is {shown(value)}, which is no list of names")
    for index, name in enumerate(value):
        if not isinstance(name, str) or name not in neurons:
            raise FileFormatError(f"{place}[{index}] is {_missing(name, neurons)}")
    return [neurons[name] for name in value]


def _end(fields: Mapping[str, Any], key: str, neurons: Mapping[str, Neuron]) -> Neuron:
    name = _value(fields, key)
    if not isinstance(name, str) or name not in neurons:
        raise FileFormatError(f".{key} is {_missing(name, neurons)}")
    return neurons[name]


def _missing(name: object, neurons: Mapping[str, Neuron]) -> str:
    hint = near_miss(name, neurons) if isinstance(name, str) else ""
    return f"{shown(name)}, but no neuron is called that.{hint}"


def _entry(get: Callable[[str], Any], name: object, place: str) -> Any:
    """The entry of that name in a table of functions."""
    if not isinstance(name, str):
        raise FileFormatError(f"{place} is {shown(name)}, which is not a name")
    try:
        return get(name)
    except LernpyError as error:
        raise type(error)(f"{place}: {error}") from None
