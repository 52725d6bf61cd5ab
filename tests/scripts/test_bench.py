"""Guards against a slow-down: ``pytest -m bench`` (compare with ``--benchmark-compare``)."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import lernpy

pytestmark = pytest.mark.bench

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)
SIZES = {"xor": (2, 3, 1), "digits": (64, 32, 10), "mnist": (784, 15, 10)}


def samples(task: str) -> tuple[np.ndarray, np.ndarray]:
    if task == "xor":
        return XOR
    rng = np.random.default_rng(0)
    x = rng.random((640, SIZES[task][0])) * (rng.random((640, SIZES[task][0])) > 0.8)
    return x, np.eye(10)[rng.integers(0, 10, 640)]


@pytest.mark.parametrize(
    ("engine", "task", "batch", "epochs"),
    [
        ("numpy", "xor", 1, 500),
        ("numpy", "xor", 4, 2000),
        ("numpy", "digits", 32, 10),
        ("numpy", "mnist", 1, 3),
        ("numpy", "mnist", 128, 10),
        ("graph", "xor", 1, 2000),
        ("graph", "mnist", 1, 1),
        ("jit", "xor", 1, 100_000),
        ("jit", "digits", 32, 20),
        ("jit", "mnist", 1, 10),
    ],
)
def test_training(
    benchmark: BenchmarkFixture, engine: str, task: str, batch: int, epochs: int
) -> None:
    data = samples(task)
    network = lernpy.layered(SIZES[task], seed=0, learning_rate=0.1)

    def learn() -> lernpy.History:
        return lernpy.train(network, data, epochs, batch_size=batch, engine=engine, seed=0)

    learn()  # whatever is compiled at the first use
    assert len(benchmark(learn)) == epochs


@pytest.mark.parametrize("engine", ["numpy", "jit"])
def test_random_wiring(benchmark: BenchmarkFixture, engine: str) -> None:
    network = lernpy.build.random_dag(
        1, inputs=12, hidden=181, outputs=6, links=1870, activations=("sigmoid",)
    )
    rng = np.random.default_rng(0)
    data = rng.random((640, 12)), rng.random((640, 6))
    lernpy.train(network, data, 1, engine=engine, seed=0)
    benchmark(lernpy.train, network, data, 3, engine=engine, seed=0)


def test_building(benchmark: BenchmarkFixture) -> None:
    """80,000 links."""
    assert len(benchmark(lernpy.layered, [784, 100, 10], seed=0).weights) == 79_510


def test_copying(benchmark: BenchmarkFixture) -> None:
    network = lernpy.layered([784, 100, 10], seed=0)
    assert len(benchmark(network.copy).weights) == 79_510


def test_compiling(benchmark: BenchmarkFixture) -> None:
    network = lernpy.layered([784, 100, 10], seed=0)
    assert benchmark(lernpy.Mirror, network).name == "numpy"
