"""ARFF, the format of Weka and OpenML: names and kinds of the columns, then rows with commas."""

from __future__ import annotations

import csv
import re
from array import array

from lernpy.data.cells import Cells
from lernpy.data.readers.tabular import decoded
from lernpy.data.table import Table, check_width
from lernpy.errors import DataError
from lernpy.text import counted, shown

ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"[^"]*"|\S+)\s+(.+)""", re.I)


def table_of_arff(content: bytes, path: str, encoding: str | None = None) -> Table:
    """The table in an ARFF file; its nominal attributes are categories.

    >>> head = b"@relation r\\n@attribute size numeric\\n@attribute kind {a,b}\\n@data\\n"
    >>> table = table_of_arff(head + b"% a remark\\n1.5,a\\n?,b\\n", "t.arff")
    >>> table.names, table.words(1), sorted(table.categories)
    (('size', 'kind'), ['a', 'b'], ['kind'])
    """
    text, notes = decoded(content, path, encoding)
    names: list[str] = []
    categories: set[str] = set()
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        words = line.strip()
        if words.lower().startswith("@data"):
            break
        if words.lower().startswith("@attribute"):
            name, kind = _attribute(words, f"{path}, line {number}")
            names.append(name)
            if kind.startswith("{"):
                categories.add(name)
    if not names:
        raise DataError(f"{path} is no ARFF file: it has no @attribute before its @data")
    check_width(path, len(names))
    cells, where = [Cells() for _ in names], array("q")
    block: list[list[str]] = []
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("%"):
            continue
        if line.lstrip().startswith("{"):
            raise DataError(f"{path}, line {number}: sparse rows are not read; write all values")
        block.append(_row(line, len(names), f"{path}, line {number}"))
        where.append(number)
    if not block:
        raise DataError(f"{path} has no rows below @data")
    for column, values in zip(cells, zip(*block, strict=True), strict=True):
        column.add(values)
    return Table(
        path,
        tuple(names),
        cells,
        lambda row: f"{path}, line {where[row]}",
        categories=frozenset(categories),
        notes=tuple(notes),
    )


def _attribute(line: str, where: str) -> tuple[str, str]:
    match = ATTRIBUTE.match(line)
    if match is None:
        raise DataError(f"{where}: {shown(line)} is no @attribute NAME KIND")
    return re.sub(r"\\(.)", r"\1", match[1].strip("'\"")), match[2].strip().lower()


def _row(line: str, width: int, where: str) -> list[str]:
    quote = "'" if line.count("'") and not line.count('"') else '"'
    try:
        row = next(csv.reader([line], quotechar=quote, escapechar="\\", skipinitialspace=True))
    except (csv.Error, StopIteration) as error:
        raise DataError(f"{where}: no readable row ({error})") from error
    if len(row) == 1 and "\t" in line:
        row = line.split("\t")
    if len(row) != width:
        raise DataError(f"{where}: {counted(len(row), 'value')}, but there are {width} attributes")
    return [cell.strip() for cell in row]
