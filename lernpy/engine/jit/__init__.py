"""The compiled engine, by numba: the network's own maths as machine code."""

from lernpy.engine.jit.engine import JitEngine

__all__ = ["JitEngine"]
