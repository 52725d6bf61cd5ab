"""Nets of several sizes that learn from the same few samples: too little, right, too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lernpy.data import Dataset, split
from lernpy.errors import DataError
from lernpy.text import counted
from lernpy.training import train
from lernpy.training.recipe import network_for, recipe

SIZES = (1, 3, 60)
LEAST = 3  # samples: two to learn from, one to validate
CURVE, PLANE = (16, 3000), (200, 1500)  # of one input, of more: so few samples that a large net can
RATE = 0.03  # learn their noise, and so many epochs that it does


def train_sizes(
    data: Any, sizes: Sequence[int] = SIZES, seed: int = 0
) -> tuple[dict[str, Any], Dataset]:
    """Train a net with so many hidden neurons, for each size, from its usual start.

    With ``circle:n=600,noise=0.8``, which ``plot under_over`` takes unless told otherwise, ten seeds of
    ten (0 to 9, of the data and of the nets alike) come out as too little, right, too much.

    Returns
    -------
    By name a pair (network, history), smallest first; and the few samples that all learned from, all
    others of `data` being validation samples.

    >>> from lernpy import data
    >>> runs, samples = train_sizes(data.load("sine"), sizes=[2, 8])
    >>> list(runs), len(samples)
    (['2 hidden', '8 hidden'], 16)
    """
    dataset = Dataset.of(data)
    if len(dataset) < LEAST:
        raise DataError(
            f"{dataset.name} has {counted(len(dataset), 'sample')}; nets of several sizes learn from some "
            f"and are validated on the others, so bring {LEAST} or more"
        )
    most, epochs = CURVE if dataset.inputs.shape[1] == 1 else PLANE
    few = min(max(len(dataset) // 2, 2), most)
    samples, rest, _ = split(dataset, len(dataset) - few, 0.0, seed)
    assert rest is not None
    name = f"{few} samples of {dataset.name} ({len(rest)} others validate), seed {seed}"
    samples = replace(samples, name=name)
    runs = {}
    for size in sizes:
        chosen = replace(recipe(dataset), layers=(size,), learning_rate=RATE)
        network = network_for(dataset, chosen, seed)
        history = train(
            network, samples, epochs, batch_size=None, scale="standard", validation=rest, seed=seed
        )
        runs[f"{size} hidden"] = network, history
    return runs, samples
