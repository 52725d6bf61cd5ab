"""NPZ, NumPy's archive of arrays: read without pickle, sizes checked before memory is taken."""

from __future__ import annotations

import io
import math
import os
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from lernpy.data.arrays import table_of
from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset, pixel_names
from lernpy.data.targets import Targets, apart, as_classes, check_task, encode
from lernpy.errors import DataError, FileFormatError
from lernpy.storage import LARGEST, read_bytes

PAIRS = (("X", "Y"), ("X", "y"), ("x", "y"), ("inputs", "targets"))


def read_npz(
    path: str | os.PathLike[str], task: str | None = None, maximum: float | None = None
) -> Dataset:
    """A data set from the arrays X and Y, or inputs and targets.

    Inputs are (n_samples, n_inputs), or images (n_samples, height, width). Targets are one column
    (see `targets.encode`), one-hot rows of classes, or several numbers for each sample.

    Parameters
    ----------
    task : overrides what the targets suggest
    maximum : the largest value of a pixel; default 255 for bytes, else the largest there is
    """
    check_task(task)
    name = os.fspath(path)
    inputs, targets = read_pair(path)
    if len(inputs) != len(targets):
        raise DataError(f"{name} has {len(inputs):,} inputs, but {len(targets):,} targets")
    if inputs.dtype.kind in "US":
        raise DataError(f"{name}: the inputs must be numbers, but they are text")
    image = (int(inputs.shape[1]), int(inputs.shape[2])) if inputs.ndim == 3 else None
    flat = inputs.reshape(len(inputs), math.prod(inputs.shape[1:]))
    made = _targets(targets, task, name)
    names = pixel_names(*image) if image else tuple(f"x{i}" for i in range(1, flat.shape[1] + 1))
    said = {"task": task, "maximum": maximum}
    return Dataset(
        Path(name).name.split(".")[0],
        flat,
        made.values,
        columns=tuple(Column(name) for name in names),
        output_names=apart(made.output_names, names, "y"),
        classes=made.classes,
        task=made.task,
        image=image,
        maximum=_maximum(flat, maximum) if image else None,
        source={"file": name, **{key: value for key, value in said.items() if value is not None}},
        about=f"{len(flat):,} samples of the arrays in {name}.",
    )


def read_pair(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray]:
    """The two arrays of an NPZ file; bounded, and no pickle."""
    name = os.fspath(path)
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(path))) as archive:
            members = {member.removesuffix(".npy"): member for member in archive.namelist()}
            first, second = _pair(members, name)
            return (
                _member(archive, members[first], f"{name}, array {first!r}"),
                _member(archive, members[second], f"{name}, array {second!r}"),
            )
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        if isinstance(error, DataError | FileFormatError):
            raise
        raise FileFormatError(f"{name} is no NPZ file, or it is damaged ({error})") from error


def _pair(members: dict[str, str], path: str) -> tuple[str, str]:
    for first, second in PAIRS:
        if first in members and second in members:
            return first, second
    if any(member.startswith("xl/") for member in members):
        raise DataError(f"{path} is a spreadsheet; save it as CSV")
    found = ", ".join(sorted(members)[:10]) or "nothing"
    raise DataError(f"{path} needs the arrays X and Y (or inputs and targets); it has {found}")


def _member(archive: zipfile.ZipFile, member: str, place: str) -> np.ndarray:
    """One array: its header is read first, and must fit the bytes that are there."""
    content = _bytes(archive, member, place)
    shape, columns_first, kind, start = _header(content, place)
    if kind.hasobject or kind.kind not in "biufUS" or kind.itemsize == 0:
        raise DataError(f"{place} holds {kind}; only plain numbers and text are read")
    if len(content) - start != math.prod(shape) * kind.itemsize:
        raise FileFormatError(f"{place} is cut off: its sizes {shape} do not fit its bytes")
    if len(shape) == 0:
        raise DataError(f"{place} is a single value, not one for each sample")
    flat = np.frombuffer(content, kind, offset=start)
    return flat.reshape(shape, order="F" if columns_first else "C")


def _bytes(archive: zipfile.ZipFile, member: str, place: str) -> bytes:
    """The unpacked bytes; never more than the archive's table says."""
    info = archive.getinfo(member)
    if info.file_size > LARGEST:
        raise FileFormatError(f"{place} is larger than {LARGEST:,} bytes")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileFormatError(f"{place} is compressed in a way that NumPy does not use")
    with archive.open(info) as file:
        return file.read(info.file_size)


def _header(content: bytes, place: str) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
            version, np.lib.format.read_array_header_2_0
        )
        shape, columns_first, kind = read(stream)
    except (ValueError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError) as error:
        raise FileFormatError(f"{place} has no readable head") from error
    if any(size < 0 for size in shape):
        raise FileFormatError(f"{place} has a negative size")
    return shape, columns_first, kind, stream.tell()


def _targets(array: np.ndarray, task: str | None, name: str) -> Targets:
    if array.dtype.kind in "US":
        if array.size != len(array):
            raise DataError(f"{name}: text targets must be one word for each sample")
        words = [
            word.decode("utf-8", "replace") if isinstance(word, bytes) else word
            for word in array.reshape(-1).tolist()
        ]
        return encode(words, "y", task, name)
    if array.size == 0:
        raise DataError(f"{name} is empty: it has no targets")
    table = table_of(array.reshape(len(array), -1), f"{name}: the targets")
    if table.shape[1] == 1:
        return encode(table[:, 0], "y", task, name)
    return _several(table, task, name)


def _several(table: np.ndarray, task: str | None, name: str) -> Targets:
    """One-hot rows are classes; other rows are numbers (`task` overrides)."""
    outputs = tuple(f"y{i}" for i in range(1, table.shape[1] + 1))
    classes = as_classes(table) if task in (None, "classification") else ()
    if classes:
        return Targets(table, classes, classes, "classification")
    if task == "classification":
        raise DataError(f"{name}: the targets of classes must be one column, or one-hot rows")
    return Targets(table, outputs, (), task or "regression")


def _maximum(inputs: np.ndarray, given: float | None) -> float:
    if given is not None:
        return float(given)
    largest = 255.0 if inputs.dtype == np.uint8 else float(inputs.max(initial=0.0))
    return largest if largest > 0 else 1.0
