"""The fruit stall: words and numbers mixed, with distributions that overlap as on a market."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lernpy.data.builtin.catalogue import MOST, bounded, built_in
from lernpy.data.columns import Column, encode_rows
from lernpy.data.dataset import Dataset
from lernpy.data.targets import of_labels

COLUMNS = (
    Column("weight"),
    Column("colour", ("green", "orange", "red", "yellow")),
    Column("texture", ("rough", "smooth")),
    Column("size", ("small", "medium", "large")),
)


class Fruit(NamedTuple):
    """How the fruit of one kind are: weight in grams, then chances in the order of the kinds."""

    mean: float
    deviation: float
    colour: tuple[float, ...]
    texture: tuple[float, ...]
    size: tuple[float, ...]


STALL = {
    "apple": Fruit(175, 20, (0.4, 0.0, 0.5, 0.1), (0.05, 0.95), (0.25, 0.7, 0.05)),
    "banana": Fruit(115, 12, (0.1, 0.0, 0.0, 0.9), (0.1, 0.9), (0.05, 0.25, 0.7)),
    "orange": Fruit(200, 30, (0.05, 0.9, 0.0, 0.05), (0.9, 0.1), (0.1, 0.6, 0.3)),
}


@built_in("fruit")
def fruit(n: int = 300, seed: int = 0) -> Dataset:
    """Apple, banana or orange? By weight, colour, texture and size.

    As many fruit of each kind as of the others (the first kinds get what is left over), in random
    order. Weight: normal, in whole grams, at least 30. The others: drawn with the chances in `STALL`,
    each on its own. The kinds overlap: nobody who knows these chances is right more often than in 98.4 %.
    """
    bounded(n, 3, MOST, "fruit: n")
    bounded(seed, 0, 2**63 - 1, "fruit: seed")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % len(STALL))
    stall = list(STALL.values())
    rows = [_draw(rng, stall[label]) for label in labels]
    targets = of_labels(labels, tuple(STALL), "fruit")
    return Dataset(
        "fruit",
        encode_rows(COLUMNS, rows),
        targets.values,
        columns=COLUMNS,
        output_names=targets.output_names,
        classes=targets.classes,
        task="classification",
        about=f"{n} pieces from a made-up fruit stall (seed {seed}). {describe()}",
    )


def _draw(rng: np.random.Generator, kind: Fruit) -> list[object]:
    """One piece: weight, colour, texture, size."""
    weight = max(30.0, round(rng.normal(kind.mean, kind.deviation)))
    words = [
        str(rng.choice(column.kinds, p=chances))
        for column, chances in zip(COLUMNS[1:], kind[2:], strict=True)
    ]
    return [weight, *words]


def describe() -> str:
    """The distributions in words, from the table that is drawn from."""
    return " ".join(f"{name.capitalize()}: {_fruit_words(kind)}." for name, kind in STALL.items())


def _fruit_words(kind: Fruit) -> str:
    parts = [f"{kind.mean:g} ± {kind.deviation:g} g"]
    for column, chances in zip(COLUMNS[1:], kind[2:], strict=True):
        pairs = zip(column.kinds, chances, strict=True)
        parts.append(", ".join(f"{word} {chance:.0%}" for word, chance in pairs if chance))
    return "; ".join(parts)
