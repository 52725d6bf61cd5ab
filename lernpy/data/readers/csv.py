"""Files with a table in them as data sets: CSV and other text, spreadsheets, ARFF, Parquet, frames."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lernpy.data.alignment import check_like
from lernpy.data.card import Card
from lernpy.data.dataset import Dataset
from lernpy.data.from_table import Reading, dataset_of
from lernpy.data.readers.arff import table_of_arff
from lernpy.data.readers.frames import table_of_frame, table_of_parquet, table_of_sheet
from lernpy.data.readers.tabular import table_of_text
from lernpy.data.readers.unpacking import STDIN, ZIP, Content, content_of
from lernpy.data.sequences import in_steps, may_be_shorter, step_like, steps_of
from lernpy.data.table import Choice, Table
from lernpy.data.table_like import dataset_like, inputs_like
from lernpy.errors import DataError
from lernpy.storage import path_of
from lernpy.text import option


def read_csv(
    path: str | os.PathLike[str] | Content,
    target: Choice | None = None,
    task: str | None = None,
    ignore: Choice | None = None,
    categorical: Choice | None = None,
    missing: str | None = None,
    dates: bool = False,
    sequence: Choice | None = None,
    read: str | None = None,
    like: Card | Dataset | None = None,
    **layout: Any,
) -> Dataset:
    """A data set from a text table (or a spreadsheet, an ARFF or Parquet file, a packed one of these).

    A column of numbers (also $33.10, 12.5 %, 11 mm) is a number, one of words that come again a
    category, one-hot in order; what counts or names the rows is left out. What is neither is refused
    by name. `Dataset.notes` says what each column was taken for, and why.

    Parameters
    ----------
    target : the column to learn, by name or position (1 is the first); default: the last one.
        Several ("height,width") mean regression with several outputs
    task : overrides what the target column suggests (see `targets.what_they_mean`)
    ignore : columns to leave out, by name or position
    categorical : columns whose numbers are mere names
    missing : what becomes of empty cells, ?, NA, NaN, null, -: "drop" leaves their rows out, "mean" and
        "most-frequent" fill them in (fitted on the training part); None refuses them
    dates : whether a column of dates becomes year, month, day and weekday
    sequence : the column that names the sequence a row belongs to: each becomes one sample, its rows the
        steps in time (see `sequences.in_steps`)
    read : whether the target of the "last" row of a sequence is learned (default), or that of "every" one
    like : read it as this card or data set has it: the same columns (by name where there is
        a header), kinds and classes; anything unseen there is an error
    layout : header, delimiter, decimal, thousands, encoding, comment (see `text.Layout`), sheet
    """
    table = read_table(path, **layout)
    reading = Reading(target, task, ignore, categorical, missing, dates, layout, sequence, read)
    return dataset_from(table, reading, like)


def dataset_from(table: Table, reading: Reading, like: Card | Dataset | None) -> Dataset:
    """The data set of a table that was read from a file."""
    name = Path(table.path).name.split(".")[0] or table.path
    source: dict[str, Any] = {"file": table.path}
    reading = _as_learned(reading, table, like)
    if reading.sequence is not None:
        return _sequences(table, reading, like, name, source)
    if like is not None:
        return dataset_like(table, like, reading, name, source)
    return dataset_of(table, reading, name, source)


def _as_learned(reading: Reading, table: Table, like: Card | Dataset | None) -> Reading:
    """Which column names the sequences is remembered, and taken where this table has it, too."""
    if like is not None:
        check_like(like)
    known = {} if like is None else like.data if isinstance(like, Card) else like.source
    sequence = known.get("sequence")
    if reading.sequence is None and sequence in table.names:
        return replace(reading, sequence=sequence)
    return reading


def _sequences(
    table: Table, reading: Reading, like: Card | Dataset | None, name: str, source: dict[str, Any]
) -> Dataset:
    """The data set of a table whose rows are steps; each sequence is a sample."""
    table, labels = _labelled(table, reading)
    if like is None:
        rows = dataset_of(table, reading, name, source)
        return in_steps(rows, labels, read=reading.read or "last")
    like = Card.of(like) if isinstance(like, Dataset) else like
    rows = dataset_like(table, step_like(like), reading, name, source)
    read = "every" if like.asks_each_step else "last"
    return in_steps(rows, labels, steps_of(like.columns), may_be_shorter(like.columns), read)


def _labelled(table: Table, reading: Reading) -> tuple[Table, list[str]]:
    """The table without the column that names the sequences, and that column."""
    assert reading.sequence is not None
    [index] = table.find(reading.sequence, "sequence")[:1]
    if reading.missing == "drop":
        raise DataError(
            f"{table.path}: a sequence has no gaps; leave out {option('missing', 'drop')}"
        )
    gaps = np.flatnonzero(table.cells[index].missing)
    if len(gaps):
        raise DataError(
            f"{table.where(int(gaps[0]))}, column {table.names[index]!r}: the cell is empty; each row "
            "says to which sequence it belongs"
        )
    kept = [i for i in range(len(table.names)) if i != index]
    rest = replace(
        table, names=tuple(table.names[i] for i in kept), cells=[table.cells[i] for i in kept]
    )
    return rest, table.words(index)


def read_frame(
    frame: Any,
    target: Choice | None = None,
    task: str | None = None,
    ignore: Choice | None = None,
    categorical: Choice | None = None,
    missing: str | None = None,
    dates: bool = False,
    sequence: Choice | None = None,
    read: str | None = None,
    like: Card | Dataset | None = None,
) -> Dataset:
    """A data set from a frame of pandas, polars or Arrow; the arguments are those of `read_csv`."""
    reading = Reading(
        target, task, ignore, categorical, missing, dates, sequence=sequence, read=read
    )
    table = table_of_frame(frame)
    if sequence is not None:
        return _sequences(table, reading, like, "frame", {})
    if like is not None:
        return dataset_like(table, like, reading, "frame", {})
    return dataset_of(table, reading, "frame", {})


def read_table(
    path: str | os.PathLike[str] | Content, sheet: str | None = None, **layout: Any
) -> Table:
    """The table in a file, by its first bytes and its ending; `sheet` of a spreadsheet."""
    content = path if isinstance(path, Content) else content_of(path_of(path))
    name = content.name if isinstance(path, Content) else os.fspath(path)
    name = "standard input" if name == STDIN else name
    if content.data.startswith(ZIP) and content.ending != ".npz":
        return table_of_sheet(content.data, name, sheet, **layout)
    if sheet is not None:
        raise DataError(f"{name} is no spreadsheet; leave out {option('sheet', sheet)}")
    if content.data.startswith(b"PAR1"):
        return table_of_parquet(content.data, name)
    if content.ending == ".arff" or content.data[:4096].lstrip().lower().startswith(b"@relation"):
        return table_of_arff(content.data, name, layout.get("encoding"))
    return table_of_text(content.data, name, **layout)


def read_csv_inputs(
    path: str | os.PathLike[str], card: Card, target: Choice | None = None, **layout: Any
) -> np.ndarray:
    """(n_samples, n_inputs) raw inputs of a table with this card's columns, with or without target."""
    table, sequence = read_table(path, **layout), card.data.get("sequence")
    if sequence is None:
        return inputs_like(table, card, target)
    table, labels = _labelled(table, Reading(sequence=sequence))
    like = step_like(card)
    inputs = inputs_like(table, like, target)
    rows = Dataset(table.path, inputs, np.zeros((len(inputs), 1)), columns=like.columns)
    return in_steps(rows, labels, steps_of(card.columns), may_be_shorter(card.columns)).inputs
