"""Engines: the same network at array speed, compiled from the same graph."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from lernpy.engine import choose
from lernpy.engine.mirror import Mirror
from lernpy.errors import LernpyError
from lernpy.registry import unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from lernpy.network import Network

__all__ = ["ENGINES", "Engine", "Mirror", "make"]

ENGINES: dict[str, tuple[str, str, str]] = {  # module, class, the extra it needs
    "graph": ("graph", "GraphEngine", ""),
    "numpy": ("mirror", "Mirror", ""),
    "jit": ("jit", "JitEngine", "jit"),
    "cupy": ("cupy_engine", "CupyEngine", "gpu"),
}
PACKAGES = {"jit": ("numba", "llvmlite"), "gpu": ("cupy", "cupyx", "cupy_backends")}


class Engine(Protocol):
    """What every engine offers. Between `load` and `store` its numbers run ahead of the network's."""

    name: str
    gradients: np.ndarray  # of the last `learn_batch`, in the order of network.weights

    values: Any  # all weights as they are now: numbers, in an order of the engine's own

    @property
    def explanation(self) -> str:
        """In words: which engine, how it runs, how many weights."""

    def load(self) -> None:
        """Take over the network's numbers and how it learns."""

    def store(self) -> None:
        """Write values and memories back into the network's weights."""

    def learn_batch(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        importance: ArrayLike | None = None,
        rate: float | None = None,
    ) -> float:
        """One update; the mean loss before it."""

    def learn_epochs(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        orders: np.ndarray,
        batch_size: int,
        rates: ArrayLike,
        importance: ArrayLike | None = None,
    ) -> np.ndarray:
        """Many epochs, a row of `orders` each; their mean losses."""

    def predict(self, inputs: ArrayLike) -> np.ndarray:
        """(n_samples, n_outputs)"""

    def loss_of(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """The mean loss over the samples, penalty left out."""


def make(
    network: Network, name: str = "auto", dtype: str = "float64", batch_size: int | None = None
) -> Engine:
    """The engine of that name for this network; "auto" takes the one that is likely the fastest.

    Parameters
    ----------
    name : graph, numpy, jit, cupy or auto
    dtype : "float64" or "float32"
    batch_size : how many samples will make one update, if that is known: "auto" asks for it

    >>> import lernpy
    >>> print(make(lernpy.layered([2, 3, 1], seed=0)).explanation)
    numpy, 1 BLAS thread: 13 weights
    """
    if name == "auto":
        name = choose.engine(network, batch_size, dtype)
    if name not in ENGINES:
        raise unknown("engine", name, ["auto", *ENGINES])
    module, kind, extra = ENGINES[name]
    try:
        found: Any = getattr(import_module(f"lernpy.engine.{module}"), kind)
    except ImportError as error:
        if (error.name or "").split(".")[0] not in PACKAGES.get(extra, ()):
            raise
        raise LernpyError(
            f"the engine {name} needs {PACKAGES[extra][0]}: pip install 'lernpy[{extra}]'"
        ) from None
    engine: Engine = found(network, dtype)
    return engine
