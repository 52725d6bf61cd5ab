"""Batches on arrays of any module, NumPy's or CuPy's, for one net or many at once.

Read `passes.py` first (forward, blame and update over all samples and nets; `generations.py` has how links
carry), then `engine.py` (one net, on CuPy) and `many.py` (many, with what `nets.py` keeps of each);
`entries.py` makes table entries work on these arrays. `backend.py` is the one file that knows CuPy.

May know: engine, engine/numpy, functions, network.
"""
