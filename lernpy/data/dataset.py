"""A data set: samples, what each should give, and what the numbers are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lernpy.data.arrays import table_of
from lernpy.data.columns import Column, Note, sample_name
from lernpy.data.targets import TASKS
from lernpy.errors import DataError, ShapeError
from lernpy.text import counted, listed

ABSENT = "absent"  # how a data set says that what is missing is not there at all

# what makes a data set of anything else; `pairs`, which knows frames and tables, puts itself here
CONVERTERS: list[Callable[[Any, str | None], Dataset]] = []


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Samples and their targets, as plain arrays, with names for people.

    Attributes
    ----------
    name : what it is called
    inputs : (n_samples, n_inputs), raw (not scaled). float64; only images that a file stores as
        bytes stay uint8 (784 bytes a sample, not 6 kB): `Scaling.apply` makes float64 of them,
        once. Do no arithmetic on them before.
    targets : (n_samples, n_outputs), float64. Two classes: one column of 0 and 1. More: one-hot.
    columns : what a user states of one sample; a column of kinds gives one input for each kind
    input_names, output_names : one name for each column of `inputs` and `targets`
    classes : the names of the classes; empty unless the task is classification
    task : "classification", "regression" or "percentages" (targets in [0, 1], each on its own)
    image : (height, width) where the inputs are the pixels of an image, row by row
    maximum : the largest value of a pixel in this format (255, 16)
    source : how to load the same data again, see `reload`
    about : what it is, where it comes from, its licence or its distribution
    missing : how missing inputs, which are NaN, will be filled ("mean", "most-frequent"); empty: none is.
        "absent": steps are that a sequence does not have, inputs and targets
    notes : what each column of a table was taken for, and why
    numbers : (n_samples,) in a part of a data set the index of each sample in the whole; else None

    Names that are not given are made up: inputs x1, x2, ..., outputs y or y1, y2, ...

    >>> Dataset("doubles", [[1], [2], [3]], [[2], [4], [6]])
    <Dataset 'doubles': 3 samples, 1 input (x1), 1 output (y), regression>
    """

    name: str
    inputs: np.ndarray
    targets: np.ndarray
    columns: tuple[Column, ...] = ()
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    task: str = "regression"
    image: tuple[int, int] | None = None
    maximum: float | None = None
    source: dict[str, Any] = field(default_factory=dict)
    about: str = ""
    numbers: np.ndarray | None = None
    missing: str = ""
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        self._set("inputs", table_of(self.inputs, f"{self.name}: the inputs", keep_bytes=True))
        self._set("targets", table_of(self.targets, f"{self.name}: the targets"))
        self._check_kinds()
        self._set("columns", tuple(self.columns) or _numbered_columns(self.inputs, self.image))
        expanded = tuple(name for column in self.columns for name in column.input_names)
        self._set("input_names", tuple(self.input_names) or expanded)
        self._set("output_names", tuple(self.output_names) or _numbered("y", self.targets.shape[1]))
        self._set("classes", tuple(self.classes))
        self._check_sizes(len(expanded))
        self._check_values()

    def _check_kinds(self) -> None:
        """Whether what is no array is what it should be."""
        for column in self.columns:
            if not isinstance(column, Column):
                raise DataError(f"{self.name}: a column is Column(name, kinds), not {column!r:.60}")
            check_distinct(column.kinds, f"{self.name}: the kinds of column {column.name!r}")
        check_distinct((column.name for column in self.columns), f"{self.name}: column names")
        whole = isinstance(self.image, (tuple, list)) and [type(size) for size in self.image]
        if self.image is not None and whole != [int, int]:
            raise DataError(f"{self.name}: an image has (height, width), not {self.image!r:.60}")

    def _set(self, key: str, value: object) -> None:
        object.__setattr__(self, key, value)

    def __len__(self) -> int:
        return len(self.inputs)

    def __repr__(self) -> str:
        return f"<Dataset {self.name!r}: {self.summary}>"

    @property
    def summary(self) -> str:
        """Sizes and names in one line."""
        what = f"classes {listed(self.classes)}" if self.classes else self.task
        return (
            f"{counted(len(self), 'sample')}, {_named('input', self.input_names)}, "
            f"{_named('output', self.output_names)}, {what}"
        )

    @property
    def labels(self) -> np.ndarray:
        """(n_samples,) the index of each sample's class in `classes`."""
        if not self.classes:
            raise DataError(f"{self.name} has no classes: its task is {self.task}")
        if self.targets.shape[1] == 1:
            return (self.targets[:, 0] >= 0.5).astype(np.intp)
        return np.asarray(self.targets.argmax(axis=1))

    @property
    def one_hot(self) -> np.ndarray:
        """(n_inputs,) bool: the inputs that say "is of this kind" (they are never scaled)."""
        return one_hot_inputs(self.columns)

    def subset(self, indices: ArrayLike) -> Dataset:
        """The samples with these indices, in this order; all else stays.

        >>> Dataset("d", [[1], [2], [3]], [[2], [4], [6]]).subset([2, 0]).inputs.tolist()
        [[3.0], [1.0]]
        """
        rows = np.asarray(indices)
        everything = np.arange(len(self)) if self.numbers is None else self.numbers
        if rows.ndim != 1 or rows.size == 0:
            raise ShapeError(f"a part of {self.name} needs a list of samples, not {indices!r:.60}")
        try:
            numbers = everything[rows]
        except IndexError:
            raise DataError(
                f"{self.name} has {counted(len(self), 'sample')}, so indices from 0 to "
                f"{len(self) - 1}; {indices!r:.60} names others"
            ) from None
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows], numbers=numbers)

    def number(self, index: int) -> int:
        """The number of a sample in the data as a whole; 1 is the first.

        >>> Dataset("d", [[1], [2], [3]], [[2], [4], [6]]).subset([2, 0]).number(0)
        3
        """
        return 1 + int(index if self.numbers is None else self.numbers[index])

    @staticmethod
    def of(data: Any, task: str | None = None) -> Dataset:
        """A data set of a pair ``(inputs, targets)`` or a frame; a data set is returned as it is.

        The targets are taken as everywhere: text, 0 and 1, one-hot rows, and few whole numbers with
        several rows of each are classes; `task` overrides.

        >>> Dataset.of(([[0, 0], [0, 1]], [[0], [1]])).classes
        ('0', '1')
        """
        return data if isinstance(data, Dataset) else CONVERTERS[-1](data, task)

    def _check_sizes(self, expanded: int) -> None:
        samples, n_inputs = self.inputs.shape
        if len(self.targets) != samples:
            raise ShapeError(
                f"{self.name} has {samples} samples, but {len(self.targets)} rows of targets"
            )
        if samples == 0 or n_inputs == 0 or self.targets.shape[1] == 0:
            raise ShapeError(f"{self.name} is empty: at least one sample, input and output needed")
        self._check_names("input", self.input_names, n_inputs)
        self._check_names("output", self.output_names, self.targets.shape[1])
        if expanded != n_inputs:
            raise ShapeError(f"{self.name}: the columns make {expanded} inputs, not {n_inputs}")
        if self.image is not None and self.image[0] * self.image[1] != n_inputs:
            height, width = self.image
            raise ShapeError(f"{self.name}: {n_inputs} inputs are no image of {height} x {width}")

    def _check_names(self, kind: str, names: tuple[str, ...], count: int) -> None:
        if len(names) != count:
            raise ShapeError(f"{self.name} has {count} {kind}s, but {len(names)} {kind} names")
        check_distinct(names, f"{self.name}: {kind} names")

    def _check_values(self) -> None:
        if self.task not in TASKS:
            raise DataError(f"{self.name}: the task must be one of {', '.join(TASKS)}")
        self._check_finite(self.inputs, "input", self.input_names, bool(self.missing))
        self._check_finite(self.targets, "output", self.output_names, self.missing == ABSENT)
        if self.task == "percentages":
            self._check_fractions()
        if (self.task == "classification") != bool(self.classes):
            raise DataError(f"{self.name}: classification needs classes, other tasks have none")
        if self.classes:
            self._check_classes()

    def _check_finite(
        self, array: np.ndarray, kind: str, names: tuple[str, ...], gaps: bool
    ) -> None:
        if array.dtype.kind != "f":
            return
        bad = np.isinf(array) if gaps else ~np.isfinite(array)
        if bad.any():
            row, column = (int(i) for i in np.argwhere(bad)[0])
            raise DataError(
                f"{self.name}, {sample_name(row)}, {kind} {names[column]!r}: "
                f"{array[row, column]} is not a finite number"
            )

    def _check_fractions(self) -> None:
        outside = (self.targets < 0) | (self.targets > 1)
        if outside.any():
            row, column = (int(i) for i in np.argwhere(outside)[0])
            raise DataError(
                f"{self.name}, {sample_name(row)}, output {self.output_names[column]!r}: "
                f"{self.targets[row, column]:g} is no percentage between 0 and 1"
            )

    def _check_classes(self) -> None:
        count, outputs = len(self.classes), self.targets.shape[1]
        check_distinct(self.classes, f"{self.name}: class names")
        if count < 2:
            raise DataError(f"{self.name} has one class only; at least two are needed")
        if outputs != count and not (outputs == 1 and count == 2):
            raise ShapeError(f"{self.name} has {count} classes, but {outputs} outputs")
        sums = self.targets.sum(axis=1)
        if not ((self.targets == 0) | (self.targets == 1)).all() or (
            outputs > 1 and not (sums == 1).all()
        ):
            raise DataError(f"{self.name}: the targets of classes must be 0 and 1, one 1 a sample")


