"""The workloads: small nets as they are used for teaching, each with its data.

Sigmoid everywhere, squared error, plain gradient descent, biases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from lernpy import build, data
from lernpy.network import Network

Goal = tuple[str, str, float | None]
"""An engine, a peer, and how many times as fast the engine should be; None: only to be shown."""

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)


@dataclass(frozen=True)
class Workload:
    """A network and its data: `sizes` of the layers, or () for any other wiring."""

    name: str
    about: str
    sizes: tuple[int, ...]
    batch: int
    samples: Callable[[], tuple[np.ndarray, np.ndarray]]
    rate: float = 0.5
    goals: tuple[Goal, ...] = ()
    many: bool = False  # a thousand nets at once

    def network(self) -> Network:
        return random_wiring() if not self.sizes else build.layered(self.sizes, seed=1)


def random_wiring() -> Network:
    """200 neurons, 2,000 links, some forty generations deep."""
    return build.random_dag(
        *(1,),
        inputs=12,
        hidden=181,
        outputs=6,
        links=1870,
        activations=("sigmoid",),
        softmax=False,
        tied=False,
        frozen=False,
    )


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The 8 by 8 handwritten digits, 56 batches of 32."""
    found = data.load("digits")
    return found.inputs[:1792] / 16.0, found.targets[:1792]


@cache
def like_mnist(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random pictures of 784 points, 82 % of them black, as MNIST's are."""
    rng = np.random.default_rng(0)
    pictures = rng.random((count, 784)) * (rng.random((count, 784)) > 0.82)
    return pictures, np.eye(10)[rng.integers(0, 10, count)]


def for_wiring() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((1280, 12)), rng.random((1280, 6))


def _pictures(count: int) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    return lambda: like_mnist(count)


def _goals(
    torch: float | None,
    jax: float,
    *,
    sklearn: bool = True,
    limit: float | None = None,
    micrograd: float | None = None,
) -> tuple[Goal, ...]:
    found: list[Goal] = [("numpy", "torch", torch), ("numpy", "torch.compile", 1.0)]
    found += [("numpy", "sklearn", 1.0)] * sklearn
    found += [("jit", "jax", jax), ("jit", "c", limit)]
    return (*found, *([("python", "micrograd", micrograd)] if micrograd else []))


OBJECTS: tuple[Goal, ...] = ("learn", "verbs", 0.9), ("learn", "micrograd", None)

WORKLOADS = (
    Workload(
        *("W1", "XOR 2-3-1, online", (2, 3, 1), 1, lambda: XOR),
        goals=(*_goals(10, 1.3, limit=1.0, micrograd=20), *OBJECTS),
    ),
    Workload("W2", "XOR 2-3-1, batch 4", (2, 3, 1), 4, lambda: XOR, goals=_goals(13, 1.3)),
    Workload(
        *("W3", "digits 64-32-10, batch 32", (64, 32, 10), 32, digits),
        goals=_goals(6.5, 1.1, limit=0.45),
    ),
    Workload(
        *("W4b1", "784-15-10, online", (784, 15, 10), 1, _pictures(10_000)),
        goals=(*_goals(10, 2.8, limit=1.5), *OBJECTS, ("jit", "c.skip", None)),
    ),
    Workload(
        *("W4b10", "784-15-10, batch 10", (784, 15, 10), 10, _pictures(10_000)),
        goals=_goals(4.5, 0.8),
    ),
    Workload(
        *("W4b128", "784-15-10, batch 128", (784, 15, 10), 128, _pictures(10_240)),
        goals=_goals(None, 0.8),
    ),
    Workload(
        *("W5b10", "784-100-10, batch 10", (784, 100, 10), 10, _pictures(10_000)),
        goals=_goals(2.3, 0.8),
    ),
    Workload(
        *("W5b128", "784-100-10, batch 128", (784, 100, 10), 128, _pictures(10_240)),
        goals=_goals(1.2, 0.8),
    ),
    Workload(
        *("W5deep", "784-256-128-10, batch 128", (784, 256, 128, 10), 128, _pictures(10_240)),
        goals=_goals(None, 0.8),
    ),
    Workload(
        *("W6", "random wiring, 200 neurons, 2,000 links, batch 32", (), 32, for_wiring),
        goals=_goals(4.5, 4.0, sklearn=False, limit=0.3),
    ),
    Workload(
        *("many", "1,000 XOR nets at once, full batch (nets x steps)", (2, 3, 1), 4, lambda: XOR),
        goals=(
            *(("numpy", "torch", None), ("numpy", "jax", None)),
            *(("jit", "torch", 10.0), ("jit", "jax", 1.3)),
        ),
        many=True,
    ),
)
