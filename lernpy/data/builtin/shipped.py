"""Data sets that come as files: iris and the small digits with lernpy, MNIST in a folder of yours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from lernpy.data.builtin.catalogue import built_in
from lernpy.data.dataset import Dataset
from lernpy.data.readers.csv import read_csv
from lernpy.data.readers.idx import read_idx, read_idx_folder
from lernpy.errors import DataError

FILES = Path(__file__).parent / "files"
LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"


@built_in("iris")
def iris() -> Dataset:
    """150 flowers of three species by the length and width of sepals and petals, in centimetres."""
    about = (
        "150 irises of three species, 50 of each: sepals and petals measured in centimetres. "
        "R. A. Fisher (1936), Iris, UCI Machine Learning Repository, "
        f"https://doi.org/10.24432/C56C76, {LICENCE}; two flowers corrected to the numbers printed "
        "by Fisher."
    )
    return replace(read_csv(FILES / "iris.csv.gz", header=True), about=about)


@built_in("digits")
def digits() -> Dataset:
    """1,797 handwritten digits of 8 x 8 pixels from 0 to 16."""
    about = (
        "1,797 handwritten digits, 8 x 8 pixels from 0 (white) to 16 (black). E. Alpaydin, "
        "C. Kaynak (1998), Optical Recognition of Handwritten Digits (its test part), UCI Machine "
        f"Learning Repository, https://doi.org/10.24432/C50P49, {LICENCE}."
    )
    images = read_idx(FILES / "digits-images-idx3-ubyte.gz")
    return replace(images, inputs=images.inputs.astype(np.float64), maximum=16.0, about=about)


@built_in("mnist")
def mnist(folder: str | None = None, part: str | None = None) -> Dataset:
    """70,000 handwritten digits of 28 x 28 pixels from 0 to 255; part "train" (60,000) or "test".

    The files are not shipped: `fetch_mnist` brings them into a folder. Without `part` it is the
    training part, or the test part where only that is in the folder.
    """
    if folder is None:
        raise DataError(
            "mnist is not shipped: run `lernpy data fetch mnist DIR` once, then name that folder "
            "(--data DIR, or load('mnist', folder=DIR))"
        )
    if not Path(folder).is_dir():
        raise DataError(
            f"there is no folder {folder}; `lernpy data fetch mnist {folder}` makes it and brings "
            "the files"
        )
    about = (
        "Handwritten digits, 28 x 28 pixels from 0 (white) to 255 (black), stored as bytes. "
        f"MNIST, Y. LeCun, C. Cortes, C. J. C. Burges; from {folder}."
    )
    return replace(read_idx_folder(folder, part), about=about)
