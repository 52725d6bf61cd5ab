"""What the targets mean: classes, numbers or percentages; and how they become output values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lernpy.data.columns import one_hot, sample_name, sorted_values
from lernpy.errors import DataError
from lernpy.text import counted, exact, near_miss, option, shown

TASKS = ("classification", "regression", "percentages")
FEW = 20  # whole numbers with at most so many different values are classes
MOST_CLASSES = 1000


@dataclass(frozen=True)
class Targets:
    """Output values (n_samples, n_outputs) with the names of outputs and classes, and why they are so."""

    values: np.ndarray
    output_names: tuple[str, ...]
    classes: tuple[str, ...]
    task: str
    why: str = ""


def check_task(task: str | None) -> None:
    """Refuse a task that does not exist."""
    if task is not None and not (isinstance(task, str) and task in TASKS):
        raise DataError(
            f"no task is called {shown(task)}.{near_miss(str(task), list(TASKS))} "
            f"Known: {', '.join(TASKS)}"
        )


def encode(column: np.ndarray | Sequence[str], name: str, task: str | None, source: str) -> Targets:
    """The output values for one target column.

    `task` overrides what they suggest (see `what_they_mean`).

    Parameters
    ----------
    column : (n_samples,) numbers, or a list of words
    name : the column's name
    source : what to call the data in an error

    Raises
    ------
    DataError
        If a target is no finite number, all are of one class, or there are too many classes.

    >>> encode(["no", "yes", "no"], "play", None, "weather.csv").values.tolist()
    [[0.0], [1.0], [0.0]]
    """
    if isinstance(column, np.ndarray) and not np.isfinite(column).all():
        row = int(np.argmin(np.isfinite(column)))
        raise DataError(
            f"{source}, {sample_name(row)}: the target {column[row]} is not a finite number"
        )
    chosen, why = what_they_mean(column) if task is None else (task, "as you said")
    if isinstance(column, np.ndarray) and chosen != "classification":
        return Targets(column.astype(float)[:, None], (name,), (), chosen, why)
    classes, labels = _sorted_classes(column)
    if len(classes) == 1:
        raise DataError(
            f"{source}: every target is {classes[0]!r}; at least two classes are needed to learn"
        )
    if len(classes) > FEW and 2 * len(classes) > len(column):
        raise DataError(
            f"{source}: column {name!r} has {len(classes):,} different values in {len(column):,} rows, "
            f"too many to be classes; name another with {option('target', 'COLUMN')}"
            + (f", or say {option('task', 'regression')}" if isinstance(column, np.ndarray) else "")
        )
    if len(classes) > MOST_CLASSES:
        raise DataError(
            f"{source}: column {name!r} has {len(classes):,} different values, too many for classes"
        )
    return of_labels(labels, classes, name, why)


def what_they_mean(column: np.ndarray | Sequence[str]) -> tuple[str, str]:
    """The task that a target column suggests, and why.

    Whole numbers are classes where the rows speak for it: few different ones, several rows of each.

    >>> what_they_mean(np.array([0.0, 1.0, 2.0] * 5))[0], what_they_mean(np.arange(8.0))[0]
    ('classification', 'regression')
    """
    if not isinstance(column, np.ndarray):
        return "classification", "it has words"
    if not (column == np.floor(column)).all():
        return "regression", "it has fractions"
    values, counts = np.unique(column, return_counts=True)
    different = f"whole numbers, {counted(len(values), 'different one')}"
    yes_no = values.tolist() in ([0, 1], [-1, 1]) or (len(values) == 2 and counts.min() > 1)
    several = counts.min() > 1 or len(column) >= 50 * len(values)
    if (
        yes_no
        or len(values) == 1
        or (len(values) <= FEW and len(column) >= 3 * len(values) and several)
    ):
        rows = f"at least {counted(int(counts.min()), 'row')} of each"
        return "classification", f"{different}, {rows}"
    return "regression", f"{different} in {counted(len(column), 'row')}"


def of_labels(labels: np.ndarray, classes: Sequence[str], name: str, why: str = "") -> Targets:
    """Two classes become one output (0 or 1), more become one-hot outputs."""
    if len(classes) == 2:
        values = labels.astype(np.float64)[:, None]
        return Targets(values, (name,), tuple(classes), "classification", why)
    values = one_hot(labels, len(classes))
    return Targets(values, tuple(classes), tuple(classes), "classification", why)


def _sorted_classes(column: np.ndarray | Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Class names in order (numbers by size, words by alphabet) and each sample's index."""
    if isinstance(column, np.ndarray):
        values, labels = np.unique(column, return_inverse=True)
        return [exact(v) for v in values.tolist()], labels.reshape(-1)
    words = sorted_values(set(column))
    index = {word: i for i, word in enumerate(words)}
    return list(words), np.array([index[word] for word in column], dtype=np.intp)


def as_classes(targets: np.ndarray) -> tuple[str, ...]:
    """Class names "0", "1", ... where targets are 0/1 in one column or one-hot rows, else ()."""
    if not ((targets == 0) | (targets == 1)).all():
        return ()
    if targets.shape[1] == 1:
        return ("0", "1")
    if not (targets.sum(axis=1) == 1).all():
        return ()
    return tuple(str(i) for i in range(targets.shape[1]))


def apart(output_names: Sequence[str], input_names: Sequence[str], name: str) -> tuple[str, ...]:
    """Output names none of which is also the name of an input.

    >>> apart(["weight", "size"], ["weight", "colour"], "kind")
    ('kind=weight', 'kind=size')
    """
    if set(output_names).isdisjoint(input_names):
        return tuple(output_names)
    return tuple(f"{name}={output}" for output in output_names)
