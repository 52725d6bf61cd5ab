"""What makes machine code: the compiler, the words it understands, its maths, and what is kept of it.

The rest of the engine imports from here alone. Read `compiler` first; `vectors` writes instructions for
whole vectors, `scalars` has e^x and tanh, `kept` the memory of this process and of the disk.
"""

from lernpy.engine.jit.machine.compiler import (
    CannotCompile,
    Code,
    Doubles,
    Indices,
    Numbers,
    call,
    distinct,
    dot_of,
    free,
    fused,
    gather_of,
    lanes,
    outer_of,
    pick,
    strict,
    tile_of,
)
from lernpy.engine.jit.machine.kept import compilations, kernel, printed
from lernpy.engine.jit.machine.scalars import exp_, maths

__all__ = [
    "CannotCompile",
    "Code",
    "Doubles",
    "Indices",
    "Numbers",
    "call",
    "compilations",
    "distinct",
    "dot_of",
    "exp_",
    "free",
    "fused",
    "gather_of",
    "kernel",
    "lanes",
    "maths",
    "outer_of",
    "pick",
    "printed",
    "strict",
    "tile_of",
]
