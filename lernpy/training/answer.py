"""Ask a trained network in the words of its data, and get the answer in them."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from lernpy import engine as engines
from lernpy import files
from lernpy.data import Card, Dataset
from lernpy.network import Network
from lernpy.samples import check_network, numbers, rows_of
from lernpy.training.prepare import check_fit


class Answers(NamedTuple):
    """What a network says to some samples.

    `answers`: class names, or (n_samples, n_outputs) numbers in the data's own units,
    NaN where a step is absent;
    `confidence`: (n_samples,) for classes, else None; `outputs`: what the neurons put out.
    """

    answers: Any
    confidence: np.ndarray | None
    outputs: np.ndarray


def predict(network: Network | str | os.PathLike[str], rows: Any) -> Answers:
    """Answers for raw samples: what the card says of kinds and scaling is applied and inverted.

    Parameters
    ----------
    network : a network, or the path of its file
    rows : (n_samples, n_columns) numbers and words as in the data it learned from; or a Dataset

    Raises
    ------
    ShapeError, DataError
        For a wrong number of values, or a kind that was never seen in training.

    >>> import lernpy
    >>> lernpy.predict(lernpy.layered([2, 1], init="zeros"), [[3, 4]]).answers.tolist()
    [[0.5]]
    """
    asked = files.load(network) if isinstance(network, (str, os.PathLike)) else network
    check_network(asked)
    card = asked.card
    if isinstance(rows, Dataset):
        check_fit(asked, rows)
        inputs, _ = (card or Card.of(rows)).prepare(rows)
    elif card is None:
        samples = rows_of(rows, len(asked.inputs))
        inputs = np.asarray([numbers("input", asked.inputs, row) for row in samples])
    else:
        inputs = card.encode(rows_of(rows, len(card.columns)))
    return answer_scaled(asked, inputs.reshape(-1, len(asked.inputs)))


def answer_scaled(network: Network, inputs: np.ndarray) -> Answers:
    """Answers for inputs as the neurons see them: (n_samples, n_inputs), scaled already."""
    outputs = engines.make(network).predict(inputs)
    if network.card is None:
        return Answers(outputs, None, outputs)
    answers, confidence = network.card.decode(outputs)
    if network.card.may_be_asleep:
        answers = np.where(network.card.there(inputs), answers, np.nan)
    return Answers(answers, confidence, outputs)
