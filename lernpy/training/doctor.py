"""The doctor: looks at a run, tries its own first advice, and shows both runs side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from lernpy.build import draw_weights
from lernpy.data import Dataset, split
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.training.advice import advise, is_poor
from lernpy.training.case import Advice, Case
from lernpy.training.columns_advice import remarks_on
from lernpy.training.metrics import Evaluation, evaluate
from lernpy.training.recipe import Recipe, is_truth_table, network_for, recipe
from lernpy.training.run import Run
from lernpy.training.settings import Settings, checked

NET = ("layers", "activation", "output_activation", "loss", "init", "bias")  # need a fresh net
BETTER = 0.02  # of accuracy or R², on samples not seen where there are any
LEAST_HELD_OUT = 30  # samples: of fewer none is kept from learning


@dataclass(frozen=True)
class Trial:
    """A net and a training, so described that it can be tried again with something changed.

    start : a net to begin with; None: a fresh one by the recipe
    held_out : the part that is not learned from, where there are enough samples
    more : settings that no recipe has (l1, class_weights), init and bias
    """

    data: Dataset
    recipe: Recipe
    seed: int = 0
    start: Network | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    held_out: float = 0.25

    @classmethod
    def of(cls, dataset: Dataset, seed: int = 0, **changes: Any) -> Trial:
        """The usual training of these data, with changes.

        >>> from lernpy import data
        >>> Trial.of(data.load("xor"), learning_rate=0.0).outcome().advice[0].why
        'the learning rate is 0, so no weight moves'
        """
        usual = replace(recipe(dataset), validation=0.0, early_stop=None)
        return cls(dataset, usual, seed).with_(changes)

    def with_(self, changes: Mapping[str, Any]) -> Trial:
        """The same with other settings, named as advice names them; columns may be left out."""
        known = {name: value for name, value in changes.items() if hasattr(self.recipe, name)}
        if known.get("batch_size") == "all":
            known["batch_size"] = None
        more = {name: value for name, value in changes.items() if name not in known}
        left_out, seed = more.pop("ignore", []), more.pop("seed", self.seed)
        start = None if left_out or any(name in NET for name in changes) else self.start
        data = without(self.data, left_out) if left_out else self.data
        usual, more = replace(self.recipe, **known), {**self.more, **more}
        return replace(self, data=data, recipe=usual, seed=seed, start=start, more=more)

    def network(self) -> Network:
        """The net as it is before the first epoch."""
        if self.start is not None:
            return self.start.copy()
        network = network_for(self.data, self.recipe, self.seed, self.more.get("init"))
        if self.more.get("bias") is False:
            network.prune(
                *(link for bias in network.biases for link in network.outgoing(bias.name))
            )
            network = _without_silent(network)
        return network

    def outcome(self) -> Outcome:
        """Train, and look at it. What training refuses is an outcome, too."""
        rest, test = self._parts()
        try:
            run = Run(self.network(), rest, self._settings())
            run.finish()
        except LernpyError as error:
            return Outcome(refused=str(error), advice=_after(error, self))
        seen = evaluate(run.network, rest)
        unseen = evaluate(run.network, test) if test is not None else None
        case = Case(run, seen, unseen)
        advice = advise(run, unseen)
        known = {tuple(one.change) for one in advice}
        advice += [one for one in remarks_on(case) if tuple(one.change) not in known]
        return Outcome(run, seen, unseen, tuple(advice), data=rest)

    def _parts(self) -> tuple[Dataset, Dataset | None]:
        if is_truth_table(self.data) or len(self.data) < LEAST_HELD_OUT:
            return self.data, None
        rest, _, test = split(self.data, 0.0, self.held_out, self.seed)
        return rest, test

    def _settings(self) -> Settings:
        names = ("epochs", "batch_size", "schedule", "scale", "validation", "early_stop", "l2")
        usual = {name: getattr(self.recipe, name) for name in names}
        usual.update(optimizer=self.recipe.optimizer, learning_rate=self.recipe.learning_rate)
        usual.update({name: value for name, value in self.more.items() if name not in NET})
        return checked(usual, several="the doctor", seed=self.seed, loss=self.recipe.loss)


class Outcome(NamedTuple):
    """What became of a trial; `refused` says why it did not even begin."""

    run: Run | None = None
    seen: Evaluation | None = None
    unseen: Evaluation | None = None
    advice: tuple[Advice, ...] = ()
    refused: str = ""
    data: Dataset | None = None  # what was learned from

    @property
    def score(self) -> float:
        """How many of each class are recognised, on average, or R²; on samples not seen, if there are any."""
        judged = self.unseen or self.seen
        if judged is None:
            return -np.inf
        if judged.confusion is None:
            return float(judged.r2 or 0.0)
        sizes = judged.confusion.sum(axis=1)
        return float((np.diag(judged.confusion)[sizes > 0] / sizes[sizes > 0]).mean())

    @property
    def losses(self) -> np.ndarray:
        """(n_epochs,) on the samples learned from."""
        return np.array([]) if self.run is None else np.asarray(self.run.history["loss"])

    def is_good(self) -> bool:
        """Whether it learned what it was shown."""
        return self.seen is not None and not is_poor(self.seen.accuracy, self.seen.r2)


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found, and what became of the first advice."""

    before: Outcome
    tried: Advice | None
    after: Outcome | None

    @property
    def mended(self) -> bool:
        """Whether the first advice did it: it learns now, or is better on what it has not seen; or it is
        as good as before and there is one remark less."""
        if self.after is None or self.tried is None:
            return False
        gone = all(_kind(one) != _kind(self.tried) for one in self.after.advice)
        gain = self.after.score - self.before.score
        if self.before.is_good():
            return gain > BETTER or (gone and gain > -BETTER)
        return gain > BETTER and (self.after.is_good() or gone)


