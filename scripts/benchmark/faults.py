"""What the doctor finds: each kind of fault with ten seeds, and what is healthy.

    python -m scripts.benchmark.faults [KIND ...]

Found: its first advice names the fault. Mended: a second run with that advice, and nothing else changed,
learns (see `lernpy.training.doctor`). A fault of the data, which no setting mends, has a dash there.
Healthy: it says nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from lernpy import data
from lernpy.build import layered
from lernpy.data import Dataset
from lernpy.network import Network
from lernpy.training.doctor import Diagnosis, Trial, examine

SEEDS = range(10)


class Fault(NamedTuple):
    """How it is planted, what the advice must say, and whether a setting can mend it."""

    plant: Callable[[int], Trial]
    says: str
    curable: bool = True


def circle(seed: int, **changes: object) -> Trial:
    return Trial.of(data.load(f"circle:n=200,seed={seed}"), seed, **changes)


def iris(seed: int, **changes: object) -> Trial:
    return Trial.of(data.load("iris"), seed, **changes)


def sine(seed: int, noise: float = 0.1, n: int = 200, **changes: object) -> Trial:
    return Trial.of(data.load(f"sine:noise={noise},n={n},seed={seed}"), seed, **changes)


def xor(seed: int, **changes: object) -> Trial:
    return Trial.of(data.load("xor"), seed, **changes)


def altered(trial: Trial, **fields: object) -> Trial:
    """The same training of other data."""
    return replace(trial, data=replace(trial.data, **fields))


def with_columns(trial: Trial, make: Callable[[np.ndarray], np.ndarray]) -> Trial:
    inputs = np.column_stack([trial.data.inputs, make(trial.data.inputs)])
    return altered(trial, inputs=inputs, columns=(), input_names=())


def shuffled(seed: int) -> Trial:
    trial = iris(seed)
    order = np.random.default_rng(seed).permutation(len(trial.data))
    return altered(trial, targets=trial.data.targets[order])


def same_inputs(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    inputs = rng.integers(0, 3, (80, 2)).astype(float)
    targets = rng.integers(0, 2, (80, 1))
    return Trial.of(
        Dataset("same", inputs, targets, classes=("n", "y"), task="classification"), seed
    )


def rare(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(1500, 2))
    inputs[:45] += 1.0
    targets = np.arange(1500)[:, None] < 45
    some = Dataset("rare", inputs, targets, classes=("n", "y"), task="classification")
    return Trial.of(some, seed, epochs=30)


def few(seed: int) -> Trial:
    """60 samples with ten columns, two of which matter, for 60 hidden neurons; 340 to look at."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(400, 10))
    targets = inputs[:, :1] + inputs[:, 1:2] + 0.7 * rng.normal(size=(400, 1)) > 0
    some = Dataset("few", inputs, targets, classes=("n", "y"), task="classification")
    return replace(Trial.of(some, seed, layers=(60,), l2=0.0, epochs=600), held_out=0.85)


def started(seed: int, activation: str, change: Callable[[Network], None]) -> Trial:
    """A circle, begun with a net in which something was set by hand."""
    trial = circle(seed, activation=activation, learning_rate=0.003)
    network = layered(
        [2, 12, 1],
        activation,
        loss="binary_cross_entropy",
        optimizer="adam",
        learning_rate=0.003,
        seed=seed,
    )
    change(network)
    return replace(trial, start=network)


def dead(network: Network) -> None:
    for link in network.links.values():
        if link.output_neuron.name.startswith("h"):
            link.weight.value = -40.0 if link.input_neuron.name == "bias" else 0.1


def saturated(network: Network) -> None:
    for link in network.links.values():
        if link.output_neuron.name.startswith("h"):
            link.weight.value = 60.0 if link.input_neuron.name == "bias" else link.weight.value


def frozen(network: Network) -> None:
    for weight in network.weights:
        weight.freeze()


