"""Scaling: columns of very different size are brought to one size, and answers back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lernpy.checks import Fields
from lernpy.data.arrays import array_of, table_of
from lernpy.errors import DataError, FileFormatError, ShapeError
from lernpy.registry import Registry

LARGEST = 1 << 20  # values: no card has more

Fit = Callable[[np.ndarray, float | None], tuple[ArrayLike, ArrayLike]]
SCALINGS: Registry[Fit] = Registry("scaling")  # (array, maximum) -> shift, scale


def scaling(name: str) -> Callable[[Fit], Fit]:
    """Add an entry to the table of scalings."""

    def add(fit: Fit) -> Fit:
        SCALINGS.add(name, fit)
        return fit

    return add


@scaling("standard")
def standard(array: np.ndarray, maximum: float | None) -> tuple[ArrayLike, ArrayLike]:
    """Mean 0, standard deviation 1 (the square root of the mean squared distance, over n)."""
    mean = array.mean(axis=0, dtype=np.float64)
    return mean, array.std(axis=0, dtype=np.float64)


@scaling("minmax")
def minmax(array: np.ndarray, maximum: float | None) -> tuple[ArrayLike, ArrayLike]:
    """The smallest value becomes 0, the largest 1."""
    low = array.min(axis=0).astype(np.float64)
    return low, array.max(axis=0) - low


@scaling("image")
def image(array: np.ndarray, maximum: float | None) -> tuple[ArrayLike, ArrayLike]:
    """Divided by the largest value that a pixel may have, whatever the samples have."""
    if maximum is None or not 0 < maximum < np.inf:
        raise DataError(
            f"scaling 'image' is for images: it needs the largest value of a pixel, above 0, but got {maximum}"
        )
    return 0.0, maximum


@scaling("none")
def none(array: np.ndarray, maximum: float | None) -> tuple[ArrayLike, ArrayLike]:
    """Left as it is."""
    return 0.0, 1.0


@dataclass(frozen=True, eq=False)
class Scaling:
    """(value - shift) / scale, column by column.

    Attributes
    ----------
    kind : "standard", "minmax", "image" or "none"
    shift, scale : (n_columns,) float64; no scale is 0

    >>> heights = np.array([[150.0, 7.0], [170.0, 7.0], [190.0, 7.0]])
    >>> fitted = Scaling.fit("minmax", heights)
    >>> fitted.apply(heights).tolist()
    [[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]
    >>> fitted.invert([[0.25, 0.0]]).tolist()
    [[160.0, 7.0]]
    """

    kind: str
    shift: np.ndarray
    scale: np.ndarray

    def __len__(self) -> int:
        return len(self.shift)

    @classmethod
    def fit(
        cls,
        kind: str,
        array: ArrayLike,
        maximum: float | None = None,
        leave: ArrayLike | None = None,
    ) -> Scaling:
        """The scaling for these samples (give it the training part only).

        Parameters
        ----------
        array : (n_samples, n_columns)
        maximum : the largest value of a pixel, for kind "image"
        leave : (n_columns,) bool, the columns to leave as they are (one-hot inputs)

        A constant column becomes 0 (its scale is 1). With "image" there are no such exceptions.
        """
        what = "what a scaling is fitted to"
        table = table_of(array, what, keep_bytes=True)
        if np.ndim(array) != 2 or len(table) == 0:
            raise ShapeError(f"{what} must be a table (samples, columns) with a sample in it")
        size = table.shape[1]
        with np.errstate(over="ignore", invalid="ignore"):
            shift, scale = (
                np.full(size, v, dtype=np.float64) for v in SCALINGS[kind](table, maximum)
            )
        if kind in ("standard", "minmax"):
            _mend_constant(table, shift, scale)
        if leave is not None:
            shift[np.asarray(leave)], scale[np.asarray(leave)] = 0.0, 1.0
        if not (np.isfinite(shift).all() and np.isfinite(scale).all()):
            column = int(np.argmin(np.isfinite(shift) & np.isfinite(scale)))
            reach = np.abs(table[:, column].astype(float)).max()
            raise DataError(
                f"scaling {kind!r} needs finite numbers that are not huge; "
                f"column {column + 1} reaches {reach:g}"
            )
        return cls(kind, shift, scale)

    @classmethod
    def none(cls, size: int) -> Scaling:
        """The scaling that changes nothing."""
        return cls("none", np.zeros(size), np.ones(size))

    @np.errstate(over="ignore")  # a scale may be so small, a value so large: then it is infinite
    def apply(self, array: ArrayLike) -> np.ndarray:
        """Scaled values, float64, of the shape of `array` (..., n_columns).

        With kind "none" an array of float64 is returned itself, not a copy.
        """
        values = self._checked(array)
        if self.shift.any():
            result: np.ndarray = np.subtract(values, self.shift, dtype=np.float64)
            result /= self.scale
            return result
        if (self.scale == 1).all():
            return np.asarray(values, dtype=np.float64)
        return np.asarray(np.divide(values, self.scale, dtype=np.float64))

    @np.errstate(over="ignore")
    def invert(self, array: ArrayLike) -> np.ndarray:
        """The values before scaling, float64."""
        return np.asarray(self._checked(array) * self.scale + self.shift)

    def _checked(self, array: ArrayLike) -> np.ndarray:
        values = array_of(array, "samples to scale")
        if values.dtype.kind not in "buif":
            raise DataError(f"samples to scale must be numbers, not {values.dtype}")
        if values.ndim == 0 or values.shape[-1] != len(self):
            got = values.shape[-1] if values.ndim else "a single number"
            raise ShapeError(f"the scaling has {len(self)} columns, but the samples have {got}")
        return values

    def to_json(self) -> dict[str, Any]:
        """Plain values; one number stands for a column of equal ones."""
        return {
            "kind": self.kind,
            "size": len(self),
            "shift": _brief(self.shift),
            "scale": _brief(self.scale),
        }

    @classmethod
    def from_json(cls, values: object, path: str = "scaling") -> Scaling:
        """What `to_json` wrote; `path` names it in errors.

        Raises
        ------
        FileFormatError
            If a value is missing, of the wrong type or size, not finite, or a scale is 0.
        """
        fields = Fields(values, path)
        kind = fields.choice("kind", tuple(SCALINGS))
        size = fields.whole("size", 1, LARGEST)
        shift, scale = fields.numbers("shift", size), fields.numbers("scale", size)
        if (scale == 0).any():
            raise FileFormatError(
                f"{fields.at('scale')} is 0 in column {int(np.argmin(scale != 0)) + 1}"
            )
        with np.errstate(over="ignore"):
            beyond = ~np.isfinite(shift / scale)
        if beyond.any():
            column = int(beyond.argmax())
            raise FileFormatError(
                f"{fields.at('scale')} is {scale[column]:g} in column {column + 1}, too small to divide by"
            )
        return cls(kind, shift, scale)


def _mend_constant(table: np.ndarray, shift: np.ndarray, scale: np.ndarray) -> None:
    """Columns that are constant (but for round-off) get their value as shift and scale 1."""
    low, high = table.min(axis=0).astype(float), table.max(axis=0).astype(float)
    with np.errstate(over="ignore"):
        spread = high - low
    largest = np.maximum(np.abs(low), np.abs(high))
    constant = (spread <= 8 * np.finfo(float).eps * largest) | (scale == 0)
    shift[constant], scale[constant] = low[constant], 1.0


def _brief(values: np.ndarray) -> float | list[float]:
    if (values == values[0]).all():
        return float(values[0])
    return [float(v) for v in values]