def _kind(advice: Advice) -> str:
    """What it is about, without its numbers."""
    return re.sub(r"[-+\d.e]+", "", advice.why)


def examine(trial: Trial) -> Diagnosis:
    """Train, look, and try the first advice that names something to change.

    >>> from lernpy import data
    >>> found = examine(Trial.of(data.load("xor"), init="zeros"))
    >>> found.tried.change, found.mended
    ({'init': 'glorot_uniform'}, True)
    """
    before = trial.outcome()
    for advice in before.advice[:1]:
        if advice.change:
            return Diagnosis(before, advice, trial.with_(advice.change).outcome())
        return Diagnosis(before, advice, None)
    return Diagnosis(before, None, None)


def of_network(network: Network, dataset: Dataset) -> Trial:
    """A net as its file has it, trained on with the settings that it keeps."""
    usual = recipe(dataset)
    kept = network.card.training if network.card else {}
    names = ("epochs", "batch_size", "schedule")
    changes = {name: kept[name] for name in names if kept.get(name) is not None}
    usual = replace(
        usual,
        loss=network.loss.name,
        optimizer=network.optimizer.name,
        learning_rate=network.learning_rate,
        l2=network.l2,
        layers=_hidden(network) or usual.layers,
        scale=network.card.scaling.kind if network.card else "none",
        **{"validation": 0.0, "early_stop": None, **changes},
    )
    return Trial(dataset, usual, network.seed or 0, network)


def _hidden(network: Network) -> tuple[int, ...]:
    """How many hidden neurons there are, generation by generation."""
    ends = {*network.inputs, *network.outputs, *network.biases}
    sizes = (sum(unit not in ends for unit in generation) for generation in network.generations)
    return tuple(size for size in sizes if size)


def _without_silent(network: Network) -> Network:
    """The network without bias neurons that have no link left."""
    ends = {*network.inputs, *network.outputs}
    neurons = [n for n in network.neurons.values() if n in ends or n not in network.biases]
    bare = Network(
        neurons, network.links.values(), network.inputs, network.outputs,
        loss=network.loss, optimizer=network.optimizer, learning_rate=network.learning_rate, seed=network.seed,
    )  # fmt: skip
    draw_weights(bare, network.seed)
    return bare


def without(dataset: Dataset, names: list[str]) -> Dataset:
    """The data without these columns.

    >>> from lernpy import data
    >>> without(data.load("iris"), ["petal_width"]).inputs.shape
    (150, 3)
    """
    columns = tuple(column for column in dataset.columns if column.name not in names)
    kept = {name for column in columns for name in column.input_names}
    which = [index for index, name in enumerate(dataset.input_names) if name in kept]
    return replace(
        dataset,
        inputs=dataset.inputs[:, which],
        columns=columns,
        input_names=tuple(dataset.input_names[index] for index in which),
    )


def _after(error: LernpyError, trial: Trial) -> tuple[Advice, ...]:
    """What to try where training refused to begin, or broke off."""
    return tuple(_changes(str(error), trial))


def _changes(why: str, trial: Trial) -> Iterator[Advice]:
    usual = recipe(trial.data)
    if "defined for 0 to 1" in why:
        yield Advice(why, {"loss": "mean_squared_error", "output_activation": "identity"})
    elif "where" in why and "is not defined" in why:
        change = {"output_activation": usual.output_activation, "loss": usual.loss}
        yield Advice(why, change)
    elif "never asks it to be 0" in why or "softmax of one" in why:
        yield Advice(why, {"output_activation": usual.output_activation, "loss": usual.loss})
    else:
        yield Advice(why, {"learning_rate": usual.learning_rate, "scale": usual.scale})
