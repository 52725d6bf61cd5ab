"""CSV files as data sets: which column is the target, which columns are numbers and which kinds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lernpy.data.card import Card
from lernpy.data.columns import Column, index_of
from lernpy.data.dataset import Dataset
from lernpy.data.readers.table import Table
from lernpy.data.targets import Targets, apart, check_task, encode, of_labels
from lernpy.errors import DataError
from lernpy.storage import read_bytes
from lernpy.text import counted, exact, listed, near_miss

MOST_KINDS = 256  # a column of more different words is no category

Choice = int | str | Sequence[int | str]


def read_csv(
    path: str | os.PathLike[str],
    target: Choice | None = None,
    task: str | None = None,
    ignore: Choice | None = None,
    like: Card | Dataset | None = None,
    **layout: Any,
) -> Dataset:
    """A data set from a text table.

    A column is numeric when most of its cells are numbers; any other cell in it is then an error
    that names file, line and column. Other columns are categories, one-hot in alphabetical order.

    Parameters
    ----------
    target : the column to learn, by name or position (1 is the first); default: the last one.
        Several ("height,width") mean regression with several outputs
    task : overrides what the target column suggests (see `targets.encode`)
    ignore : columns to leave out, by name or position
    like : read it as this card or data set has it: the same columns (found by name where there is
        a header), kinds and classes; anything unseen there is an error
    layout : header, delimiter, decimal (see `Table`)
    """
    check_task(task)
    table = read_table(path, **layout)
    given = {"target": target, "task": task, "ignore": ignore, **layout}
    if like is not None:
        return _read_like(table, like, target, given)
    chosen = table.find(-1 if target is None else target, "target")
    left_out = [] if ignore is None else table.find(ignore, "column to ignore")
    for i in set(chosen) & set(left_out):
        raise DataError(
            f"{table.path}: the column {table.names[i]!r} is to be ignored, but it is the target"
            f"{' (the last one, as no target was named)' if target is None else ''}; name another"
        )
    rest = [i for i in range(len(table.names)) if i not in {*chosen, *left_out}]
    if not rest:
        raise DataError(
            f"{table.path} has {counted(len(table.names), 'column')}; at least one input besides the "
            f"target is needed{table.hint_of_delimiter if len(table.names) == 1 else ''}"
        )
    columns = [_column(table, i) for i in rest]
    return _made(table, columns, rest, _targets(table, chosen, task), chosen, given)


def read_table(path: str | os.PathLike[str], **layout: Any) -> Table:
    """The rows of a text table: UTF-8, also with a byte order mark, also gzip."""
    content = read_bytes(path)
    name = os.fspath(path)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{name} is UTF-16 text; save it as CSV in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{name}, line {line}: no UTF-8 text; save it as CSV in UTF-8") from error
    if "\0" in text:
        raise DataError(f"{name} is no text file; a table must be CSV text")
    return Table(text, name, **layout)


def read_csv_inputs(path: str | os.PathLike[str], card: Card, **options: Any) -> np.ndarray:
    """(n_samples, n_inputs) raw inputs of a table with this card's columns, with or without target."""
    layout = {key: options[key] for key in ("header", "delimiter", "decimal") if key in options}
    table = read_table(path, **layout)
    if table.header:
        where = _columns_by_name(table, card)
    elif len(table.names) == len(card.columns):
        where = list(range(len(card.columns)))
    else:
        where = _columns_in_order(table, card, _target_like(table, card, options.get("target")))
    return _inputs(table, card.columns, where)


def _column(table: Table, index: int) -> Column:
    if table.is_numeric(index):
        return Column(table.names[index])
    kinds = tuple(sorted(set(table.words(index))))
    if len(kinds) > MOST_KINDS:
        name = table.names[index]
        raise DataError(
            f"{table.path}: column {name!r} has {len(kinds):,} different words, too many for a "
            f"category; leave it out with ignore={name!r}"
        )
    return Column(table.names[index], kinds)


