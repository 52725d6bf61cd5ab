"""A column: one thing that a user states of a sample, a number or one of several kinds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lernpy.errors import DataError, ShapeError
from lernpy.text import counted, listed, near_miss, shortened, shown


def sample_name(index: int) -> str:
    """Where a row is, in words, counted from 0 as everywhere; files say the line instead."""
    return f"sample {index}"


def number(cell: object) -> float:
    """The number in a cell, NaN and infinity included; anything else is a ValueError."""
    if isinstance(cell, (bool, int, float, np.number, np.bool_)):
        return float(cell)
    text = str(cell)
    if "_" in text:  # float() takes 1_000
        raise ValueError(text)
    return float(text)


def what_is_wrong(cell: object) -> str | None:
    """Why this cell is no number to learn from, or None where it is one.

    >>> what_is_wrong("n/a")
    "'n/a' is not a number"
    """
    if isinstance(cell, str) and not cell.strip():
        return "the cell is empty"
    word = _as_met(cell)
    try:
        finite = math.isfinite(number(cell))
    except (ValueError, TypeError, OverflowError):
        return f"{word} is not a number"
    return None if finite else f"{word} is not a finite number"


def _as_met(cell: object) -> str:
    return shown(cell.strip()) if isinstance(cell, str) else shortened(str(cell), 60, "...")


@dataclass(frozen=True)
class Column:
    """A number, or with `kinds` a category: one input for each kind, 1 at the right one.

    >>> colour = Column("colour", ("green", "red"))
    >>> colour.input_names
    ('colour=green', 'colour=red')
    >>> colour.encode(["red", "green"]).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    >>> colour.encode(["blue"])
    Traceback (most recent call last):
    lernpy.errors.DataError: sample 0, column 'colour': 'blue' was never seen in training. \
Known: green, red
    """

    name: str
    kinds: tuple[str, ...] = ()

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that this column becomes."""
        return tuple(f"{self.name}={kind}" for kind in self.kinds) or (self.name,)

    def encode(
        self, cells: Sequence[object], where: Callable[[int], str] = sample_name
    ) -> np.ndarray:
        """(n_samples, n_inputs) numbers for the cells of this column, as typed.

        Raises
        ------
        DataError
            If a cell is no finite number, or a kind that is not known; `where` says where.
        """
        return self._indicators(cells, where) if self.kinds else self._numbers(cells, where)

    def _numbers(self, cells: Sequence[object], where: Callable[[int], str]) -> np.ndarray:
        for index, cell in enumerate(cells):
            if wrong := what_is_wrong(cell):
                raise DataError(f"{where(index)}, column {self.name!r}: {wrong}")
        return np.array([number(cell) for cell in cells], dtype=np.float64)[:, None]

    def _indicators(self, cells: Sequence[object], where: Callable[[int], str]) -> np.ndarray:
        indices = index_of(cells, self.kinds, lambda i: f"{where(i)}, column {self.name!r}")
        return one_hot(indices, len(self.kinds))


def index_of(
    cells: Sequence[object], known: Sequence[str], where: Callable[[int], str]
) -> np.ndarray:
    """(n,) where each cell stands among the known words; an unknown one is an error."""
    index = {word: i for i, word in enumerate(known)}
    indices = np.empty(len(cells), dtype=np.intp)
    for i, cell in enumerate(cells):
        word = str(cell).strip()
        if word not in index:
            raise DataError(
                f"{where(i)}: {shown(word)} was never seen in training."
                f"{near_miss(word, list(known))} Known: {listed(known, 20)}"
            )
        indices[i] = index[word]
    return indices


def one_hot(indices: np.ndarray, count: int) -> np.ndarray:
    """(n, count) zeros, with a 1 in each row at its index.

    >>> one_hot(np.array([1, 0]), 3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    table = np.zeros((len(indices), count))
    table[np.arange(len(indices)), indices] = 1.0
    return table


def encode_rows(
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]] | np.ndarray,
    where: Callable[[int], str] = sample_name,
) -> np.ndarray:
    """(n_samples, n_inputs) raw inputs of rows that have one cell for each column."""
    if isinstance(rows, (str, Mapping)) or not hasattr(rows, "__len__"):
        raise ShapeError(f"the samples must be a list of rows, [[...], ...], not {rows!r:.60}")
    for index, row in enumerate(rows):
        if isinstance(row, (str, Mapping)) or not hasattr(row, "__len__"):
            raise ShapeError(f"{where(index)} must be a row of values, not {row!r:.60}")
        if len(row) != len(columns):
            raise ShapeError(
                f"{where(index)} has {counted(len(row), 'value')}, "
                f"but {len(columns)} are needed: {listed([c.name for c in columns])}"
            )
    cells = zip(*rows, strict=True) if len(rows) else ((),) * len(columns)
    return np.hstack([c.encode(cell, where) for c, cell in zip(columns, cells, strict=True)])
