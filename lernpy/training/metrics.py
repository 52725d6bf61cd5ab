"""How well does it do? Loss, accuracy, confusion matrix, R squared, the samples that came out wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lernpy import engine as engines
from lernpy.data import Card
from lernpy.data.targets import as_classes
from lernpy.network import Network
from lernpy.samples import check_network
from lernpy.training.prepare import check_fit, dataset_for


def guesses(outputs: np.ndarray) -> np.ndarray:
    """(n_samples,) class indices: the largest output, or for one output whether it is at least 1/2."""
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] >= 0.5, np.intp)
    return np.asarray(outputs.argmax(axis=1))


def accuracy(outputs: np.ndarray, targets: np.ndarray) -> float:
    """The share of samples whose guess is right.

    >>> import numpy as np
    >>> accuracy(np.array([[0.9], [0.2]]), np.array([[1.0], [1.0]]))
    0.5
    """
    return float(np.mean(guesses(outputs) == guesses(targets)))


def confusion_matrix(outputs: np.ndarray, targets: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) counts: a row for each true class, a column for each guess."""
    matrix = np.zeros((classes, classes), int)
    np.add.at(matrix, (guesses(targets), guesses(outputs)), 1)
    return matrix


def unit_of(values: np.ndarray) -> np.ndarray:
    """A power of two as large as the largest of each column, or nearly: in this unit squares neither
    overflow nor vanish, and no number loses a bit.

    >>> unit_of(np.array([[3.0, 1e-200], [-5.0, 0.0]])) == [4.0, 2.0**-665]
    array([ True,  True])
    """
    return np.asarray(np.ldexp(1.0, np.frexp(np.abs(values).max(axis=0))[1] - 1))


def root_mean_square(values: np.ndarray) -> float:
    """The root of the mean of the squares, also of numbers whose squares are none.

    >>> root_mean_square(np.array([3e200, -4e200])) / 5e200
    0.7071067811865475
    """
    flat = np.ravel(values)
    with np.errstate(over="ignore", invalid="ignore"):
        unit = unit_of(flat)
        return float(np.sqrt(((flat / unit) ** 2).mean()) * unit)


def r_squared(outputs: np.ndarray, targets: np.ndarray) -> float:
    """1 - (squared error) / (squared distance from the mean), averaged over the outputs; 1 is perfect.

    The same in raw and in scaled units. Where an output's targets do not vary at all it is 1 for a
    perfect answer and 0 otherwise.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        differs = targets - targets.mean(axis=0)
        unit = unit_of(differs)
        missed = (((outputs - targets) / unit) ** 2).sum(axis=0)
        spread = ((differs / unit) ** 2).sum(axis=0)
        varies = (targets != targets[:1]).any(axis=0)  # their mean may differ in the last bit
        each = np.where(varies, 1.0 - missed / spread, (outputs == targets).all(axis=0))
    return float(each.mean())


def precision_recall(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n_classes,) precision, recall and their harmonic mean F1; 0 where there is none.

    >>> [part.tolist() for part in precision_recall(np.array([[1, 1], [0, 2]]))]
    [[1.0, 0.6666666666666666], [0.5, 1.0], [0.6666666666666666, 0.8]]
    """
    right = np.diag(confusion).astype(float)
    precision = right / np.maximum(confusion.sum(axis=0), 1)
    recall = right / np.maximum(confusion.sum(axis=1), 1)
    total = precision + recall
    return precision, recall, 2 * precision * recall / np.where(total > 0, total, 1)


def measure(
    card: Card, outputs: np.ndarray, targets: np.ndarray
) -> tuple[float | None, float | None]:
    """Accuracy for classes, R squared for numbers, both for classes step by step; else None.

    `outputs`, `targets` : as the card has them `judged`
    """
    if card.task == "classification":
        return accuracy(outputs, targets), None
    is_tagged = card.task == "percentages" and card.asks_each_step and as_classes(targets)
    return accuracy(outputs, targets) if is_tagged else None, r_squared(outputs, targets)


class Wrong(NamedTuple):
    """A sample that came out wrong."""

    sample: int  # its number in the data as a whole; 1 is the first
    truth: str
    guess: str
    confidence: float


@dataclass
class Evaluation:
    """What `evaluate` measured; what does not apply to the task is None.

    `mae` and `rmse` (mean absolute error, root of the mean squared error) are in the data's own units.
    """

    loss: float
    accuracy: float | None = None
    r2: float | None = None
    mae: float | None = None
    rmse: float | None = None
    confusion: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def f1(self) -> float | None:
        """F1, averaged over the classes."""
        return None if self.confusion is None else float(precision_recall(self.confusion)[2].mean())

    @property
    def figures(self) -> dict[str, float | None]:
        """The numbers by name."""
        names = ("loss", "accuracy", "f1", "r2", "mae", "rmse")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        shown = [f"loss {self.loss:.6g}"]
        if self.accuracy is not None:
            shown.append(f"accuracy {self.accuracy:.2%}")
        if self.r2 is not None:
            shown.append(f"R^2 {self.r2:.4f}")
        if self.mae is not None:
            shown.append(f"MAE {self.mae:.4g}, RMSE {self.rmse:.4g}")
        return ", ".join(shown)


def evaluate(network: Network, data: Any) -> Evaluation:
    """Loss (without penalty), accuracy and confusion matrix or R squared, and what came out wrong.

    Data are raw: what the network's card says of scaling is applied.

    >>> import lernpy
    >>> print(evaluate(lernpy.layered([2, 1], init="zeros"), ([[0, 1], [1, 1]], [[0], [1]])))
    loss 0.125, accuracy 50.00%
    """
    check_network(network)
    dataset = dataset_for(network, data, network.card)
    check_fit(network, dataset)
    card = network.card or Card.of(dataset)
    return evaluate_arrays(network, *card.prepare(dataset), card=card, number=dataset.number)


def evaluate_arrays(
    network: Network,
    inputs: np.ndarray,
    targets: np.ndarray,
    card: Card,
    number: Callable[[int], int] = (1).__add__,
) -> Evaluation:
    """`evaluate` for arrays as the neurons see them, (n_samples, n_inputs) and (n_samples, n_outputs).

    number : from the index of a sample to its number in the data
    """
    mirror = engines.make(network)
    result = Evaluation(mirror.loss_of(inputs, targets), classes=card.classes)
    outputs, targets = card.judged(inputs, mirror.predict(inputs), targets)
    result.accuracy, result.r2 = measure(card, outputs, targets)
    if card.classes:
        result.confusion = confusion_matrix(outputs, targets, len(card.classes))
        result.wrong = _wrong(card.classes, outputs, targets, number)
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            missed = (outputs - targets) * card.target_scaling.scale[: outputs.shape[1]]
            result.mae = float(np.abs(missed).mean())
            result.rmse = root_mean_square(missed)
    return result


def _wrong(
    classes: tuple[str, ...],
    outputs: np.ndarray,
    targets: np.ndarray,
    number: Callable[[int], int],
) -> list[Wrong]:
    guessed, right = guesses(outputs), guesses(targets)
    sure = confidence(outputs)
    return [
        Wrong(number(int(i)), classes[right[i]], classes[guessed[i]], float(sure[i]))
        for i in np.flatnonzero(guessed != right)
    ]


def confidence(outputs: np.ndarray) -> np.ndarray:
    """(n_samples,) in [0, 1]: the output that won; for one output p or 1 - p."""
    one = outputs.shape[1] == 1
    won = np.maximum(outputs[:, 0], 1.0 - outputs[:, 0]) if one else outputs.max(axis=1)
    return np.asarray(np.clip(won, 0.0, 1.0))
