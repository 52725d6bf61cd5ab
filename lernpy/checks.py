"""Values from outside, each checked as it is taken: numbers in arguments, fields of a JSON file."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf, isfinite
from numbers import Real
from typing import Any

import numpy as np

from lernpy.errors import FileFormatError, LernpyError
from lernpy.text import is_steering, near_miss, shown

DEEPEST = 20  # lists in lists of plain JSON
MOST_ITEMS = 1 << 24
LONGEST_TEXT = 10_000
LONGEST_NAME = 1_000
UNSEEN = "with a character that cannot be seen"
LARGEST_WHOLE = (1 << 128) - 1  # of an argument; files hold such seeds
NO_NUMBERS = str, bytes, bool, np.bool_, np.ma.core.MaskedConstant


class Bound:
    """What is bound to a network of this process: pickle and copy say what to do instead."""

    instead = ""

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"a {type(self).__name__} is neither pickled nor copied; {self.instead}")


def finite(name: str, value: object) -> float:
    """A finite number, or an error that names it; a text, a list and True are no numbers."""
    try:
        if isinstance(value, NO_NUMBERS) or getattr(value, "shape", None):
            raise TypeError
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise LernpyError(f"the {name} is {shown(value)}; it must be a number") from None
    if not isfinite(number):
        raise LernpyError(f"the {name} is {number:g}; it must be a finite number")
    return number


def is_number(value: object) -> bool:
    """Whether a float can hold this number: True is none, nor is 10 ** 400; NaN and infinity are."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True


def not_negative(name: str, value: object) -> float:
    """A finite number of at least 0, or an error that names it."""
    number = finite(name, value)
    if number < 0:
        raise LernpyError(f"the {name} is {number:g}; it must be 0 or more")
    return number


def whole(name: str, value: object, least: int = 0, most: int = LARGEST_WHOLE) -> int:
    """A whole number from `least` to `most`, or an error that names it.

    What counts is the number, not how it is written: 3, 3.0, 1e3 and NumPy's are whole; True is not.
    """
    is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    is_round = isinstance(value, (float, np.floating)) and float(value).is_integer()
    number: int = int(value) if is_integer or is_round else least - 1  # type: ignore[call-overload]
    if number < least:
        raise LernpyError(
            f"the {name} is {shown(value)}; it must be a whole number from {least} on"
        )
    if number > most:
        raise LernpyError(f"the {name} is {shown(value)}; it must be at most {most:,}")
    return number


def yes(name: str, value: object) -> bool:
    """True or False, or an error that names it; words and arrays are neither."""
    if not isinstance(value, (bool, np.bool_)):
        raise LernpyError(f"{name} is True or False, not {shown(value)}")
    return bool(value)


def text(name: str, value: object) -> str:
    """A text, or an error that names it."""
    if not isinstance(value, str):
        raise LernpyError(f"the {name} is {shown(value)}; it must be text")
    return value


def is_list(value: object) -> bool:
    """Whether its items can be gone through: no text, nothing by name, no array without dimensions."""
    if type(value) in (list, tuple):
        return True
    is_one = isinstance(value, (str, bytes, Mapping)) or getattr(value, "ndim", 1) == 0
    return isinstance(value, Iterable) and not is_one


def is_one_of(value: object, words: Collection[str]) -> bool:
    """Whether it is one of these words; arrays, which compare item by item, are not."""
    return isinstance(value, str) and value in words


def is_hashable(value: object) -> bool:
    """Whether this can be a name: some of NumPy's numbers only say so."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def wrong_name(name: object) -> str:
    r"""Why this cannot be the name of a neuron, or an empty string.

    >>> wrong_name("naïve 名"), wrong_name("h\x1b[31m1")
    ('', "is 'h\\x1b[31m1', with a character that cannot be seen")
    """
    if not isinstance(name, str):
        return f"is {shown(name)}, which is not text"
    if not name or len(name) > LONGEST_NAME:
        return f"has {len(name):,} characters, not 1 to {LONGEST_NAME:,}"
    if not name.isprintable() and any(is_steering(letter) for letter in name):
        return f"is {shown(name)}, {UNSEEN}"
    return ""


def misfit(name: str, text: str, wanted: str) -> FileFormatError:
    """The error for what a file has where something else belongs."""
    return FileFormatError(f"{name} is {text}; {wanted} belongs here")


class Fields:
    """An object of a JSON file and where it stands, for example "lesson.json: samples".

    Each value is asked for by its key and the kind it must have; a wrong one is named with its place.

    >>> Fields({"count": "two"}, "lesson.json: samples").whole("count", 1, 9)
    Traceback (most recent call last):
    lernpy.errors.FileFormatError: lesson.json: samples.count is 'two'; \
