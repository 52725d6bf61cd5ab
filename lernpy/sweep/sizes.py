"""Nets of several sizes that learn from the same few samples: too little, right, too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lernpy.data import Dataset
from lernpy.training import train
from lernpy.training.recipe import network_for, recipe

FEW = 16  # samples to learn from: so few that a large net can learn their noise
SIZES = (1, 2, 60)
EPOCHS = 3000
RATE = 0.03


def train_sizes(
    data: Any, sizes: Sequence[int] = SIZES, seed: int = 0
) -> tuple[dict[str, Any], Dataset]:
    """Train a net with so many hidden neurons, for each size, from its usual start.

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
    order = np.random.default_rng(seed).permutation(len(dataset))
    few = min(max(len(dataset) // 2, 2), FEW)
    samples, rest = dataset.subset(order[:few]), dataset.subset(order[few:])
    name = f"{few} samples of {dataset.name} ({len(rest)} others validate), seed {seed}"
    samples = replace(samples, name=name)
    runs = {}
    for size in sizes:
        chosen = replace(recipe(dataset), layers=(size,), learning_rate=RATE)
        network = network_for(dataset, chosen, seed)
        history = train(
            network, samples, EPOCHS, batch_size=None, scale="standard", validation=rest, seed=seed
        )
        runs[f"{size} hidden"] = network, history
    return runs, samples
