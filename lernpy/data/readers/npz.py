"""NPZ, NumPy's archive of arrays: read without pickle, sizes checked before memory is taken."""

from __future__ import annotations

import io
import math
import os
import pickletools
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset, pixel_names
from lernpy.data.pairs import targets_of
from lernpy.data.table import MOST_NUMBERS, check_width
from lernpy.data.targets import apart, check_task, encode
from lernpy.errors import DataError, FileFormatError
from lernpy.storage import path_of, read_bytes, read_unpacked
from lernpy.text import listed, shown

NAMES = (  # inputs and targets; MedMNIST's and keras' with the part before or behind
    ("X", "Y"), ("X", "y"), ("x", "y"), ("inputs", "targets"), ("data", "target"), ("data", "labels"),
    ("images", "labels"), ("arr_0", "arr_1"),
)  # fmt: skip
PARTS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}


def read_npz(
    path: str | os.PathLike[str],
    task: str | None = None,
    maximum: float | None = None,
    part: str | None = None,
) -> Dataset:
    """A data set from the arrays X and Y, or inputs and targets, or parts as keras and MedMNIST name them.

    Inputs are (n_samples, n_inputs), or images (n_samples, height, width) or (..., 1). Targets are one
    column (see `pairs.targets_of`), one-hot rows of classes, or several numbers for each sample.

    Parameters
    ----------
    task : overrides what the targets suggest
    maximum : the largest value of a pixel; default 255 for bytes, else the largest there is
    part : "train", "validation" or "test", where the file has them (x_train, train_images, ...)
    """
    check_task(task)
    name = os.fspath(path_of(path))
    inputs, targets, used = read_pair(path, part)
    if len(inputs) != len(targets):
        raise DataError(f"{name} has {len(inputs):,} inputs, but {len(targets):,} targets")
    if inputs.dtype.kind in "USO":
        raise DataError(f"{name}: the inputs must be numbers, but they are text")
    if inputs.ndim == 4 and inputs.shape[3] == 1:
        inputs = inputs[..., 0]
    image = (int(inputs.shape[1]), int(inputs.shape[2])) if inputs.ndim == 3 else None
    flat = inputs.reshape(len(inputs), math.prod(inputs.shape[1:]))
    if targets.size == 0:
        raise DataError(f"{name} is empty: it has no targets")
    for array in (inputs, targets):
        check_width(name, math.prod(array.shape[1:]), MOST_NUMBERS)
    made = targets_of(targets, task, name)
    if made.values.shape[1] == 1 and not made.classes and task is None:
        values = made.values[:, 0]
        if not np.isfinite(values).all() or (values == values[0]).all():
            encode(values, "y", "classification", name)  # says what is wrong with them
    names = pixel_names(*image) if image else tuple(f"x{i}" for i in range(1, flat.shape[1] + 1))
    chosen = {"task": task, "maximum": maximum, "part": used or None}
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
        source={"file": name, **{key: value for key, value in chosen.items() if value is not None}},
        about=f"{len(flat):,} samples of the arrays in {name}.",
    )


