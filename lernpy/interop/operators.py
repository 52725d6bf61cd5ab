"""What the operators of others compute, so that one stands for an entry of ours only where both are the same.

An operator is known by its fingerprint: one number made of many of its answers. Our entries have one, too,
so that whoever changes `sigmoid` in the table gets its formula printed, and no operator of that name.
"""

from __future__ import annotations

from collections.abc import Callable
from math import fsum, isclose
from typing import Any

from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.maths import scalar
from lernpy.functions.softmax import shares

POINTS = [(step / 16) ** 3 for step in range(-160, 161)]  # -1000 to 1000, most of them near 0
FINGERPRINTS = {  # of what torch, ONNX, Keras and scikit-learn mean by these names
    "identity": 32400.830729166668,
    "sigmoid": 120.16685631188936,
    "tanh": 79.67267905922708,
    "relu": 36514.28316053349,
    "leaky_relu": 36473.14863621982,
    "elu": 36480.71414754309,
    "gelu": 36512.61697048111,
    "softplus": 36524.930130019275,
    "step": 120.37383177570094,
    "softmax": 116.83045251296758,
}


def fingerprint_of(function: Callable[[float], float]) -> float:
    """The mean of its values, each weighed in another way than its neighbours.

    >>> fingerprint_of(lambda z: 1.0) == fingerprint_of(lambda z: 1.0 + 1e-9)
    False
    """
    values = (function(z) * (1 + index) for index, z in enumerate(POINTS))
    return fsum(values) / len(POINTS)


def _share(z: float) -> float:
    """The first of three that share one whole."""
    first: float = shares(scalar, [z, 0.5, -1.0])[0]
    return first


def is_usual(entry: Any) -> bool:
    """Whether an activation, or a softmax, computes what others mean by its name.

    >>> from lernpy import activations
    >>> is_usual(activations.get("tanh"))
    True
    >>> is_usual(activations.Activation("tanh", activations.get("relu").factory))
    False
    """
    try:
        ours = fingerprint_of(_share if entry.name == "softmax" else entry.value)
    except Exception:  # of a function of the user's own
        return False
    return entry.name in FINGERPRINTS and isclose(
        ours, FINGERPRINTS[entry.name], rel_tol=1e-12, abs_tol=1e-12
    )


def read_as(name: str) -> str:
    """The name of an entry that what others wrote is read as, if it still computes the same."""
    if name != "softmax" and not is_usual(ACTIVATIONS[name]):
        raise LernpyError(
            f"the activation {name!r} in the table is not what others mean by it; "
            "enter yours under a name of its own"
        )
    return name
