"""What makes machine code: the compiler, the words it understands, its maths, and what is kept of it.

The rest of the engine imports from here alone. It compiles what works on numbers and addresses. Read
`compiler` first; `vectors` writes instructions for whole vectors, `scalars` has e^x and tanh, `cache` the
memory of this process and of the disk.

May know: engine, functions.
"""

from lernpy.engine.jit.machine.cache import compilations, essence, kernel, printed
from lernpy.engine.jit.machine.compiler import (
    CannotCompile,
    Doubles,
    Indices,
    MachineCode,
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
from lernpy.engine.jit.machine.scalars import exp_, maths

__all__ = [
    "CannotCompile",
    "Doubles",
    "Indices",
    "MachineCode",
    "Numbers",
    "call",
    "compilations",
    "distinct",
    "dot_of",
    "essence",
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
