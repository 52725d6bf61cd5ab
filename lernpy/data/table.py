"""A table of any origin: columns of cells with their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lernpy.data.cells import Cells, Notation
from lernpy.data.columns import sample_name
from lernpy.errors import DataError
from lernpy.text import listed, near_miss

MOST_COLUMNS = 1 << 17  # of cells, each looked at by itself: a small packed file can have millions
MOST_NUMBERS = 1 << 20  # columns of an array of numbers: no card scales more
Choice = int | str | Sequence[int | str]  # of columns: see `Table.find`


def check_width(path: str, columns: int, most: int = MOST_COLUMNS) -> None:
    """Refuse what is wider than anything that is read in seconds."""
    if columns > most:
        raise DataError(
            f"{path} has {columns:,} columns; at most {most:,} are read. Leave some out"
        )


@dataclass(frozen=True)
class Table:
    """Columns of cells with their names.

    Attributes
    ----------
    path : what to call it in errors
    names, cells : one for each column
    where : a row in words ("my.csv, line 7")
    header : whether the names stood in the table; else they are x1, x2, ...
    style : how its numbers are written
    categories : columns that the table itself declares to be categories
    notes : what was seen while it was read ("the text is windows-1252")
    """

    path: str
    names: tuple[str, ...]
    cells: list[Cells]
    where: Callable[[int], str] = sample_name
    header: bool = True
    style: Notation = field(default_factory=Notation)
    categories: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    hint: str = ""  # what to say where it has one column only

    def __len__(self) -> int:
        return len(self.cells[0])

    def keep(self, rows: np.ndarray) -> Table:
        """Some of the rows, by index."""
        where = self.where
        cells = [column.keep(rows) for column in self.cells]
        return replace(self, cells=cells, where=lambda row: where(int(rows[row])))

    def words(self, column: int) -> list[str]:
        return self.cells[column].words()

    def find(self, wanted: Choice, what: str) -> list[int]:
        """The columns meant by a name, a position (1 is the first, -1 the last) or several of them.

        Several may also be written with commas: "height,width".
        """
        if isinstance(wanted, str) and wanted not in self.names and "," in wanted:
            wanted = [part.strip() for part in wanted.split(",")]
        several: list[Any] = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
        if not several:
            raise DataError(f"{self.path}: no column is named as {what}; leave it out, or name one")
        columns = [self._find_one(one, what) for one in several]
        if len(set(columns)) != len(columns):
            raise DataError(f"{self.path}: a column is named twice as {what}")
        return columns

    def _find_one(self, wanted: object, what: str) -> int:
        if isinstance(wanted, str) and wanted in self.names:
            return self.names.index(wanted)
        try:
            if not isinstance(wanted, (str, int, np.integer)) or isinstance(wanted, bool):
                raise ValueError
            position = int(wanted)
        except ValueError:
            raise DataError(
                f"{self.path} has no column {wanted!r:.60} to be the {what}."
                f"{near_miss(str(wanted), list(self.names))} Columns: {listed(self.names, 20)}"
            ) from None
        if not 1 <= abs(position) <= len(self.names):
            raise DataError(
                f"{self.path} has {len(self.names)} columns; the {what} {position} is none of them "
                "(1 is the first, -1 the last)"
            )
        return position - 1 if position > 0 else position + len(self.names)
