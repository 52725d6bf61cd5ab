"""Loading data by a name or a path: one door for the built-in sets and for files."""

from __future__ import annotations

import gzip
import inspect
import os
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lernpy.data.alignment import align, check_like
from lernpy.data.builtin.catalogue import BUILT_IN, check_option, make
from lernpy.data.card import Card
from lernpy.data.dataset import Dataset
from lernpy.data.readers.csv import read_csv, read_csv_inputs, read_frame
from lernpy.data.readers.frames import is_frame
from lernpy.data.readers.idx import read_idx, read_idx_folder
from lernpy.data.readers.npz import is_npz, read_npz
from lernpy.data.readers.unpacking import STDIN
from lernpy.errors import DataError, FileFormatError, UnknownNameError
from lernpy.storage import MAGIC, read_bytes
from lernpy.text import near_miss, shown

LAYOUT = ("header", "delimiter", "decimal", "thousands", "encoding", "comment", "sheet")
READERS: dict[str, Callable[..., Dataset]] = {".npz": read_npz}  # by ending; else by first bytes
YES_OR_NO = {"header", "dates", "transpose"}
YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def load(
    name_or_path: str | os.PathLike[str] | Any,
    *,
    like: Card | Dataset | None = None,
    **options: Any,
) -> Dataset:
    """A data set by its name, from a file (CSV, Excel, ARFF, Parquet, NPZ, IDX), a folder or a frame.

    Parameters
    ----------
    name_or_path : a name among `names`, a path, "-" for standard input, or a frame of pandas, polars or
        Arrow; options may stand in the text: "spiral:noise=0.2,n=400"
    like : the columns, kinds and classes to have (those that a network learned); what was never
        seen there is an error that names it
    options : of the built-in set (`options`), or of the reader: those of `read_csv` for a table,
        task, maximum, part (NPZ), labels, transpose (IDX), part (folder). None is not set

    Raises
    ------
    LernpyError
        In one line: no such data, a bad cell with file, line and column, an unknown option, ...

    >>> load("spiral:noise=0.2,n=400")
    <Dataset 'spiral': 400 samples, 2 inputs (x1, x2), 1 output (y), classes first arm, second arm>
    >>> load("parity3").inputs.shape
    (8, 3)
    """
    if like is not None:
        check_like(like)
    chosen = {key: value for key, value in options.items() if value is not None}
    if is_frame(name_or_path):
        check_all(chosen, _known(read_frame), "a frame")
        return read_frame(name_or_path, like=like, **chosen)
    if isinstance(name_or_path, str):
        built_in = _built_in(name_or_path)
        if built_in is not None:
            name, written = built_in
            dataset = make(name, {**written, **chosen})
            return dataset if like is None else align(dataset, like)
    path, written = _path(_text(name_or_path))
    return _load_file(path, {**written, **chosen}, like)


def reload(source: Mapping[str, Any], *, like: Card | Dataset | None = None) -> Dataset:
    """The data that a `Dataset.source` (or a card's `data`) names, loaded again.

    >>> reload({"name": "parity", "options": {"n": 2}}).inputs.shape
    (4, 2)
    """
    if not isinstance(source, Mapping):
        raise DataError(
            f"the source of data is an object, as in Dataset.source, not {source!r:.60}"
        )
    name, path = source.get("name"), source.get("file")
    if isinstance(name, str) and isinstance(source.get("options", {}), dict):
        BUILT_IN[name]  # an unknown one is refused
        return load(name, like=like, **_plain_options(source.get("options", {})))
    if isinstance(path, str) and "\0" not in path:
        if not (Path(path).is_file() or Path(path).is_dir()):
            raise DataError(f"the data came from {path}, which is not there now; name the data")
        return load(Path(path), like=like, **_plain_options(source, leave_out="file"))
    raise DataError("it is not known where the data came from; name the data")


def load_inputs(name_or_path: str | os.PathLike[str], card: Card, **options: Any) -> np.ndarray:
    """(n_samples, n_inputs) scaled inputs, ready for `Network.predict`; a table needs no target."""
    if not isinstance(card, Card):
        raise DataError(f"this needs the card of a network (network.card), not {shown(card)}")
    text = _text(name_or_path)
    if not isinstance(name_or_path, str) or _built_in(text) is None:
        path, written = _path(text)
        if not Path(path).is_dir() and _reader(path) is read_csv:
            options = {**_usual_layout(card), **written, **options}
            chosen = _reader_options(read_csv, path, options)
            chosen = {key: value for key, value in chosen.items() if key in ("target", *LAYOUT)}
            return card.scale(read_csv_inputs(path, card, **chosen))
    return card.scale(load(name_or_path, like=card, **options).inputs)


def names() -> list[str]:
    """The names of the built-in data sets.

    >>> "iris" in names()
    True
    """
    return sorted(BUILT_IN)


def _usual_layout(card: Card) -> dict[str, Any]:
    """How the file was written that a network learned from: another is taken for the same."""
    return {key: card.data[key] for key in LAYOUT if key in card.data and key != "header"}


