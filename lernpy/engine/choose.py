"""Which engine suits a network, and how many BLAS threads: by size, from measurements.

Measured on two cores (NumPy 2.4 with OpenBLAS, Python 3.11): a step of the mirror costs 6 microseconds
for its calls alone; in that time the engine python, which takes 0.13 to 0.22 microseconds for a weight
and a sample, is through with some 30 of them. Two BLAS threads wait for each other more than they help
up to a product of 128 x 784 x 100.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lernpy import subclasses
from lernpy.engine import blas

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan
    from lernpy.network import Network

PYTHON_LIMIT = 30
"""Weights times samples in a batch: up to here a written-out function is faster than NumPy's calls."""
ONE_THREAD_LIMIT = 128 * 785 * 100
"""Multiplications in the largest product of a step: up to here one thread is faster than two."""


def engine(network: Network, batch_size: int | None, dtype: str = "float64") -> str:
    """The name of the engine that is likely the fastest of those that need no further package.

    Parts with a class of the user's own are run by the objects alone.
    """
    if subclasses.described(network):
        return "graph"
    if network.maths == "portable":
        from lernpy.engine.python import MOST_LINKS  # with its bits those of the objects

        return "python" if len(network.links) <= MOST_LINKS else "graph"
    if batch_size is None or dtype != "float64":
        return "numpy"
    return "python" if len(network.weights) * batch_size <= PYTHON_LIMIT else "numpy"


def blas_threads(plan: Plan, batch: int) -> int:
    """How many threads the matrix products of a step of `batch` samples shall use."""
    if batch * largest_product(plan) <= ONE_THREAD_LIMIT:
        return 1
    return blas.available()


def largest_product(plan: Plan) -> int:
    """Multiplications for one sample in the largest matrix product."""
    if plan.layers:
        return max(layer.weight.size for layer in plan.layers)
    return (plan.n_neurons - plan.n_fixed) * plan.n_neurons
