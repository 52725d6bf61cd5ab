"""Splitting data into a training, a validation and a test part."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lernpy.data.dataset import Dataset
from lernpy.errors import DataError
from lernpy.text import shown

MOST = 1e15  # samples: nobody has more


def split(
    dataset: Dataset | tuple[ArrayLike, ArrayLike],
    validation: float = 0.0,
    test: float = 0.0,
    seed: int | None = 0,
) -> tuple[Dataset, Dataset | None, Dataset | None]:
    """Three parts that share no sample, drawn by the seed; None for a part of size 0.

    With classes every part has them in (nearly) the same proportions, and the training part has
    every class. Samples keep their order within a part.

    Parameters
    ----------
    dataset : a `Dataset`, or a pair (inputs, targets)
    validation, test : below 1 a fraction of all samples (at least one sample), from 1 on a count
    seed : a whole number from 0 on; None: another draw each time

    Raises
    ------
    DataError
        If there are too few samples for these parts, or a size or the seed is none.

    >>> from lernpy.data import load
    >>> [len(part) for part in split(load("iris"), validation=0.2, test=0.2)]
    [90, 30, 30]
    """
    dataset = Dataset.of(dataset)
    _check_seed(seed)
    n = len(dataset)
    n_validation = _count(validation, "validation", n)
    n_test = _count(test, "test", n)
    kept = n - n_validation - n_test
    _check_enough(dataset, kept, n_validation, n_test)
    if kept == n:
        return dataset, None, None
    order = _order(dataset, np.random.default_rng(seed))
    test_rows, validation_rows, training_rows = np.split(order, [n_test, n_test + n_validation])
    return (
        dataset.subset(np.sort(training_rows)),
        dataset.subset(np.sort(validation_rows)) if n_validation else None,
        dataset.subset(np.sort(test_rows)) if n_test else None,
    )


def _check_seed(seed: object) -> None:
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if seed is not None and not (whole and seed >= 0):  # type: ignore[operator]
        raise DataError(f"the seed is {seed!r:.60}; it must be a whole number from 0 on")


def _count(size: float, what: str, n: int) -> int:
    """How many of the n samples a part gets."""
    kinds = (int, float, np.integer, np.floating)
    if isinstance(size, bool) or not isinstance(size, kinds) or not abs(size) <= MOST:
        raise DataError(f"the size of the {what} part must be a number, not {shown(size)}")
    if size < 0:
        raise DataError(f"the size of the {what} part must not be negative, but it is {size}")
    if size >= 1:
        if size != int(size):
            raise DataError(
                f"the {what} part must be a fraction below 1 or a whole number of samples, not {size}"
            )
        return int(size)
    return max(1, round(size * n)) if size else 0


def _check_enough(dataset: Dataset, kept: int, n_validation: int, n_test: int) -> None:
    classes = len(np.unique(dataset.labels)) if dataset.classes else 1
    if n_validation + n_test == 0 or kept >= classes:
        return
    needs = "a sample" if classes == 1 else f"a sample of each of its {classes} classes"
    raise DataError(
        f"{dataset.name} has {len(dataset)} samples: with {n_validation} for validation and "
        f"{n_test} for the test, too few are left to train on ({max(kept, 0)}; at least {needs} is "
        f"needed). Make these parts smaller, leave them out, or bring more data"
    )


def _order(dataset: Dataset, rng: np.random.Generator) -> np.ndarray:
    """A random order; with classes, every stretch of it has them in proportion.

    The i-th of the m samples of a class (in random order) stands at (i + 1/2) / m of the way, the last
    one at the end: the end is the training part, which so gets one of each class.
    """
    order = rng.permutation(len(dataset))
    if not dataset.classes:
        return order
    labels = dataset.labels[order]
    way = np.empty(len(order))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        way[members] = (np.arange(len(members)) + 0.5) / len(members)
        way[members[-1]] = 1.0
    return order[np.argsort(way, kind="stable")]
