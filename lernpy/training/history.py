"""What happened, epoch by epoch: a plain table."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any

import numpy as np

from lernpy import storage
from lernpy.checks import Fields, misfit
from lernpy.registry import unknown
from lernpy.text import shown
from lernpy.training.rows import Epoch, Rows

__all__ = ["COLUMNS", "Epoch", "History"]

MOST_EPOCHS = 1 << 53
COLUMNS = tuple(column.name for column in fields(Epoch))
MEASURED = tuple(column.name for column in fields(Epoch) if column.default is None)  # or not
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
        if not isinstance(column, str) or column not in COLUMNS:
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
            "rows": [[_plain(value) for value in asdict(row).values()] for row in self.rows],
        }

    @staticmethod
    def from_json(values: object, where: str) -> History:
        """The table from a checkpoint; whatever does not fit is named with its place."""
        table = Fields(values, where)
        at = table.at("rows")
        rows = [_row(row, f"{at}[{i}]") for i, row in enumerate(table.items("rows"))]
        seed = table.get("seed")
        return History(
            Rows(rows), seed if isinstance(seed, int) else None, str(table.get("engine", ""))
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
    def from_kept(columns: object, where: str) -> History:
        """The history that a card keeps; whatever does not fit is named with its place."""
        table = Fields(columns, where)
        count = len(table.items("number"))
        empty: list[Any] = [None] * count
        zeros = [0.0] * count
        full = {**dict.fromkeys(MEASURED, empty), "rate": zeros, "seconds": zeros, **table.data}
        for name in COLUMNS:
            if not isinstance(full.get(name), list) or len(full[name]) != count:
                raise table.wrong(name, f"a list of {count} numbers")
        rows = [list(row) for row in zip(*(full[name] for name in COLUMNS), strict=True)]
        return History.from_json({"rows": rows}, where)

    def __str__(self) -> str:
        if not self.rows:
            return "no epoch was trained"
        return f"{self.rows[-1]}" + (f" ({self.stopped})" if self.stopped else "")


def _rounded(value: float) -> float | None:
    """Six digits; whole numbers stay whole, and what was not measured is None."""
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() and value else float(f"{value:.6g}")


def _plain(value: float | None) -> float | None:
    """The number as JSON has it: a validation loss may be infinite, and counts as not measured."""
    return value if value is not None and isfinite(value) else None


def _row(values: object, where: str) -> Epoch:
    if not isinstance(values, list) or len(values) != len(COLUMNS):
        raise misfit(where, shown(values), f"a list of {len(COLUMNS)} numbers")
    row = Fields(dict(zip(COLUMNS, values, strict=True)), where)
    number, loss = row.whole("number", 1, MOST_EPOCHS), row.number("loss")
    measured = {name: None if row[name] is None else row.number(name) for name in MEASURED}
    return Epoch(number, loss, **measured, rate=row.number("rate"), seconds=row.number("seconds"))
