"""Frames of pandas, polars or Arrow, and the files that come through them: Parquet, Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from lernpy.data.cells import Cells
from lernpy.data.readers.tabular import table_of_text
from lernpy.data.table import Table
from lernpy.errors import DataError, FileFormatError, missing
from lernpy.text import listed, near_miss


def is_frame(thing: object) -> bool:
    """Whether this has named columns: a frame of pandas, polars, Arrow, or one that narwhals knows."""
    return any(hasattr(thing, name) for name in ("column_names", "columns")) and any(
        hasattr(thing, name)
        for name in ("__dataframe__", "__arrow_c_stream__", "__narwhals_dataframe__", "iloc")
    )


def is_series(thing: object) -> bool:
    """Whether this is one column of a frame, with a name."""
    return hasattr(thing, "name") and any(hasattr(thing, way) for way in ("to_list", "to_pylist"))


def table_of_frame(frame: Any, name: str = "frame") -> Table:
    """The table in a frame: its numbers, words, dates and gaps as they would stand in a file."""
    names = [str(column) for column in _names(frame)]
    for column in names:
        if names.count(column) > 1:
            raise DataError(f"{name}: two columns are called {column!r}")
    if not names:
        raise DataError(f"{name} has no columns")
    columns = [frame[column] for column in _names(frame)]
    categories = {n for n, column in zip(names, columns, strict=True) if _is_category(column)}
    cells = [cells_of(column) for column in columns]
    if len(cells[0]) == 0:
        raise DataError(f"{name} has no rows")
    return Table(name, tuple(names), cells, categories=frozenset(categories))


def _names(frame: Any) -> list[Any]:
    names = getattr(
        frame, "column_names", None
    )  # Arrow's, whose `columns` are the columns themselves
    return list(frame.columns if names is None else names)


def _is_category(column: Any) -> bool:
    kind = str(getattr(column, "dtype", getattr(column, "type", ""))).lower()
    return kind.startswith(("category", "categorical", "enum", "dictionary"))


def cells_of(column: Any) -> Cells:
    """The cells of a Series, an array (a mask is a gap) or a list."""
    kind = getattr(getattr(column, "dtype", None), "kind", "")
    if kind in ("i", "u", "f"):
        array = np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)
        if np.isfinite(array[~np.isnan(array)]).all():
            return Cells.of_numbers(array)
    for way in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, way):
            return Cells.of(getattr(column, way)())
    return Cells.of(column)


def table_of_parquet(content: bytes, path: str) -> Table:
    """The table in a Parquet file, through pyarrow."""
    try:
        import pyarrow.parquet  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise missing(f"a Parquet file ({path})", "pyarrow") from None
    try:
        return table_of_frame(pyarrow.parquet.read_table(io.BytesIO(content)), path)
    except (OSError, ValueError) as error:  # its errors are of these kinds
        raise FileFormatError(f"{path} is no readable Parquet file ({error})") from error


def table_of_sheet(content: bytes, path: str, sheet: str | None = None, **layout: Any) -> Table:
    """The table in a sheet of an Excel file, through openpyxl; the first sheet where none is named."""
    try:
        from openpyxl import load_workbook  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise missing(f"a spreadsheet ({path})", "openpyxl", "lernpy[excel]") from None
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        names = book.sheetnames
    except Exception as error:  # a damaged one ends in whatever its parser meets
        raise FileFormatError(f"{path} is no readable spreadsheet ({error})") from error
    if sheet is not None and sheet not in names:
        raise DataError(
            f"{path} has no sheet {sheet!r}.{near_miss(sheet, names)} It has: {listed(names)}"
        )
    rows = list(book[sheet or names[0]].iter_rows(values_only=True))
    return table_of_text(_as_csv(rows), path, **{**layout, "delimiter": ","})


def _as_csv(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as CSV text, one line each, so that a line is a row of the sheet."""
    width = max(
        (i + 1 for row in rows for i, cell in enumerate(row) if cell is not None), default=0
    )
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        cells = ["" if cell is None else " ".join(str(cell).split("\n")) for cell in row[:width]]
        writer.writerow([*cells, *[""] * (width - len(cells))])
    return stream.getvalue()
