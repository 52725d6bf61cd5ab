"""Fields of a JSON object, each checked as it is read; an error names the place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from typing import Any

import numpy as np

from lernpy.errors import FileFormatError
from lernpy.watch.file.blocks import unpack


class Fields:
    """An object of a file, and the way to it ("lesson.json: samples").

    >>> Fields({"count": "two"}, "lesson.json: samples").whole("count", 1, 9)
    Traceback (most recent call last):
    lernpy.errors.FileFormatError: lesson.json: samples.count is 'two'; \
a whole number from 1 to 9 belongs here
    """

    def __init__(self, data: Any, place: str) -> None:
        if not isinstance(data, dict):
            raise FileFormatError(
                f"{place.rstrip(': ')} is {shorten(data)}; an object belongs here"
            )
        self.data = data
        self.place = place

    def __getitem__(self, key: str) -> Any:
        if key not in self.data:
            raise FileFormatError(f"{self.place.rstrip(': ')} has no {key!r}; is it cut off?")
        return self.data[key]

    def at(self, key: str) -> str:
        return f"{self.place}{'' if self.place.endswith(': ') else '.'}{key}"

    def wrong(self, key: str, wanted: str) -> FileFormatError:
        return FileFormatError(
            f"{self.at(key)} is {shorten(self.data.get(key))}; {wanted} belongs here"
        )

    def fields(self, key: str) -> Fields:
        return Fields(self[key], self.at(key))

    def listing(self, key: str, most: int = 1 << 24) -> list[Any]:
        value = self[key]
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(key, "a list")
        return value

    def each(self, key: str) -> list[Fields]:
        """A list of objects."""
        return [
            Fields(item, f"{self.at(key)}[{place}]") for place, item in enumerate(self.listing(key))
        ]

    def text(self, key: str, most: int = 10_000) -> str:
        value = self[key]
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(key, "a text")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.listing(key)
        if not all(isinstance(item, str) and len(item) <= 10_000 for item in value):
            raise self.wrong(key, "a list of texts")
        return value

    def choice(self, key: str, known: Sequence[str]) -> str:
        value = self[key]
        if not isinstance(value, str) or value not in known:
            raise self.wrong(key, f"one of {', '.join(known)}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self[key]
        if not is_whole(value, low, high):
            raise self.wrong(key, f"a whole number from {low} to {high}")
        return int(value)

    def number(self, key: str, low: float = -inf, high: float = inf) -> float:
        value = self[key]
        if not is_number(value) or not low <= value <= high:
            raise self.wrong(key, "a finite number" + (f" from {low:g} on" if low > -inf else ""))
        return float(value)

    def places(self, key: str, count: int, low: int = 0, once: bool = False) -> list[int]:
        """Indices below `count`; with `once` none of them twice."""
        value = self.listing(key)
        if not all(is_whole(item, low, count - 1) for item in value):
            raise self.wrong(key, f"a list of whole numbers from {low} to {count - 1}")
        if once and len(set(value)) < len(value):
            raise self.wrong(key, "each index once")
        return value

    def rows(self, key: str, right: Callable[[list[Any]], bool], wanted: str) -> list[list[Any]]:
        """A list of lists, each of which passes a test."""
        value = self.listing(key)
        if not all(isinstance(row, list) and right(row) for row in value):
            raise self.wrong(key, wanted)
        return value

    def block(self, key: str, *shape: int | None, finite: bool = True) -> np.ndarray:
        return unpack(self[key], self.at(key), shape, finite)


def is_whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def is_number(value: Any) -> bool:
    """A finite number that a float can hold."""
    if type(value) is int:
        return abs(value) < 1 << 1000
    return type(value) is float and isfinite(value)


def shorten(value: Any) -> str:
    text = repr(value) if not isinstance(value, (dict, list)) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."
