"""Cross-validation: each sample is tested once, by a network that has not seen it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from lernpy.checks import whole
from lernpy.data import Dataset
from lernpy.errors import DataError
from lernpy.network import Network
from lernpy.training.jobs import results_of
from lernpy.training.metrics import Evaluation, evaluate
from lernpy.training.run import train
from lernpy.training.settings import Options, check_builder, with_settings


@dataclass
class CrossValidation:
    """One evaluation for each fold, on the samples left out of its training."""

    folds: list[Evaluation]

    def __getitem__(self, name: str) -> np.ndarray:
        """(n_folds,) the loss, accuracy or r2 of each fold; NaN where it does not apply."""
        values = [getattr(fold, name) for fold in self.folds]
        return np.array([np.nan if value is None else value for value in values], float)

    def __str__(self) -> str:
        shown = []
        for name in ("loss", "accuracy", "r2"):
            values = self[name]
            if np.isfinite(values).all():
                shown.append(f"{name} {values.mean():.4f} +- {values.std():.4f}")
        return f"{len(self.folds)} folds: {', '.join(shown)}"


def parts_of(dataset: Dataset, folds: int, seed: int) -> list[np.ndarray]:
    """So many parts of the sample indices, shuffled; of each class as near as can be the same share."""
    folds = whole("number of folds", folds, 2)
    if folds > len(dataset):
        raise DataError(
            f"{dataset.name} has {len(dataset)} samples; that is too few for {folds} folds"
        )
    shuffled = np.random.default_rng(seed).permutation(len(dataset))
    if dataset.classes:
        shuffled = shuffled[np.argsort(dataset.labels[shuffled], kind="stable")]
    return [np.sort(shuffled[i::folds]) for i in range(folds)]


@with_settings
def cross_validate(
    build: Callable[[int], Network],
    data: Any,
    folds: int = 5,
    seed: int = 0,
    *,
    epochs: int = 100,
    n_jobs: int | None = None,
    **settings: Unpack[Options],
) -> CrossValidation:
    """Train a fresh network for each fold of the data, on all the rest, and test it on that fold.

    Parameters
    ----------
    build : a function from a seed to a fresh network, as in `lernpy.train_many`; each fold gets `seed`
    data : a `Dataset` or a pair; classes are spread evenly over the folds (stratified)
    epochs : passes over each training part, on which alone the scaling is fitted
    n_jobs : processes that learn at the same time (with joblib); -1: one for each core

    >>> import lernpy
    >>> def build(seed):
    ...     return lernpy.layered([4, 3], output_activation="softmax", loss="cross_entropy", seed=seed)
    >>> results = cross_validate(build, lernpy.data.load("iris"), folds=3, epochs=30, scale="standard")
    >>> bool(results["accuracy"].mean() > 0.85)
    True
    """
    check_builder("cross_validate", build)
    seed = whole("seed", seed)
    dataset = Dataset.of(data)
    how = _Folds(build, dataset, seed, epochs, dict(settings))
    results = dict(results_of(_Folds.evaluated, how, parts_of(dataset, folds, seed), n_jobs))
    return CrossValidation([results[fold] for fold in range(folds)])


@dataclass
class _Folds:
    """What all folds have in common."""

    build: Callable[[int], Network]
    dataset: Dataset
    seed: int
    epochs: int
    settings: dict[str, Any]

    def evaluated(self, part: np.ndarray) -> Evaluation:
        """A network that has learned all samples but these, asked for these."""
        network = self.build(self.seed)
        rest = np.setdiff1d(np.arange(len(self.dataset)), part)
        train(network, self.dataset.subset(rest), self.epochs, seed=self.seed, **self.settings)
        return evaluate(network, self.dataset.subset(part))
