"""What somebody changed by hand: as it stands in the file, and read from there."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from lernpy.checks import Fields, is_finite
from lernpy.functions import losses
from lernpy.functions.losses import Loss
from lernpy.functions.optimizers import Optimizer
from lernpy.network import Network
from lernpy.watch.file.network import bound_as_json, optimizer_as_json, optimizer_of
from lernpy.watch.snapshot import NUMBERS, Edit, things_of

ODD = ("nan", "inf", "-inf")  # what JSON has no number for


def edit_as_json(edit: Edit) -> dict[str, Any]:
    value = edit.value
    if isinstance(value, Loss):
        value = value.name
    elif isinstance(value, Optimizer):
        value = optimizer_as_json(value)
    elif edit.name in ("low", "high"):
        value = bound_as_json(value)
    elif isinstance(value, tuple):
        value = [_number(item) for item in value]
    elif isinstance(value, float):
        value = _number(value)
    names = ("at", "what", "index", "name", "value")
    return dict(zip(names, (*edit[:4], value), strict=True))


def _number(value: float) -> float | str:
    return float(value) if isfinite(value) else str(float(value))


def edit_of(fields: Fields, network: Network) -> Edit:
    what = fields.choice("what", (*NUMBERS, "network"))
    count = 1 if what == "network" else len(things_of(network, what))
    which = fields.whole("index", 0, count - 1)
    name = fields.text("name")
    return Edit(fields.whole("at", 0, 1 << 40), what, which, name, _value(fields, what, name))


def _value(fields: Fields, what: str, name: str) -> Any:
    if name in NUMBERS.get(what, ()):
        value = fields["value"]
        return float(value) if value in ODD else fields.number("value")
    if what == "weight":
        return _of_weight(fields, name)
    if what == "network":
        return _setting(fields, name)
    raise fields.wrong("name", f"a quantity of a {what}")


def _of_weight(fields: Fields, name: str) -> Any:
    if name == "frozen":
        return fields.yes("value")
    if name == "memory":
        value = fields.items("value", 100)
        if not all(is_finite(item) or item in ODD for item in value):
            raise fields.wrong("value", "a list of numbers")
        return tuple(map(float, value))
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
