"""lernpy: neurons, links and blame, a neural-network simulator made to be understood.

Nothing is imported before it is used, so ``import lernpy`` costs next to nothing. Who wants to know how
a net learns reads `weight.py`, `neuron.py`, `link.py` and `network.py`; each folder says in its
``__init__`` what it is for, what it may know and where to begin.

>>> import lernpy
>>> lernpy.layered([2, 3, 1], seed=0).predict([[0, 1], [1, 1]]).shape
(2, 1)
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from lernpy._version import __version__

_HOME = {  # public name -> the module that defines it
    "Card": "data",
    "Dataset": "data",
    "Frame": "frame",
    "History": "training",
    "LernpyError": "errors",
    "Link": "link",
    "Mirror": "engine",
    "Network": "network",
    "Neuron": "neuron",
    "Settings": "training",
    "Stepper": "notebook",
    "Trace": "watch",
    "Weight": "weight",
    "advise": "training",
    "check_gradients": "check",
    "check_parity": "check",
    "cross_validate": "training",
    "epochs": "training",
    "evaluate": "training",
    "explain": "watch",
    "from_edges": "build",
    "from_networkx": "build",
    "grow": "training",
    "layered": "build",
    "live": "notebook",
    "load": "files",
    "missed": "training",
    "paths": "watch",
    "predict": "training",
    "save": "files",
    "shrink": "training",
    "slow_motion": "watch",
    "to_networkx": "build",
    "train": "training",
    "train_many": "sweep",
    "unroll": "build",
}
_MODULES = {
    "activations": "functions.activations",
    "build": "build",
    "data": "data",
    "initializers": "functions.initializers",
    "interop": "interop",
    "lessons": "lessons",
    "losses": "functions.losses",
    "optimizers": "functions.optimizers",
    "player": "player",
    "plot": "plot",
    "schedules": "functions.schedules",
    "training": "training",
}

_EXTRAS = ("sklearn",)  # modules that need what is not installed with lernpy

__all__ = ["__version__", *sorted({**_HOME, **_MODULES})]


def __getattr__(name: str) -> Any:
    if name in _MODULES or name in _EXTRAS:
        value: Any = import_module(f"lernpy.{_MODULES.get(name, name)}")
        value.__dir__ = lambda: _public(value)
    elif name in _HOME:
        value = getattr(import_module(f"lernpy.{_HOME[name]}"), name)
    else:
        from lernpy.text import near_miss

        raise AttributeError(
            f"module 'lernpy' has no attribute {name!r}.{near_miss(name, __all__)}"
        )
    globals()[name] = value
    return value


def _public(module: Any) -> list[str]:
    """What a module offers: what it lists, else what it defines; not what it imports."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(listed)
    from lernpy.registry import Registry

    return [
        name
        for name, value in sorted(vars(module).items())
        if not name.startswith("_")
        and (isinstance(value, Registry) or getattr(value, "__module__", "") == module.__name__)
    ]


def __dir__() -> list[str]:
    return list(__all__)


if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
    from lernpy.notebook import register  # what is shown there shows itself richly

    register()
    del register