FAULTS = {
    "rate 0": Fault(lambda s: circle(s, learning_rate=0.0), "learning rate is 0"),
    "rate too large": Fault(lambda s: circle(s, learning_rate=30.0), "too large"),
    "rate too small": Fault(lambda s: circle(s, learning_rate=1e-6), "too small"),
    "too few epochs": Fault(lambda s: circle(s, epochs=5), "so few epochs"),
    "stopped too early": Fault(lambda s: circle(s, epochs=25, learning_rate=0.002), "still falling"),
    "zeros as start": Fault(lambda s: circle(s, init="zeros"), "do the same"),
    "no hidden neurons": Fault(lambda s: circle(s, layers=()), "straight borders"),
    "linear hidden neurons": Fault(lambda s: circle(s, activation="identity"), "one matrix"),
    "bias missing": Fault(lambda s: xor(s, bias=False), "no neuron has a bias"),
    "penalty too strong": Fault(lambda s: circle(s, l2=1.0), "outweighs"),
    "inputs far from 1": Fault(
        lambda s: altered(iris(s, scale="none"), inputs=iris(s).data.inputs * 1000), "far from 1"
    ),
    "targets far from 1": Fault(
        lambda s: altered(sine(s, scale="none"), targets=sine(s).data.targets * 1e4 + 5e4), "a long way"
    ),
    "targets out of reach": Fault(
        lambda s: sine(s, scale="none", output_activation="sigmoid"), "puts out"
    ),
    "rprop with small batches": Fault(
        lambda s: circle(s, optimizer="rprop", learning_rate=0.01, batch_size=2), "sign of a whole"
    ),
    "dead neurons": Fault(lambda s: started(s, "relu", dead), "dead"),
    "saturated neurons": Fault(lambda s: started(s, "tanh", saturated), "saturated"),
    "every weight frozen": Fault(lambda s: started(s, "tanh", frozen), "frozen", False),
    "a class hardly said": Fault(rare, "ever says"),
    "cross-entropy of an output that is no share": Fault(
        lambda s: circle(s, output_activation="identity"), "is not defined"
    ),
    "cross_entropy of one output": Fault(
        lambda s: circle(s, loss="cross_entropy"), "never asks"
    ),
    "too few data for this width": Fault(few, "by heart"),
    "a constant column": Fault(
        lambda s: with_columns(iris(s), lambda x: np.full(len(x), 7.0)), "the same in every sample"
    ),
    "a column twice": Fault(
        lambda s: with_columns(iris(s), lambda x: 2.54 * x[:, 2]), "a copy of another"
    ),
    "labels shuffled": Fault(shuffled, "no more than by chance", False),
    "equal inputs, unequal targets": Fault(same_inputs, "same inputs as others", False),
}  # fmt: skip
HEALTHY = {
    "xor": xor,
    "circle": circle,
    "gauss": lambda s: Trial.of(data.load(f"gauss:seed={s}"), s),
    "exclusive_or": lambda s: Trial.of(data.load(f"exclusive_or:seed={s}"), s),
    "iris": iris,
    "sine": sine,
    "fruit": lambda s: Trial.of(data.load("fruit"), s),
}


class Row(NamedTuple):
    name: str
    found: int
    mended: int | None
    seeds: int
    misses: tuple[str, ...]

    def __str__(self) -> str:
        mended = "–" if self.mended is None else f"{self.mended} of {self.seeds}"
        return f"| {self.name} | {self.found} of {self.seeds} | {mended} |"


def judged(name: str, seeds: range = SEEDS) -> Row:
    """One kind of fault."""
    fault = FAULTS[name]
    found = mended = 0
    misses = []
    for seed in seeds:
        diagnosis = examine(fault.plant(seed))
        named = diagnosis.tried is not None and fault.says in diagnosis.tried.why
        found += named
        mended += diagnosis.mended
        if not named or (fault.curable and not diagnosis.mended):
            misses.append(f"seed {seed}: {_about(diagnosis)}")
    return Row(name, found, mended if fault.curable else None, len(seeds), tuple(misses))


def _about(diagnosis: Diagnosis) -> str:
    tried, after = diagnosis.tried, diagnosis.after
    scores = (
        f"{diagnosis.before.score:.2f} -> {after.score:.2f}"
        if after
        else f"{diagnosis.before.score:.2f}"
    )
    left = f"; then: {after.advice[0]}" if after and after.advice else ""
    return f"{tried or 'nothing said'} ({scores}{left})"


def silent(name: str, seeds: range = SEEDS) -> Row:
    """Healthy data: how often nothing was said."""
    said = [(seed, HEALTHY[name](seed).outcome().advice) for seed in seeds]
    misses = tuple(f"seed {seed}: {advice[0]}" for seed, advice in said if advice)
    return Row(f"healthy: {name}", len(seeds) - len(misses), None, len(seeds), misses)


def rows(names: list[str]) -> Iterator[Row]:
    chosen = names or [*FAULTS, *HEALTHY]
    for name in chosen:
        yield judged(name) if name in FAULTS else silent(name)


def main() -> None:
    print("| fault | found (healthy: silent) | mended by its first advice |\n|---|---|---|")
    for row in rows(sys.argv[1:]):
        print(row, flush=True)
        for miss in row.misses:
            print(f"    {miss}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
