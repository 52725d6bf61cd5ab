"""Making one data set like another: same columns, kinds and classes, in the same order."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np

from lernpy.data.columns import Column, index_of, one_hot, sample_name
from lernpy.data.dataset import Dataset
from lernpy.data.targets import of_labels
from lernpy.errors import DataError, ShapeError
from lernpy.text import listed, shown


class Learned(Protocol):
    """What a network learned: of a data set or of a card."""

    @property
    def columns(self) -> tuple[Column, ...]: ...
    @property
    def input_names(self) -> tuple[str, ...]: ...
    @property
    def output_names(self) -> tuple[str, ...]: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def task(self) -> str: ...
    @property
    def image(self) -> tuple[int, int] | None: ...


def align(dataset: Dataset, like: Learned) -> Dataset:
    """The same samples with the columns, kinds and classes that a network learned.

    Columns are matched by name; where the names differ, by their order. A kind or a class that was
    never seen is an error.

    >>> from lernpy.data import load
    >>> iris = load("iris")
    >>> align(iris.subset([60, 120]), iris).targets.tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    check_like(like)
    if not isinstance(dataset, Dataset):
        raise DataError(f"this aligns a data set, not {shown(dataset)}; Dataset.of makes one")
    if _same(dataset, like):
        return dataset
    inputs = _inputs(dataset, like)
    targets = _targets(dataset, like)
    return replace(
        dataset,
        inputs=inputs,
        targets=targets,
        columns=like.columns,
        input_names=like.input_names,
        output_names=like.output_names,
        classes=like.classes,
        task=like.task,
        image=like.image,
    )


def check_like(like: object) -> None:
    """Refuse what has no columns and classes, such as a network instead of its card."""
    if not hasattr(like, "input_names") or not hasattr(like, "columns"):
        raise DataError(f"like must be a data set or a card (network.card), not {shown(like)}")


def _same(dataset: Dataset, like: Learned) -> bool:
    keys = ("columns", "input_names", "output_names", "classes", "task", "image")
    return all(getattr(dataset, key) == getattr(like, key) for key in keys)


def _inputs(dataset: Dataset, like: Learned) -> np.ndarray:
    if dataset.columns == like.columns:
        return dataset.inputs
    order = _order(dataset, like)
    starts = np.cumsum([0, *(len(column.input_names) for column in dataset.columns)])
    blocks = [
        _block(dataset, dataset.inputs[:, starts[i] : starts[i + 1]], dataset.columns[i], wanted)
        for i, wanted in zip(order, like.columns, strict=True)
    ]
    return np.hstack(blocks)


def _order(dataset: Dataset, like: Learned) -> list[int]:
    """Where each wanted column is in the data set."""
    have, want = [c.name for c in dataset.columns], [c.name for c in like.columns]
    if set(want) == set(have):
        return [have.index(name) for name in want]
    if len(have) != len(want):
        raise ShapeError(
            f"{dataset.name} has {len(have)} columns ({listed(have)}), but {len(want)} are needed: "
            f"{listed(want)}"
        )
    return list(range(len(want)))


def _block(dataset: Dataset, values: np.ndarray, have: Column, want: Column) -> np.ndarray:
    """One column's inputs with the wanted kinds."""
    if have.unit and want.unit and have.unit != want.unit:
        raise DataError(
            f"{dataset.name}: column {want.name!r} is in {have.unit!r}, but it was in {want.unit!r}"
        )
    if have.kinds == want.kinds:
        return values
    if not have.kinds or not want.kinds:
        is_now, was = ("kinds", "numbers") if have.kinds else ("numbers", "kinds")
        raise DataError(f"{dataset.name}: column {want.name!r} has {is_now}, but it had {was}")
    words = [have.kinds[i] for i in values.argmax(axis=1).tolist()]
    return want.encode(words, lambda row: f"{dataset.name}, {sample_name(row)}")


def _targets(dataset: Dataset, like: Learned) -> np.ndarray:
    outputs = len(like.output_names)
    if like.classes and dataset.classes:
        if _same_classes(dataset, like) and dataset.targets.shape[1] == outputs:
            return dataset.targets
        words = [dataset.classes[i] for i in dataset.labels.tolist()]
        labels = index_of(
            words, like.classes, lambda row: f"{dataset.name}, {sample_name(row)}, class"
        )
        return (
            one_hot(labels, outputs) if outputs > 1 else of_labels(labels, like.classes, "").values
        )
    if dataset.classes and outputs == 1 and not like.classes:
        return _numbers(dataset, like)
    if like.classes or dataset.targets.shape[1] != outputs:
        raise _other_task(dataset, like)
    return dataset.targets


def _numbers(dataset: Dataset, like: Learned) -> np.ndarray:
    """Classes that are numbers, for a network that learned numbers."""
    try:
        values = np.array([float(name) for name in dataset.classes])
    except ValueError:
        raise _other_task(dataset, like) from None
    return np.asarray(values[dataset.labels][:, None])


def _other_task(dataset: Dataset, like: Learned) -> ShapeError:
    return ShapeError(
        f"{dataset.name} is for {dataset.task} ({', '.join(dataset.output_names)}), but "
        f"{like.task} is needed ({', '.join(like.output_names)})"
    )


def _same_classes(dataset: Dataset, like: Learned) -> bool:
    """The same names, or as many that are mere numbers (of a pair, which has no names)."""
    numbered = tuple(str(i) for i in range(len(like.classes)))
    mere = dataset.classes == numbered and set(numbered).isdisjoint(like.classes)
    return mere or dataset.classes == like.classes
