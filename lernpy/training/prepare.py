"""From a data set to arrays an engine can learn from: checked, split, scaled, weighted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from lernpy import data as datasets
from lernpy.build.arguments import LONELY
from lernpy.checks import not_negative
from lernpy.data import Card, Dataset, align
from lernpy.data.columns import index_of, sample_name
from lernpy.data.targets import of_labels
from lernpy.errors import DataError, ShapeError, TrainingError
from lernpy.functions.activations import Activation
from lernpy.network import Network
from lernpy.registry import unknown
from lernpy.samples import is_alone, is_sample, is_several
from lernpy.text import counted, exact, nth, option, shown
from lernpy.training.settings import Settings

Arrays = tuple[np.ndarray, np.ndarray]


class Prepared(NamedTuple):
    """What training works on; `train` and `validation` are (inputs, targets), scaled."""

    train: Arrays
    validation: Arrays | None
    sample_weight: np.ndarray | None
    card: Card
    name: str  # of the data
    numbers: np.ndarray | None  # of the training samples in the data as a whole

    def name_of(self, row: int) -> str:
        """Which sample this is of those that are trained, so that it can be found in the data."""
        index = row if self.numbers is None else self.numbers[row]
        return f"{nth('sample', index)} of {self.name}"


def prepare(network: Network, data: Any, settings: Settings, seed: int) -> Prepared:
    """Split off the validation part, fit the scaling on the rest, scale both."""
    learned = _learned(network, settings)
    dataset = dataset_for(network, data, learned)
    if learned is not None:
        dataset = align(dataset, learned)
    check_fit(network, dataset)
    if settings.validation is None or isinstance(settings.validation, (int, float)):
        train, validation, _ = datasets.split(dataset, settings.validation or 0.0, 0.0, seed)
    else:
        train, validation = dataset, dataset_for(network, settings.validation, learned or dataset)
        check_fit(network, validation)
    card = (
        card_for(train, settings.scale or "none") if learned is None else _goes_on(train, learned)
    )
    return Prepared(
        card.prepare(train),
        None if validation is None else card.prepare(validation),
        sample_weight(train, settings.class_weights),
        card,
        train.name,
        train.numbers,
    )


def card_for(dataset: Dataset, kind: str) -> Card:
    """The card of these samples; numbers to learn are scaled as the inputs are."""
    target_kind = kind if dataset.task == "regression" and kind in ("standard", "minmax") else None
    return Card.of(dataset, scaling=kind, target_scaling=target_kind)


def _learned(network: Network, settings: Settings) -> Card | None:
    """What a network was trained with, if it goes on from there."""
    card = network.card
    if card is None or not card.training or settings.rescale:
        return None
    if settings.scale not in (None, card.scaling.kind):
        raise TrainingError(
            f"the network was trained with the scaling {card.scaling.kind!r}, so that "
            f"{settings.scale!r} would change what its weights mean; leave it out, or say "
            f"{option('rescale')}"
        )
    return card


def _goes_on(dataset: Dataset, learned: Card) -> Card:
    """A card of these samples with the scaling and filling that were learned."""
    return replace(
        learned,
        data=dataset.source,
        notes=dataset.notes or learned.notes,
        training={},
    )


def dataset_for(network: Network, data: Any, like: Card | Dataset | None = None) -> Dataset:
    """The data as this network takes them: a pair's numbers are classes only where they were learned as such.

    Whole numbers are no classes to a net with one output; with `like` they are what they were there.
    """
    data = _one_sample(network, data)
    if isinstance(data, Dataset) or (like is None and len(network.outputs) > 1):
        return Dataset.of(data)
    dataset = Dataset.of(
        data, "regression" if like is not None and like.task == "regression" else None
    )
    if like is not None and like.classes and not dataset.classes and dataset.targets.shape[1] == 1:
        return _labelled(dataset, like)
    named = len(network.outputs) == 1 and dataset.classes not in ((), ("0", "1"))
    return Dataset.of(data, "regression") if named and _are_numbers(dataset) else dataset


def _are_numbers(dataset: Dataset) -> bool:
    """Whether its classes are numbers, which a net with one output can also put out as they are."""
    try:
        return all(float(name) == float(name) for name in dataset.classes)
    except ValueError:
        return False


def _one_sample(network: Network, data: Any) -> Any:
    """A sample alone, ([0, 1], [1]), as a list of one; what is a table or a column stays."""
    if not isinstance(data, (list, tuple)) or len(data) != 2:
        return data
    inputs, targets = data
    width, count = len(network.inputs), len(network.outputs)
    targets = [targets] if _is_single(targets) else targets
    if width == 1 and _is_single(inputs):
        inputs = [inputs]
    if is_alone(inputs, width) and is_several(targets) and len(targets) == 1:
        (targets,) = np.asarray(targets)
    if not is_sample(inputs) or not is_sample(targets) or not is_alone(inputs, width):
        single = is_sample(inputs) and len(inputs) == 1 and count > 1 and is_alone(targets, count)
        return inputs, [targets] if single else targets
    is_one = len(inputs) == width and len(targets) == count and is_alone(targets, 0)
    return ([np.asarray(inputs)], [np.asarray(targets)]) if is_one else (inputs, targets)


def _is_single(value: Any) -> bool:
    """Whether this is one number, not a row of them."""
    return isinstance(value, (int, float)) or getattr(value, "shape", None) == ()


def _labelled(dataset: Dataset, like: Card | Dataset) -> Dataset:
    """Numbers as the classes that they name."""
    words = [exact(value) for value in dataset.targets[:, 0].tolist()]
    labels = index_of(words, like.classes, lambda row: f"{dataset.name}, {sample_name(row)}, class")
    made = of_labels(labels, like.classes, like.output_names[0])
    return replace(
        dataset,
        targets=made.values,
        output_names=like.output_names,
        classes=like.classes,
        task="classification",
    )


def check_fit(network: Network, dataset: Dataset) -> None:
    """As many inputs and outputs in the data as the network has neurons for them."""
    for kind, neurons, array in (
        ("input", network.inputs, dataset.inputs),
        ("output", network.outputs, dataset.targets),
    ):
        if len(neurons) != array.shape[1]:
            raise ShapeError(
                f"the network has {counted(len(neurons), f'{kind} neuron')}, "
                f"but {dataset.name} has {counted(array.shape[1], kind)}"
            )


def sample_weight(dataset: Dataset, weights: str | Mapping[str, float] | None) -> np.ndarray | None:
    """(n_samples,) how much each sample counts; None where all count alike."""
    if weights is None:
        return None
    if not dataset.classes:
        raise DataError(f"class weights need classes, but {dataset.name} is {dataset.task}")
    labels, k = dataset.labels, len(dataset.classes)
    if isinstance(weights, str) and weights == "balanced":
        counts = np.bincount(labels, minlength=k)
        balanced: np.ndarray = len(labels) / (k * np.maximum(counts, 1))
        return np.asarray(balanced[labels])
    if not isinstance(weights, Mapping):
        raise DataError(f'class weights are "balanced" or numbers by class, not {shown(weights)}')
    for name, value in weights.items():
        if name not in dataset.classes:
            raise unknown("class", name, dataset.classes)
        not_negative(f"weight of class {name!r}", value)
    by_class = np.array([float(weights.get(name, 1.0)) for name in dataset.classes])
    return np.asarray(by_class[labels])


def refuse_hopeless(network: Network) -> None:
    """A step activation, and a softmax of one, pass no blame: nothing before them can be learned."""
    for neuron in network.neurons.values():
        kind, is_fixed = neuron.activation, neuron in network.biases or neuron in network.inputs
        if isinstance(kind, Activation) and kind.is_flat and not is_fixed:
            raise TrainingError(
                f"the neuron {neuron.name!r} has the activation {kind.name}, whose slope is 0 everywhere: "
                "no blame passes it, so nothing can be learned. Take sigmoid or tanh "
                f"(network.learn and slow_motion show what happens with {kind.name})"
            )
    for group in network.groups:
        if len(group.members) == 1:
            raise TrainingError(f"{group.members[0].name!r} {LONELY}")
