"""The table of a sweep, read back from its file."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from typing import Any

from lernpy import storage
from lernpy.errors import DataError

SETTINGS = ("optimizer", "learning_rate", "l1", "l2")
RESULTS = ("reached", "blown_up", "accuracy")


def read(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The rows of a CSV file that ``lernpy sweep -o`` wrote, or of any with a column success.

    Returns
    -------
    Rows for `plot.sweep`, one for each setting: what was varied, and success (the share of nets, by
    the rule of `Sweep.success`: target loss reached, else every sample right, else still finite).

    Raises
    ------
    DataError
        If it has neither a column success nor those of a sweep.
    """
    try:
        text = storage.read_bytes(path).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{path} is no table in UTF-8") from None
    columns = list(rows[0]) if rows else []
    if "success" in columns:
        return [{**row, "success": _share(path, row["success"])} for row in rows]
    if not set(RESULTS) <= set(columns):
        raise DataError(
            f"{path} is no table of a sweep: it has no column success; make one: "
            "lernpy sweep DATA -o table.csv"
        )
    varied = [name for name in SETTINGS if name in columns]
    settings: dict[tuple[str, ...], list[float]] = {}
    for row, good in zip(rows, _successes(rows), strict=True):
        settings.setdefault(tuple(row[name] for name in varied), []).append(good)
    return [
        {**dict(zip(varied, values, strict=True)), "success": sum(good) / len(good)}
        for values, good in settings.items()
    ]


def _successes(rows: Sequence[dict[str, str]]) -> list[float]:
    if any(row["reached"] for row in rows):
        return [float(bool(row["reached"])) for row in rows]
    if any(row["accuracy"] for row in rows):
        return [float(row["accuracy"] == "1.0") for row in rows]
    return [float(row["blown_up"] == "0") for row in rows]


def _share(path: str | os.PathLike[str], text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        raise DataError(f"{path}, column 'success': {text!r} is not a number") from None
