"""Things by name, with near misses: asked for 'sigmod', they offer 'sigmoid'."""

from __future__ import annotations

from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, Generic, TypeVar, overload

from lernpy.errors import LernpyError, UnknownNameError
from lernpy.text import LONGEST_COMPARED, near_miss, shown

Entry = TypeVar("Entry")
Other = TypeVar("Other")
MOST_LISTED = 24


def unknown(
    kind: str, name: object, known: Iterable[str], nothing: str = "There is none"
) -> UnknownNameError:
    """The error for a name that is in no table: the nearest known one, and what there is.

    A name that differs from a known one by its type alone, 0 for '0', is no slip of the fingers; nor is
    the thing itself where its name belongs.
    """
    names = sorted(known)
    listed = ", ".join(names[:MOST_LISTED]) + (", ..." if len(names) > MOST_LISTED else "")
    asked = repr(name[: LONGEST_COMPARED + 1]) if isinstance(name, str) else shown(name)
    if not names:
        return UnknownNameError(f"no {kind} is called {asked}. {nothing}")
    own = str(getattr(name, "name", name))
    if own in names:
        return UnknownNameError(
            f"a {kind} is known by its name in quotes: write {own!r}, not {name!r}"
        )
    return UnknownNameError(
        f"no {kind} is called {asked}.{near_miss(str(name), names)} Known: {listed}"
    )


def one_of(kind: str, name: object, known: Collection[str]) -> str:
    """A name that is known, or the error with the nearest one; anything else is no name."""
    if not isinstance(name, str) or name not in known:
        raise unknown(kind, name, known)
    return name


class Named(Mapping[str, Entry], Generic[Entry]):
    """Entries by name, in their order; a wrong name is answered with the nearest right one."""

    def __init__(self, kind: str, entries: Mapping[str, Entry] | None = None) -> None:
        self.kind = kind
        self._entries = dict(entries or {})

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            raise unknown(self.kind, name, self._entries) from None

    @overload
    def get(self, name: str, default: None = None) -> Entry | None: ...
    @overload
    def get(self, name: str, default: Entry | Other) -> Entry | Other: ...
    def get(self, name: str, default: Any = None) -> Any:
        """The entry or the default; no error is written for nobody to read."""
        try:
            return self._entries.get(name, default)
        except TypeError:  # a list is no name
            return default

    def values(self) -> ValuesView[Entry]:  # the table's own, faster than one look-up each
        return self._entries.values()

    def items(self) -> ItemsView[str, Entry]:
        return self._entries.items()

    def __contains__(self, name: object) -> bool:
        try:
            return name in self._entries
        except TypeError:  # a list is no name
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.kind}s: {', '.join(list(self)[:MOST_LISTED])}>"


class Settled:
    """What is in a table: set when it is made, and by nobody later; all engines read the same.

    >>> from lernpy import activations
    >>> activations.get("tanh").slope = lambda z, y: 0.5
    Traceback (most recent call last):
    lernpy.errors.LernpyError: the slope of <activation tanh> is not replaced; \
make another with a factory that gives it
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name in vars(self):
            raise LernpyError(
                f"the {name} of {self!r} is not replaced; make another with a factory that gives it"
            )
        object.__setattr__(self, name, value)


def exactly(kind: type, entry: object) -> None:
    """Refuse an entry of a class of its own: engines take what its factory gives, and nothing else."""
    if isinstance(entry, kind) and type(entry) is not kind:
        raise LernpyError(
            f"{entry!r} has a class of its own ({type(entry).__name__}), of which no engine knows; "
            f"make it with {kind.__name__}(...) and a factory that gives what it computes"
        )


class Registry(Named[Entry]):
    """A table that grows: one entry is the whole of a feature.

    >>> colours = Registry[int]("colour")
    >>> colours.add("vermillion", 1)
    >>> colours["vermilion"]
    Traceback (most recent call last):
    lernpy.errors.UnknownNameError: no colour is called 'vermilion'. \
Did you mean 'vermillion'? Known: vermillion
    """

    def add(self, name: str, entry: Entry) -> None:
        if not isinstance(name, str):
            raise LernpyError(
                f"the name of the {self.kind} is {shown(name)}; give it a name in quotes"
            )
        self._entries[name] = entry

    def remove(self, name: str) -> None:
        del self._entries[name]
