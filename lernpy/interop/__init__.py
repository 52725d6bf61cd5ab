"""In and out: a network as an ONNX model, as torch, as a program that goes on learning, as a graph, and back.

`vector.py` is read first: the numbers by which whatever leaves is held to account. `exporting.py` and
`importing.py` are the tables of endings; each format has a file of its own, and programs a room (`code`).
`operators.py` knows whether an operator of others computes what our entry of that name computes.
Foreign packages are imported late, each in the file of its format.

May know: build, data, engine, files, functions, functions/printing, interop/code, network,
notebook, training, watch.
"""

from lernpy.interop.exporting import export
from lernpy.interop.from_sklearn import from_sklearn
from lernpy.interop.importing import import_network

__all__ = ["export", "from_sklearn", "import_network"]


def __dir__() -> list[str]:
    return sorted(__all__)
