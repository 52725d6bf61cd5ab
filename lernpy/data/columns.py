"""A column: one thing that a user states of a sample; what it is taken for, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from lernpy.data import dates
from lernpy.data.cells import Cells, Notation, is_missing, value_of, what_is_wrong
from lernpy.errors import DataError, ShapeError
from lernpy.text import counted, listed, near_miss, nth, shown

PLAIN = Notation()
MOST_KINDS = 256  # a column of more different words is no category
FEW_KINDS = 20  # numbers and words in one column are a category up to so many different ones
INDEX_NAMES = re.compile(
    r"|unnamed: ?\d+|column 1|row_?(names?|id|num(ber)?|nr)|index|id|#|no\.?|nr\.?", re.I
)
MOMENTS = re.compile(r"t|x|time|year|month|week|day|hour|minute|second|step|epoch|trial|age", re.I)


class Note(NamedTuple):
    """What a column was taken for: "number", "category", "date", "left out" or "target"; and why."""

    column: str
    role: str
    why: str


def sample_name(index: int) -> str:
    """A row in words; files say the line instead."""
    return nth("sample", index)


@dataclass(frozen=True)
class Column:
    """A number; with `kinds` a category: one input for each kind, 1 at the right one; or a date.

    Attributes
    ----------
    unit : what stands beside its numbers: "$", "%", "mm"
    date : how its dates are written ("iso", or as for `strptime`); they become four inputs

    >>> colour = Column("colour", ("green", "red"))
    >>> colour.input_names
    ('colour=green', 'colour=red')
    >>> colour.encode(["red", "green"]).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    >>> Column("price", unit="$").encode(["$2.50", "3"]).tolist()
    [[2.5], [3.0]]
    >>> colour.encode(["blue"])
    Traceback (most recent call last):
    lernpy.errors.DataError: sample 1, column 'colour': 'blue' was never seen in training. \
Known: green, red
    """

    name: str
    kinds: tuple[str, ...] = ()
    unit: str = ""
    date: str = ""

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that this column becomes."""
        if self.date:
            return tuple(f"{self.name} {part}" for part in dates.PARTS)
        return tuple(f"{self.name}={kind}" for kind in self.kinds) or (self.name,)

    def encode(
        self,
        cells: Sequence[object] | Cells,
        where: Callable[[int], str] = sample_name,
        gaps: bool = False,
        style: Notation = PLAIN,
    ) -> np.ndarray:
        """(n_samples, n_inputs) numbers for the cells of this column, as typed or read.

        With `gaps` a missing cell becomes NaN.

        Raises
        ------
        DataError
            If a cell is no finite number, or a kind that is not known; `where` says in which row.
        """
        if not isinstance(cells, Cells):
            cells = Cells.of(cells)
        if not gaps and cells.missing.any():
            row = int(cells.missing.argmax())
            raise DataError(f"{where(row)}, column {self.name!r}: {what_is_wrong(cells.text(row))}")
        if self.kinds:
            return self._indicators(cells, where)
        return self._dates(cells, where) if self.date else self._numbers(cells, where, style)

    def _numbers(self, cells: Cells, where: Callable[[int], str], style: Notation) -> np.ndarray:
        """Plain numbers, and those in the column's own disguise."""
        values = cells.values
        if cells.texts:
            by_text = [self._number(text, style) for text in cells.texts]
            values = np.where(cells.codes >= 0, np.array([*by_text, np.nan])[cells.codes], values)
        bad = ~np.isfinite(values) & ~cells.missing
        if bad.any():
            row = int(bad.argmax())
            text = cells.text(row)
            raise DataError(f"{where(row)}, column {self.name!r}: {self._wrong(text, style)}")
        return np.asarray(values[:, None])

    def _number(self, text: str, style: Notation) -> float:
        if is_missing(text):
            return np.nan
        dressed = style.read(text)
        if dressed is None or dressed[1] not in ("", self.unit):
            try:
                return value_of(text)
            except ValueError:
                return np.nan
        return dressed[0]

    def _wrong(self, text: str, style: Notation) -> str:
        dressed = style.read(text)
        if dressed is None or not dressed[1]:
            return what_is_wrong(text) or f"{shown(text)} is not a number"
        usual = f"with {self.unit!r}" if self.unit else "without a unit"
        return f"{shown(text)} has {dressed[1]!r} beside it, but the other cells are {usual}"

    def _dates(self, cells: Cells, where: Callable[[int], str]) -> np.ndarray:
        by_text = [dates.date_numbers(text, self.date) for text in [*cells.texts, ""]]
        values = np.array(by_text)[cells.codes]
        bad = np.isnan(values[:, 0]) & ~cells.missing
        if bad.any():
            row = int(bad.argmax())
            raise DataError(
                f"{where(row)}, column {self.name!r}: {shown(cells.text(row))} is no date as the others"
            )
        return np.asarray(values)

    def _indicators(self, cells: Cells, where: Callable[[int], str]) -> np.ndarray:
        known = cells.missing
        words = [self.kinds[0] if gap else w for gap, w in zip(known, cells.words(), strict=True)]
        indices = index_of(words, self.kinds, lambda i: f"{where(i)}, column {self.name!r}")
        table = one_hot(indices, len(self.kinds))
        table[known] = np.nan
        return table


