"""Sequences: rows that follow each other in time as samples, one sequence a sample, step by step.

The columns of the third step are called "x@3". Where sequences differ in length, the short ones stand at
the end: their absent steps have NaN, which any scaling turns into 0, and a column "on@3" is 0 there. A
target of an absent step is NaN, too, and so 0: what a sleeping cell puts out, so that nothing is missed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lernpy.checks import is_hashable, is_list, is_one_of, whole, yes
from lernpy.data.columns import Column, one_hot
from lernpy.data.dataset import ABSENT, Dataset
from lernpy.data.targets import apart
from lernpy.errors import DataError
from lernpy.text import counted, in_step, nth, shown, step_of

ON = "on"  # the column that says whether a step is there
MOST_STEPS = 100_000


def in_steps(
    rows: Dataset,
    sequence: Sequence[Hashable],
    steps: int | None = None,
    shorter: bool | None = None,
    read: str = "last",
) -> Dataset:
    """One sample for each sequence, from a data set whose samples are single steps.

    Parameters
    ----------
    sequence : (n_samples of rows,), to which sequence each row belongs; rows of one stand in their order
    steps : how many there are (default: those of the longest)
    shorter : whether a sequence may be shorter than that (default: whether one is)
    read : whether the targets are those of the "last" row of a sequence alone, or of "every" one; then a
        class becomes an output of its own, 1 in the steps that are of it

    Raises
    ------
    DataError
        If a sequence is longer than that, or a row belongs to none.

    >>> rows = Dataset("d", [[1], [2], [3], [4], [5]], [[0], [1], [0], [0], [1]])
    >>> made = in_steps(rows, ["a", "a", "b", "b", "b"])
    >>> made.input_names, made.output_names
    (('x1@1', 'on@1', 'x1@2', 'on@2', 'x1@3', 'on@3'), ('y',))
    >>> made.inputs.tolist()
    [[nan, 0.0, 1.0, 1.0, 2.0, 1.0], [3.0, 1.0, 4.0, 1.0, 5.0, 1.0]]
    >>> in_steps(rows, ["a", "a", "b", "b", "b"], read="every").targets.tolist()
    [[nan, 0.0, 1.0], [0.0, 0.0, 1.0]]
    """
    _check_rows(rows, sequence)
    if rows.missing:
        raise DataError(
            f"{rows.name}: cells are missing, and a sequence has no gaps; leave the rows out"
        )
    if len(sequence) != len(rows):
        raise DataError(
            f"{rows.name}: there are {counted(len(rows), 'row')}, but {len(sequence)} of them say to which "
            "sequence they belong; name one for each"
        )
    if not is_one_of(read, ("last", "every")):
        raise DataError(f'targets are read in "every" step or in the "last", not {shown(read)}')
    parts: dict[Hashable, list[int]] = {}
    for index, name in enumerate(sequence):
        if name is None or name != name:
            raise DataError(f"{nth('row', index)} of {rows.name} belongs to no sequence; name one")
        parts.setdefault(name, []).append(index)
    longest = max(map(len, parts.values()))
    steps = longest if steps is None else whole("number of steps", steps, 1, MOST_STEPS)
    for name, part in parts.items():
        if len(part) > steps:
            raise DataError(
                f"{rows.name}: the sequence {shown(name)} has {counted(len(part), 'step')}, but there is room "
                f"for {steps}"
            )
    is_shorter = any(len(part) < steps for part in parts.values())
    if shorter is None:
        shorter = is_shorter
    elif not yes("shorter", shorter) and is_shorter:
        name = next(name for name, part in parts.items() if len(part) < steps)
        raise DataError(
            f"{rows.name}: the sequence {shown(name)} has {counted(len(parts[name]), 'step')}, but the network "
            f"learned from sequences of {steps}"
        )
    if read == "every":
        rows = _class_by_class(rows)
        targets = [_padded(rows.targets[part], steps).ravel() for part in parts.values()]
        names = [in_step(name, at) for at in range(1, steps + 1) for name in rows.output_names]
    else:
        targets = [rows.targets[part[-1]] for part in parts.values()]
        names = list(rows.output_names)
    return replace(
        rows,
        inputs=np.array([_flat(rows.inputs[part], steps, shorter) for part in parts.values()]),
        targets=np.array(targets),
        columns=columns_of(rows.columns, steps, shorter),
        input_names=(),
        output_names=tuple(names),
        numbers=None,
        missing=ABSENT if shorter else "",
        about=f"{counted(len(parts), 'sequence')} of {'up to ' if shorter else ''}"
        f"{counted(steps, 'step')}. {rows.about}",
    )


def _check_rows(rows: object, sequence: Sequence[Hashable]) -> None:
    if not isinstance(rows, Dataset):
        raise DataError(f"the rows are a data set whose samples are steps, not {shown(rows)}")
    is_row = isinstance(sequence, str) or (is_list(sequence) and hasattr(sequence, "__len__"))
    if not is_row or not all(map(is_hashable, sequence)):
        raise DataError(
            f"the sequence of each row is a list of names or numbers, not {shown(sequence)}"
        )


def _class_by_class(rows: Dataset) -> Dataset:
    """The same rows with an output for each class."""
    if not rows.classes:
        return rows
    names, values = rows.output_names, rows.targets
    if len(names) == 1:
        names, values = apart(rows.classes, rows.input_names, names[0]), one_hot(rows.labels, 2)
    return replace(rows, targets=values, output_names=names, classes=(), task="percentages")


def _padded(steps: np.ndarray, count: int) -> np.ndarray:
    """A row for each step, the absent ones first."""
    return np.vstack([np.full((count - len(steps), steps.shape[1]), np.nan), steps])


def _flat(steps: np.ndarray, count: int, shorter: bool) -> np.ndarray:
    """The values of all steps in a row."""
    table = _padded(steps, count)
    if not shorter:
        return table.ravel()
    return np.column_stack([table, np.arange(count) >= count - len(steps)]).ravel()


def columns_of(columns: Sequence[Column], steps: int, shorter: bool) -> tuple[Column, ...]:
    """The columns of one step, in all steps."""
    each = [*columns, *([Column(ON)] if shorter else [])]
    return tuple(
        replace(column, name=in_step(column.name, step))
        for step in range(1, steps + 1)
        for column in each
    )


def steps_of(columns: Sequence[Column]) -> int:
    """How many steps these columns are of; 0 where they are no sequence.

    >>> steps_of([Column("x@1"), Column("x@2")]), steps_of([Column("x")])
    (2, 0)
    """
    steps = [step_of(column.name)[1] for column in columns]
    count = max((step or 0 for step in steps), default=0)
    each = len(columns) // max(count, 1)
    return count if steps == [1 + i // each for i in range(count * each)] else 0


def step_outputs(names: Sequence[str]) -> tuple[str, ...]:
    """The outputs of one step, where there are some in each; else all, which are those of the last.

    >>> step_outputs(["no@1", "yes@1", "no@2", "yes@2"]), step_outputs(["y"]), step_outputs(["y@1", "z@2"])
    (('no', 'yes'), ('y',), ('y@1', 'z@2'))
    """
    first = tuple(name for name, step in map(step_of, names) if step == 1)
    steps = range(1, 1 + len(names) // max(len(first), 1))
    each = [in_step(name, step) for step in steps for name in first]
    return first if each == list(names) else tuple(names)


def step_like(learned: Any) -> Any:
    """A card of sequences as the card of one of their steps."""
    count, outputs = steps_of(learned.columns), step_outputs(learned.output_names)
    first = [
        replace(column, name=step_of(column.name)[0])
        for column in learned.columns[: len(learned.columns) // count]
    ]
    if first[-1].name == ON:
        first.pop()
    names = tuple(name for column in first for name in column.input_names)
    one = replace(
        learned,
        columns=tuple(first),
        input_names=names,
        output_names=outputs,
        missing="",
        fill=None,
    )
    if learned.task != "percentages" or isinstance(learned.data.get("target"), list):
        return one
    if not 1 < len(outputs) < len(learned.output_names):
        return one
    named = outputs if len(outputs) > 2 else outputs[:1]  # of two classes one output says all
    return replace(one, output_names=named, classes=outputs, task="classification")


def may_be_shorter(columns: Sequence[Column]) -> bool:
    """Whether some of these sequences may be shorter than the others."""
    return any(step_of(column.name) == (ON, 1) for column in columns)
