"""Functions from a seed to a fresh network that travel to other processes as plain values."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from lernpy import files, storage
from lernpy.build import draw_weights
from lernpy.data import Card, Dataset
from lernpy.network import Network
from lernpy.training.metrics import evaluate_arrays
from lernpy.training.recipe import Recipe, network_for


@dataclass(frozen=True)
class ByRecipe:
    """The net of a recipe for some data."""

    dataset: Dataset
    recipe: Recipe

    def __call__(self, seed: int) -> Network:
        return network_for(self.dataset, self.recipe, seed)


@dataclass(frozen=True)
class Redrawn:
    """The wiring of a network's file, with weights drawn anew; `text` is the content of the file.

    >>> import lernpy
    >>> lernpy.save(lernpy.layered([2, 3, 1], seed=1), "net.json")
    >>> build = Redrawn.of("net.json")
    >>> build(7).weights[5].value == lernpy.layered([2, 3, 1], seed=7).weights[5].value
    True
    """

    text: str

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Redrawn:
        """That of a file."""
        network = files.load(path)
        network.card = None
        return cls(files.to_text(files.to_json(network)))

    def __call__(self, seed: int) -> Network:
        network = files.from_json(storage.parse_json(self.text, "the network"))
        draw_weights(network, seed)
        network.seed = seed
        return network


@dataclass(frozen=True)
class Validated:
    """Accuracy, or R², of a trained network on samples that it has not learned from; NaN where there is
    none: an R² compares with how far the targets differ."""

    inputs: Any  # (n_samples, n_inputs), scaled
    targets: Any
    card: Card

    @classmethod
    def on(cls, dataset: Dataset, card: Card) -> Validated:
        return cls(*card.prepare(dataset), card)

    def __call__(self, network: Network) -> float:
        result = evaluate_arrays(network, self.inputs, self.targets, self.card)
        varies = (self.targets != self.targets[:1]).any()
        score = result.accuracy if result.accuracy is not None else result.r2 if varies else None
        return float("nan") if score is None else float(score)
