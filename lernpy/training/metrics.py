"""How well does it do? Loss, accuracy, confusion matrix, R squared, the samples that came out wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lernpy import engine as engines
from lernpy.data import Card, Dataset
from lernpy.network import Network
from lernpy.samples import check_network
from lernpy.training.prepare import check_fit


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


def r_squared(outputs: np.ndarray, targets: np.ndarray) -> float:
    """1 - (squared error) / (squared distance from the mean), over all outputs; 1 is perfect.

    Where no output varies at all it is 1 for a perfect answer and 0 otherwise.
    """
    if (targets == targets[:1]).all():  # their mean may differ from them in the last bit
        return float((outputs == targets).all())
    with np.errstate(over="ignore", invalid="ignore"):
        missed = float(((outputs - targets) ** 2).sum())
        spread = float(((targets - targets.mean(axis=0)) ** 2).sum())
    return 1.0 - missed / spread if spread else 0.0


def measure(
    task: str, outputs: np.ndarray, targets: np.ndarray
) -> tuple[float | None, float | None]:
    """Accuracy for classes, R squared for numbers: (accuracy, None) or (None, r2)."""
    if task == "classification":
        return accuracy(outputs, targets), None
    return None, r_squared(outputs, targets)


class Wrong(NamedTuple):
    """A sample that came out wrong."""

    sample: int  # its index in the data, from 0
    truth: str
    guess: str
    confidence: float


@dataclass
class Evaluation:
    """The result of `evaluate`; what does not apply to the task is None."""

    loss: float
    accuracy: float | None = None
    r2: float | None = None
    confusion: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    wrong: list[Wrong] = field(default_factory=list)

    def __str__(self) -> str:
        shown = [f"loss {self.loss:.6g}"]
        if self.accuracy is not None:
            shown.append(f"accuracy {self.accuracy:.2%}")
        if self.r2 is not None:
            shown.append(f"R^2 {self.r2:.4f}")
        return ", ".join(shown)


def evaluate(network: Network, data: Any) -> Evaluation:
    """Loss (without penalty), accuracy and confusion matrix or R squared, and what came out wrong.

    Data are raw: what the network's card says of scaling is applied.

    >>> import lernpy
    >>> print(evaluate(lernpy.layered([2, 1], init="zeros"), ([[0, 1], [1, 1]], [[0], [1]])))
    loss 0.125, accuracy 50.00%
    """
    check_network(network)
    dataset = Dataset.of(data)
    check_fit(network, dataset)
    card = network.card or Card.of(dataset)
    return judge(network, *card.prepare(dataset), task=card.task, classes=card.classes)


def judge(
    network: Network,
    inputs: np.ndarray,
    targets: np.ndarray,
    task: str,
    classes: tuple[str, ...] = (),
) -> Evaluation:
    """`evaluate` for arrays as the neurons see them, (n_samples, n_inputs) and (n_samples, n_outputs)."""
    mirror = engines.make(network)
    outputs = mirror.predict(inputs)
    result = Evaluation(mirror.loss_of(inputs, targets), classes=classes)
    result.accuracy, result.r2 = measure(task, outputs, targets)
    if classes:
        result.confusion = confusion_matrix(outputs, targets, len(classes))
        result.wrong = _wrong(classes, outputs, targets)
    return result


def _wrong(classes: tuple[str, ...], outputs: np.ndarray, targets: np.ndarray) -> list[Wrong]:
    guessed, right = guesses(outputs), guesses(targets)
    sure = confidence(outputs)
    return [
        Wrong(int(i), classes[right[i]], classes[guessed[i]], float(sure[i]))
        for i in np.flatnonzero(guessed != right)
    ]


def confidence(outputs: np.ndarray) -> np.ndarray:
    """(n_samples,) in [0, 1]: the output that won; for one output p or 1 - p."""
    one = outputs.shape[1] == 1
    won = np.maximum(outputs[:, 0], 1.0 - outputs[:, 0]) if one else outputs.max(axis=1)
    return np.asarray(np.clip(won, 0.0, 1.0))
