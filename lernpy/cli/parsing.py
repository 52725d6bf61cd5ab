"""What several commands share: how options are read, how networks and data are found."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lernpy.errors import LernpyError

if TYPE_CHECKING:
    from lernpy.data import Dataset
    from lernpy.network import Network

Value = TypeVar("Value")


def option(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """A reader of an option's text whose errors become errors of usage."""

    def reader(text: str) -> Value:
        try:
            return read(text)
        except LernpyError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None

    return reader


@option
def whole(text: str) -> int:
    """A whole number from 1."""
    if not text.strip().lstrip("+-").isdigit():
        raise LernpyError(f"{text!r} is not a whole number")
    if int(text) < 1:
        raise LernpyError(f"{text} is too small; it must be 1 or more")
    return int(text)


@option
def seed(text: str) -> int:
    if not text.strip().isdigit():
        raise LernpyError(f"{text!r} is not a whole number from 0")
    return int(text)


@option
def amount(text: str) -> float:
    """A number from 0."""
    value = float(text)
    if not 0 <= value < float("inf"):
        raise LernpyError(f"{text} must be a number from 0")
    return value


@option
def part(text: str) -> float:
    """A part of the data: from 0 to below 1."""
    value = float(text)
    if not 0 <= value < 1:
        raise LernpyError(f"{text} must be from 0 to below 1, for example 0.2")
    return value


@option
def layers(text: str) -> list[int]:
    """Hidden layers: "32,16"; "none" or "0" for none."""
    if text.strip().lower() in ("", "0", "none"):
        return []
    sizes = [item.strip() for item in text.split(",")]
    for size in sizes:
        if not size.isdigit() or int(size) < 1:
            raise LernpyError(f"{text!r} is no list of layers; write for example 32,16")
    return [int(size) for size in sizes]


@option
def batch(text: str) -> int | None:
    """A batch size from 1, or "all"."""
    if text.strip().lower() == "all":
        return None
    if not text.strip().isdigit() or int(text) < 1:
        raise LernpyError(f"{text!r} is no batch size; write a whole number from 1, or all")
    return int(text)


def ending(*endings: str) -> Callable[[str], str]:
    """The name of a file that ends in one of these: so the file is known later on."""

    @option
    def reader(text: str) -> str:
        if not text.lower().endswith(endings):
            raise LernpyError(f"{text!r} must end in {' or '.join(endings)}")
        return text

    return reader


network_file = ending(".json", ".json.gz")
trace_file = network_file
picture_file = ending(".png", ".svg", ".pdf")
page_file = ending(".html", ".htm")


def as_json(found: object) -> str:
    """One object as JSON; a number that is not finite, which JSON does not know, becomes null."""
    import json

    return json.dumps(_known_to_json(found), allow_nan=False)


def _known_to_json(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _known_to_json(value) for key, value in found.items()}
    if isinstance(found, (list, tuple)):
        return [_known_to_json(value) for value in found]
    return None if isinstance(found, float) and not isfinite(found) else found


def check_places(*paths: str | None) -> None:
    """Refuse, before the work is done, a file that could not be written after it."""
    from lernpy.storage import check_place

    for path in paths:
        if path is not None:
            check_place(path)


def name_in(table: Any) -> Callable[[str], str]:
    """A name of a table; a wrong one is answered with the near miss."""

    @option
    def reader(text: str) -> str:
        table[text]
        return text

    return reader


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """How a file of data is to be read."""
    group = parser.add_argument_group("reading the data")
    group.add_argument(
        "--target",
        metavar="COLUMN",
        help="what is to be learned: a name or position (default: the last)",
    )
    group.add_argument("--task", choices=["classification", "regression", "percentages"])
    group.add_argument("--data", metavar="DIR", dest="folder", help="the folder of MNIST's files")


def load_data(text: str, options: argparse.Namespace) -> Dataset:
    """The data set that the command line names."""
    from lernpy import data

    return data.load(text, **_said(text, options))


def _said(text: str, options: argparse.Namespace) -> dict[str, Any]:
    """The options for reading, if the data has need of them."""
    from lernpy import data

    said = {"target": options.target, "task": options.task, "folder": options.folder}
    said = {key: value for key, value in said.items() if value is not None}
    name = text.partition(":")[0].strip().lower()
    for key in said:
        if name in data.names() and not (name == "mnist" and key == "folder"):
            flag = "data" if key == "folder" else key
            wanted = "mnist" if key == "folder" else "files of your own"
            raise LernpyError(f"--{flag} is for {wanted}; {name} is built in and needs none")
    return said


def is_network(text: str) -> bool:
    """Whether an argument that may be a network or data is the file of a network."""
    return text.removesuffix(".gz").endswith(".json")


def load_network(path: str) -> Network:
    from lernpy import files

    if not is_network(path) and not _looks_like_json(path):
        raise LernpyError(
            f"{path} is no file of a network (NAME.json); train one: lernpy train {path} --save net.json"
        )
    return files.load(path)


def _looks_like_json(path: str) -> bool:
    """Whether a file of another name may be a network all the same."""
    from lernpy import storage

    return Path(path).is_file() and storage.read_bytes(path)[:100].lstrip().startswith(b"{")


def data_of(network: Network, path: str, given: str | None, options: argparse.Namespace) -> Dataset:
    """The data named on the command line, or else the data the network learned from."""
    from lernpy import data

    if given is not None:
        return data.load(given, like=network.card, **_said(given, options))
    if network.card is None or not network.card.data:
        raise LernpyError(f"{path} does not say what data it learned from; name the data")
    return data.reload(network.card.data, like=network.card)
