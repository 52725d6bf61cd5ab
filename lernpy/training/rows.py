"""The rows of a history: epochs that are made when somebody asks for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data. What was not measured is None."""

    number: int  # from 1
    loss: float  # the trained loss, penalty included, as a running mean before each update
    validation_loss: float | None = None  # without the penalty
    accuracy: float | None = None
    validation_accuracy: float | None = None
    r2: float | None = None
    validation_r2: float | None = None
    rate: float = 0.0  # the learning rate it ran with
    seconds: float = 0.0  # since training began

    @property
    def watched(self) -> float:
        """What early stopping looks at: the validation loss, or else the loss."""
        return self.loss if self.validation_loss is None else self.validation_loss

    def __str__(self) -> str:
        shown = [f"epoch {self.number}", f"loss {self.loss:.6g}"]
        for name in ("validation_loss", "accuracy", "validation_accuracy", "r2", "validation_r2"):
            value = getattr(self, name)
            if value is not None:
                text = f"{value:.1%}" if "accuracy" in name else f"{value:.6g}"
                shown.append(f"{name.replace('_', ' ')} {text}")
        return ", ".join(shown)


class Stretch(Sequence[Epoch]):
    """Epochs that follow each other and were not looked at: only loss, rate and seconds are known."""

    def __init__(
        self, first: int, losses: np.ndarray, rates: np.ndarray, seconds: np.ndarray
    ) -> None:
        self.first = first
        self.columns = {"loss": losses, "rate": rates, "seconds": seconds}

    def __len__(self) -> int:
        return len(self.columns["loss"])

    def __getitem__(self, index: Any) -> Any:
        known = {name: float(column[index]) for name, column in self.columns.items()}
        return Epoch(self.first + index, **known)

    def column(self, name: str) -> np.ndarray:
        if name == "number":
            return np.arange(self.first, self.first + len(self), dtype=float)
        return self.columns.get(name, np.full(len(self), np.nan))


class Rows(Sequence[Epoch]):
    """A list of epochs. Of those that nobody looked at only the numbers are kept, and an `Epoch` is
    made when it is asked for: on four samples that takes longer than the epoch itself.

    >>> rows = Rows([Epoch(1, 0.5)])
    >>> rows.add(2, np.array([0.25, 0.125]), np.array([0.1, 0.1]), np.array([1.0, 2.0]))
    >>> rows.append(Epoch(4, 0.0625))
    >>> len(rows), rows[-1].number, [row.loss for row in rows]
    (4, 4, [0.5, 0.25, 0.125, 0.0625])
    >>> rows.column("loss")
    array([0.5   , 0.25  , 0.125 , 0.0625])
    """

    def __init__(self, rows: Iterable[Epoch] = ()) -> None:
        self._parts: list[list[Epoch] | Stretch] = []
        self._starts: list[int] = []  # the index of each part's first epoch
        self._count = 0
        for row in rows:
            self.append(row)

    def append(self, row: Epoch) -> None:
        """One epoch at the end."""
        if not self._parts or isinstance(self._parts[-1], Stretch):
            self._parts.append([])
            self._starts.append(self._count)
        last = self._parts[-1]
        assert isinstance(last, list)
        last.append(row)
        self._count += 1

    def add(self, first: int, losses: np.ndarray, rates: np.ndarray, seconds: np.ndarray) -> None:
        """Epochs at the end, numbered from `first`."""
        if len(losses):
            self._parts.append(Stretch(first, losses, rates, seconds))
            self._starts.append(self._count)
            self._count += len(losses)

    def column(self, name: str) -> np.ndarray:
        """(n_epochs,) one column; NaN where it was not measured."""
        columns = [
            part.column(name)
            if isinstance(part, Stretch)
            else np.array([_number(getattr(row, name)) for row in part])
            for part in self._parts
        ]
        return np.concatenate(columns) if columns else np.empty(0)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Epoch: ...

    @overload
    def __getitem__(self, index: slice) -> list[Epoch]: ...

    def __getitem__(self, index: int | slice) -> Epoch | list[Epoch]:
        if isinstance(index, slice):
            return [self[at] for at in range(self._count)[index]]
        at = range(self._count)[index]  # raises IndexError where there is none
        part = bisect_right(self._starts, at) - 1
        row: Epoch = self._parts[part][at - self._starts[part]]
        return row

    def __iter__(self) -> Iterator[Epoch]:
        return (row for part in self._parts for row in part)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self._count} epochs>"


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
