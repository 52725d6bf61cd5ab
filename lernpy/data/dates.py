"""Dates in a table: which column holds them, and what they become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

PARTS = ("year", "month", "day", "weekday")  # weekday: 0 is Monday
ISO = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
FORMATS = (
    "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip


def format_of(texts: Iterable[str]) -> str | None:
    """How all of these texts are dates ("iso", or as for `strptime`); None where one of them is none.

    >>> format_of(["2020-01-31", "2020-02-01 12:30"]), format_of(["31/01/2020"]), format_of(["low"])
    ('iso', '%d/%m/%Y', None)
    """
    several = list(texts)
    if not (several and any(letter.isdigit() for letter in several[0])):
        return None
    return next((form for form in ("iso", *FORMATS) if _all_are(several, form)), None)


def _all_are(texts: Sequence[str], form: str) -> bool:
    return bool(texts) and all(read(text, form) is not None for text in texts)


def read(text: str, form: str) -> date | None:
    """The date in a text, or None."""
    text = text.strip()
    try:
        if form != "iso":
            return datetime.strptime(text, form).date()
        if not ISO.fullmatch(text):
            return None
        year, month, day = (int(part) for part in re.split(r"[T ]", text)[0].split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def date_numbers(text: str, form: str) -> tuple[float, ...]:
    """Year, month, day and weekday; NaN for what is no date.

    >>> date_numbers("2026-11-29", "iso")
    (2026.0, 11.0, 29.0, 6.0)
    """
    day = read(text, form)
    if day is None:
        return (float("nan"),) * len(PARTS)
    return float(day.year), float(day.month), float(day.day), float(day.weekday())
