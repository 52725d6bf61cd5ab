"""A table of any origin as a data set: which column is learned, which are inputs, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lernpy.checks import is_one_of
from lernpy.data.columns import Column, Note, Refused, Taken, take
from lernpy.data.dataset import Dataset
from lernpy.data.table import Choice, Table
from lernpy.data.targets import Targets, apart, check_task, encode
from lernpy.errors import DataError
from lernpy.text import counted, listed, near_miss, option, shown

FILLS = ("drop", "mean", "most-frequent")  # what may become of rows with a missing cell
LABELS = frozenset(
    ("label", "labels", "class", "target", "outcome", "y", "species", "survived", "diagnosis")
)


@dataclass(frozen=True)
class Reading:
    """The options that a table is read with: see `read_csv`."""

    target: Choice | None = None
    task: str | None = None
    ignore: Choice | None = None
    categorical: Choice | None = None
    missing: str | None = None
    dates: bool = False
    layout: Mapping[str, Any] = field(default_factory=dict)
    sequence: Choice | None = None
    read: str | None = None

    def __post_init__(self) -> None:
        check_task(self.task)
        if self.missing is not None and not is_one_of(self.missing, FILLS):
            raise DataError(
                f"missing is {shown(self.missing)};{near_miss(str(self.missing), FILLS)} "
                f"known: {', '.join(FILLS)}"
            )
        if self.read is not None and self.sequence is None:
            raise DataError(
                f"{option('read', self.read)} is for sequences; name their column: "
                f"{option('sequence', 'COLUMN')}"
            )
        if not isinstance(self.dates, bool):
            raise DataError(f"dates is True or False, not {shown(self.dates)}")

    @property
    def chosen(self) -> dict[str, Any]:
        """The options that are set, as plain values that fit into a file."""
        names = ("target", "task", "ignore", "categorical", "missing", "dates", "sequence", "read")
        values = {**{name: getattr(self, name) for name in names}, **self.layout}
        return {
            name: value
            for name, value in values.items()
            if value is not None and (value is not False or name == "header")
        }


def dataset_of(table: Table, reading: Reading, name: str, source: dict[str, Any]) -> Dataset:
    """The data set of a table, each column taken for what it looks like or was said to be."""
    chosen = table.find(-1 if reading.target is None else reading.target, "target")
    ignored = [] if reading.ignore is None else table.find(reading.ignore, "column to ignore")
    for i in set(chosen) & set(ignored):
        raise DataError(
            f"{table.path}: the column {table.names[i]!r} is to be ignored, but it is the target"
            f"{' (the last one, as no target was named)' if reading.target is None else ''}; name another"
        )
    rest = [i for i in range(len(table.names)) if i not in {*chosen, *ignored}]
    if not rest:
        raise DataError(
            f"{table.path} has {counted(len(table.names), 'column')}; at least one input besides the "
            f"target is needed{table.hint if len(table.names) == 1 else ''}"
        )
    taken = _taken(table, rest, reading)
    used = {i: one.column for i, one in zip(rest, taken, strict=True) if one.column is not None}
    if not used:
        raise DataError(
            f"{table.path}: no column is left to learn from; {taken[0].note.column!r}: {taken[0].note.why}"
        )
    table, gaps = _without_gaps(table, list(used), chosen, reading.missing)
    targets = _targets(table, chosen, reading.task)
    notes = [
        _target_note(table, chosen, targets, reading),
        *(one.note for one in taken),
        *(Note(table.names[i], "left out", "as you said") for i in ignored),
        *([Note("", "rows", gaps)] if gaps else []),
        *(Note("", "text", note) for note in table.notes),
    ]
    columns = list(used.values())
    inputs = inputs_of(table, columns, list(used), gaps=True)
    made = made_of(
        table,
        columns,
        inputs,
        targets,
        chosen,
        name,
        {**source, **read_again(table, chosen, reading)},
    )
    fills = reading.missing if reading.missing in FILLS[1:] else ""
    return replace(made, notes=tuple(notes), missing=fills or "")


def _taken(table: Table, rest: Sequence[int], reading: Reading) -> list[Taken]:
    """What each input column is; those that cannot be used are refused together."""
    categories = () if reading.categorical is None else table.find(reading.categorical, "category")
    named = {i: "declared so" for i, name in enumerate(table.names) if name in table.categories}
    named |= dict.fromkeys(categories, "as you said")
    results = {
        i: take(
            table.names[i], table.cells[i], i == 0, named.get(i, ""), reading.dates, table.style
        )
        for i in rest
    }
    refused = {i: one for i, one in results.items() if isinstance(one, Refused)}
    if refused:
        raise DataError(_refusal(table, refused))
    taken = [one for one in results.values() if isinstance(one, Taken)]
    if all(
        one.column is None for one in taken
    ):  # it counts the rows, and is all there is to learn from
        taken = [
            Taken(Column(table.names[i]), Note(table.names[i], "number", "the only input"))
            if not table.cells[i].known and table.cells[i].plain.any()
            else one
            for i, one in zip(results, taken, strict=True)
        ]
    return taken


def _refusal(table: Table, refused: Mapping[int, Refused]) -> str:
    kind = min(
        (one.kind for one in refused.values()), key=("mixed", "unclear", "date", "text").index
    )
    columns = {i: one for i, one in refused.items() if one.kind == kind}
    first, one = next(iter(columns.items()))
    names = ",".join(table.names[i] for i in columns)
    if kind == "mixed":
        return (
            f"{table.where(one.row)}, column {table.names[first]!r}: {one.why}; mend the cell, or say "
            f"{option('categorical', table.names[first])} if its values are mere names"
        )
    if kind == "unclear":
        sign = "." if table.style.comma else ","
        return (
            f"{table.where(one.row)}, column {table.names[first]!r}: {one.why}; say "
            f"{option('thousands', sign)} or {option('decimal', sign)}"
        )
    each = listed([f"column {table.names[i]!r} {one.why}" for i, one in columns.items()], 5, "and")
    if kind == "date":
        return (
            f"{table.path}: {each}; {option('dates')} makes year, month, day and weekday of them, "
            f"{option('ignore', names)} leaves them out"
        )
    move = f"{table.path}: {each}; leave it out with {option('ignore', names)}"
    return (
        move
        if "too many" in one.why
        else f"{move}, or say {option('categorical', table.names[first])}"
    )


def _without_gaps(
    table: Table, used: Sequence[int], chosen: Sequence[int], missing: str | None
) -> tuple[Table, str]:
    """The rows that can be learned from, and what was done with gaps, in words."""
    gaps = {i: table.cells[i].missing for i in (*used, *chosen)}
    gaps = {i: where for i, where in gaps.items() if where.any()}
    if not gaps:
        return table, ""
    counts = listed([f"{table.names[i]} {int(where.sum()):,}" for i, where in gaps.items()], 8)
    if missing is None:
        raise DataError(_gaps_refused(table, gaps, counts))
    drop = [where for i, where in gaps.items() if missing == "drop" or i in chosen]
    out = np.any(drop, axis=0) if drop else np.zeros(len(table), bool)
    if out.all():
        raise DataError(
            f"{table.path}: every row has a missing cell ({counts}); leave columns out with "
            f"{option('ignore', 'COLUMN')}"
        )
    facts = []
    if out.any():
        facts.append(f"{counted(int(out.sum()), 'row')} left out")
    filled = [
        f"{table.names[i]} {int(where[~out].sum()):,}"
        for i, where in gaps.items()
        if where[~out].any()
    ]
    if filled:
        facts.append(
            f"filled with the {missing.replace('-', ' ')} of the training part: {listed(filled, 8)}"
        )
    kept = table if not out.any() else table.keep(np.flatnonzero(~out))
    return kept, f"missing cells ({counts}): {'; '.join(facts)}"


def _gaps_refused(table: Table, gaps: Mapping[int, np.ndarray], counts: str) -> str:
    rows = np.any(list(gaps.values()), axis=0)
    row = int(rows.argmax())
    column = next(i for i, where in gaps.items() if where[row])
    text = table.cells[column].text(row)
    wrong = "the cell is empty" if not text.strip() else f"{shown(text)} is not a number"
    advice = f"{option('missing', 'mean')} fills them in, {option('missing', 'drop')} leaves these rows out"
    return (
        f"{table.where(row)}, column {table.names[column]!r}: {wrong}; cells are missing in "
        f"{int(rows.sum()):,} of {counted(len(table), 'row')} ({counts}): {advice}"
    )


def inputs_of(
    table: Table, columns: Sequence[Column], where: Sequence[int], gaps: bool = False
) -> np.ndarray:
    """(n_samples, n_inputs): numbers as they are, kinds one-hot; NaN where a cell is missing."""
    inputs = np.empty((len(table), sum(len(column.input_names) for column in columns)))
    at = 0
    for column, index in zip(columns, where, strict=True):
        block = column.encode(table.cells[index], table.where, gaps, table.style)
        inputs[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    return inputs


# ---- what is learned ----------------------------------------------------------------------------


def _targets(table: Table, chosen: Sequence[int], task: str | None) -> Targets:
    if len(chosen) > 1:
        return _several(table, chosen, task)
    cells, name = table.cells[chosen[0]], table.names[chosen[0]]
    if name in table.categories and task in (None, "classification"):
        made = encode(cells.words(), name, task, table.path)
        return replace(made, why="the file declares its classes")
    if task in ("regression", "percentages") or _is_numeric(table, chosen[0]):
        return encode(target_numbers(table, chosen[0]), name, task, table.path)
    return encode(cells.words(), name, task, table.path)


def _is_numeric(table: Table, column: int) -> bool:
    """Whether most cells are numbers, also in disguise; a few words among them may still be classes."""
    cells = table.cells[column]
    if not cells.known:
        return True
    texts = [(table.style.read(text), count) for text, count in cells.known]
    dressed = sum(count for number, count in texts if number is not None)
    words = sum(count for number, count in texts if number is None)
    units = {number[1] for number, _ in texts if number is not None}
    if not words:
        return len(units) == 1 and (units == {""} or not cells.plain.any())
    numbers = int(cells.plain.sum()) + dressed
    kinds = len(texts) + len(np.unique(cells.values[cells.plain]))
    again = kinds <= 20 and 3 * kinds <= len(cells) and min(count for _, count in texts) > 1
    return numbers > words and not again


def target_numbers(table: Table, index: int) -> np.ndarray:
    cells, name = table.cells[index], table.names[index]
    units = [pair[1] for text, _ in cells.known if (pair := table.style.read(text)) is not None]
    try:
        column = Column(name, unit=units[0] if units else "")
        return column.encode(cells, table.where, style=table.style)[:, 0]
    except DataError as error:
        if table.header:
            raise
        raise DataError(
            f"{error}. If the first row holds the names, say {_header_hint()}"
        ) from None


def _header_hint() -> str:
    hint = option("header")
    return f"{hint} yes" if hint.startswith("--") else hint


def _several(table: Table, chosen: Sequence[int], task: str | None) -> Targets:
    if task == "classification":
        raise DataError(f"{table.path}: classification has one target column, not {len(chosen)}")
    values = np.column_stack([target_numbers(table, i) for i in chosen])
    return Targets(
        values,
        tuple(table.names[i] for i in chosen),
        (),
        task or "regression",
        "several columns are numbers",
    )


def _target_note(table: Table, chosen: Sequence[int], targets: Targets, reading: Reading) -> Note:
    names = ", ".join(table.names[i] for i in chosen)
    why = "" if reading.target is not None else "the last column; "
    others = [
        n for i, n in enumerate(table.names) if i not in chosen and n.strip().lower() in LABELS
    ]
    if reading.target is None and others and names.strip().lower() not in LABELS:
        why = f"the last column, though {others[0]!r} looks like the target; "
    return Note(names, "target", f"{why}{targets.task}: {targets.why}")


def made_of(
    table: Table,
    columns: Sequence[Column],
    inputs: np.ndarray,
    targets: Targets,
    chosen: Sequence[int],
    name: str,
    source: dict[str, Any],
) -> Dataset:
    """The data set of encoded inputs and targets."""
    names = tuple(name for column in columns for name in column.input_names)
    return Dataset(
        name,
        inputs,
        targets.values,
        columns=tuple(columns),
        output_names=apart(targets.output_names, names, "+".join(table.names[i] for i in chosen)),
        classes=targets.classes,
        task=targets.task,
        source=source,
        about=f"{len(table):,} rows of {table.path}.",
        missing="mean" if np.isnan(inputs).any() else "",
    )


def read_again(table: Table, chosen: Sequence[int], reading: Reading) -> dict[str, Any]:
    """How to read the same again: the options, with the target by its name if it has one."""
    target: list[Any] = [table.names[i] if table.header else i + 1 for i in chosen]
    return {**reading.chosen, "target": target[0] if len(target) == 1 else target}
