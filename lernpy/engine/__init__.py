"""Engines: the same network at array speed, compiled from the same graph.

Read `base.py` first (what every engine offers), then `graph.py`: the objects themselves, which all others
are held against. `plan.py` is the network as arrays of indices; `lesson.py` writes a lesson as straight
lines (by `writer.py`), for `python.py`, for compiled code and for other languages. Batches go through
`numpy/` (programs of NumPy calls), `arrays/` (any module of arrays, one net or many) and `jit/` (compiled).

May know: engine/numpy, functions, functions/printing, network. Nobody who trains or watches it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lernpy.engine import choose
from lernpy.engine.base import Engine
from lernpy.engine.numpy.mirror import Mirror
from lernpy.errors import missing
from lernpy.registry import one_of

if TYPE_CHECKING:
    from lernpy.network import Network

__all__ = ["ENGINES", "Engine", "Mirror", "make"]

ENGINES = {  # module, from this room on or in full, and class
    "graph": (".graph", "GraphEngine"),
    "python": (".python", "PythonEngine"),
    "numpy": (".numpy.mirror", "Mirror"),
    "jit": (".jit", "JitEngine"),  # imports numba; the next one imports cupy when it is made
    "cupy": (".arrays.engine", "CupyEngine"),
}


def make(
    network: Network, name: str = "auto", dtype: str = "float64", batch_size: int | None = None
) -> Engine:
    """The engine of that name for this network; "auto" takes the one that is likely the fastest.

    Parameters
    ----------
    name : graph, python, numpy, jit, cupy or auto
    dtype : "float64" or "float32"
    batch_size : how many samples will make one update, if that is known: "auto" asks for it

    >>> import lernpy
    >>> print(make(lernpy.layered([2, 3, 1], seed=0)).explanation)
    numpy, 1 BLAS thread: 13 weights
    """
    if one_of("engine", name, ["auto", *ENGINES]) == "auto":
        name = choose.engine(network, batch_size, dtype)
    module, kind = ENGINES[name]
    try:
        engine_class: Any = getattr(import_module(module, "lernpy.engine"), kind)
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("numba", "llvmlite"):
            raise
        raise missing(f"the engine {name}", "numba") from None
    engine: Engine = engine_class(network, dtype)
    return engine
