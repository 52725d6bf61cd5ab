"""Cross-validation: each sample is tested once, by a network that has not seen it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

import numpy as np

from lernpy.build import fresh_seed
from lernpy.checks import whole
from lernpy.data import Dataset
from lernpy.errors import DataError
from lernpy.network import Network
from lernpy.samples import check_network
from lernpy.training.jobs import results_of
from lernpy.training.metrics import Evaluation, evaluate
from lernpy.training.run import train
from lernpy.training.settings import ONE_RUN, Shared, check_builder, checked, with_settings


@dataclass
class CrossValidation:
    """One evaluation for each fold, on the samples left out of its training, and the seed of all."""

    folds: list[Evaluation]
    seed: int = 0

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


@partial(with_settings, without=ONE_RUN)
def cross_validate(
    build: Callable[[int], Network],
    data: Any,
    folds: int = 5,
    seed: int | None = 0,
    *,
    epochs: int = 100,
    n_jobs: int | None = None,
    **settings: Unpack[Shared],
) -> CrossValidation:
    """For each fold of the data, train a fresh network on all the rest and test it on that fold.

    Parameters
    ----------
    build : a function from a seed to a fresh network, as in `lernpy.train_many`; each fold trains a copy
    data : a `Dataset` or a pair; classes are spread evenly over the folds (stratified)
    folds : how many parts the data are cut into, from 2 to the number of samples
    seed : of the network, the folds and the order of samples; None: a fresh one, recorded in the result
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
    checked(settings, several="cross_validate", epochs=epochs)
    seed = fresh_seed() if seed is None else whole("seed", seed)
    dataset = Dataset.of(data)
    parts = parts_of(dataset, folds, seed)
    check_network(network := build(seed))
    how = _Folds(network, dataset, {"epochs": epochs, "seed": seed, **settings})
    results = dict(results_of(_Folds.evaluated, how, parts, n_jobs))
    return CrossValidation([results[fold] for fold in range(len(parts))], seed)


@dataclass
class _Folds:
    """What all folds have in common."""

    network: Network  # as it is before its first epoch
    dataset: Dataset
    settings: dict[str, Any]

    def evaluated(self, part: np.ndarray) -> Evaluation:
        """A copy that has learned all samples but these, asked for these."""
        network = self.network.copy()
        rest = np.setdiff1d(np.arange(len(self.dataset)), part)
        train(network, self.dataset.subset(rest), **self.settings)
        return evaluate(network, self.dataset.subset(part))