def _plain_options(values: Mapping[str, Any], leave_out: str = "") -> dict[str, Any]:
    """Options from a file that a stranger may have written."""
    options = {key: value for key, value in values.items() if key != leave_out}
    if not all(isinstance(key, str) and key.isidentifier() and key != "like" for key in options):
        raise DataError("the options of the data are not readable; name the data")
    return options


def _built_in(text: str) -> tuple[str, dict[str, str]] | None:
    """Name and written options where the text means a built-in data set."""
    head, _, tail = text.partition(":")
    name = head.strip().lower().replace("-", "_")
    numbered = re.fullmatch(r"(parity)[(]?(\d{1,9})[)]?", name)
    if numbered:
        return numbered[1], {"n": numbered[2], **_written(tail, text)}
    return (name, _written(tail, text)) if name in BUILT_IN else None


def _written(tail: str, text: str) -> dict[str, str]:
    """The options in "n=400,noise=0.2"."""
    options = {}
    for part in filter(None, (part.strip() for part in tail.split(","))):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise DataError(f"{text!r}: options are written name:option=value,option=value")
        options[key.strip()] = value.strip()
    return options


def _text(name_or_path: object) -> str:
    """The name or path as text."""
    text = os.fspath(name_or_path) if isinstance(name_or_path, os.PathLike) else name_or_path
    if not isinstance(text, str):
        raise DataError(f"data has a name or a path, not {name_or_path!r:.60}")
    return text


def _path(text: str) -> tuple[str, dict[str, str]]:
    """The path and the options written behind it."""
    if "\0" in text:
        raise DataError(f"{text!r} is no name of a file")
    if text == STDIN:
        return text, {}
    head, colon, tail = text.rpartition(":")
    if not os.path.lexists(text) and colon and "=" in tail and os.path.lexists(head):
        return head, _written(tail, text)
    if not os.path.lexists(text):
        raise UnknownNameError(
            f"no data set is called {text!r:.200}, and there is no such file."
            f"{near_miss(text, names())} Known: {', '.join(names())}"
        )
    return text, {}


def _load_file(path: str, chosen: dict[str, Any], like: Card | Dataset | None) -> Dataset:
    if os.path.isdir(path):
        check_all(chosen, ["part", "transpose"], path)
        if isinstance(chosen.get("transpose"), str):
            chosen["transpose"] = _yes_no(chosen["transpose"], "transpose")
        dataset = read_idx_folder(path, **chosen)
        return dataset if like is None else align(dataset, like)
    reader = _reader(path)
    if reader is read_csv and isinstance(like, Card):
        chosen = {**_usual_layout(like), **chosen}
    options = _reader_options(reader, path, chosen)
    if reader is read_csv:
        return read_csv(path, like=like, **options)
    dataset = reader(path, **options)
    return dataset if like is None else align(dataset, like)


def _reader(path: str) -> Callable[..., Dataset]:
    """The reader for a file, by its first bytes and its ending."""
    ending = Path(path.removesuffix(".gz")).suffix.lower()
    head = read_head(path)
    if head.startswith(b"\x93NUMPY"):
        raise DataError(
            f"{path} has one array; save inputs and targets with np.savez(X=..., Y=...)"
        )
    if ending in READERS:
        return READERS[ending]
    if ending == ".json":
        raise DataError(f"{path} is no data: it must be CSV, NPZ or IDX")
    if head.startswith(b"PK") and is_npz(path):
        return read_npz
    return read_idx if head.startswith(b"\0\0") else read_csv


def read_head(path: str) -> bytes:
    """The first bytes of a file, unpacked; none of a pipe, whose bytes come only once."""
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            head = file.read(8)
            if head.startswith(MAGIC):
                file.seek(0)
                head = gzip.GzipFile(fileobj=file).read(8)
        return head
    except (OSError, EOFError, zlib.error):
        return read_bytes(path)[:8]  # says in our words what is wrong


def _reader_options(
    reader: Callable[..., Dataset], path: str, chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """The options that this reader takes, with text made into what it means."""
    known = _known(reader)
    options = {key: value for key, value in chosen.items() if value is not None}
    check_all(options, [*known, *(LAYOUT if reader is read_csv else ())], path)
    for key in YES_OR_NO & options.keys():
        options[key] = _yes_no(options[key], key)
    if "maximum" in options:
        options["maximum"] = _positive(options["maximum"])
    return options


def check_all(options: Mapping[str, Any], known: list[str], owner: str) -> None:
    """Refuse options that the reader of this file does not take."""
    for key in options:
        check_option(key, known, owner)


def _known(reader: Callable[..., Dataset]) -> list[str]:
    names = inspect.signature(reader).parameters
    return [key for key in names if key not in ("path", "frame", "like", "layout")]


def _yes_no(value: Any, key: str) -> Any:
    if not isinstance(value, str):
        return value
    if value.lower() not in YES_NO:
        raise DataError(f"{key} must be yes or no, not {value!r}")
    return YES_NO[value.lower()]


def _positive(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < float("inf"):
        raise FileFormatError(f"maximum must be a number above 0, not {value!r}")
    return number
