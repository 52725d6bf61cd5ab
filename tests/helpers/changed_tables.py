"""A program that changes every entry of a table, as its source would, and lets all engines learn with each.

    python changed_tables.py activations|losses|optimizers ENGINE ...

Prints a line for each entry and engine that does not learn what the objects learn; nothing if all do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import lernpy
from lernpy.functions import activations, losses, optimizers

X = np.random.default_rng(0).normal(size=(6, 3))
CLASSES = np.eye(3)[[0, 1, 2, 0, 1, 2]]


def bent(factory: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def changed(m: Any) -> Any:
        value, slope = factory(m)
        return lambda z: 0.75 * value(z) + 0.1, lambda z, y: 0.75 * slope(z, (y - 0.1) / 0.75)

    return changed


def tripled(factory: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def changed(m: Any) -> Any:
        value, slope = factory(m)
        return lambda y, t: 3.0 * value(y, t), lambda y, t: 3.0 * slope(y, t)

    return changed


def hasty(factory: Callable[..., Any]) -> Callable[..., Any]:
    def changed(m: Any, **options: float) -> Any:
        step = factory(m, **options)

        def twice(value: Any, gradient: Any, rate: Any, memory: Any) -> Any:
            proposed, memory = step(value, gradient, rate, memory)
            return value + 2.0 * (proposed - value), memory

        return twice

    return changed


def again(entry: Any, *arguments: Any) -> None:
    """Make an entry once more, in its place."""
    vars(entry).clear()
    entry.__init__(*arguments)


def change(table: str) -> list[str]:
    """Change all entries before anybody has read them; the names of those that are to be tried."""
    if table == "activations":
        for entry in activations.ACTIVATIONS.values():
            if entry.name != "one":  # a bias always says 1
                again(entry, entry.name, bent(entry.factory), entry.traits)
        return [name for name in activations.ACTIVATIONS if name not in ("one", "step")]
    if table == "losses":
        for loss in losses.LOSSES.values():
            more = loss.mean, loss.from_total, loss.words, loss.from_rest
            again(loss, loss.name, tripled(loss.factory), *more)
        return list(losses.LOSSES)
    for rule in optimizers.OPTIMIZERS.values():
        more = rule.rate, rule.memory, rule.options, rule.remembers
        again(rule, rule.name, hasty(rule.factory), *more)
    return list(optimizers.OPTIMIZERS)


def net(table: str, name: str, seed: int) -> tuple[lernpy.Network, np.ndarray]:
    if table == "activations":
        return lernpy.layered([3, 4, 3], name, name, seed=seed), CLASSES
    if table == "losses":
        last = "softmax" if "cross_entropy" in name else "identity"
        return lernpy.layered([3, 4, 3], "tanh", last, loss=name, seed=seed), CLASSES
    return lernpy.layered([3, 4, 3], "tanh", optimizer=name, seed=seed), CLASSES


def main(table: str, *engines: str) -> None:
    for name in change(table):
        network, targets = net(table, name, 1)
        for engine in engines:
            if not engine.startswith("many "):
                report = lernpy.check_parity(network, X, targets, engine, updates=8)
                if not report.ok:
                    print(name, engine, report)
                continue
            how: dict[str, Any] = {"epochs": 3, "learning_rate": 0.01}
            alone = network.copy()
            lernpy.train(alone, (X, targets), batch_size=6, engine="graph", shuffle=False, **how)
            sweep = lernpy.train_many(
                lambda seed, name=name: net(table, name, seed)[0],
                *((X, targets), [1]),
                shuffle=False,
                engine=engine.removeprefix("many "),
                **how,
            )
            pairs = zip(alone.weights, sweep.network(0).weights, strict=True)
            apart = max(abs(one.value - other.value) for one, other in pairs)
            if not apart < 1e-9:
                print(name, engine, apart)


if __name__ == "__main__":
    main(*sys.argv[1:])
