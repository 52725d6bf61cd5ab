"""The settings of a sweep: every combination of the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from lernpy.checks import is_list, not_negative
from lernpy.errors import LernpyError
from lernpy.functions import optimizers
from lernpy.functions.optimizers import Optimizer
from lernpy.registry import unknown

AMOUNTS = "learning_rate", "l1", "l2"


def grid(**values: Any) -> list[dict[str, Any]]:
    """Every combination; what is None is left out, a single value counts as a list of one.

    >>> grid(learning_rate=[0.1, 1.0], optimizer="sgd", l2=None)
    [{'learning_rate': 0.1, 'optimizer': 'sgd'}, {'learning_rate': 1.0, 'optimizer': 'sgd'}]
    """
    lists = {name: several(value) for name, value in values.items() if value is not None}
    for name, options in lists.items():
        if not options:
            raise LernpyError(f"the sweep has no value for {name}; give at least one")
    return [dict(zip(lists, row, strict=True)) for row in product(*lists.values())]


def several(value: Any) -> list[Any]:
    """A list of the values; a word, a number or an entry is one of them."""
    return list(value) if is_list(value) else [value]


def optimizer_and_amounts(
    setting: Mapping[str, Any], default: Optimizer
) -> tuple[Optimizer, dict[str, float]]:
    """The optimiser of one setting with its options, and the amounts: rate, l1, l2."""
    optimizer = optimizers.get(setting.get("optimizer", default))
    amounts = {
        name: not_negative(name.replace("_", " "), setting[name])
        for name in AMOUNTS
        if name in setting
    }
    options = {k: v for k, v in setting.items() if k not in (*AMOUNTS, "optimizer")}
    for name in options:
        if name not in optimizer.options:
            raise unknown("setting", name, [*AMOUNTS, "optimizer", *optimizer.options])
    numbers = {name: not_negative(name, value) for name, value in options.items()}
    return (optimizer.with_options(**numbers) if numbers else optimizer), amounts


def at_rate(entry: Optimizer, rate: float | None) -> Optimizer:
    """The same rule with another usual rate, if there is one."""
    how = rate or entry.rate, entry.memory, entry.options, entry.remembers
    return Optimizer(entry.name, entry.factory, *how)


def named(setting: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The setting as a row of a table: names instead of entries."""
    return {name: getattr(setting.get(name), "name", setting.get(name)) for name in names}
