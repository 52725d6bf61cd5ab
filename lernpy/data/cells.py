"""The cells of one column as they came: plain numbers, other texts, gaps; and numbers in disguise."""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from lernpy.text import exact, shortened, shown

MISSING = frozenset(
    ("", "?", "na", "n/a", "#n/a", "nan", "<na>", "nat", "null", "-", "--", "—", ".")
)
SPACES = "\u0020\u00a0\u2007\u2009\u202f'’"  # may part thousands: spaces, apostrophes
CURRENCIES = frozenset(
    ("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "SEK", "NOK", "DKK", "Fr.", "kr")
)
LEADING_ZERO = re.compile(r"(?:^|\x1f)\s*[+-]?0\d")
DRESSED = re.compile(
    r"(?P<sign>[+-]?)(?P<before>[^\d\s.,+-]{0,4}\.?)\s*(?P<inner>[+-]?)"
    rf"(?P<number>\d[\d.,{SPACES}]*|[.,]\d+)(?P<power>[eEdD][+-]?\d+)?\s*(?P<after>[^\d,]{{0,12}})"
)
UNIT = re.compile(r"[^\W\d_]|[%‰°$€£¥]")  # how what stands behind a number begins


@dataclass(frozen=True)
class Notation:
    """How numbers are written: with a decimal comma, with a sign between the thousands.

    >>> Notation(comma=True).read("2.500,50"), Notation().read("$1,033.10"), Notation().read("5 of 6")
    ((2500.5, ''), (1033.1, '$'), None)
    """

    comma: bool = False
    thousands: str = ""  # the one sign that parts thousands; empty: whatever can be nothing else

    def read(self, text: str) -> tuple[float, str] | None:
        """The number in a cell and the sign or unit beside it; None where there is no number."""
        text = text.strip().strip("\"'").replace("\u2212", "-")
        negative = text.startswith("(") and text.endswith(")")
        match = DRESSED.fullmatch(text[1:-1] if negative else text)
        if match is None or (match["sign"] and match["inner"]):
            return None
        before, after = match["before"], match["after"].strip()
        plain = self._plain(match["number"].strip(SPACES))
        if plain is None or not (_is_currency(before) and (not after or UNIT.match(after))):
            return None
        minus = "-" if negative or "-" in (match["sign"], match["inner"]) else ""
        power = (match["power"] or "").replace("d", "e").replace("D", "e")
        return float(f"{minus}{plain}{power}"), before + after

    def _plain(self, digits: str) -> str | None:
        """The digits as Python writes them, if the thousands are parted rightly."""
        whole, point, fraction = digits.partition("," if self.comma else ".")
        signs = re.escape(self.thousands or SPACES + ("." if self.comma else ","))
        if re.fullmatch(rf"\d{{1,3}}(?:[{signs}]\d{{3}})+", whole):
            whole = re.sub(rf"[{signs}]", "", whole)
        plain = whole.isdecimal() or (not whole and fraction)
        if not plain or (fraction and not fraction.isdecimal()) or re.match(r"0\d", whole):
            return None
        return f"{whole or 0}{'.' if point else ''}{fraction}"

    def is_open(self, text: str) -> bool:
        """Whether 1,234 could be a thousand or a fraction."""
        return not (self.thousands or self.comma) and bool(
            re.fullmatch(r"\D*[1-9]\d{0,2}\,\d{3}\D*", text)
        )


def _is_currency(text: str) -> bool:
    signs = [letter for letter in text if unicodedata.category(letter) == "Sc"]
    return not text or text in CURRENCIES or (len(signs) == 1 and text.endswith(signs[0]))


def value_of(cell: object) -> float:
    """The number in a cell, NaN and infinity included; anything else is a ValueError."""
    if isinstance(cell, (bool, int, float, np.number, np.bool_)):
        return float(cell)
    text = str(cell)
    if "_" in text or not text.isascii():  # float() takes 1_000 and the digits of every script
        raise ValueError(text)
    return float(text)


def is_missing(cell: object) -> bool:
    """Whether a cell says that nothing is known: empty, ?, NA, NaN, null, -, None, masked.

    >>> is_missing(" "), is_missing("N/A"), is_missing(float("nan")), is_missing(0)
    (True, True, True, False)
    """
    if isinstance(cell, str):
        return cell.strip().lower() in MISSING
    if cell is None or cell is np.ma.masked:
        return True
    try:
        return bool(cell != cell)  # NaN, NaT
    except (TypeError, ValueError):  # pandas' NA is neither true nor false
        return True


def what_is_wrong(cell: object) -> str | None:
    """Why this cell is no number to learn from, or None where it is one.

    >>> what_is_wrong("12 or so")
    "'12 or so' is not a number"
    """
    if isinstance(cell, str) and not cell.strip():
        return "the cell is empty"
    word = shown(cell.strip()) if isinstance(cell, str) else shortened(str(cell), 60, "...")
    try:
        finite = math.isfinite(value_of(cell))
    except (ValueError, TypeError, OverflowError):
        return f"{word} is not a number"
    return None if finite else f"{word} is not a finite number"


class Cells:
    """One column of a table: plain numbers as numbers, all else as texts, each text kept once.

    >>> cells = Cells()
    >>> cells.add(["2.50", "low", "?", "low"])
    >>> cells.values.tolist(), cells.words(), cells.missing.tolist()
    ([2.5, nan, nan, nan], ['2.5', 'low', '?', 'low'], [False, False, True, False])
    """

    def __init__(self, comma: bool = False) -> None:
        self.comma = comma
        self._values = array("d")
        self._codes = array(
            "i"
        )  # -1 for a plain number; as long as the values once there is a text
        self._index: dict[str, int] = {}

    def add(self, cells: Sequence[str]) -> None:
        """More cells, as text."""
        joined = "\x1f".join(cells)
        odd = "_" in joined or not joined.isascii() or LEADING_ZERO.search(joined)
        try:
            if odd or (self.comma and "." in joined):
                raise ValueError
            numbers = [cell.replace(",", ".") for cell in cells] if self.comma else cells
            values = array("d", map(float, numbers))
            if inf in values or -inf in values:
                raise ValueError
            self._values.extend(values)
        except ValueError:
            self._one_by_one(cells)
        else:
            if self._index:
                self._codes.extend([-1] * len(cells))

    def _one_by_one(self, cells: Sequence[str]) -> None:
        if not self._index:
            self._codes.extend([-1] * len(self._values))
        index = self._index
        for cell in cells:
            cell = cell.strip()
            if cell in index:
                self._values.append(np.nan)
                self._codes.append(index[cell])
                continue
            try:
                if LEADING_ZERO.match(cell) or (self.comma and "." in cell):
                    raise ValueError
                value = value_of(cell.replace(",", ".") if self.comma else cell)
                if abs(value) == inf:
                    raise ValueError
                self._values.append(value)
                self._codes.append(-1)
            except ValueError:
                self._values.append(np.nan)
                self._codes.append(index.setdefault(cell, len(index)))

    @classmethod
    def of(cls, values: Iterable[Any]) -> Cells:
        """Cells of Python values, as a frame or a spreadsheet has them."""
        cells = cls()
        cells.add([_as_text(value) for value in values])
        return cells

    @classmethod
    def of_numbers(cls, values: np.ndarray) -> Cells:
        """Cells of an array of numbers; NaN is a gap."""
        cells = cls()
        cells.__dict__["values"] = np.asarray(values, dtype=np.float64)
        cells.__dict__["codes"] = np.full(len(values), -1, np.int32)
        return cells

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def values(self) -> np.ndarray:
        """(n,) the plain numbers; NaN where there is a text or a gap."""
        return np.frombuffer(self._values) if self._values else np.empty(0)

    @cached_property
    def codes(self) -> np.ndarray:
        """(n,) which of `texts` a cell is; -1 for a plain number."""
        if not self._codes:
            return np.full(len(self), -1, np.int32)
        return np.frombuffer(self._codes, np.int32)

    @cached_property
    def texts(self) -> list[str]:
        """The texts that are no plain numbers, each once."""
        return list(self._index)

    @cached_property
    def counts(self) -> np.ndarray:
        """(n_texts,) how many cells have each text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    @cached_property
    def missing(self) -> np.ndarray:
        """(n,) bool: where nothing is known."""
        if not self._index:
            return np.asarray(np.isnan(self.values))
        gaps = np.array([is_missing(text) for text in self.texts] + [False])
        return np.asarray(gaps[self.codes] | ((self.codes < 0) & np.isnan(self.values)))

    @property
    def plain(self) -> np.ndarray:
        """(n,) bool: where there is a plain number."""
        return np.asarray(~np.isnan(self.values) & (self.codes < 0 if self._index else True))

    @property
    def known(self) -> list[tuple[str, int]]:
        """The texts that are no gaps, with how many cells have each."""
        if not self._index:  # as in most columns, of which there may be very many
            return []
        pairs = zip(self.texts, self.counts.tolist(), strict=True)
        return [(text, count) for text, count in pairs if count and not is_missing(text)]

    def keep(self, rows: np.ndarray) -> Cells:
        """Some of the rows, by index or mask."""
        cells = Cells(self.comma)
        cells._index = self._index
        cells.__dict__["values"], cells.__dict__["codes"] = self.values[rows], self.codes[rows]
        return cells

    def text(self, row: int) -> str:
        """One cell as it stands; a plain number as a person writes it."""
        code = int(self.codes[row])
        if code >= 0:
            return self.texts[code]
        value = float(self.values[row])
        return exact(value) if math.isfinite(value) else str(value)

    def words(self) -> list[str]:
        """Each cell as text: 2 and 2.0 are one word."""
        texts = self.texts
        written = {
            v: exact(v) if math.isfinite(v) else str(v) for v in np.unique(self.values).tolist()
        }
        return [
            texts[code] if code >= 0 else written.get(value, "nan")
            for code, value in zip(self.codes.tolist(), self.values.tolist(), strict=True)
        ]


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if is_missing(value):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    return repr(float(value)) if isinstance(value, np.floating) else str(value)
