"""What generated code finds ready."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lernpy.engine.jit.machine import compiler, scalars
from lernpy.functions.maths import TINY


def names() -> dict[str, Any]:
    """The functions and constants that texts may name."""
    own = "njit", "STRICT", "FUSED", "FREE", "pick", "distinct", "call", "kernel", "typed"
    found: dict[str, Any] = {name: getattr(compiler, name) for name in own}
    found |= {"math": math, "np": np, "TINY": TINY}
    found |= {name: getattr(scalars, name) for name in ("exp_", "tanh_of_half_")}
    found |= {f"tile{m}{v}": compiler.tile_of(m, v) for m in (8, 1) for v in (2, 1)}
    for v in (4, 2, 1):
        found[f"gather{v}"] = compiler.gather_of(v)
        found[f"outer{v}"] = compiler.outer_of(v, descend=False)
        found[f"descend{v}"] = compiler.outer_of(v, descend=True)
    return found