a whole number from 1 to 9 belongs here
    """

    __slots__ = ("data", "where")

    def __init__(self, data: object, where: str) -> None:
        self.where = where
        if not isinstance(data, dict):
            raise misfit(self._name, shown(data), "an object")
        self.data = data

    @property
    def _name(self) -> str:
        return self.where.rstrip(": ")

    def at(self, key: str) -> str:
        """The place of a key."""
        return f"{self.where}{'' if self.where.endswith(': ') else '.'}{key}"

    def wrong(self, key: str, wanted: str) -> FileFormatError:
        """The error for a value that is not what it must be."""
        if key not in self.data:
            return self._missing(key)
        return misfit(self.at(key), shown(self.data[key]), wanted)

    def _missing(self, key: str) -> FileFormatError:
        return FileFormatError(f"{self._name} has no {key!r}; is it cut off?")

    def check_format(self, name: str, *versions: int) -> None:
        """Refuse a file of another kind, or of a version that is not known here."""
        if self.get("format") != name:
            raise FileFormatError(f"{self._name} is no {name} file: it lacks 'format': '{name}'")
        if not is_whole(self.get("version"), min(versions), max(versions)):
            raise FileFormatError(
                f"{self._name} is of version {shown(self.get('version'))}, "
                f"but this lernpy reads version {' and '.join(map(str, versions))}"
            )

    @contextmanager
    def naming(self, key: str = "") -> Iterator[None]:
        """Errors of whatever is made from these values say where these stand, once."""
        where = self.at(key) if key else self._name
        try:
            yield
        except LernpyError as error:
            words = str(error)
            raise type(error)(words if words.startswith(where) else f"{where}: {words}") from None

    def known(self, keys: Collection[str]) -> None:
        """Refuse keys that nobody reads, with the near miss."""
        if not all(map(keys.__contains__, self.data)):
            key = next(key for key in self.data if key not in keys)
            raise FileFormatError(
                f"{self._name} has {shown(key)}, which is unknown.{near_miss(str(key), keys)} "
                f"Known: {', '.join(keys)}"
            )

    def __contains__(self, key: object) -> bool:
        return key in self.data

    def __getitem__(self, key: str) -> Any:
        if key not in self.data:
            raise self._missing(key)
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    # ---- one value ------------------------------------------------------------------------------

    def fields(self, key: str) -> Fields:
        return Fields(self[key], self.at(key))

    def text(self, key: str, most: int = LONGEST_TEXT) -> str:
        value = self[key]
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(key, "a text")
        return value

    def choice(self, key: str, known: Sequence[str]) -> str:
        value = self[key]
        if not isinstance(value, str) or value not in known:
            raise self.wrong(key, f"one of {', '.join(known)}")
        return value

    def yes(self, key: str) -> bool:
        value = self[key]
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self[key]
        if not is_whole(value, low, high):
            raise self.wrong(key, f"a whole number from {low} to {high}")
        return int(value)

    def number(self, key: str, low: float = -inf, high: float = inf) -> float:
        value = self[key]
        if type(value) is not float or not -inf < value < inf:
            value = float(value) if is_finite(value) else inf
        if not low <= value <= high or value == inf:
            raise self.wrong(key, "a finite number" + (f" from {low:g} on" if low > -inf else ""))
        return value

    def plain(self, key: str) -> dict[str, Any]:
        """An object of plain JSON values, not nested too deeply; {} where it is missing."""
        value = self.data.get(key, {})
        if not isinstance(value, dict) or not is_plain(value):
            raise self.wrong(key, "an object of plain finite values")
        return value

    # ---- lists ----------------------------------------------------------------------------------

    def items(self, key: str, most: int = MOST_ITEMS) -> list[Any]:
        value = self[key]
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        if len(value) > most:
            raise self.wrong(key, f"a list of at most {most:,}")
        return value

    def each(self, key: str, most: int = MOST_ITEMS) -> Iterator[Fields]:
        """The objects of a list, one after the other."""
        at = self.at(key)
        for index, item in enumerate(self.items(key, most)):
            yield Fields(item, f"{at}[{index}]")

    def texts(self, key: str, once: bool = False) -> list[str]:
        """A list of texts; with `once` all of them differ."""
        value = self.items(key)
        right = all(isinstance(item, str) and len(item) <= LONGEST_TEXT for item in value)
        if not right or (once and len(set(value)) < len(value)):
            raise self.wrong(key, "a list of texts" + (" that all differ" if once else ""))
        return value

    def numbers(self, key: str, size: int) -> np.ndarray:
        """(size,) finite numbers; one number stands for all of them."""
        value = self[key]
        numbers = value if isinstance(value, list) else [value] * size
        if len(numbers) != size or not all(map(is_finite, numbers)):
            raise self.wrong(key, f"a finite number or a list of {size}")
        return np.array(numbers, dtype=np.float64)

    def indices(self, key: str, count: int, low: int = 0, once: bool = False) -> list[int]:
        """Indices below `count`; with `once` none of them twice."""
        value = self.items(key)
        if not all(is_whole(item, low, count - 1) for item in value):
            raise self.wrong(key, f"a list of whole numbers from {low} to {count - 1}")
        if once and len(set(value)) < len(value):
            raise self.wrong(key, "each index once")
        return value

    def rows(self, key: str, right: Callable[[list[Any]], bool], wanted: str) -> list[list[Any]]:
        """A list of lists, each of which passes a test."""
        value = self.items(key)
        if not all(isinstance(row, list) and right(row) for row in value):
            raise self.wrong(key, wanted)
        return value


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether this is a whole JSON number in that range (true and false are none)."""
    return type(value) is int and low <= value <= high


def is_finite(value: object) -> bool:
    """Whether this is a finite JSON number that a float can hold (true and false are none)."""
    if type(value) not in (int, float):
        return False
    try:
        return math.isfinite(value)  # type: ignore[arg-type]
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
