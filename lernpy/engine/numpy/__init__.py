"""The mirror: programs of NumPy calls, written for one network.

Read `mirror.py` first, then `program.py` (a step over and over) and `layers.py` or `wires.py`, which write
it for matrices or for any wiring; `lines.py` prints the tables' maths into it, `script.py` holds the lines
and names their arrays, `gemm.py` is the product of matrices.

May know: engine, engine/arrays, functions, functions/printing, network.
"""