def one_hot_inputs(columns: Sequence[Column]) -> np.ndarray:
    """(n_inputs,) bool: which inputs say "is of this kind"."""
    return np.array([bool(column.kinds) for column in columns for _ in column.input_names])


def check_distinct(names: Iterable[str], what: str) -> None:
    """Refuse names that are no text, or that stand there twice."""
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            raise DataError(f"{what} must be text, but one is {name!r}")
        if name in seen:
            raise DataError(f"{what} must differ, but {name!r} is there twice")
        seen.add(name)


def _numbered_columns(inputs: np.ndarray, image: tuple[int, int] | None) -> tuple[Column, ...]:
    names = pixel_names(*image) if image else _numbered("x", inputs.shape[1], always=True)
    return tuple(Column(name) for name in names)


def _numbered(letter: str, count: int, always: bool = False) -> tuple[str, ...]:
    if count == 1 and not always:
        return (letter,)
    return tuple(f"{letter}{i}" for i in range(1, count + 1))


def pixel_names(height: int, width: int) -> tuple[str, ...]:
    """Names for the pixels of an image, by row and column.

    >>> pixel_names(2, 2)
    ('r1c1', 'r1c2', 'r2c1', 'r2c2')
    """
    rows, columns = range(1, height + 1), range(1, width + 1)
    return tuple(f"r{row}c{column}" for row in rows for column in columns)


def _named(what: str, names: Sequence[str]) -> str:
    return f"{counted(len(names), what)} ({listed(names)})"
