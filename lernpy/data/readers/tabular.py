"""A text table (CSV): encoding, delimiter, header, signs of numbers are recognised; bad lines are named."""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from lernpy.data.cells import Cells, Notation, is_missing, value_of
from lernpy.data.table import Table, check_width
from lernpy.errors import DataError
from lernpy.text import counted, option, shown

DELIMITERS = (
    "\t",
    ";",
    ",",
    "|",
)  # in this order where several would do: a comma may be a decimal one
NAMED = {
    "tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "point": ".", "pipe": "|",
    "apostrophe": "'", "dot": ".",
}  # fmt: skip
BLOCK = 500  # rows that are converted at once
SAMPLE, SAMPLE_CELLS = 200, 200_000  # at most so many rows are looked at to recognise the layout
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
UNITS = re.compile(r"[\[(]?[^\d\s]{1,8}(?:[/·^ ]?[\w²³]{0,4})?[\])]?")


@dataclass(frozen=True)
class Layout:
    """How a text is laid out; None is recognised."""

    header: bool | None = None
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str | None = None
    comment: str | None = None

    def __post_init__(self) -> None:
        if self.header is not None and not isinstance(self.header, (bool, np.bool_)):
            raise DataError(f"header must be yes or no (True or False), not {self.header!r:.60}")
        for name in ("delimiter", "decimal", "thousands", "encoding"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise DataError(f"the {name} is {shown(value)}; it must be text")
            object.__setattr__(self, name, NAMED.get(str(value), value))
        one = isinstance(self.delimiter, str) and len(self.delimiter) == 1
        if self.delimiter is not None and (not one or self.delimiter in '"\r\n'):
            raise DataError(f"the delimiter must be one character, not {self.delimiter!r:.60}")
        if self.decimal not in (None, ".", ","):
            raise DataError(f"the decimal sign must be point or comma, not {self.decimal!r:.60}")
        if self.thousands not in (None, ".", ",", " ", "'", "\u00a0", "\u2009", "\u202f", "’"):
            raise DataError(
                "the sign between thousands must be comma, point, space or apostrophe, "
                f"not {self.thousands!r:.60}"
            )
        if self.thousands is not None and self.thousands == self.decimal:
            raise DataError(f"{self.thousands!r} cannot part both thousands and decimals")
        if self.comment is not None and (not isinstance(self.comment, str) or not self.comment):
            raise DataError(f"comment is what a line to skip begins with, not {self.comment!r:.60}")


def table_of_text(content: bytes | str, path: str, **layout: Any) -> Table:
    """The table in a text.

    >>> table = table_of_text("size;kind\\n1,5;a\\n2,5;b\\n", "two.csv")
    >>> table.names, table.cells[0].values.tolist(), table.words(1)
    (('size', 'kind'), [1.5, 2.5], ['a', 'b'])
    """
    chosen = Layout(**layout)
    text, notes = (
        decoded(content, path, chosen.encoding) if isinstance(content, bytes) else (content, [])
    )
    return _Reader(text.rstrip("\x1a"), path, chosen).table(notes)


def decoded(content: bytes, path: str, encoding: str | None) -> tuple[str, list[str]]:
    """Text of bytes, and a note where it is neither UTF-8 nor marked."""
    mark = next((name for start, name in MARKS.items() if content.startswith(start)), None)
    zeros = content[:400].count(0) > len(content[:400]) // 4
    guess = mark or (
        "utf-16-le" if zeros and content[1:2] == b"\0" else "utf-16-be" if zeros else "utf-8"
    )
    try:
        text = content.decode(encoding or guess)
    except UnicodeDecodeError as error:
        if encoding or guess != "utf-8":
            raise DataError(f"{path} is no {encoding or guess} text ({error.reason})") from None
        text, encoding = content.decode("windows-1252", "replace"), "windows-1252"
        if "\ufffd" in text or CONTROLS.search(text.rstrip("\x1a")):
            line = content.count(b"\n", 0, error.start) + 1
            raise DataError(
                f"{path}, line {line}: no text; say {option('encoding', 'utf-8')} or another"
            ) from None
        return text, [f"the text is read as {encoding}"]
    except (LookupError, ValueError):
        raise DataError(
            f"{path}: no encoding is called {encoding!r:.60}; utf-8, windows-1252, ..."
        ) from None
    if "\0" in text:
        raise DataError(f"{path} is no text file; a table must be CSV text")
    return text, [f"the text is {guess}"] if guess.startswith("utf-16") else []


class _Reader:
    """Reads one text: looks at its first rows, then takes all of them."""

    def __init__(self, text: str, path: str, layout: Layout) -> None:
        self.path, self.layout, self.text = path, layout, text
        self.first_line, self.comment = 1, layout.comment
        self.names_above: list[str] = []
        self._take_off_the_head()
        self.delimiter = layout.delimiter or self._delimiter()
        self.sample = self._first_rows()
        if not self.sample:
            raise DataError(f"{path} is empty")
        self.width = self._width()
        check_width(path, self.width)
        self.style = self._style()
        self.header = self._has_header() if layout.header is None else bool(layout.header)
        self.units = self._has_units()

    def _first_rows(self) -> list[tuple[int, list[str]]]:
        """So many rows that few of wide ones are looked at."""
        rows = self._rows()
        first = list(islice(rows, 1))
        most = SAMPLE_CELLS // max(1, len(first[0][1])) if first else 0
        return first + list(islice(rows, min(max(most, 4), SAMPLE) - 1))

    # ---- what stands above the rows -----------------------------------------------------------

    def _take_off_the_head(self) -> None:
        """`sep=;`, and lines that begin with #, unless most lines do."""
        match = re.match(r'"?sep=(.)"?[ \t]*\r?\n', self.text)
        if match:
            self._cut(match.end())
            if self.layout.delimiter is None:
                object.__setattr__(self.layout, "delimiter", match[1])
        lines = self.text[:65536].splitlines()[:50]
        if self.comment is not None or 2 * sum(line.startswith("#") for line in lines) > len(lines):
            return
        while self.text.startswith("#"):
            line, *_ = self.text.splitlines(keepends=True)
            self.names_above = [line.strip("# \r\n")]
            self._cut(len(line))

    def _cut(self, end: int) -> None:
        self.first_line += len(self.text[:end].splitlines())
        self.text = self.text[end:]

    def _delimiter(self) -> str:
        """The delimiter that cuts most of the first lines into equally many cells."""
        lines = [line for line in self.text[:65536].splitlines()[:50] if line.strip()]
        return max((",", *DELIMITERS), key=lambda delimiter: _agreement(lines, delimiter))

    # ---- rows ---------------------------------------------------------------------------------

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not blank and no comment, with the line on which it begins."""
        reader = csv.reader(
            io.StringIO(self.text, newline=""), delimiter=self.delimiter, skipinitialspace=True
        )
        line, comment = self.first_line, self.comment
        try:
            for row in reader:
                skipped = comment and row and row[0].startswith(comment)
                if any(cell.strip() for cell in row) and not skipped:
                    yield line, row
                line = self.first_line + reader.line_num
        except csv.Error as error:
            raise DataError(
                f"{self._unclosed(line) or f'{self.path}, line {line}'}: no readable row ({error})"
            ) from error

    def _unclosed(self, line: int) -> str:
        """Which line opens a quote that nothing closes."""
        rest = self.text.splitlines()[line - self.first_line :]
        if sum(part.count('"') for part in rest) % 2 == 0:
            return ""
        return f"{self.path}, line {line}: a quote is opened and not closed, {shown(rest[0])}"

    def _width(self) -> int:
        """How many cells a row has; where each row ends in a delimiter, nothing stands behind it."""
        widths = [len(row) for _, row in self.sample]
        filled = (at for _, row in self.sample for at, cell in enumerate(row, 1) if cell.strip())
        width = min(widths[0], max(filled, default=1))
        if widths[0] == 1 or max(widths) < width:
            return widths[0]
        return width

    def _fitting(self, line: int, row: list[str]) -> list[str]:
        if len(row) == self.width:
            return row
        if len(row) > self.width and not any(cell.strip() for cell in row[self.width :]):
            return row[: self.width]
        where = self._unclosed(line) if "\n" in "".join(row) else ""
        raise DataError(
            f"{where or f'{self.path}, line {line}'}: {counted(len(row), 'value')}, "
            f"but the first row has {self.width}"
        )

    # ---- how numbers are written --------------------------------------------------------------

    def _style(self) -> Notation:
        layout = self.layout
        thousands = layout.thousands or ""
        comma = layout.decimal == "," or thousands == "."
        if layout.decimal is None and thousands in ("", "'", " "):
            comma = comma or self._guess_comma()
        if layout.decimal == "." and not thousands:
            thousands = ","
        if layout.decimal == "," and not thousands:
            thousands = "."
        return Notation(comma, thousands)

    def _guess_comma(self) -> bool:
        """Whether numbers are written 0,5: a comma where it cannot be the delimiter, and no 0.5."""
        cells = [
            cell.strip() for _, row in self.sample for cell in row if "," in cell or "." in cell
        ]
        comma = any(
            re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})*,\d+|[+-]?\d+,\d+", cell) for cell in cells
        )
        if not comma or self.delimiter == ",":
            return bool(
                comma and any(re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", cell) for cell in cells)
            )
        point = (re.fullmatch(r"[+-]?\d+\.\d+", cell) for cell in cells)
        return not any(
            match and not re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", match[0]) for match in point
        )

    def _is_number(self, cell: str) -> bool:
        cell = cell.strip()
        if cell[:1].isalpha():
            return self.style.read(cell) is not None
        try:
            value_of(cell.replace(",", ".") if self.style.comma else cell)
        except ValueError:
            return self.style.read(cell) is not None
        return True

    # ---- names --------------------------------------------------------------------------------

    def _has_header(self) -> bool:
        """Names stand in the first row if most columns of numbers have no number there.

        Where no column is of numbers: if no cell of the first row comes again in its column. A row that
        counts the columns (pandas' 0,1,2,species) holds names, too.
        """
        first, rest = (
            self.sample[0][1][: self.width],
            [row[: self.width] for _, row in self.sample[1:]],
        )
        if not rest:
            return not any(self._is_number(cell) for cell in first)
        votes = []
        columns = list(zip(*(row + [""] * (self.width - len(row)) for row in rest), strict=True))
        for cell, others in zip(first, columns, strict=False):
            known = [other for other in others if not is_missing(other)]
            numbers = sum(map(self._is_number, known))
            if known and 2 * numbers > len(known) and (cell.strip() == "" or not is_missing(cell)):
                votes.append(not self._is_number(cell))
        if _counts_columns(first) and self._first_is_apart(first, columns):
            return True
        if votes:
            return 2 * sum(votes) > len(votes)
        return all(cell not in others for cell, others in zip(first, columns, strict=False))

    def _first_is_apart(self, first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
        """Whether a row that counts the columns differs in kind from the rows below it."""
        words = [i for i, cell in enumerate(first) if cell.strip() and not cell.strip().isdigit()]
        if words:
            return all(first[i] not in columns[i] for i in words)
        return any("." in cell for column in columns for cell in column)

    def _has_units(self) -> bool:
        """Whether the row under the names says units: cm, (kg), [m/s]."""
        if not self.header or len(self.sample) < 4:
            return False
        second, rest = self.sample[1][1], [row for _, row in self.sample[2:]]
        numeric = [
            i
            for i in range(min(self.width, len(second)))
            if all(
                self._is_number(row[i]) for row in rest if i < len(row) and not is_missing(row[i])
            )
        ]
        units = [second[i].strip() for i in numeric]
        return (
            bool(units)
            and any(units)
            and all(not u or UNITS.fullmatch(u) for u in units)
            and not any(self._is_number(u) for u in units)
        )

    def _names(self, cells: list[Cells]) -> tuple[str, ...]:
        if not self.header:
            above = (
                next(csv.reader(self.names_above, delimiter=self.delimiter), [])
                if self.names_above
                else []
            )
            if (
                len(above) == len(cells)
                and len(set(above)) == len(above)
                and self.layout.header is None
            ):
                return tuple(name.strip() for name in above)
            return tuple(f"x{i}" for i in range(1, len(cells) + 1))
        line, first = self.sample[0]
        names = [cell.strip() or f"column {i}" for i, cell in enumerate(first[: self.width], 1)]
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise DataError(f"{self.path}, line {line}: two columns are called {name!r}")
            seen.add(name)
        return tuple(names)

    # ---- the table ----------------------------------------------------------------------------

    def table(self, notes: list[str]) -> Table:
        lines, cells = self._collect()
        if not lines:
            raise DataError(f"{self.path} has a header but no rows below it")
        names, path = self._names(cells), self.path
        if self.units:
            notes = [*notes, f"line {self.sample[1][0]} holds units and is left out"]
        unseen = ". If another sign than comma, semicolon or tab parts its columns, say which: "
        return Table(
            path,
            names,
            cells,
            lambda row: f"{path}, line {lines[row]}",
            self.header or names[0] != "x1",
            self.style,
            notes=tuple(notes),
            hint="" if self.layout.delimiter else f"{unseen}{option('delimiter', 'space')}, ...",
        )

    def _collect(self) -> tuple[array[int], list[Cells]]:
        rows, lines = self._rows(), array("q")
        list(islice(rows, self.header + self.units))
        cells = [Cells(self.style.comma) for _ in range(self.width)]
        while block := list(islice(rows, BLOCK)):
            fitting = [
                row if len(row) == self.width else self._fitting(line, row) for line, row in block
            ]
            lines.extend(line for line, _ in block)
            for column, values in zip(cells, zip(*fitting, strict=True), strict=True):
                column.add(values)
        return lines, cells


def _counts_columns(first: Sequence[str]) -> bool:
    """Whether the cells are 0, 1, 2, ... perhaps with a word or nothing at either end.

    >>> _counts_columns(["0", "1", "kind"]), _counts_columns(["", "0", "1", "2"]), _counts_columns(["0", "1"])
    (True, True, False)
    """
    numbers = [cell.strip() for cell in first if cell.strip().isdigit()]
    if len(numbers) < max(2, len(first) - 2):
        return False
    others = [cell for cell in first if not cell.strip().isdigit() and Notation().read(cell)]
    enough = len(first) > len(numbers) or len(first) > 2
    return enough and not others and numbers == [str(i) for i in range(len(numbers))]


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many lines have the commonest number of cells, if that is above one."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0.0, 0)
    commonest = max(set(widths), key=widths.count, default=1)
    rank = len(DELIMITERS) - DELIMITERS.index(delimiter)
    return (widths.count(commonest), rank) if commonest > 1 else (0, 0)
