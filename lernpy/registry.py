"""A table of named entries that knows near misses: it suggests 'sigmoid' to who asked for 'sigmod'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Generic, TypeVar

from lernpy.errors import UnknownNameError

Entry = TypeVar("Entry")


def near_miss(name: str, known: list[str]) -> str:
    """``" Did you mean 'sigmoid'?"`` where a known name is near, else an empty string."""
    close = get_close_matches(name.lower(), known, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Entries by name, in the order in which they were added.

    >>> colours = Registry[int]("colour")
    >>> colours.add("vermillion", 1)
    >>> colours["vermilion"]
    Traceback (most recent call last):
    lernpy.errors.UnknownNameError: no colour is called 'vermilion'. \
Did you mean 'vermillion'? Known: vermillion
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def add(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            known = sorted(self._entries)
            raise UnknownNameError(
                f"no {self.kind} is called {name!r}.{near_miss(str(name), known)} "
                f"Known: {', '.join(known)}"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
