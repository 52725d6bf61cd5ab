"""Arrays, lists and frames as data sets: a pair (inputs, targets), or a frame with its target in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lernpy.data.arrays import array_of, table_of
from lernpy.data.dataset import CONVERTERS, Dataset
from lernpy.data.from_table import Reading, dataset_of
from lernpy.data.readers.frames import cells_of, is_frame, is_series, table_of_frame
from lernpy.data.table import Table
from lernpy.data.targets import Targets, as_classes, check_task, encode, what_they_mean
from lernpy.errors import DataError, ShapeError


def convert(data: Any, task: str | None) -> Dataset:
    """The data set of a frame (its last column is learned) or of a pair."""
    check_task(task)
    if is_frame(data):
        return dataset_of(table_of_frame(data), Reading(task=task), "frame", {})
    try:
        if isinstance(data, (str, Mapping)):
            raise TypeError
        inputs, targets = data
    except (TypeError, ValueError):
        raise DataError(_no_pair(data)) from None
    if is_frame(inputs) or is_series(inputs) or _is_mixed(inputs):
        return _of_columns(inputs, targets, task)
    made = targets_of(targets, task, "data")
    table = array_of(inputs, "data: the inputs")
    return Dataset(
        "data",
        table,
        made.values,
        output_names=made.output_names,
        classes=made.classes,
        task=made.task,
    )


CONVERTERS.append(convert)


def _no_pair(data: object) -> str:
    hint = f"; a name or file is loaded by lernpy.data.load({data!r:.60})"
    wanted = "data must be a Dataset or a pair (inputs, targets)"
    return wanted + (hint if isinstance(data, str) else "")


def _is_mixed(inputs: Any) -> bool:
    """Whether rows hold words or gaps beside numbers, or a mask."""
    if isinstance(inputs, np.ma.MaskedArray):
        return bool(np.ma.getmaskarray(inputs).any())
    try:
        array = np.asarray(inputs)
    except ValueError:
        return False
    if array.dtype.kind == "O":
        return array.ndim == 2
    return array.dtype.kind in "US" and array.ndim == 2


def _of_columns(inputs: Any, targets: Any, task: str | None) -> Dataset:
    """A pair whose inputs are columns of words, numbers and gaps."""
    if is_frame(inputs):
        table = table_of_frame(inputs, "data")
    elif is_series(inputs):
        table = Table("data", (str(inputs.name or "x1"),), [cells_of(inputs)])
    else:
        rows = inputs if isinstance(inputs, np.ma.MaskedArray) else np.asarray(inputs, dtype=object)
        columns = [cells_of(rows[:, i]) for i in range(rows.shape[1])]
        table = Table("data", tuple(f"x{i + 1}" for i in range(len(columns))), columns)
    wanted = _target_table(targets)
    if len(wanted) != len(table):
        raise ShapeError(f"data has {len(table)} samples, but {len(wanted)} rows of targets")
    if task is None and len(wanted) == 1 and np.asarray(targets).dtype.kind in "fiub":
        task = "regression"  # one number speaks for no classes
    names = wanted.names
    if not set(names).isdisjoint(table.names):
        names = tuple(f"target {name}" for name in names)
    categories = table.categories | (wanted.categories & set(names))
    cells = [*table.cells, *wanted.cells]
    both = Table("data", (*table.names, *names), cells, categories=categories)
    return dataset_of(both, Reading(target=list(names), task=task), "data", {})


def _target_table(targets: Any) -> Table:
    if is_frame(targets):
        return table_of_frame(targets)
    if is_series(targets):
        return Table("data", (str(targets.name or "y"),), [cells_of(targets)])
    array = array_of(targets, "data: the targets")
    columns = array.reshape(len(array), -1)
    several = columns.shape[1] > 1
    names = tuple(f"y{i + 1}" if several else "y" for i in range(columns.shape[1]))
    return Table("data", names, [cells_of(columns[:, i]) for i in range(columns.shape[1])])


def targets_of(targets: Any, task: str | None, name: str) -> Targets:
    """What targets mean that stand in an array: words, labels, one-hot rows or numbers.

    >>> targets_of(["b", "a"], None, "data").classes, targets_of([[0, 1], [1, 0]], None, "data").classes
    (('a', 'b'), ('0', '1'))
    >>> targets_of([0, 1, 2] * 4, None, "data").classes, targets_of([0.5, 2], None, "data").task
    (('0', '1', '2'), 'regression')
    """
    column = str(getattr(targets, "name", None) or "y")
    if is_series(targets) or is_frame(targets):
        targets = targets.to_numpy() if hasattr(targets, "to_numpy") else targets
    array = array_of(targets, f"{name}: the targets")
    if array.ndim not in (1, 2) and array.dtype.kind in "fiub":
        raise ShapeError(
            f"{name}: the targets must have 2 dimensions (samples, values), not {array.ndim}"
        )
    if array.ndim not in (1, 2) or (array.dtype.kind in "US" and array.size != len(array)):
        raise DataError(f"{name}: text targets must be one word for each sample")
    if array.dtype.kind in "USO" and not _are_numbers(array):
        words = [_word(word) for word in array.reshape(-1).tolist()]
        return encode(words, column, task, name)
    if array.dtype.kind == "b" and task in (None, "classification") and array.size == len(array):
        return encode([str(value) for value in array.reshape(-1).tolist()], column, task, name)
    return _of_numbers(array, column, task, name)


def _are_numbers(array: np.ndarray) -> bool:
    return array.dtype.kind == "O" and all(
        isinstance(value, (int, float)) for value in array.ravel()
    )


def _word(word: object) -> str:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)


def _of_numbers(array: np.ndarray, column: str, task: str | None, name: str) -> Targets:
    table = table_of(array, f"{name}: the targets")
    classes = (
        as_classes(table) if task in (None, "classification") and np.isfinite(table).all() else ()
    )
    if classes:
        names = (column,) if table.shape[1] == 1 else classes
        return Targets(table, names, classes, "classification", "0 and 1")
    if table.shape[1] == 1:
        values = table[:, 0]
        plain = np.isfinite(values).all() and (len(np.unique(values)) > 1 or task is not None)
        if plain and (task == "classification" or what_they_mean(values)[0] == "classification"):
            return encode(values, column, task, name)
    if task == "classification":
        raise DataError(f"{name}: targets of classes must be 0 and 1, with one 1 in each row")
    names = (column,) if table.shape[1] == 1 else tuple(f"y{i + 1}" for i in range(table.shape[1]))
    return Targets(table, names, (), task or "regression")
