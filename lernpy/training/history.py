"""What happened, epoch by epoch: a plain table."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from sys import float_info
from typing import Any

import numpy as np

from lernpy import storage
from lernpy.errors import FileFormatError
from lernpy.registry import unknown
from lernpy.training.rows import Epoch, Rows

__all__ = ["COLUMNS", "Epoch", "History"]

LARGEST = float_info.max
COLUMNS = tuple(column.name for column in fields(Epoch))
MOST_KEPT = 120  # epochs that the file of a network holds


@dataclass
class History:
    """The epochs of one training run, and how it went.

    >>> history = History([Epoch(1, 0.5), Epoch(2, 0.25)])
    >>> history["loss"]
    array([0.5 , 0.25])
    >>> history.best
    2
    """

    rows: Sequence[Epoch] = field(default_factory=Rows)
    seed: int | None = None
    engine: str = ""
    explanation: str = ""  # why this engine
    stopped: str = ""  # why and where it stopped
    interrupted: bool = False  # by Ctrl-C

    columns = COLUMNS

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> np.ndarray:
        """(n_epochs,) one column; NaN where it was not measured."""
        if column not in COLUMNS:
            raise unknown("column of a history", column, COLUMNS)
        return (self.rows if isinstance(self.rows, Rows) else Rows(self.rows)).column(column)

    @property
    def best(self) -> int | None:
        """The number of the earliest epoch with the lowest validation loss (else loss)."""
        if not self.rows:
            return None
        return min(self.rows, key=lambda row: (row.watched, row.number)).number

    @property
    def loss(self) -> float:
        """The loss of the last epoch."""
        return self.rows[-1].loss if self.rows else float("nan")

    def as_arrays(self) -> dict[str, np.ndarray]:
        """Every column as an array."""
        return {column: self[column] for column in COLUMNS}

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """The table as CSV text, also written to `path` if given; empty where nothing was measured."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows:
            values = (getattr(row, column) for column in COLUMNS)
            writer.writerow(["" if value is None else repr(value) for value in values])
        if path is not None:
            storage.write_text(path, text.getvalue())
        return text.getvalue()

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(replace(self, rows=[])),
            "rows": [list(asdict(row).values()) for row in self.rows],
        }

    @staticmethod
    def from_json(found: Any, place: str) -> History:
        """The table from a checkpoint; whatever does not fit is named with its place."""
        if not isinstance(found, Mapping) or not isinstance(found.get("rows"), list):
            raise FileFormatError(f"{place} is no history: it has no list of rows")
        rows = [_row(row, f"{place}.rows[{i}]") for i, row in enumerate(found["rows"])]
        seed = found.get("seed")
        return History(
            Rows(rows), seed if isinstance(seed, int) else None, str(found.get("engine", ""))
        )

    def kept(self) -> dict[str, list[float | None]]:
        """The columns that a network's card keeps: plain numbers of six digits, and of many epochs an
        even choice, the best and the last among them.

        >>> History([Epoch(1, 0.5), Epoch(2, 1 / 3)]).kept()
        {'number': [1, 2], 'loss': [0.5, 0.333333], 'rate': [0.0, 0.0]}
        """
        columns = self.as_arrays()
        del columns["seconds"]
        if not len(self):
            return {}
        watched = columns["validation_loss"]
        best = int(np.nanargmin(watched if np.isfinite(watched).all() else columns["loss"]))
        even = np.linspace(0, len(self) - 1, MOST_KEPT).round().astype(int)
        rows = np.unique([*even, best])
        return {
            name: [_rounded(value) for value in column[rows].tolist()]
            for name, column in columns.items()
            if np.isfinite(column).any()
        }

    @staticmethod
    def from_kept(columns: Any, place: str) -> History:
        """The history that a card keeps; whatever does not fit is named with its place."""
        if not isinstance(columns, Mapping) or not isinstance(columns.get("number"), list):
            raise FileFormatError(f"{place} is no history: it has no list of epochs")
        numbers = columns["number"]
        full = {"rate": [0.0] * len(numbers), "seconds": [0.0] * len(numbers), **columns}
        table = [full.get(name, [None] * len(numbers)) for name in COLUMNS]
        if not all(isinstance(column, list) and len(column) == len(numbers) for column in table):
            raise FileFormatError(f"{place} has columns that are not {len(numbers)} long")
        return History.from_json({"rows": [list(row) for row in zip(*table, strict=True)]}, place)

    def __str__(self) -> str:
        if not self.rows:
            return "no epoch was trained"
        return f"{self.rows[-1]}" + (f" ({self.stopped})" if self.stopped else "")


def _rounded(value: float) -> float | None:
    """Six digits; whole numbers stay whole."""
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() and value else float(f"{value:.6g}")


def _row(found: Any, place: str) -> Epoch:
    if not isinstance(found, list) or len(found) != len(COLUMNS):
        raise FileFormatError(f"{place} is not a list of {len(COLUMNS)} numbers")
    number, loss, *others, rate, seconds = found
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise FileFormatError(f"{place} has the epoch {number!r}, which is no number from 1")
    required = _numbers([loss, rate, seconds], place)
    optional = [None if value is None else _numbers([value], place)[0] for value in others]
    values: dict[str, Any] = dict(
        zip(COLUMNS, [number, required[0], *optional, *required[1:]], strict=True)
    )
    return Epoch(**values)


def _numbers(values: Iterable[Any], place: str) -> list[float]:
    found = list(values)
    for value in found:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not abs(value) <= LARGEST:
            raise FileFormatError(f"{place} has {str(value)[:40]}, which is no finite number")
    return [float(value) for value in found]
