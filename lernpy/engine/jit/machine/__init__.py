"""What makes machine code: the one compiler, what is said to it directly, and its maths.

Kept code depends on every file of this folder (see `store`).
"""

from lernpy.engine.jit.machine.compiler import VERSION, CannotCompile, compiled, prepare
from lernpy.engine.jit.machine.ready import names
from lernpy.engine.jit.machine.scalars import maths

__all__ = ["VERSION", "CannotCompile", "compiled", "maths", "names", "prepare"]
