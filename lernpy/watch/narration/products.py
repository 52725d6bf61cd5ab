"""What to note of the steps of a product: forward its factors, back what each of them is handed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.watch.narration.collecting import collected
from lernpy.watch.replay import Replay
from lernpy.watch.timeline import Position

Outcome = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]  # before, after, facts
Later = Callable[[], Outcome]


def multiply(run: Replay, product: Product, position: Position) -> Later:
    """Its output, and what it is made of."""

    def later() -> Outcome:
        name, output = product.neuron.name, product.neuron.output
        facts = {"name": name, "output": output, "factors": _factors(product)}
        return {f"{name}.output": None}, {f"{name}.output": output}, facts

    return later


def _factors(product: Product) -> list[dict[str, Any]]:
    return [{"factor": factor.name, "value": factor.output} for factor in product.factors]


def blame_factors(run: Replay, product: Product, position: Position) -> Later:
    """What it hands to each factor."""
    before: dict[str, Any] = {f"{product.neuron.name}.delta": None}
    before |= {f"{f.name}.sensitivity": _yet(run, f, product) for f in product.factors}

    def later() -> Outcome:
        after = {f"{product.neuron.name}.delta": product.neuron.delta}
        after |= {f"{factor.name}.sensitivity": factor.sensitivity for factor in product.factors}
        facts = {
            **collected(run, product.neuron),
            "delta": product.neuron.delta,
            "factors": _factors(product),
            "handed": product.blames,
        }
        return before, after, facts

    return later


def _yet(run: Replay, factor: Neuron, product: Product) -> float | None:
    """What a factor had got before this product; None if that is the first to blame it."""
    first = run.structure.multiplied[factor][-1] is product
    return None if first and factor not in run.structure.outputs else factor.sensitivity