def _inputs(table: Table, columns: Sequence[Column], where: Sequence[int]) -> np.ndarray:
    """(n_samples, n_inputs): numbers as they are, kinds one-hot."""
    inputs = np.empty((len(table), sum(len(column.input_names) for column in columns)))
    at = 0
    for column, index in zip(columns, where, strict=True):
        if column.kinds:
            block = column.encode(table.words(index), table.place)
        else:
            block = table.numbers(index)[:, None]
        inputs[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    return inputs


def _targets(table: Table, chosen: Sequence[int], task: str | None) -> Targets:
    if len(chosen) > 1:
        return _several(table, chosen, task)
    name = table.names[chosen[0]]
    if task in ("regression", "percentages") or table.is_numeric(chosen[0]):
        return encode(table.numbers(chosen[0]), name, task, table.path)
    return encode(table.words(chosen[0]), name, task, table.path)


def _several(table: Table, chosen: Sequence[int], task: str | None) -> Targets:
    if task == "classification":
        raise DataError(f"{table.path}: classification has one target column, not {len(chosen)}")
    values = np.column_stack([table.numbers(i) for i in chosen])
    return Targets(values, tuple(table.names[i] for i in chosen), (), task or "regression")


def _made(
    table: Table,
    columns: Sequence[Column],
    where: Sequence[int],
    targets: Targets,
    chosen: Sequence[int],
    given: dict[str, Any],
) -> Dataset:
    names = tuple(name for column in columns for name in column.input_names)
    outputs = apart(targets.output_names, names, "+".join(table.names[i] for i in chosen))
    return Dataset(
        Path(table.path).name.split(".")[0] or table.path,
        _inputs(table, columns, where),
        targets.values,
        columns=tuple(columns),
        output_names=outputs,
        classes=targets.classes,
        task=targets.task,
        source=_source(table, chosen, given),
        about=f"{len(table):,} rows of {table.path}.",
    )


def _source(table: Table, chosen: Sequence[int], given: dict[str, Any]) -> dict[str, Any]:
    """How to read the same again: what was said, with the target by its name if it has one."""
    target: list[Any] = [table.names[i] if table.header else i + 1 for i in chosen]
    said = {key: value for key, value in given.items() if value is not None}
    return {"file": table.path, **said, "target": target[0] if len(target) == 1 else target}


def _read_like(
    table: Table, like: Card | Dataset, target: Choice | None, given: dict[str, Any]
) -> Dataset:
    where = _columns_by_name(table, like) if table.header else []
    chosen = _target_like(table, like, target)
    where = where or _columns_in_order(table, like, chosen)
    targets = _targets_like(table, like, chosen)
    made = _made(table, like.columns, where, targets, chosen, given)
    return Dataset(**{**vars(made), "output_names": like.output_names, "image": like.image})


def _target_like(table: Table, like: Card | Dataset, target: Choice | None) -> list[int]:
    """The target that was named or that was learned; else the last columns that are no inputs."""
    if target is not None:
        return table.find(target, "target")
    source = like.data if isinstance(like, Card) else like.source
    learned = source.get("target", list(like.output_names))
    several = learned if isinstance(learned, list) else [learned]
    if table.header and all(name in table.names for name in several):
        return table.find(several, "target")
    if not table.header and all(type(i) is int and 1 <= i <= len(table.names) for i in several):
        return table.find(several, "target")
    known = {column.name for column in like.columns} if table.header else set()
    left = [i for i, name in enumerate(table.names) if name not in known]
    count = 1 if like.classes else len(like.output_names)
    if len(left) < count:
        wanted = "the target" if count == 1 else f"the {count} targets"
        raise DataError(
            f"{table.path} lacks {wanted} ({listed([str(name) for name in several])}): it has "
            f"{counted(len(left), 'column')} besides the inputs. To ask for answers, predict"
        )
    return left[-count:]


def _columns_by_name(table: Table, like: Card | Dataset) -> list[int]:
    """Where each column stands under the header."""
    return [_named_column(table, column.name) for column in like.columns]


def _columns_in_order(table: Table, like: Card | Dataset, chosen: Sequence[int]) -> list[int]:
    """Where each column stands where there is no header: in order, without the target."""
    rest = [i for i in range(len(table.names)) if i not in set(chosen)]
    if len(rest) != len(like.columns):
        raise DataError(
            f"{table.path} has {counted(len(rest), 'column')} besides the target, but "
            f"{len(like.columns)} are needed: {listed([c.name for c in like.columns])}"
        )
    return rest


def _named_column(table: Table, name: str) -> int:
    if name not in table.names:
        raise DataError(
            f"{table.path} has no column {name!r}, which the network learned from."
            f"{near_miss(name, list(table.names))} Columns: {listed(table.names, 20)}"
        )
    return table.names.index(name)


def _targets_like(table: Table, like: Card | Dataset, chosen: Sequence[int]) -> Targets:
    if not like.classes:
        values = np.column_stack([table.numbers(i) for i in chosen])
        return Targets(values, like.output_names, (), like.task)
    column = chosen[0]
    words = table.words(column)
    if table.is_numeric(column):
        numbers = table.numbers(column).tolist()
        words = [w if w in like.classes else exact(v) for w, v in zip(words, numbers, strict=True)]
    name = table.names[column]
    labels = index_of(words, like.classes, lambda row: f"{table.place(row)}, column {name!r}")
    made = of_labels(labels, like.classes, name)
    return Targets(made.values, like.output_names, like.classes, like.task)
