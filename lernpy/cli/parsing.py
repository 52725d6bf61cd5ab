"""The values of options: numbers, lists, names of files; a wrong one is told in one line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

from lernpy.errors import LernpyError

Value = TypeVar("Value")


def usage_checked(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """A reader of an option's text whose errors become errors of usage."""

    def reader(text: str) -> Value:
        try:
            return read(text)
        except LernpyError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None

    return reader


@usage_checked
def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.strip().lstrip("+-").isdigit():
        raise LernpyError(f"{text!r} is not a whole number")
    if int(text) < 1:
        raise LernpyError(f"{text} is too small; it must be 1 or more")
    return int(text)


@usage_checked
def seed(text: str) -> int:
    if not text.strip().isdigit():
        raise LernpyError(f"{text!r} is not a whole number from 0")
    return int(text)


@usage_checked
def amount(text: str) -> float:
    """A number from 0."""
    value = float(text)
    if not 0 <= value < float("inf"):
        raise LernpyError(f"{text} must be a number from 0")
    return value


@usage_checked
def part(text: str) -> float:
    """A part of the data: from 0 to below 1."""
    value = float(text)
    if not 0 <= value < 1:
        raise LernpyError(f"{text} must be from 0 to below 1, for example 0.2")
    return value


@usage_checked
def layers(text: str) -> list[int]:
    """Hidden layers: "32,16"; "none" or "0" for none."""
    if text.strip().lower() in ("", "0", "none"):
        return []
    sizes = [item.strip() for item in text.split(",")]
    for size in sizes:
        if not size.isdigit() or int(size) < 1:
            raise LernpyError(f"{text!r} is no list of layers; write for example 32,16")
    return [int(size) for size in sizes]


@usage_checked
def batch(text: str) -> int | None:
    """A batch size from 1, or "all"."""
    if text.strip().lower() == "all":
        return None
    if not text.strip().isdigit() or int(text) < 1:
        raise LernpyError(f"{text!r} is no batch size; write a whole number from 1, or all")
    return int(text)


def ending(*endings: str) -> Callable[[str], str]:
    """The name of a file that ends in one of these: so the file is known later on."""

    @usage_checked
    def reader(text: str) -> str:
        if not text.lower().endswith(endings):
            raise LernpyError(f"{text!r} must end in {' or '.join(endings)}")
        return text

    return reader


network_file = ending(".json", ".json.gz")
trace_file = network_file
picture_file = ending(".png", ".svg", ".pdf")
page_file = ending(".html", ".htm")


def as_json(value: object) -> str:
    """One object as JSON; a number that is not finite, which JSON does not know, becomes null."""
    import json

    return json.dumps(_known_to_json(value), allow_nan=False)


def _known_to_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known_to_json(value) for key, value in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known_to_json(value) for value in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def check_paths(*paths: str | None) -> None:
    """Refuse, before the work is done, a file that could not be written after it."""
    from lernpy.storage import check_path

    for path in paths:
        if path is not None:
            check_path(path)


def name_in(table: Any) -> Callable[[str], str]:
    """A name of a table; a wrong one is answered with the near miss."""

    @usage_checked
    def reader(text: str) -> str:
        table[text]
        return text

    return reader
