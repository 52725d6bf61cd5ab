"""The compiled engine: the network's own maths as machine code, made by numba.

Of numba it knows only the folder `machine`. Read `engine` first, then `layouts`, which chooses one of
three kinds of program:

- `straight`: a small net's lesson line by line, printed for that net
- `layers`: a layered net's lessons on padded matrices, made of the pieces in `kernels`
- `wires`: lessons of any wiring, link by link over vectors of samples, of the same pieces

`printed` prints what table entries have a part in, by `entries`; all else are functions that
are compiled as they stand. `many` has engines for many nets: `lanes` prints code where each lane of a vector
is a net.

May know: engine, engine/arrays, engine/jit/machine, engine/numpy, functions, functions/printing,
network.
"""

from lernpy.engine.jit.engine import JitEngine

__all__ = ["JitEngine"]
