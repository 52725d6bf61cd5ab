"""A text table (CSV): delimiter, header and kinds of columns are found out, bad cells are named."""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from lernpy.data.columns import number, what_is_wrong
from lernpy.errors import DataError
from lernpy.text import counted, listed, near_miss

DELIMITERS = ("\t", ";", ",")  # in this order where several would do: a comma may be a decimal one
FILL = "; fill it, or remove its row or column"
COMMA = ". If the comma is the decimal sign, say decimal=comma; if it parts thousands, take it out"
BLOCK = 500  # rows that are converted at once
NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "point": "."}
UNSEEN = ". If another sign than comma, semicolon or tab parts its columns, say which: delimiter=space, ..."


class Table:
    """Rows of a text table, one line of names perhaps above them.

    Parameters
    ----------
    text : the whole file
    path : what to call it in errors
    header : whether the first row holds names; None: found out (see `_has_header`)
    delimiter : one character (or "tab", "space", ...), or None: found out among comma, semicolon
        and tab
    decimal : "." or "," (or "point", "comma"), or None: a comma where it cannot be the delimiter
        and no number has a point. Numbers with commas that are not read so are an error then

    >>> table = Table("size,kind\\n1.5,a\\n2.5,b\\n", "two.csv")
    >>> table.names, table.numbers(0).tolist(), table.words(1)
    (('size', 'kind'), [1.5, 2.5], ['a', 'b'])
    """

    def __init__(
        self,
        text: str,
        path: str,
        header: bool | None = None,
        delimiter: str | None = None,
        decimal: str | None = None,
    ) -> None:
        self.path, self._text = path, text
        self.delimiter = _delimiter(text, delimiter)
        self.hint_of_delimiter = "" if delimiter is not None else UNSEEN
        self._guesses = decimal is None
        self.comma = _is_comma(decimal, text, self.delimiter)
        self._lines = array("q")
        self._cells = self._collect()
        self.header = self._has_header() if header is None else _yes_no(header)
        self.names = self._names()
        if len(self) == 0:
            raise DataError(f"{path} has a header but no rows below it")

    def __len__(self) -> int:
        return len(self._lines) - self.header

    def place(self, row: int) -> str:
        """Where this row stands in the file."""
        return f"{self.path}, line {self._lines[row + self.header]}"

    def is_numeric(self, column: int) -> bool:
        """Whether most cells of the column are numbers (then any other cell is an error)."""
        cells = self._cells[column]
        numeric = 2 * (cells.words - (self.header and cells.first_is_word)) < len(self)
        if not numeric and self._guesses:
            self._refuse_commas(column)
        return numeric

    def _refuse_commas(self, column: int) -> None:
        """Numbers such as 1,5 are no kinds of anything: whoever wrote them must say what they mean."""
        cells = self.words(column)
        numbers = [what_is_wrong(cell.replace(",", "")) is None for cell in cells]
        with_comma = [i for i, cell in enumerate(cells) if "," in cell and numbers[i]]
        if with_comma and 2 * sum(numbers) > len(cells):
            raise DataError(
                f"{self.place(with_comma[0])}, column {self.names[column]!r}: "
                f"{cells[with_comma[0]]!r:.60} is no number as it stands{COMMA}"
            )

    def numbers(self, column: int) -> np.ndarray:
        """(n_rows,) the column as finite numbers, or an error that names the bad cell."""
        values = np.frombuffer(self._cells[column].numbers)[int(self.header) :]
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            row = int(bad[0])
            cell = next(islice(self._rows(), row + self.header, None))[1][column]
            raise DataError(
                f"{self.place(row)}, column {self.names[column]!r}: "
                f"{what_is_wrong(cell)}{self._hint(row, cell)}"
            )
        return values

    def words(self, column: int) -> list[str]:
        """The column's cells as text; an empty one is an error."""
        found = [row[column].strip() for _, row in islice(self._rows(), int(self.header), None)]
        if "" in found:
            place = self.place(found.index(""))
            raise DataError(f"{place}, column {self.names[column]!r}: the cell is empty{FILL}")
        return found

    def find(self, wanted: int | str | Sequence[int | str], what: str) -> list[int]:
        """The columns meant by a name, a position (1 is the first, -1 the last) or several of them.

        Several may also be written with commas: "height,width".
        """
        if isinstance(wanted, str) and wanted not in self.names and "," in wanted:
            wanted = [part.strip() for part in wanted.split(",")]
        several: list[Any] = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
        if not several:
            raise DataError(f"{self.path}: no column is named as {what}; leave it out, or name one")
        found = [self._find_one(one, what) for one in several]
        if len(set(found)) != len(found):
            raise DataError(f"{self.path}: a column is named twice as {what}")
        return found

    def _find_one(self, wanted: object, what: str) -> int:
        if wanted in self.names:
            return self.names.index(str(wanted))
        try:
            if not isinstance(wanted, (str, int, np.integer)) or isinstance(wanted, bool):
                raise ValueError
            position = int(wanted)
        except ValueError:
            raise DataError(
                f"{self.path} has no column {wanted!r:.60} to be the {what}."
                f"{near_miss(str(wanted), list(self.names))} Columns: {listed(self.names, 20)}"
            ) from None
        if not 1 <= abs(position) <= len(self.names):
            raise DataError(
                f"{self.path} has {len(self.names)} columns; the {what} {position} is none of them "
                "(1 is the first, -1 the last)"
            )
        return position - 1 if position > 0 else position + len(self.names)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not blank, with the line on which it begins."""
        reader = csv.reader(
            io.StringIO(self._text, newline=""), delimiter=self.delimiter, skipinitialspace=True
        )
        line = 1
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            raise DataError(f"{self.path}, line {line}: no readable row ({error})") from error

    def _collect(self) -> list[_Cells]:
        rows = self._rows()
        cells: list[_Cells] = []
        while block := list(islice(rows, BLOCK)):
            cells = cells or [_Cells() for _ in block[0][1]]
            self._check_widths(block, len(cells))
            self._lines.extend(line for line, _ in block)
            for column, values in zip(
                cells, zip(*(row for _, row in block), strict=True), strict=True
            ):
                column.add(values, self.comma)
        if not cells:
            raise DataError(f"{self.path} is empty")
        return cells

    def _check_widths(self, block: list[tuple[int, list[str]]], width: int) -> None:
        for line, row in block:
            if len(row) != width:
                raise DataError(
                    f"{self.path}, line {line}: {counted(len(row), 'value')}, "
                    f"but the first row has {width}"
                )

    def _has_header(self) -> bool:
        """Names stand in the first row if most columns of numbers have no number there.

        Where no column is of numbers: if no cell of the first row comes again in its column.
        """
        rest = len(self._lines) - 1
        if rest == 0:
            return all(cells.first_is_word for cells in self._cells)
        numeric = [c for c in self._cells if 2 * (c.words - c.first_is_word) < rest]
        if numeric:
            return 2 * sum(c.first_is_word for c in numeric) > len(numeric)
        columns = zip(*(row for _, row in self._rows()), strict=True)
        return all(first not in others for first, *others in columns)

    def _names(self) -> tuple[str, ...]:
        if not self.header:
            return tuple(f"x{i}" for i in range(1, len(self._cells) + 1))
        line, first = next(self._rows())
        names = [cell.strip() or f"column {i}" for i, cell in enumerate(first, 1)]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise DataError(f"{self.path}, line {line}: two columns are called {name!r}")
        return tuple(names)

    def _hint(self, row: int, cell: str) -> str:
        """What to do about a cell that is no number."""
        if not cell.strip():
            return FILL
        if self._guesses and "," in cell and what_is_wrong(cell.replace(",", "")) is None:
            return COMMA
        if row or self.header:
            return ""
        return " (if the first row holds names, say so: header=True)"


class _Cells:
    """The cells of one column, as numbers; NaN where there is none."""

    def __init__(self) -> None:
        self.numbers = array("d")
        self.words = 0
        self.first_is_word = False

    def add(self, cells: Sequence[str], comma: bool) -> None:
        if comma:
            cells = [cell.replace(",", ".") for cell in cells]
        try:
            if "_" in "".join(cells):
                raise ValueError
            values = array("d", map(float, cells))
        except ValueError:
            values = self._one_by_one(cells)
        self.numbers.extend(values)

    def _one_by_one(self, cells: Sequence[str]) -> array[float]:
        values = array("d")
        for cell in cells:
            try:
                values.append(number(cell))
            except ValueError:
                self.first_is_word |= not self.numbers and not values
                self.words += 1
                values.append(np.nan)
        return values


def _yes_no(header: object) -> bool:
    if not isinstance(header, (bool, np.bool_)):
        raise DataError(f"header must be yes or no (True or False), not {header!r:.60}")
    return bool(header)


def _delimiter(text: str, given: str | None) -> str:
    """The delimiter that cuts most of the first lines into equally many cells."""
    if given is not None:
        given = NAMED.get(str(given), given)
        if not isinstance(given, str) or len(given) != 1 or given in '"\r\n':
            raise DataError(f"the delimiter must be one character, not {given!r:.60}")
        return given
    lines = [line for line in text[:65536].splitlines()[:50] if line.strip()]
    return max((",", *DELIMITERS), key=lambda delimiter: _agreement(lines, delimiter))


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many lines have the commonest number of cells, if that is above one."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0.0, 0)
    commonest = max(set(widths), key=widths.count, default=1)
    rank = len(DELIMITERS) - DELIMITERS.index(delimiter)
    return (widths.count(commonest), rank) if commonest > 1 else (0, 0)


def _is_comma(decimal: str | None, text: str, delimiter: str) -> bool:
    """Whether numbers are written 0,5."""
    decimal = NAMED.get(str(decimal), decimal)
    if decimal not in (None, ".", ","):
        raise DataError(f"the decimal sign must be point or comma, not {decimal!r:.60}")
    if decimal is not None or delimiter == ",":
        return decimal == ","
    edge = re.escape(delimiter)
    cell = rf"(?m)(?:^|{edge})[ ]*[+-]?\d+{{}}\d+[ ]*(?:$|\r|{edge})"
    return bool(re.search(cell.format(","), text)) and not re.search(cell.format(r"\."), text)