def is_npz(path: str | os.PathLike[str]) -> bool:
    """Whether a zip holds arrays."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def read_pair(
    path: str | os.PathLike[str], part: str | None = None
) -> tuple[np.ndarray, np.ndarray, str]:
    """The two arrays of an NPZ file, and which part they are; bounded, and no pickle is run."""
    name = os.fspath(path_of(path))
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(path))) as archive:
            members = {member.removesuffix(".npy"): member for member in archive.namelist()}
            first, second, used = _pair(members, name, part)
            return (
                _member(archive, members[first], f"{name}, array {first!r}"),
                _member(archive, members[second], f"{name}, array {second!r}"),
                used,
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


def _pair(members: dict[str, str], path: str, part: str | None) -> tuple[str, str, str]:
    """The names of inputs and targets, and of their part ("" where the file has no parts)."""
    if part is not None and not (isinstance(part, str) and part in PARTS):
        raise DataError(
            f"{path}: the parts are called {listed(PARTS, last='and')}, not {shown(part)}"
        )
    for wanted in [part] if part else PARTS:
        for word in PARTS[wanted]:
            for first, second in NAMES:
                for form in ("{0}_{1}", "{1}_{0}"):
                    pair = form.format(first, word), form.format(second, word)
                    if all(name in members for name in pair):
                        return *pair, wanted
    for first, second in NAMES if part is None else ():
        if first in members and second in members:
            return first, second, ""
    names = listed(sorted(members), 10) or "nothing"
    what = f"arrays of the part {part!r} (x_{part}, y_{part})" if part else "the arrays X and Y"
    raise DataError(f"{path} needs {what} (or inputs and targets); it has {names}")


def _member(archive: zipfile.ZipFile, member: str, where: str) -> np.ndarray:
    """One array: its header is read first, and must fit the bytes that are there."""
    content = _bytes(archive, member, where)
    shape, columns_first, kind, start = _header(content, where)
    if kind.kind == "O":
        words = strings_of(content[start:], math.prod(shape))
        if words is not None:
            return np.array(words).reshape(shape)
    if kind.hasobject or kind.kind not in "biufUS" or kind.itemsize == 0:
        raise DataError(f"{where} holds {kind}; only plain numbers and text are read")
    if len(content) - start != math.prod(shape) * kind.itemsize:
        raise FileFormatError(f"{where} is cut off: its sizes {shape} do not fit its bytes")
    if len(shape) == 0:
        raise DataError(f"{where} is a single value, not one for each sample")
    flat = np.frombuffer(content, kind, offset=start)
    return flat.reshape(shape, order="F" if columns_first else "C")


def strings_of(pickled: bytes, count: int) -> list[str] | None:
    """The texts in a pickled array of texts, read without running it; None where it holds anything else.

    >>> import pickle
    >>> strings_of(pickle.dumps(np.array(["dark", "bright", "dark"], dtype=object)), 3)
    ['dark', 'bright', 'dark']
    """
    memo: dict[int, object] = {}
    words: list[str] = []
    state, last = "before", None  # the list of the elements; then between two stretches of it
    try:
        for opcode, argument, _ in pickletools.genops(pickled):
            name = opcode.name
            if name in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
                memo[len(memo) if argument is None else argument] = last
                continue
            last = (
                memo.get(argument or 0)
                if "GET" in name
                else argument
                if "UNICODE" in name
                else None
            )
            if name == "EMPTY_LIST" and state == "before":
                state = "inside"
            elif name in ("APPENDS", "APPEND") and state == "inside":
                state = "between"
            elif name == "MARK" and state in ("between", "inside"):
                state = "inside"
            elif state == "inside" and isinstance(last, str):
                words.append(last)
            elif state != "before":
                break
    except (ValueError, IndexError, UnicodeDecodeError):
        return None
    return words if state == "between" and len(words) == count else None


def _bytes(archive: zipfile.ZipFile, member: str, where: str) -> bytes:
    """The unpacked bytes; never more than the packed ones can stand for."""
    info = archive.getinfo(member)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileFormatError(f"{where} is compressed in a way that NumPy does not use")
    with archive.open(info) as file:
        return read_unpacked(file, info.compress_size, where)


def _header(content: bytes, where: str) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
            version, np.lib.format.read_array_header_2_0
        )
        shape, columns_first, kind = read(stream)
    except (ValueError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError) as error:
        raise FileFormatError(f"{where} has no readable head") from error
    if any(size < 0 for size in shape):
        raise FileFormatError(f"{where} has a negative size")
    return shape, columns_first, kind, stream.tell()


def _maximum(inputs: np.ndarray, stated: float | None) -> float:
    if stated is not None:
        return float(stated)
    largest = 255.0 if inputs.dtype == np.uint8 else float(inputs.max(initial=0.0))
    return largest if largest > 0 else 1.0
