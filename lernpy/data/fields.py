"""Reading JSON from strangers: each value is checked, and a wrong one is named with its place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lernpy.errors import FileFormatError

DEEPEST = 20


class Fields:
    """A JSON object whose values are asked for by key and kind; `place` names it in errors.

    >>> Fields({"task": 5}, "net.json: card").text("task")
    Traceback (most recent call last):
    lernpy.errors.FileFormatError: net.json: card: 'task' must be text, but it is 5
    """

    def __init__(self, values: object, place: str) -> None:
        if not isinstance(values, dict):
            raise FileFormatError(f"{place} must be an object, but it is {short(values)}")
        self.values, self.place = values, place

    def wrong(self, key: str, what: str) -> FileFormatError:
        """The error for a value that is not what it must be."""
        if key not in self.values:
            return FileFormatError(f"{self.place}: {key!r} is missing; it must be {what}")
        return FileFormatError(
            f"{self.place}: {key!r} must be {what}, but it is {short(self.values[key])}"
        )

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        return value

    def choice(self, key: str, known: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in known:
            raise self.wrong(key, f"one of {', '.join(known)}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.values.get(key)
        if type(value) is not int or not low <= value <= high:
            raise self.wrong(key, f"a whole number from {low} to {high:,}")
        return value

    def items(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A list of texts that all differ."""
        value = self.items(key)
        if not all(isinstance(name, str) for name in value) or len(set(value)) != len(value):
            raise self.wrong(key, "a list of texts that all differ")
        return tuple(value)

    def numbers(self, key: str, size: int) -> np.ndarray:
        """`size` finite numbers; one number stands for all of them."""
        value = self.values.get(key)
        given = value if isinstance(value, list) else [value]
        if not all(is_finite(v) for v in given):
            raise self.wrong(key, "a finite number or a list of such")
        if isinstance(value, list) and len(value) != size:
            raise self.wrong(key, f"a number or a list of {size} numbers")
        array = np.array(given, dtype=np.float64)
        return array if isinstance(value, list) else np.repeat(array, size)

    def plain(self, key: str) -> dict[str, Any]:
        """An object of plain JSON values, not nested too deeply; {} where it is missing."""
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not is_plain(value):
            raise self.wrong(key, "an object of plain finite values")
        return value


def is_finite(value: object) -> bool:
    """Whether this is a finite JSON number (true and false are none)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond 1e308
        return False


def is_plain(value: object, depth: int = 0) -> bool:
    """Whether a value can be written to JSON and read back: text, finite numbers, lists, objects."""
    if value is None or isinstance(value, (str, bool)):
        return True
    if isinstance(value, (int, float)):
        return is_finite(value)
    if depth >= DEEPEST or not isinstance(value, (list, tuple, dict)):
        return False
    if isinstance(value, dict):
        return all(isinstance(k, str) and is_plain(v, depth + 1) for k, v in value.items())
    return all(is_plain(v, depth + 1) for v in value)


def short(value: object) -> str:
    """A value for an error message: whole where it is short, else its beginning."""
    if isinstance(value, (list, dict)):
        kind = "a list" if isinstance(value, list) else "an object"
        return f"{kind} of {len(value)}"
    try:
        text = repr(value)
    except ValueError:  # an integer of more than 4,300 digits
        return "a huge number"
    return text if len(text) <= 60 else f"{text[:57]}..."