def index_of(
    cells: Sequence[object], known: Sequence[str], where: Callable[[int], str]
) -> np.ndarray:
    """(n,) the index of each cell among the known words; 2.0 is the word 2; an unknown one is an error."""
    index = {word: i for i, word in enumerate(known)}
    seen: dict[object, int] = {}
    for i, cell in enumerate(cells):
        if cell not in seen:
            seen[cell] = _index_of_one(str(cell).strip(), index, partial(where, i), known)
    return np.array([seen[cell] for cell in cells], dtype=np.intp)


def _index_of_one(
    word: str, index: Mapping[str, int], where: Callable[[], str], known: Sequence[str]
) -> int:
    for form in (word, canonical(word)):
        if form in index:
            return index[form]
    raise DataError(
        f"{where()}: {shown(word)} was never seen in training."
        f"{near_miss(word, list(known))} Known: {listed(known, 20)}"
    )


def canonical(word: str) -> str:
    """One way of writing for one number: 2.0 is 2.

    >>> canonical("2.0"), canonical("02"), canonical("two")
    ('2', '02', 'two')
    """
    return Cells.of([word]).text(0)


def one_hot(indices: np.ndarray, count: int) -> np.ndarray:
    """(n, count) zeros, with a 1 in each row at its index.

    >>> one_hot(np.array([1, 0]), 3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    table = np.zeros((len(indices), count))
    table[np.arange(len(indices)), indices] = 1.0
    return table


# ---- what a column is taken for -----------------------------------------------------------------


class Taken(NamedTuple):
    """A column as it will be used (None: not at all), and the note that says so."""

    column: Column | None
    note: Note


class Refused(NamedTuple):
    """A column that cannot be used as it is: `kind` is "text", "date", "mixed" or "unclear"."""

    kind: str
    why: str
    row: int = 0  # of the first cell that does not fit


def take(
    name: str,
    cells: Cells,
    first: bool = False,
    categorical: str = "",
    with_dates: bool = False,
    style: Notation = PLAIN,
) -> Taken | Refused:
    """What an input column is: a number, a category, a date, or nothing to learn from.

    Parameters
    ----------
    name, cells : the column and what stands in it
    first : whether it is the first one, where an index stands
    categorical : who said that it is a category, if anybody
    with_dates : whether dates may be used
    style : how numbers are written

    >>> take("doors", Cells.of(["2", "3", "5more"] * 5)).note.why
    'numbers and words, 3 different'
    """
    known, plain = cells.known, int(cells.plain.sum())
    words = sum(count for _, count in known)
    if not words + plain:
        return _left_out(name, "every cell is empty")
    if categorical:
        return _category(name, cells, categorical)
    if not known:
        return _of_numbers(name, cells, first)
    if not plain and (form := dates.format_of(text for text, _ in known)):
        if with_dates:
            return _taken(Column(name, date=form), "date", f"dates such as {known[0][0]}")
        return Refused("date", f"holds dates such as {shown(known[0][0])}")
    if (dressed := _in_disguise(name, cells, known, plain, style)) is not None:
        return dressed
    if not style.thousands and (odd := _other_commas(known, plain, words, style)):
        return Refused("unclear", f"{shown(odd)} is no number as it stands", first_row(cells, odd))
    return _of_words(name, cells, known, plain, words, first)


def _other_commas(known: list[tuple[str, int]], plain: int, words: int, style: Notation) -> str:
    """A number such as 1,5 where points are the decimal signs, if most cells are numbers somehow."""
    other = replace(style, comma=not style.comma)
    odd = [
        (text, n)
        for text, n in known
        if style.read(text) is None and (pair := other.read(text)) and not pair[1]
    ]
    return odd[0][0] if odd and 2 * (plain + sum(n for _, n in odd)) > plain + words else ""


def _left_out(name: str, why: str) -> Taken:
    return Taken(None, Note(name, "left out", why))


def _taken(column: Column, role: str, why: str) -> Taken:
    return Taken(column, Note(column.name, role, why))


def _category(name: str, cells: Cells, why: str) -> Taken | Refused:
    words = np.array(cells.words(), dtype=object)[~cells.missing]
    kinds = sorted_values(set(words.tolist()))
    if len(kinds) > MOST_KINDS:
        return Refused(
            "text",
            f"has {len(kinds):,} different words, too many for a category (at most {MOST_KINDS})",
        )
    return _taken(Column(name, kinds), "category", why)


def sorted_values(kinds: set[str]) -> tuple[str, ...]:
    """Numbers by size, then words by alphabet.

    >>> sorted_values({"10", "b", "2", "a"})
    ('2', '10', 'a', 'b')
    """

    def key(word: str) -> tuple[bool, float, str]:
        try:
            return False, value_of(word), word
        except ValueError:
            return True, 0.0, word

    return tuple(sorted(kinds, key=key))


def _of_numbers(name: str, cells: Cells, first: bool) -> Taken:
    if why := counts_rows(name, cells.values, first):
        return _left_out(name, why)
    return _taken(Column(name), "number", "every cell is a number")


def counts_rows(name: str, values: np.ndarray, first: bool) -> str:
    """Why a column only counts the rows, or nothing: whoever learns it learns the order of the file."""
    n = len(values)
    named = bool(INDEX_NAMES.fullmatch(name.strip()))
    if n < (3 if named else 10) or not (named or first) or not np.isfinite(values).all():
        return ""
    start = values.min()
    if start in (0, 1) and (values == np.arange(start, start + n)).all():
        return "" if MOMENTS.fullmatch(name.strip()) else "it counts the rows"
    if named and (values == np.floor(values)).all() and len(np.unique(values)) == n:
        return "it numbers the rows"
    return ""


def first_row(cells: Cells, text: str) -> int:
    """The first row that has this text."""
    return int((cells.codes == cells.texts.index(text)).argmax())


def _in_disguise(
    name: str, cells: Cells, known: list[tuple[str, int]], plain: int, style: Notation
) -> Taken | Refused | None:
    """A number with a constant sign or unit: $33.10, 12.5 %, 11 mm, 1 234,50."""
    dressed = [style.read(text) for text, _ in known]
    row = first_row(cells, known[0][0])
    units = {pair[1] for pair in dressed if pair is not None}
    if None in dressed or not units:
        return None
    if len(units) > 1 or (plain and units != {""}):
        odd = next(text for (text, _), pair in zip(known, dressed, strict=True) if pair[1])  # type: ignore[index]
        why = f"{shown(odd)} has another sign or unit beside its number than other cells"
        few = len(known) <= FEW_KINDS and min(count for _, count in known) > 1
        return None if few else Refused("mixed", why, first_row(cells, odd))
    unit, texts = units.pop(), [text for text, _ in known]
    if all(style.is_open(text) for text in texts) and not plain:
        return Refused("unclear", f"{shown(texts[0])} could be a thousand or a fraction", row)
    parted = (
        f"numbers with {unit!r} beside them" if unit else f"numbers written as {shown(texts[0])}"
    )
    return _taken(Column(name, unit=unit), "number", parted)


def _of_words(
    name: str, cells: Cells, known: list[tuple[str, int]], plain: int, words: int, first: bool
) -> Taken | Refused:
    """Words, perhaps with numbers among them: a category where they come again and again."""
    numbers, counts = np.unique(cells.values[cells.plain], return_counts=True)
    kinds, present = len(known) + len(numbers), words + plain
    once = sum(count == 1 for _, count in known) + int((counts == 1).sum())
    if first and once == present >= 5 and INDEX_NAMES.fullmatch(name.strip()):
        return _left_out(name, "it names the rows")
    if plain:
        often = kinds <= FEW_KINDS and 3 * kinds <= present and min(c for _, c in known) > 1
        if not (often and 20 * words >= present) and (plain >= words or len(numbers) > FEW_KINDS):
            odd = first_row(cells, known[0][0]) if plain >= words else int(cells.plain.argmax())
            text = cells.text(odd)
            wrong = what_is_wrong(text) or f"{shown(text)} is a number among words"
            return Refused("mixed", wrong, odd)
    if 2 * once > present >= 5:
        return Refused("text", f"is text in which most cells differ ({kinds:,} of {present:,})")
    why = f"numbers and words, {kinds} different" if plain else f"words, {kinds} different"
    return _category(name, cells, why)


def encode_rows(
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]] | np.ndarray,
    where: Callable[[int], str] = sample_name,
    gaps: bool = False,
) -> np.ndarray:
    """(n_samples, n_inputs) raw inputs of rows that have one cell for each column."""
    if isinstance(rows, (str, Mapping)) or not hasattr(rows, "__len__"):
        raise ShapeError(f"the samples must be a list of rows, [[...], ...], not {rows!r:.60}")
    for index, row in enumerate(rows):
        if isinstance(row, (str, Mapping)) or not hasattr(row, "__len__"):
            raise ShapeError(f"{where(index)} must be a row of values, not {row!r:.60}")
        if len(row) != len(columns):
            raise ShapeError(
                f"{where(index)} has {counted(len(row), 'value')}, "
                f"but {len(columns)} are needed: {listed([c.name for c in columns])}"
            )
    cells = zip(*rows, strict=True) if len(rows) else ((),) * len(columns)
    return np.hstack([c.encode(cell, where, gaps) for c, cell in zip(columns, cells, strict=True)])
