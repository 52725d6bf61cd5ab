"""IDX, the format of MNIST's files: a few bytes that say type and sizes, then the numbers."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np

from lernpy.checks import is_one_of, yes
from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset, pixel_names
from lernpy.data.table import MOST_NUMBERS, check_width
from lernpy.data.targets import Targets, apart, encode
from lernpy.errors import DataError, FileFormatError
from lernpy.storage import path_of, read_bytes
from lernpy.text import shown

TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
PARTS = {
    "train": ("train", "*-train"),
    "test": ("t10k", "test", "*-test"),
}  # MNIST's, EMNIST's names
INNER = (
    "raw",
    "MNIST/raw",
    "FashionMNIST/raw",
    "KMNIST/raw",
    "EMNIST/raw",
    "gzip",
)  # as others lay them


def read_array(path: str | os.PathLike[str]) -> np.ndarray:
    """The array in an IDX file, plain or gzip; bytes are not copied.

    Raises
    ------
    FileFormatError
        If the beginning is not that of an IDX file, or the file is shorter or longer than the sizes
        say.
    """
    content = read_bytes(path)
    name = os.fspath(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES:
        raise FileFormatError(f"{name} is no IDX file: it begins with {content[:4].hex(' ')!r}")
    kind, dimensions = np.dtype(TYPES[content[2]]), content[3]
    start = 4 + 4 * dimensions
    if not 1 <= dimensions <= 4 or len(content) < start:
        raise FileFormatError(f"{name} is no IDX file of 1 to 4 dimensions, or it is cut off")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", dimensions, 4))
    needed = start + math.prod(shape) * kind.itemsize
    if len(content) != needed:
        sizes = " x ".join(str(size) for size in shape)
        state = "is cut off" if len(content) < needed else "goes on after its end"
        raise FileFormatError(
            f"{name} {state}: {sizes} values need {needed:,} bytes, but it has {len(content):,}"
        )
    return np.frombuffer(content, kind, offset=start).reshape(shape)


def read_idx(
    path: str | os.PathLike[str], labels: str | None = None, transpose: bool = False
) -> Dataset:
    """Images with their labels from two IDX files.

    Parameters
    ----------
    path : the images; inputs stay bytes (0 to 255), as stored
    labels : the labels; default: the file beside it with "labels" for "images"
    transpose : swap rows and columns, as EMNIST's images need
    """
    beside = path_of(labels) if labels is not None else _labels_beside(path_of(path))
    images, numbers = read_array(path), read_array(beside)
    if images.ndim not in (2, 3) or 0 in images.shape:
        raise FileFormatError(f"{os.fspath(path)} holds no images: its sizes are {images.shape}")
    if numbers.ndim != 1:
        raise FileFormatError(f"{beside} holds no labels: its sizes are {numbers.shape}")
    if len(images) != len(numbers):
        raise DataError(
            f"{os.fspath(path)} has {len(images):,} images, but {beside} has {len(numbers):,} labels"
        )
    if yes("transpose", transpose) and images.ndim == 3:
        images = images.transpose(0, 2, 1)
    targets = encode(numbers.astype(np.float64), "label", "classification", str(beside))
    source: dict[str, object] = {
        "file": os.fspath(path),
        **({"labels": labels} if labels is not None else {}),
        **({"transpose": True} if transpose else {}),
    }
    return _dataset(Path(path), images, targets, source)


def _dataset(
    path: Path, images: np.ndarray, targets: Targets, source: dict[str, object]
) -> Dataset:
    size = (int(images.shape[1]), int(images.shape[2])) if images.ndim == 3 else None
    flat = images.reshape(len(images), -1)
    check_width(str(path), flat.shape[1], MOST_NUMBERS)
    names = pixel_names(*size) if size else tuple(f"x{i}" for i in range(1, flat.shape[1] + 1))
    return Dataset(
        path.name.split(".")[0],
        flat,
        targets.values,
        columns=tuple(Column(name) for name in names),
        output_names=apart(targets.output_names, names, "label"),
        classes=targets.classes,
        task=targets.task,
        image=size,
        maximum=255.0 if images.dtype == np.uint8 else None,
        source=source,
        about=f"{len(images):,} images of {path} with their labels; inputs are the pixels as stored.",
    )


def _labels_beside(images: Path) -> Path:
    """The labels' file that goes with an images' file, unpacked or not."""
    if "images" not in images.name:
        raise DataError(
            f"{images}: which file holds the labels? Its name has no 'images' in it; say labels=FILE"
        )
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    name = name.removesuffix(".gz")
    inside = images.parent.parent / name / name  # where each file lies in a folder of its own name
    for candidate in (images.with_name(name), images.with_name(f"{name}.gz"), inside):
        if candidate.is_file():
            return candidate
    raise DataError(f"{images} needs its labels beside it: {name} or {name}.gz is missing")


def find_part(folder: str | os.PathLike[str], part: str | None = None) -> Path:
    """The images' file in a folder with MNIST's files.

    Parameters
    ----------
    part : "train" or "test"; None: the training images, or where they are absent the test images
    """
    folder = path_of(folder)
    if part is not None and not is_one_of(part, PARTS):
        raise DataError(f"MNIST has the parts {' and '.join(PARTS)}, not {shown(part)}")
    for name in [part] if part else PARTS:
        for where in (Path(folder), *(Path(folder) / inner for inner in INNER)):
            for prefix in PARTS[name]:
                images = sorted(where.glob(f"{prefix}-images[-.]idx3-ubyte*"))
                images = [file / file.name if file.is_dir() else file for file in images]
                if images and images[0].is_file():
                    return images[0]
    wanted = f"{PARTS[part][0]}-images" if part else "train-images or t10k-images"
    raise DataError(
        f"{os.fspath(folder)} is a folder without {wanted}-idx3-ubyte[.gz]. A folder is read as "
        "MNIST's files (lernpy data fetch mnist DIR brings them); for a table, name the file"
    )


def read_idx_folder(
    folder: str | os.PathLike[str], part: str | None = None, transpose: bool = False
) -> Dataset:
    """The images of one part of MNIST (or of a set with files of the same names) from a folder."""
    dataset = read_idx(find_part(folder, part), transpose=transpose)
    source: dict[str, object] = {
        "file": os.fspath(folder),
        **({"part": part} if part else {}),
        **({"transpose": True} if transpose else {}),
    }
    return Dataset(**{**vars(dataset), "name": Path(folder).resolve().name, "source": source})
