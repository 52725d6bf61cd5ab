"""The table of built-in data sets: a name, a function that makes it, and the options it takes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lernpy.data.dataset import Dataset
from lernpy.errors import DataError, UnknownNameError
from lernpy.registry import Registry
from lernpy.text import near_miss

Maker = Callable[..., Dataset]
BUILT_IN: Registry[Maker] = Registry("data set")
MOST = 100_000  # samples that a generator makes


def built_in(name: str) -> Callable[[Maker], Maker]:
    """Add an entry to the table; the function's keyword arguments are the options.

    The type of an option is that of its default value (None: text).
    """

    def add(maker: Maker) -> Maker:
        BUILT_IN.add(name, maker)
        return maker

    return add


def options_of(name: str) -> dict[str, Any]:
    """The options of a built-in data set with their defaults.

    >>> options_of("parity")
    {'n': 4}
    """
    parameters = inspect.signature(BUILT_IN[name]).parameters
    return {key: parameter.default for key, parameter in parameters.items()}


def make(name: str, chosen: Mapping[str, Any]) -> Dataset:
    """A built-in data set; its `source` says every option, so that `reload` makes the same."""
    known = options_of(name)
    for key in chosen:
        check_option(key, list(known), f"the data set {name!r}")
    options = {
        key: option_value(chosen[key], default, f"{name}: option {key}")
        if key in chosen
        else default
        for key, default in known.items()
    }
    dataset = BUILT_IN[name](**options)
    stated = {key: value for key, value in options.items() if value is not None}
    return replace(dataset, name=name, source={"name": name, "options": stated})


def check_option(key: str, known: list[str], owner: str) -> None:
    """Refuse an option that nobody reads, with the near miss."""
    if key not in known:
        raise UnknownNameError(
            f"{owner} has no option {key!r}.{near_miss(key, known)} "
            + (f"Known: {', '.join(known)}" if known else "It has none")
        )


def option_value(value: object, default: object, what: str) -> Any:
    """An option as the type of its default; it may come as text."""
    if isinstance(default, bool) or default is None:
        return str(value) if default is None else value
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if isinstance(default, int):
        if isinstance(value, bool) or not number.is_integer():
            raise DataError(f"{what} must be a whole number, not {value!r:.60}")
        return int(str(value)) if str(value).lstrip("+-").isdecimal() else int(number)
    if not math.isfinite(number):
        raise DataError(f"{what} must be a number, not {value!r:.60}")
    return number


def bounded(value: float, low: float, high: float, what: str) -> None:
    """Refuse an option outside its range."""
    if not low <= value <= high:
        raise DataError(f"{what} must be from {low:,} to {high:,}, not {value:,}")
