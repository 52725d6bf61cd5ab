"""A table read as a network has learned another: the same columns, kinds and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lernpy.data.alignment import Learned, check_like
from lernpy.data.columns import index_of
from lernpy.data.dataset import Dataset
from lernpy.data.from_table import Reading, inputs_of, made_of, read_again, target_numbers
from lernpy.data.table import Choice, Table
from lernpy.data.targets import Targets, of_labels
from lernpy.errors import DataError
from lernpy.text import counted, listed, near_miss


def dataset_like(
    table: Table, like: Any, reading: Reading, name: str, source: dict[str, Any]
) -> Dataset:
    """The data set of a table with the columns, kinds and classes of a card or another data set."""
    check_like(like)
    positions = _columns_by_name(table, like) if table.header else []
    chosen = _target_like(table, like, reading.target)
    positions = positions or _columns_in_order(table, like, chosen)
    drop = reading.missing == "drop"
    wanted = (*chosen, *(positions if drop else ()))
    gaps = np.any([table.cells[i].missing for i in wanted], axis=0)
    if gaps.any() and (drop or like.missing):
        table = table.keep(np.flatnonzero(~gaps))
    inputs = inputs_of(table, like.columns, positions, gaps=bool(like.missing))
    targets = _targets_like(table, like, chosen)
    options = read_again(table, chosen, reading)
    made = made_of(table, like.columns, inputs, targets, chosen, name, {**source, **options})
    return replace(
        made,
        output_names=like.output_names,
        image=like.image,
        missing=like.missing,
        notes=like.notes,
    )


def inputs_like(table: Table, card: Any, target: Choice | None) -> np.ndarray:
    """(n_samples, n_inputs) raw inputs of a table with this card's columns, with or without target."""
    if table.header:
        positions = _columns_by_name(table, card)
    elif len(table.names) == len(card.columns):
        positions = list(range(len(card.columns)))
    else:
        positions = _columns_in_order(table, card, _target_like(table, card, target))
    return inputs_of(table, card.columns, positions, gaps=bool(card.missing))


def _target_like(table: Table, like: Any, target: Choice | None) -> list[int]:
    """The target that was named or that was learned; else the last columns that are no inputs."""
    if target is not None:
        return table.find(target, "target")
    source = like.source if isinstance(like, Dataset) else like.data
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


def _columns_by_name(table: Table, like: Learned) -> list[int]:
    """The position of each column under the header."""
    return [_named_column(table, column.name) for column in like.columns]


def _columns_in_order(table: Table, like: Learned, chosen: Sequence[int]) -> list[int]:
    """The position of each column where there is no header: in order, without the target."""
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


def _targets_like(table: Table, like: Learned, chosen: Sequence[int]) -> Targets:
    if not like.classes:
        values = np.column_stack([target_numbers(table, i) for i in chosen])
        return Targets(values, like.output_names, (), like.task)
    name = table.names[chosen[0]]
    words = table.words(chosen[0])
    labels = index_of(words, like.classes, lambda row: f"{table.where(row)}, column {name!r}")
    made = of_labels(labels, like.classes, name)
    return Targets(made.values, like.output_names, like.classes, like.task)
